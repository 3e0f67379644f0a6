import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LoadCounts, LoadRequest } from '../../../src/engine/data/load-request.ts';
import { loadDataset } from '../../../src/engine/data/loader.ts';
import { readRecord, recordBytes, writeRecord } from '../../../src/engine/data/packed-records.ts';
import { PackedCache } from '../../../src/extension/datasets/packed-cache.ts';
import { encodeIndex, parseIndex } from '../../../src/extension/datasets/packed-index.ts';
import type { ScannedDataset } from '../../../src/extension/datasets/scan.ts';
import { DatasetStore } from '../../../src/extension/datasets/store.ts';
import type { Fitting } from '../../../src/shared/packed.ts';
import { packStart } from '../../../src/shared/transport.ts';
import { decodePng, grayPng } from '../data/png-decoder.ts';
import { MemoryFiles, named } from './support/memory-files.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const imageOf = (gray: number): Uint8Array => grayPng(10, 10, gray);

/** A workspace whose files outlive its windows, as data sets and loads see them. */
class Workspace {
  readonly files = new MemoryFiles();
  /** Long after the files' own times. */
  now = 1e9;
  /** A file system that knows no times. */
  timeless = false;

  constructor(
    images: Readonly<Record<string, Uint8Array>>,
    private readonly limit?: number,
  ) {
    for (const [path, bytes] of Object.entries(images)) this.files.put(`d/${path}`, bytes);
  }

  /** What a new window knows of the folder. */
  window(root = 'd'): { readonly store: DatasetStore; readonly dataset: ScannedDataset } {
    const cache = new PackedCache({
      files: this.files,
      home: 'memory:/storage/packed-images',
      replace: (uri, bytes) => this.files.write(uri, bytes),
      now: () => this.now++,
      stat: async (uri) => {
        const { size, mtime } = await this.files.stat(uri);
        return { size, mtime: this.timeless ? 0 : mtime };
      },
      ...(this.limit === undefined ? {} : { limit: this.limit }),
    });
    const store = new DatasetStore(this.files, undefined, cache);
    const paths = this.files.paths
      .filter((path) => path.startsWith(`${root}/`))
      .map((path) => path.slice(root.length + 1))
      .sort();
    const dataset: ScannedDataset = {
      root: `memory:/${root}`,
      files: paths.map((path, index) => ({ index, path, role: 'image', label: -1, split: null })),
      summary: {
        id: 'set',
        name: root,
        uri: `memory:/${root}`,
        kind: 'folder',
        files: paths.length,
        images: paths.length,
        bytes: null,
        classes: [],
        splits: null,
        skipped: [],
        skippedCount: 0,
        cut: null,
      },
    };
    store.add(dataset);
    return { store, dataset };
  }

  /** Loads the folder in a new window; resolves when the cache is closed, too. */
  async load(
    over: Partial<LoadRequest> = {},
    root = 'd',
  ): Promise<{
    readonly fingerprint: string;
    readonly decoded: readonly string[];
    readonly counts: LoadCounts;
  }> {
    const { store, dataset } = this.window(root);
    const decoded: string[] = [];
    let counts: LoadCounts = { decoded: -1, fromCache: -1 };
    let closed: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => (closed = resolve));
    const images = await loadDataset({
      source: dataset.summary,
      pull: (request, signal) => store.pull(request, signal),
      kind: 'folder',
      shape: { height: 8, width: 8, channels: 1 },
      mode: 'stretch',
      memoryBudget: 1e9,
      decode: (bytes, name) => {
        decoded.push(name);
        return decodePng(bytes, name);
      },
      cache: {
        keep: (fitting, files, bytes) => store.keep({ source: 'set', fitting, files, bytes }),
        end: (fitting) => store.endPacked('set', fitting).finally(closed),
      },
      signal: new AbortController().signal,
      onCounts: (all) => (counts = all),
      ...over,
    });
    await closing;
    assert.equal(images.planes !== undefined, over.planes === true);
    const planes = images.planes ? Buffer.from(images.planes.large).toString('base64') : '';
    return { fingerprint: images.fingerprint + planes, decoded: decoded.sort(), counts };
  }

  /** Paths of the storage's files that end so. */
  stored(ending: string): string[] {
    return this.files.paths.filter((path) => path.startsWith('storage/') && path.endsWith(ending));
  }

  /** The only stored file that ends so. */
  onlyStored(ending: string): string {
    const paths = this.stored(ending);
    assert.equal(paths.length, 1, paths.join());
    return paths[0] ?? '';
  }

  async bytesOf(path: string): Promise<Uint8Array> {
    return (await this.files.read(`memory:/${path}`)).slice();
  }
}

const three = { 'a.png': imageOf(10), 'b.png': imageOf(90), 'c.png': imageOf(200) };
const all = ['a.png', 'b.png', 'c.png'];

describe('a second load of a folder', () => {
  for (const planes of [false, true]) {
    it(`decodes nothing and has the same bytes${planes ? ', gray planes too' : ''}`, async () => {
      // Large enough that even a record with its plane comes faster than a decode.
      const images = [10, 90, 200].map((gray, i) => [`${'abc'[i]}.png`, grayPng(400, 300, gray)] as const);
      const workspace = new Workspace(Object.fromEntries(images));
      const first = await workspace.load({ planes });
      assert.deepEqual(first.decoded, all);
      assert.deepEqual(first.counts, { decoded: 3, fromCache: 0 });
      const second = await workspace.load({ planes });
      assert.deepEqual(second.decoded, []);
      assert.deepEqual(second.counts, { decoded: 0, fromCache: 3 });
      assert.equal(second.fingerprint, first.fingerprint);
    });
  }

  it('decodes what was changed or added, and forgets what was removed', async () => {
    const workspace = new Workspace(three);
    await workspace.load();
    workspace.files.put('d/b.png', imageOf(91));
    workspace.files.put('d/bb.png', imageOf(92));
    await workspace.files.remove('memory:/d/a.png');
    const second = await workspace.load();
    assert.deepEqual(second.decoded, ['b.png', 'bb.png']);
    const fresh = new Workspace({ 'b.png': imageOf(91), 'bb.png': imageOf(92), 'c.png': imageOf(200) });
    assert.equal(second.fingerprint, (await fresh.load()).fingerprint);
    assert.deepEqual((await workspace.load()).decoded, []);
    const index = workspace.files.text(workspace.onlyStored('index.json')) ?? '';
    assert.ok(!index.includes('"a.png"'), index);
  });

  it('decodes again for another size or fit, and keeps both', async () => {
    const workspace = new Workspace({ 'a.png': grayPng(12, 8, 10), 'b.png': grayPng(8, 12, 99) });
    const shape = { height: 9, width: 8, channels: 3 } as const;
    for (const over of [{}, { shape }, { mode: 'contain' as const }]) {
      assert.equal((await workspace.load(over)).decoded.length, 2);
      assert.deepEqual((await workspace.load(over)).decoded, []);
    }
    assert.deepEqual((await workspace.load()).decoded, []);
  });

  it('keeps the order where cached and decoded files mingle, and leaves unreadable ones out', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, '0')}.png`);
    const images = Object.fromEntries(names.map((name, i) => [name, imageOf(i)]));
    const workspace = new Workspace({ ...images, '07.png': text('no image') });
    await workspace.load();
    for (const i of [3, 4, 20, 39]) workspace.files.put(`d/${names[i]}`, imageOf(100 + i));
    const second = await workspace.load();
    assert.deepEqual(second.counts, { decoded: 4, fromCache: 35 });
    const fresh = new Workspace({
      ...images,
      '07.png': text('no image'),
      ...Object.fromEntries([3, 4, 20, 39].map((i) => [names[i] ?? '', imageOf(100 + i)])),
    });
    assert.equal(second.fingerprint, (await fresh.load()).fingerprint);
  });

  it('does not believe the time of a file that was changed a moment ago', async () => {
    const workspace = new Workspace(three);
    workspace.now = 2000;
    await workspace.load();
    assert.deepEqual((await workspace.load()).decoded, all);
  });

  it('believes no file system that knows no times', async () => {
    const workspace = new Workspace(three);
    workspace.timeless = true;
    await workspace.load();
    assert.deepEqual((await workspace.load()).decoded, all);
  });

  it('keeps nothing that comes faster as a file', async () => {
    const workspace = new Workspace(three);
    const shape = { height: 128, width: 128, channels: 3 } as const;
    await workspace.load({ shape });
    assert.deepEqual((await workspace.load({ shape })).decoded, all);
    assert.deepEqual(workspace.stored('.part'), []);
  });

  it('goes on without a cache where the disk is full', async () => {
    const workspace = new Workspace(three);
    const plain = await workspace.load();
    workspace.files.put('d/b.png', imageOf(91));
    workspace.files.before = (step, uri) => {
      if (step === 'write') throw Object.assign(new Error(`ENOSPC: ${uri}`), { code: 'ENOSPC' });
    };
    assert.deepEqual((await workspace.load()).decoded, ['b.png']);
    workspace.files.before = () => undefined;
    workspace.files.put('d/b.png', imageOf(90));
    assert.equal((await workspace.load()).fingerprint, plain.fingerprint);
  });

  it('keeps what was decoded before it was cancelled', async () => {
    const workspace = new Workspace(three);
    const { store, dataset } = workspace.window();
    const abort = new AbortController();
    let closed: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => (closed = resolve));
    const load = loadDataset({
      source: dataset.summary,
      pull: (request, signal) => store.pull(request, signal),
      kind: 'folder',
      shape: { height: 8, width: 8, channels: 1 },
      mode: 'stretch',
      memoryBudget: 1e9,
      decode: async (bytes, name) => {
        const image = await decodePng(bytes, name);
        if (name === 'c.png') abort.abort();
        return image;
      },
      cache: {
        keep: (fitting, files, bytes) => store.keep({ source: 'set', fitting, files, bytes }),
        end: (fitting) => store.endPacked('set', fitting).finally(closed),
      },
      signal: abort.signal,
    });
    await assert.rejects(load, { code: 'cancelled' });
    await closing;
    assert.deepEqual((await workspace.load()).counts.fromCache, 3);
  });
});

describe('a damaged cache', () => {
  const damages: readonly (readonly [string, string, (bytes: Uint8Array) => Uint8Array])[] = [
    ['an index cut short', 'index.json', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['an empty index', 'index.json', () => new Uint8Array(0)],
    ['an index of another version', 'index.json', (bytes) => replaced(bytes, '"version":1', '"version":2')],
    ['an index of another folder', 'index.json', (bytes) => replaced(bytes, 'memory:/d', 'memory:/e')],
    ['a part cut short', '.part', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['a part that is too long', '.part', (bytes) => new Uint8Array([...bytes, 0])],
    [
      'records in the wrong order',
      '.part',
      (bytes) => new Uint8Array([...bytes.subarray(80), ...bytes.subarray(0, 80)]),
    ],
  ];
  for (const [what, ending, damage] of damages) {
    it(`is ignored and written anew: ${what}`, async () => {
      const workspace = new Workspace(three);
      const first = await workspace.load();
      const path = workspace.onlyStored(ending);
      workspace.files.put(path, damage(await workspace.bytesOf(path)));
      const second = await workspace.load();
      assert.deepEqual(second.decoded, all);
      assert.equal(second.fingerprint, first.fingerprint);
      assert.deepEqual((await workspace.load()).decoded, []);
      workspace.onlyStored('.part');
    });
  }

  it('gives up the record with a flipped bit alone', async () => {
    const workspace = new Workspace(three);
    const first = await workspace.load();
    const path = workspace.onlyStored('.part');
    const bytes = await workspace.bytesOf(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    workspace.files.put(path, bytes);
    const second = await workspace.load();
    assert.deepEqual(second.counts, { decoded: 1, fromCache: 2 });
    assert.equal(second.fingerprint, first.fingerprint);
    assert.deepEqual((await workspace.load()).decoded, []);
  });

  it('is no error where its parts are gone or locked', async () => {
    const workspace = new Workspace(three);
    await workspace.load();
    workspace.files.before = (step, uri) => {
      if (step === 'read' && uri.endsWith('.part')) throw named('NoPermissions', uri);
    };
    assert.deepEqual((await workspace.load()).decoded, all);
  });

  it('with any index gives plain files or whole records', async () => {
    const workspace = new Workspace(three);
    await workspace.load();
    const [index, part] = [workspace.onlyStored('index.json'), workspace.onlyStored('.part')];
    const whole = JSON.parse(workspace.files.text(index) ?? '') as Record<string, unknown>;
    const name = part.split('/').at(-1) ?? '';
    const value = fc.oneof(
      fc.constantFrom(name, '../../d/a.png', 'a.png', -1, 0, 1, 3, 2 ** 53, null),
      fc.jsonValue(),
    );
    const length = recordBytes({ height: 8, width: 8, channels: 1, mode: 'stretch', planes: false });
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            record: value,
            parts: fc.oneof(value, fc.array(fc.array(value))),
            files: fc.oneof(value, fc.array(fc.array(value))),
          },
          { requiredKeys: [] },
        ),
        async (change) => {
          workspace.files.put(index, JSON.stringify({ ...whole, ...change }));
          const { store } = workspace.window();
          const fitting: Fitting = { height: 8, width: 8, channels: 1, mode: 'stretch', planes: false };
          const { segments } = await store.pull({ source: 'set', cursor: packStart, fitting });
          assert.equal(segments.length, 3);
          for (const { packed, size, error } of segments) {
            assert.equal(error, undefined);
            if (packed && !('record' in change)) assert.equal(size, length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the room of all caches', () => {
  it('holds the most recently used', async () => {
    // 60 records of 80 bytes each are 4,800 bytes.
    const images = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.png`, imageOf(i)]));
    const workspace = new Workspace(images, 10_000);
    for (const [path, bytes] of Object.entries(images)) {
      workspace.files.put(`e/${path}`, bytes);
      workspace.files.put(`f/${path}`, bytes);
    }
    await workspace.load({}, 'd');
    await workspace.load({}, 'e');
    await workspace.load({}, 'd');
    await workspace.load({}, 'f');
    assert.equal(workspace.stored('index.json').length, 2);
    assert.deepEqual((await workspace.load({}, 'd')).counts, { decoded: 0, fromCache: 60 });
    assert.deepEqual((await workspace.load({}, 'f')).counts, { decoded: 0, fromCache: 60 });
    assert.deepEqual((await workspace.load({}, 'e')).counts, { decoded: 60, fromCache: 0 });
  });

  it('takes no more of one folder than there is', async () => {
    const workspace = new Workspace(three, 100);
    await workspace.load();
    assert.deepEqual(workspace.stored('.part'), []);
  });

  it('is cleared of what was never finished, whatever the list of uses says', async () => {
    const workspace = new Workspace(three);
    const unfinished = 'f'.repeat(32);
    workspace.files.put(`storage/packed-images/${unfinished}/x.part`, text('half'));
    workspace.files.put(
      'storage/packed-images/uses.json',
      JSON.stringify([[unfinished, [5, 0]], ['../../d', [5, 0]], 7, null]),
    );
    await workspace.load();
    // What is no list of uses is none at all: nothing is removed by it.
    assert.deepEqual(workspace.files.paths.filter((path) => path.startsWith('d/')).length, 3);
    workspace.files.put('storage/packed-images/uses.json', JSON.stringify([[unfinished, [5, 0]]]));
    await workspace.load();
    assert.ok(!workspace.stored('x.part').length);
  });
});

describe('records and indices', () => {
  const fitting: Fitting = { height: 2, width: 3, channels: 1, mode: 'cover', planes: false };
  const view = Uint8Array.of(1, 2, 3, 4, 5, 6);

  it('prove the file and the fitting that they are of', () => {
    const record = new Uint8Array(recordBytes(fitting));
    writeRecord(record, 'x/a.png', fitting, { view, plane: undefined });
    assert.deepEqual(readRecord(record, 'x/a.png', fitting)?.view, view);
    assert.equal(readRecord(record, 'x/b.png', fitting), undefined);
    assert.equal(readRecord(record, 'x/a.png', { ...fitting, mode: 'contain' }), undefined);
    assert.equal(readRecord(record, 'x/a.png', { ...fitting, height: 3, width: 2 }), undefined);
    assert.equal(readRecord(record.subarray(1), 'x/a.png', fitting), undefined);
    assert.equal(readRecord(new Uint8Array(0), 'x/a.png', fitting), undefined);
  });

  it('come back as they were, paths like __proto__ among them', () => {
    const index = {
      key: 'k',
      record: 80,
      parts: new Map([['p-1.part', 2]]),
      files: new Map([
        ['__proto__', { size: 1, mtime: 2.5, part: 'p-1.part', slot: 0 }],
        ['ü/ 1.png', { size: 0, mtime: -3, part: 'p-1.part', slot: 1 }],
      ]),
    };
    assert.deepEqual(parseIndex(encodeIndex(index), 'k'), index);
    assert.equal(parseIndex(encodeIndex(index), 'l'), undefined);
  });

  it('of any bytes give an index or none, and no error', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(parseIndex(bytes, 'k'), undefined)));
    fc.assert(fc.property(fc.json(), (json) => assert.equal(parseIndex(text(json), 'k'), undefined)));
  });
});

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const before = new TextDecoder().decode(bytes);
  const after = before.replace(from, to);
  assert.notEqual(after, before);
  return text(after);
}
