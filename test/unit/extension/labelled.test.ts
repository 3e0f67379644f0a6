import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { walkLabelled } from '../../../src/extension/datasets/labelled.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { MemoryFiles } from './support/memory-files.ts';

const walk = (folder: string, ...paths: string[]) =>
  walkLabelled(`memory:/${folder}`, {
    files: new MemoryFiles(Object.fromEntries(paths.map((path) => [path, 'bytes']))),
    realPath: undefined,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });

const mvtec = [
  'screw/train/good/0.png',
  'screw/test/good/1.png',
  'screw/test/bent/2.png',
  'screw/ground_truth/bent/2_mask.png',
] as const;

describe('a folder with masks', () => {
  it('lists them with the images, from the folder around test and ground_truth', async () => {
    const { root, images, skippedCount } = await walk('screw', ...mvtec);
    assert.equal(root, 'memory:/screw');
    assert.deepEqual(images, [
      ...['test/bent/2.png', 'test/good/1.png', 'train/good/0.png', 'ground_truth/bent/2_mask.png'],
    ]);
    assert.equal(skippedCount, 0, 'masks are not left out');
  });

  it('finds them beside a test folder that is chosen alone', async () => {
    const { root, images } = await walk('screw/test', ...mvtec);
    assert.equal(root, 'memory:/screw');
    assert.deepEqual(images, ['test/bent/2.png', 'test/good/1.png', 'ground_truth/bent/2_mask.png']);
  });

  it('without masks is what a walk finds; other files are counted', async () => {
    const { root, images, skippedCount } = await walk(
      'set/test',
      'set/test/good/a.png',
      'set/test/notes.txt',
    );
    assert.deepEqual([root, images, skippedCount], ['memory:/set/test', ['good/a.png'], 1]);
  });

  it('names the folder that is not there', async () => {
    await assert.rejects(
      walk('gone', 'else/a.png'),
      (error) => error instanceof LensError && error.code === 'not-found',
    );
  });
});
