import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packBytes } from '../../../src/shared/transport.ts';
import {
  describeModel,
  describeModelAtLength,
  escapeMarkdown,
} from '../../../src/extension/models/describe.ts';
import {
  fileNameOf,
  freeName,
  isModelFileName,
  nameOfFile,
  safeName,
} from '../../../src/extension/models/file-names.ts';
import { folderSegments, modelFolders } from '../../../src/extension/models/folder.ts';
import { ModelRegistry } from '../../../src/extension/models/registry.ts';
import { Saves } from '../../../src/extension/models/saves.ts';
import { MemoryFiles, named } from './support/memory-files.ts';
import { FakeMemory } from './support/memory.ts';
import { cardOf, modelBytes } from './support/model-bytes.ts';

describe('names of model files', () => {
  it('are safe on every file system, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (asked) => {
        const name = safeName(asked);
        assert.ok(name.length > 0 && [...name].length <= 90);
        assert.doesNotMatch(name, /[<>:"/\\|?*\u0000-\u001f\u007f]|^[ .]|[ .]$/);
        assert.equal(safeName(name), name);
      }),
      { numRuns: 500 },
    );
    assert.equal(safeName('../../etc/passwd'), 'etc passwd');
    assert.equal(safeName('CON'), 'CON model');
    assert.equal(safeName('...'), 'model');
    assert.equal(safeName('Größe 3'), 'Größe 3');
  });

  it('are free ones', () => {
    assert.equal(freeName('digits', []), 'digits');
    assert.equal(freeName('digits', ['Digits.lens.safetensors', 'digits 2.lens.safetensors']), 'digits 3');
  });

  it('and models’ names belong to each other', () => {
    assert.equal(nameOfFile(fileNameOf('a.b')), 'a.b');
    assert.equal(isModelFileName('weights.safetensors'), false);
  });
});

describe('the models folder', () => {
  const join = (uri: string, ...names: string[]): string => [uri, ...names].join('/');
  const at = (changes: Partial<Parameters<typeof modelFolders>[0]> = {}) =>
    modelFolders({
      workspaceFolders: [{ uri: 'w:', writable: true }],
      trusted: true,
      setting: 'models/mine',
      globalStorage: 'g:',
      join,
      ...changes,
    });

  it('is in the first writable folder of a trusted workspace', () => {
    assert.equal(at().save, 'w:/models/mine');
    const folders = [
      { uri: 'r:', writable: false },
      { uri: 'w:', writable: true },
    ];
    assert.deepEqual(at({ workspaceFolders: folders }), {
      save: 'w:/models/mine',
      read: ['w:/models/mine', 'r:/models/mine', 'g:/models'],
    });
  });

  it('is the extension’s own without one', () => {
    assert.equal(at({ workspaceFolders: [] }).save, 'g:/models');
    assert.equal(at({ trusted: false }).save, 'g:/models');
    assert.deepEqual(at({ trusted: false }).read, ['g:/models', 'w:/models/mine']);
    assert.equal(at({ workspaceFolders: [{ uri: 'r:', writable: false }] }).save, 'g:/models');
  });

  it('never lies outside the workspace', () => {
    for (const setting of ['../up', 'a/../../b', '/etc', '\\\\host\\share', 'C:\\x', 'c:x', '', ' . ']) {
      assert.deepEqual(folderSegments(setting), ['latent-lens'], setting);
    }
    assert.deepEqual(folderSegments('./a//b\\c/'), ['a', 'b', 'c']);
  });
});

describe('a model in words', () => {
  it('is one line with shape, epoch, loss and promise', () => {
    assert.equal(describeModel(cardOf()), '28 × 28 gray · epoch 20 · 0.007444 · 1 % of 200');
    const progress = { state: 'stopped', epoch: 3, step: 0, stepsPerEpoch: 32 } as const;
    assert.equal(
      describeModel(cardOf({ progress, calibration: null, history: [] })),
      '28 × 28 gray · epoch 3 of 20 · unfinished',
    );
    assert.match(describeModel(cardOf({ calibration: null })), /not calibrated$/);
  });

  it('at length lets no markup of a foreign file through', () => {
    const text = describeModelAtLength(cardOf({ name: '[click](command:evil) <b>' }));
    assert.ok(text.includes(escapeMarkdown('[click](command:evil) <b>')));
    assert.doesNotMatch(text, /[^\\]\]\(/);
  });
});

describe('the registry', () => {
  const folders = { save: 'memory:/m', read: ['memory:/m', 'memory:/gone'] };
  const registryOf = (files: MemoryFiles, memory = new FakeMemory()) =>
    new ModelRegistry(files, () => folders, memory);

  it('lists model files by name, those that do not hold with their reason', async () => {
    const files = new MemoryFiles({
      'm/model 10.lens.safetensors': modelBytes(),
      'm/model 9.lens.safetensors': modelBytes(),
      'm/broken.lens.safetensors': 'not a model',
      'm/weights.safetensors': modelBytes(),
      'm/model 9.lens.safetensors.tmp': modelBytes(),
    });
    const models = await registryOf(files).refresh();
    assert.deepEqual(
      models.map(({ name, error }) => [name, error?.code]),
      [
        ['broken', 'invalid-model-file'],
        ['model 9', undefined],
        ['model 10', undefined],
      ],
    );
    assert.deepEqual(models[1]?.header?.tensors, [{ name: 'weights', dtype: 'F32', shape: [4] }]);
  });

  it('reads a file again only when it changed', async () => {
    const files = new MemoryFiles({ 'm/a.lens.safetensors': modelBytes() });
    const registry = registryOf(files);
    await registry.refresh();
    const [first] = await registry.refresh();
    assert.equal(files.steps.filter((step) => step.startsWith('read')).length, 1);
    files.put('m/a.lens.safetensors', modelBytes({ name: 'new' }));
    const [second] = await registry.refresh();
    assert.equal(second?.header?.card.name, 'new');
    assert.notEqual(first?.key, second?.key);
  });

  it('lets calls during a refresh see what changed meanwhile', async () => {
    const files = new MemoryFiles({ 'm/a.lens.safetensors': modelBytes() });
    const registry = registryOf(files);
    const first = registry.refresh();
    files.put('m/b.lens.safetensors', modelBytes());
    const second = registry.refresh();
    assert.equal((await second).length, 2);
    await first;
  });

  it('takes the only usable model for the active one until another is chosen', async () => {
    const files = new MemoryFiles({
      'm/a.lens.safetensors': modelBytes(),
      'm/b.lens.safetensors': modelBytes({ calibration: null }),
    });
    const memory = new FakeMemory();
    const registry = registryOf(files, memory);
    assert.equal(registry.activeUri, undefined);
    await registry.refresh();
    assert.equal(registry.activeUri, 'memory:/m/a.lens.safetensors');
    let changes = 0;
    const listening = registry.onChange(() => changes++);
    await registry.setActive('memory:/m/b.lens.safetensors');
    assert.equal(registry.activeUri, 'memory:/m/b.lens.safetensors');
    assert.equal(changes, 1);
    await files.rename('memory:/m/b.lens.safetensors', 'memory:/m/c.lens.safetensors', false);
    await registry.moved('memory:/m/b.lens.safetensors', 'memory:/m/c.lens.safetensors');
    assert.equal(registryOf(files, memory).activeUri, 'memory:/m/c.lens.safetensors');
    await registry.moved('memory:/m/c.lens.safetensors', undefined);
    assert.equal(registry.activeUri, 'memory:/m/a.lens.safetensors');
    listening.dispose();
    const before = changes;
    await registry.setActive(undefined);
    assert.equal(changes, before);
  });

  it('says why a file cannot be read', async () => {
    const files = new MemoryFiles();
    await assert.rejects(registryOf(files).read('memory:/m/a.lens.safetensors'), { code: 'not-found' });
  });
});

describe('saves', () => {
  const bytes = modelBytes();
  function setUp(files = new MemoryFiles()) {
    const saved: string[] = [];
    const saves = new Saves({
      files,
      localWriter: () => undefined,
      target: (jobId, name) => Promise.resolve(`memory:/m/${jobId}-${name}.lens.safetensors`),
      describe: (uri) => `at ${uri}`,
      onSaved: (jobId, uri) => saved.push(`${jobId} ${uri}`),
    });
    return { files, saves, saved };
  }
  const begin = (saves: Saves, size = bytes.length, jobId = 'j') =>
    saves.begin({ jobId, name: 'n', size }).token;

  it('put the chunks together and replace the job’s file', async () => {
    const { files, saves, saved } = setUp();
    const token = begin(saves);
    saves.append({ token, bytes: bytes.subarray(0, 100) });
    saves.append({ token, bytes: bytes.subarray(100) });
    const result = await saves.commit({ token });
    assert.deepEqual(result, {
      uri: 'memory:/m/j-n.lens.safetensors',
      savedAs: 'at memory:/m/j-n.lens.safetensors',
    });
    assert.deepEqual(Buffer.from(await files.read(result.uri)), Buffer.from(bytes));
    assert.deepEqual(saved, ['j memory:/m/j-n.lens.safetensors']);
  });

  it('refuse sizes and chunks that do not fit', async () => {
    const { saves, files } = setUp();
    for (const size of [0, -1, 1.5, Number.NaN, 2 ** 40])
      assert.throws(() => begin(saves, size), { code: 'write-failed' });
    const token = begin(saves, 10);
    assert.throws(() => saves.append({ token, bytes: new Uint8Array(11) }), /longer/);
    assert.throws(() => saves.append({ token, bytes: 'text' as unknown as Uint8Array }), /byte array/);
    assert.throws(() => saves.append({ token, bytes: new Uint8Array(packBytes + 1) }), /4 MiB/);
    await assert.rejects(saves.commit({ token }), /shorter/);
    await assert.rejects(saves.commit({ token }), /no longer open/);
    assert.throws(() => saves.append({ token: 'save-99', bytes }), /no longer open/);
    assert.deepEqual(files.paths, []);
  });

  it('void what the same job left open, and no other job’s', async () => {
    const { saves } = setUp();
    const stale = begin(saves);
    const other = begin(saves, bytes.length, 'other');
    begin(saves);
    assert.throws(() => saves.append({ token: stale, bytes }), /no longer open/);
    saves.append({ token: other, bytes });
    await saves.commit({ token: other });
  });

  it('follow one another, also after one failed', async () => {
    const { saves, files } = setUp();
    const one = begin(saves, bytes.length, 'a');
    const two = begin(saves, bytes.length, 'b');
    for (const token of [one, two]) saves.append({ token, bytes });
    let failed = false;
    files.before = (step) => {
      if (step === 'write' && !failed) {
        failed = true;
        throw named('Unknown', 'ENOSPC');
      }
    };
    const results = await Promise.allSettled([saves.commit({ token: one }), saves.commit({ token: two })]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
  });
});
