import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasColour, suggestSize, survey, surveyPixels } from '../../../src/engine/data/survey.ts';
import type { DatasetSummary } from '../../../src/shared/dataset.ts';
import { idxFile } from './idx-file.ts';
import { MemorySource, type MemoryFile } from './memory-source.ts';
import { decodePng, grayPng, rgbPng } from './png-decoder.ts';

const summary = (files: number, over: Partial<DatasetSummary> = {}): DatasetSummary => ({
  id: 'memory',
  name: 'parts',
  uri: 'file:///parts',
  kind: 'folder',
  files,
  images: files,
  bytes: null,
  classes: [],
  splits: { train: 0, validation: 0, test: 0, none: files },
  skipped: [],
  skippedCount: 0,
  cut: null,
  ...over,
});
const look = (files: readonly MemoryFile[], over: Partial<DatasetSummary> = {}, seed = 1) => {
  const memory = new MemorySource(files);
  return survey({
    dataset: summary(files.length, over),
    pull: memory.pull,
    seed,
    decode: decodePng,
    signal: new AbortController().signal,
  });
};

describe('suggestSize', () => {
  const sizes = (...list: [number, number, number][]) =>
    list.map(([width, height, count]) => ({ width, height, count }));

  it('is the images’ own common size where it is small', () => {
    assert.deepEqual(suggestSize(sizes([28, 28, 200])), { width: 28, height: 28 });
    assert.deepEqual(suggestSize(sizes([64, 48, 150], [500, 500, 50])), { width: 64, height: 48 });
    assert.deepEqual(suggestSize(sizes([40, 4, 9])), { width: 40, height: 8 });
  });

  it('is 64 on the longer side of larger images, in their shape', () => {
    assert.deepEqual(suggestSize(sizes([640, 480, 200])), { width: 64, height: 48 });
    assert.deepEqual(suggestSize(sizes([1000, 4000, 3])), { width: 16, height: 64 });
    assert.deepEqual(suggestSize(sizes([30_000, 100, 3])), { width: 64, height: 8 });
    assert.deepEqual(suggestSize(sizes([65, 65, 1])), { width: 64, height: 64 });
  });

  it('is a square for images of many shapes, and keeps a shape that all nearly have', () => {
    assert.deepEqual(suggestSize(sizes([240, 289, 3], [494, 361, 3], [511, 321, 3])), {
      width: 64,
      height: 64,
    });
    assert.deepEqual(suggestSize(sizes([400, 200, 1], [404, 200, 1], [810, 400, 1])), {
      width: 64,
      height: 32,
    });
    assert.deepEqual(suggestSize([]), { width: 64, height: 64 });
  });
});

describe('hasColour', () => {
  const image = (n: number, coloured: number, rgba: readonly number[]) => {
    const data = new Uint8Array(4 * n).fill(255);
    for (let i = 0; i < coloured; i++) data.set(rgba, 4 * i);
    return { width: n, height: 1, data };
  };
  it('needs visible pixels of visible colour', () => {
    assert.equal(hasColour(image(10_000, 10, [255, 0, 0, 255])), true);
    assert.equal(hasColour(image(10_000, 9, [255, 0, 0, 255])), false);
    assert.equal(hasColour(image(10, 10, [100, 110, 116, 255])), false);
    assert.equal(hasColour(image(10, 10, [100, 110, 117, 255])), true);
    assert.equal(hasColour(image(10, 10, [255, 0, 0, 100])), false);
  });
});

describe('survey', () => {
  it('looks at all of a small folder', async () => {
    const files: MemoryFile[] = [
      ...Array.from({ length: 30 }, (_, i) => ({ path: `${i}.png`, bytes: grayPng(100, 50, i) })),
      { path: 'x.png', bytes: grayPng(7, 9, 0) },
      { path: 'broken.png', bytes: new Uint8Array(40) },
    ];
    const seen = await look(files, {
      classes: [{ name: 'good', count: 32 }],
      splits: { train: 12, validation: 0, test: 2, none: 18 },
    });
    assert.equal(seen.images, 32);
    assert.equal(seen.sampled, 32);
    assert.deepEqual(seen.sizes, [
      { width: 100, height: 50, count: 30 },
      { width: 7, height: 9, count: 1 },
    ]);
    assert.equal(seen.colour, false);
    assert.deepEqual(seen.suggested, { width: 64, height: 32, channels: 1 });
    assert.deepEqual(seen.classes, [{ name: 'good', count: 32 }]);
    assert.deepEqual(seen.split, { fit: 24, validation: 3, calibration: 3, test: 2 });
    assert.equal(seen.skipped[0]?.path, 'broken.png');
  });

  it('looks at 200 of a large one, the same for the same seed', async () => {
    const files = Array.from({ length: 900 }, (_, i) => ({
      path: `${i}.png`,
      bytes: grayPng(4 + (i % 40), 30, i % 256),
    }));
    const [a, again, other] = await Promise.all([look(files), look(files), look(files, {}, 2)]);
    assert.equal(a.sampled, 200);
    assert.equal(
      a.sizes.reduce((sum, { count }) => sum + count, 0),
      200,
    );
    assert.deepEqual(again, a);
    assert.notDeepEqual(other.sizes, a.sizes);
  });

  it('suggests colour where one image has it', async () => {
    const files = [...Array.from({ length: 5 }, () => grayPng(30, 30, 9)), rgbPng(30, 30, [200, 10, 10])];
    const seen = await look(files.map((bytes, i) => ({ path: `${i}.png`, bytes })));
    assert.equal(seen.colour, true);
    assert.deepEqual(seen.suggested, { width: 30, height: 30, channels: 3 });
  });

  it('decodes no more than a few photos, and takes the size of the others from their headers', async () => {
    const side = 2000;
    const photos = 13;
    const whole = grayPng(side, side, 9);
    const files: MemoryFile[] = Array.from({ length: photos }, (_, i) => ({
      path: `${i}.png`,
      bytes: whole,
    }));
    files.push({ path: 'cut.png', bytes: whole.subarray(0, -20) });
    const decoded: string[] = [];
    const memory = new MemorySource(files);
    const seen = await survey({
      dataset: summary(files.length),
      pull: memory.pull,
      seed: 1,
      decode: (bytes, name) => {
        decoded.push(name);
        return decodePng(bytes, name);
      },
      signal: new AbortController().signal,
    });
    assert.equal(decoded.length, Math.floor(surveyPixels / side ** 2));
    assert.deepEqual(seen.sizes, [{ width: side, height: side, count: photos }]);
    assert.deepEqual(
      seen.skipped.map(({ path }) => path),
      ['cut.png'],
    );
  });

  it('shows what a tiny folder would give instead of refusing it', async () => {
    const seen = await look([{ path: 'a.png', bytes: grayPng(5, 5, 5) }]);
    assert.deepEqual(seen.split, { fit: 1, validation: 0, calibration: 0, test: 0 });
  });

  it('reads IDX headers and labels only', async () => {
    const files: MemoryFile[] = [
      {
        path: 'train-images-idx3-ubyte',
        role: 'idx-images',
        bytes: idxFile([500, 28, 28], new Uint8Array(392_000)),
        split: 'train',
      },
      {
        path: 'train-labels-idx1-ubyte',
        role: 'idx-labels',
        bytes: idxFile([500], new Uint8Array(500).fill(3, 100)),
        split: 'train',
      },
      {
        path: 't10k-images-idx3-ubyte',
        role: 'idx-images',
        bytes: idxFile([50, 28, 28], new Uint8Array(39_200)),
        split: 'test',
      },
    ];
    const seen = await look(files, { kind: 'idx', images: null, splits: null });
    assert.equal(seen.images, 550);
    assert.deepEqual(seen.sizes, [{ width: 28, height: 28, count: 550 }]);
    assert.deepEqual(seen.suggested, { width: 28, height: 28, channels: 1 });
    assert.deepEqual(seen.classes, [
      { name: '0', count: 100 },
      { name: '3', count: 400 },
    ]);
    assert.deepEqual(seen.split, { fit: 350, validation: 50, calibration: 100, test: 50 });
  });
});
