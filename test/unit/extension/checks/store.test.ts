import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeRecords, encodeRecords, type CheckRecord } from '../../../../src/extension/checks/record.ts';
import { CheckStore, type KeptFile } from '../../../../src/extension/checks/store.ts';

const recordOf = (uri: string, changes: Partial<CheckRecord> = {}): CheckRecord => ({
  ...{ uri, size: 100, mtime: 5, modelName: 'm', modelKey: 'm|1' },
  ...{ score: 0.5, pValue: 0.01, threshold: 0.4, falsePositiveRate: 0.01, anomalous: true },
  ...changes,
});

class MemoryFile implements KeptFile {
  writes = 0;
  failing = false;
  constructor(public bytes: Uint8Array | undefined = undefined) {}
  read = (): Promise<Uint8Array | undefined> =>
    this.failing ? Promise.reject(new Error('gone')) : Promise.resolve(this.bytes);
  write = (bytes: Uint8Array): Promise<void> => {
    if (this.failing) return Promise.reject(new Error('full'));
    this.writes++;
    this.bytes = bytes;
    return Promise.resolve();
  };
}

function storeOver(file: MemoryFile, limit = 100) {
  const errors: unknown[] = [];
  const store = new CheckStore(file, { limit, calmMs: 50, onError: (error) => errors.push(error) });
  const told: (readonly string[] | undefined)[] = [];
  store.onChange((uris) => told.push(uris));
  return { store, errors, told };
}

describe('the file of results', () => {
  const records = [
    recordOf('file:///a.png'),
    recordOf('file:///b.png', { anomalous: false, score: 1e-7, modelKey: 'n|2', modelName: 'n' }),
  ];

  it('gives back what was put in', () => {
    assert.deepEqual(decodeRecords(encodeRecords(records)), records);
  });

  it('names each model once, so that many results stay small', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      recordOf(`file:///workspace/images/part-${i}.png`, {
        modelKey: `file:///m.safetensors|${'1'.repeat(40)}`,
      }),
    );
    assert.ok(encodeRecords(many).length < 1_200_000);
  });

  it('holds nothing where it is torn, foreign or of another version', () => {
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const whole = encodeRecords(records);
    for (const bytes of [
      whole.subarray(0, whole.length - 4),
      text(''),
      text('null'),
      text('[]'),
      text('{"version":2,"models":[],"records":[]}'),
      text('{"version":1,"models":[],"records":{}}'),
    ])
      assert.deepEqual(decodeRecords(bytes), []);
  });

  it('loses only the rows that do not hold', () => {
    const file = JSON.parse(new TextDecoder().decode(encodeRecords(records))) as { records: unknown[][] };
    const bad: unknown[] = [
      null,
      'x',
      [],
      ['file:///c.png', 1, 2, 9, 1, 1, 1, 1, true],
      ['file:///c.png', 1, 2, 0, null, 1, 1, 1, true],
      ['file:///c.png', 1, 2, 0, 1, 1, 1, 1, 'yes'],
    ];
    const bytes = new TextEncoder().encode(JSON.stringify({ ...file, records: [...bad, ...file.records] }));
    assert.deepEqual(decodeRecords(bytes), records);
  });
});

describe('the results of a workspace', () => {
  it('come back in the next window', async () => {
    const file = new MemoryFile();
    const first = storeOver(file).store;
    await first.load();
    first.put([recordOf('file:///a.png'), recordOf('file:///b.png')]);
    first.drop(['file:///b.png', 'file:///never.png']);
    await first.flush();
    const { store, told } = storeOver(file);
    await store.load();
    assert.deepEqual([...store.all()], [recordOf('file:///a.png')]);
    assert.deepEqual(told, [undefined]);
  });

  it('that came before the file was read win over it and are written with it', async () => {
    const file = new MemoryFile(encodeRecords([recordOf('file:///a.png'), recordOf('file:///b.png')]));
    const { store } = storeOver(file);
    store.put([recordOf('file:///a.png', { score: 9 })]);
    await store.flush();
    assert.deepEqual(
      decodeRecords(file.bytes ?? new Uint8Array()).map(({ uri, score }) => [uri, score]),
      [
        ['file:///b.png', 0.5],
        ['file:///a.png', 9],
      ],
    );
  });

  it('hold for the file as it was checked and no other', async () => {
    const { store, told } = storeOver(new MemoryFile());
    store.put([recordOf('file:///a.png'), recordOf('file:///b.png'), recordOf('file:///c.png')]);
    assert.ok(store.settle('file:///a.png', { size: 100, mtime: 5 }));
    assert.equal(store.settle('file:///a.png', { size: 101, mtime: 5 }), undefined);
    assert.equal(store.settle('file:///b.png', { size: 100, mtime: 6 }), undefined);
    assert.equal(store.settle('file:///c.png', undefined), undefined);
    assert.equal(store.size, 0);
    assert.deepEqual(told.slice(1), [['file:///a.png'], ['file:///b.png'], ['file:///c.png']]);
  });

  it('are bounded: the oldest go, and one that is checked again is new', () => {
    const { store } = storeOver(new MemoryFile(), 3);
    store.put(['a', 'b', 'c'].map((uri) => recordOf(uri)));
    store.put([recordOf('a')]);
    store.put([recordOf('d')]);
    assert.deepEqual(
      [...store.all()].map(({ uri }) => uri),
      ['c', 'a', 'd'],
    );
  });

  it('are gone once cleared, also where the file had not been read yet', async () => {
    const file = new MemoryFile(encodeRecords([recordOf('file:///a.png')]));
    const { store } = storeOver(file);
    store.clear();
    await store.load();
    assert.equal(store.size, 0);
    await store.flush();
    assert.deepEqual(decodeRecords(file.bytes ?? new Uint8Array()), []);
  });

  it('share one writing', async () => {
    const file = new MemoryFile();
    const { store } = storeOver(file);
    await store.load();
    for (let i = 0; i < 50; i++) store.put([recordOf(String(i))]);
    await store.flush();
    await store.flush();
    assert.equal(file.writes, 1);
  });

  it('outlive a file that can be neither read nor written', async () => {
    const file = new MemoryFile();
    file.failing = true;
    const { store, errors } = storeOver(file);
    await store.load();
    store.put([recordOf('a')]);
    await store.flush();
    assert.equal(errors.length, 2);
    assert.equal(store.size, 1);
  });
});
