import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LensError } from '../../../src/shared/errors.ts';
import { groupIdx, idxKey } from '../../../src/extension/datasets/idx.ts';
import { placementOf } from '../../../src/extension/datasets/placement.ts';
import { scanDataset, type ScannedDataset } from '../../../src/extension/datasets/scan.ts';
import { MemoryFiles, named } from './support/memory-files.ts';

interface Options {
  readonly maxImages?: number;
  readonly signal?: AbortSignal;
  readonly links?: boolean;
  readonly onProgress?: (found: { images: number; folders: number }) => void;
}

const scan = (files: MemoryFiles, path: string, options: Options = {}): Promise<ScannedDataset> =>
  scanDataset(`memory:/${path}`, {
    files,
    realPath: options.links === false ? undefined : (uri) => Promise.resolve(files.realPath(uri)),
    signal: options.signal ?? new AbortController().signal,
    maxImages: options.maxImages ?? 1000,
    newId: () => 'id',
    onProgress: options.onProgress ?? (() => undefined),
  });

const filesOf = (...paths: string[]): MemoryFiles =>
  new MemoryFiles(Object.fromEntries(paths.map((path) => [path, 'bytes'])));

const fails = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LensError);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

describe('placement in classes and splits', () => {
  const cases: readonly [string, string | null, string | null][] = [
    ['x.png', null, null],
    ['cats/x.png', null, 'cats'],
    ['cats/2021/x.png', null, 'cats'],
    ['train/x.png', 'train', null],
    ['train/good/x.png', 'train', 'good'],
    ['test/scratch/x.png', 'test', 'scratch'],
    ['good/train/x.png', 'train', 'good'],
    ['Valid/b/c/x.png', 'validation', 'b'],
    ['bottle/train/good/x.png', 'train', 'good'],
    ['bottle/test/x.png', 'test', 'bottle'],
  ];
  for (const [path, split, className] of cases) {
    it(`${path} is of class ${className} in ${split}`, () => {
      assert.deepEqual(placementOf(path), { split, className });
    });
  }
});

describe('scanning a folder', () => {
  it('numbers files by path, labels classes by name, counts splits', async () => {
    const files = filesOf(
      'd/train/b/2.png',
      'd/train/a/1.JPG',
      'd/test/a/3.webp',
      'd/loose.bmp',
      'd/val/4.ico',
    );
    const { summary, files: list } = await scan(files, 'd');
    assert.deepEqual(
      list.map(({ index, path, label, split }) => [index, path, label, split]),
      [
        [0, 'loose.bmp', -1, null],
        [1, 'test/a/3.webp', 0, 'test'],
        [2, 'train/a/1.JPG', 0, 'train'],
        [3, 'train/b/2.png', 1, 'train'],
        [4, 'val/4.ico', -1, 'validation'],
      ],
    );
    assert.deepEqual(summary.classes, [
      { name: 'a', count: 2 },
      { name: 'b', count: 1 },
    ]);
    assert.deepEqual(summary.splits, { train: 2, validation: 1, test: 1, none: 1 });
    assert.equal(summary.images, 5);
    assert.equal(summary.name, 'd');
  });

  it('takes every image type that VS Code shows, whatever the case', async () => {
    const types = ['png', 'jpg', 'jpeg', 'jpe', 'webp', 'bmp', 'ico', 'gif', 'avif', 'PNG'];
    const { files } = await scan(filesOf(...types.map((type, i) => `d/${i}.${type}`)), 'd');
    assert.equal(files.length, types.length);
  });

  it('lists what is left out, with the reason', async () => {
    const files = filesOf(
      'd/a.png',
      'd/notes.txt',
      'd/.hidden.png',
      'd/.DS_Store',
      'd/.git/x.png',
      'd/node_modules/p/x.png',
      'd/closed/x.png',
      'd/extra/t10k-images-idx3-ubyte',
    );
    files.before = (step, uri) => {
      if (step === 'list' && uri.endsWith('closed')) throw named('NoPermissions', uri);
    };
    const { summary } = await scan(files, 'd');
    assert.equal(summary.files, 1);
    assert.equal(summary.skippedCount, 6);
    const reasons = Object.fromEntries(summary.skipped.map(({ path, reason }) => [path, reason]));
    assert.match(reasons['notes.txt'] ?? '', /not an image type/);
    assert.match(reasons['.hidden.png'] ?? '', /hidden/);
    assert.match(reasons['.git'] ?? '', /hidden/);
    assert.match(reasons['node_modules'] ?? '', /not searched/);
    assert.match(reasons['closed'] ?? '', /could not be read/);
    assert.match(reasons['extra/t10k-images-idx3-ubyte'] ?? '', /IDX/);
  });

  it('leaves out the masks of MVTec AD, but not a class of that name elsewhere', async () => {
    const mvtec = await scan(
      filesOf('d/train/good/a.png', 'd/test/hole/b.png', 'd/ground_truth/hole/b.png'),
      'd',
    );
    assert.equal(mvtec.summary.files, 2);
    assert.match(mvtec.summary.skipped[0]?.reason ?? '', /masks/);
    const other = await scan(filesOf('d/ground_truth/a.png', 'd/forged/b.png'), 'd');
    assert.equal(other.summary.files, 2);
  });

  it('keeps at most 200 names of left-out files and counts the rest', async () => {
    const files = filesOf('d/a.png', ...Array.from({ length: 500 }, (_, i) => `d/labels/${i}.txt`));
    const { summary } = await scan(files, 'd');
    assert.equal(summary.skipped.length, 200);
    assert.equal(summary.skippedCount, 500);
  });

  it('says when maxImages cuts, and keeps the classes in proportion', async () => {
    const paths = ['a', 'b'].flatMap((name) => Array.from({ length: 50 }, (_, i) => `d/${name}/${i}.png`));
    const { summary, files } = await scan(filesOf(...paths), 'd', { maxImages: 20 });
    assert.deepEqual(summary.cut, { found: 100, limit: 20 });
    assert.equal(files.length, 20);
    assert.deepEqual(
      summary.classes.map(({ count }) => count),
      [10, 10],
    );
    assert.equal(new Set(files.map(({ path }) => path)).size, 20);
  });

  it('follows a linked folder once, ends on loops, and counts no image twice', async () => {
    const files = filesOf('d/a/1.png', 'd/a/2.png', 'elsewhere/3.png', 'elsewhere/deep/4.png');
    files.link('d/a/loop', 'd/a');
    files.link('d/up', '');
    files.link('d/self', 'd');
    files.link('d/other', 'elsewhere');
    files.link('d/other-again', 'elsewhere/deep');
    files.link('elsewhere/back', 'd');
    const { files: list, summary } = await scan(files, 'd');
    assert.deepEqual(
      list.map(({ path }) => path),
      ['a/1.png', 'a/2.png', 'other/3.png', 'other/deep/4.png'],
    );
    const reasons = Object.fromEntries(summary.skipped.map(({ path, reason }) => [path, reason]));
    assert.match(reasons['a/loop'] ?? '', /already included/);
    assert.match(reasons['self'] ?? '', /already included/);
    assert.match(reasons['up'] ?? '', /around this one/);
    assert.match(reasons['other-again'] ?? '', /already included/);
    assert.match(reasons['other/back'] ?? '', /already included/);
  });

  it('leaves linked folders out where links cannot be resolved', async () => {
    const files = filesOf('d/1.png', 'elsewhere/2.png');
    files.link('d/other', 'elsewhere');
    const { summary } = await scan(files, 'd', { links: false });
    assert.equal(summary.files, 1);
    assert.match(summary.skipped[0]?.reason ?? '', /not followed/);
  });

  it('reports progress and can be cancelled in between', async () => {
    const files = filesOf(...Array.from({ length: 40 }, (_, i) => `d/${i}/x.png`));
    const abort = new AbortController();
    let seen = 0;
    const cancelled = scan(files, 'd', {
      signal: abort.signal,
      onProgress: ({ folders }) => {
        seen = folders;
        if (folders === 10) abort.abort();
      },
    });
    await assert.rejects(cancelled, fails('cancelled', /Cancelled/));
    assert.ok(seen >= 10 && seen < 41, `${seen} folders were listed`);
  });

  it('is the same in whatever order the file system answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^([ab]\/){0,2}[a-d]{1,3}\.(png|txt)$/), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.integer(),
        async (paths, seed) => {
          const all = ['z.png', ...paths].map((path) => `d/${path}`);
          const shuffled = [...all].sort((a, b) => hash(a, seed) - hash(b, seed));
          const [one, other] = await Promise.all([
            scan(filesOf(...all), 'd'),
            scan(filesOf(...shuffled), 'd'),
          ]);
          assert.deepEqual(one, other);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('says what is wrong with what was chosen', async () => {
    await assert.rejects(
      scan(filesOf('d/readme.md'), 'd'),
      fails('invalid-dataset', /No images were found in “d”.*1 other entry/),
    );
    await assert.rejects(scan(filesOf('d/a.png'), 'gone'), fails('not-found', /“gone”/));
    await assert.rejects(scan(filesOf('d/a.png'), 'd/a.png'), fails('invalid-dataset', /single image/));
    await assert.rejects(
      scan(filesOf('d/a.zip'), 'd/a.zip'),
      fails('invalid-dataset', /not an IDX images file/),
    );
    const closed = filesOf('d/a.png');
    closed.before = (step, uri) => {
      if (step === 'list') throw named('NoPermissions', uri);
    };
    await assert.rejects(scan(closed, 'd'), fails('no-permission', /“d”.*may not be accessed/));
  });
});

const hash = (text: string, seed: number): number =>
  [...text].reduce((sum, character) => Math.imul(sum ^ character.charCodeAt(0), 2654435761), seed);

describe('IDX files', () => {
  const mnist = [
    't10k-images-idx3-ubyte.gz',
    't10k-labels-idx1-ubyte.gz',
    'train-images-idx3-ubyte.gz',
    'train-labels-idx1-ubyte.gz',
  ];
  const inOrder = [
    ['train-images-idx3-ubyte.gz', 'idx-images', 'train'],
    ['train-labels-idx1-ubyte.gz', 'idx-labels', 'train'],
    ['t10k-images-idx3-ubyte.gz', 'idx-images', 'test'],
    ['t10k-labels-idx1-ubyte.gz', 'idx-labels', 'test'],
  ];
  const shape = ({ files }: ScannedDataset) => files.map(({ path, role, split }) => [path, role, split]);

  it('finds labels and test images of a chosen file by name', async () => {
    const files = filesOf(...mnist.map((name) => `m/${name}`), 'm/other.txt');
    const scanned = await scan(files, 'm/train-images-idx3-ubyte.gz');
    assert.deepEqual(shape(scanned), inOrder);
    assert.equal(scanned.root, 'memory:/m');
    assert.equal(scanned.summary.kind, 'idx');
    assert.equal(scanned.summary.images, null);
  });

  it('finds them from the labels, and from the folder', async () => {
    const files = filesOf(...mnist.map((name) => `m/${name}`));
    assert.deepEqual(shape(await scan(files, 'm/t10k-labels-idx1-ubyte.gz')), inOrder);
    assert.deepEqual(shape(await scan(files, 'm')), inOrder);
  });

  it('takes unpacked files before packed twins in a folder, and the chosen one of the two', async () => {
    const files = filesOf(
      'm/train-images-idx3-ubyte',
      'm/train-images-idx3-ubyte.gz',
      'm/train-labels-idx1-ubyte.gz',
    );
    const folder = await scan(files, 'm');
    assert.deepEqual(
      folder.files.map(({ path }) => path),
      ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte.gz'],
    );
    assert.match(folder.summary.skipped[0]?.reason ?? '', /unpacked file/);
    const chosen = await scan(files, 'm/train-images-idx3-ubyte.gz');
    assert.equal(chosen.files[0]?.path, 'train-images-idx3-ubyte.gz');
  });

  it('trains on what there is where no file says train', async () => {
    const scanned = await scan(filesOf('m/t10k-images-idx3-ubyte'), 'm');
    assert.deepEqual(shape(scanned), [['t10k-images-idx3-ubyte', 'idx-images', 'train']]);
  });

  it('asks for one of several sets in a folder', async () => {
    const files = filesOf(
      'e/emnist-letters-train-images-idx3-ubyte.gz',
      'e/emnist-digits-train-images-idx3-ubyte.gz',
    );
    await assert.rejects(scan(files, 'e'), fails('invalid-dataset', /2 IDX data sets/));
    const one = await scan(files, 'e/emnist-letters-train-images-idx3-ubyte.gz');
    assert.equal(one.files.length, 1);
  });

  it('groups train and test of one set, and no two sets', () => {
    assert.equal(
      idxKey('emnist-letters-train-images-idx3-ubyte'),
      idxKey('emnist-letters-test-labels-idx1-ubyte'),
    );
    assert.notEqual(
      idxKey('emnist-letters-train-images-idx3-ubyte'),
      idxKey('emnist-digits-train-images-idx3-ubyte'),
    );
    assert.equal(idxKey('picture.png'), undefined);
    const { skipped } = groupIdx(['train-labels-idx1-ubyte']);
    assert.match(skipped[0]?.reason ?? '', /without their images/);
  });
});
