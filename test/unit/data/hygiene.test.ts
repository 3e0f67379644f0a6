import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copiesIn, isEmptyImage, oddSizes } from '../../../src/engine/data/hygiene.ts';
import { inspectDataset } from '../../../src/engine/data/inspect.ts';
import type { InspectionWork } from '../../../src/engine/data/inspected-images.ts';
import { clusterMembers } from '../../../src/engine/data/near-duplicates/members.ts';
import { duplicatesOf } from '../../../src/engine/training/loaded-data.ts';
import { datasetCard } from '../../../src/engine/training/dataset-card.ts';
import { loadDataset } from '../../../src/engine/data/loader.ts';
import { defaultSampleSeed, sampleDatasets } from '../../../src/extension/samples/index.ts';
import type { DatasetInspection, InspectedList } from '../../../src/shared/dataset.ts';
import { mostNamedImages } from '../../../src/shared/model-card.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { idxFile } from './idx-file.ts';
import { MemorySource, type MemoryFile } from './memory-source.ts';
import { decodePng, grayPng, rgbPng } from './png-decoder.ts';

const filled = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value);

/** A digit of the samples, 28 × 28. */
function digit(group: number, index: number): Uint8Array {
  const found = sampleDatasets
    .flatMap(({ groups }) => groups)
    .find(({ folder }) => folder === `digits/train/${group}`);
  return found?.draw(defaultSampleSeed, index) ?? assert.fail('no such digit');
}

describe('an empty image', () => {
  it('has 99.9 % of its pixels within three levels, in every channel', () => {
    assert.equal(isEmptyImage(filled(784, 0), 1), true);
    assert.equal(isEmptyImage(filled(1, 200), 1), true);
    assert.equal(isEmptyImage(Uint8Array.of(9, 10, 11), 1), true);
    assert.equal(isEmptyImage(Uint8Array.of(9, 10, 12), 1), false);
    const photo = filled(10_000, 250);
    photo.fill(0, 0, 10);
    assert.equal(isEmptyImage(photo, 1), true);
    photo.fill(0, 10, 11);
    assert.equal(isEmptyImage(photo, 1), false);
    const colour = filled(300, 128);
    assert.equal(isEmptyImage(colour, 3), true);
    for (let i = 0; i < 300; i += 3) colour[i] = i % 2 === 0 ? 0 : 255;
    assert.equal(isEmptyImage(colour, 3), false, 'red alone tells something');
  });

  it('is none with a digit on it, however thin and dark', () => {
    for (let group = 0; group < 10; group++) {
      for (let index = 0; index < 20; index++) {
        assert.equal(isEmptyImage(digit(group, index), 1), false, `${group}/${index}`);
        assert.equal(
          isEmptyImage(
            digit(group, index).map((value) => value >> 5),
            1,
          ),
          false,
        );
      }
    }
    const dot = filled(784, 0);
    dot[400] = 3;
    assert.equal(isEmptyImage(dot, 1), false, 'one pixel of 784 is more than a thousandth');
  });
});

describe('an odd size', () => {
  const of = (width: number, height: number, count = 1): { width: number; height: number }[] =>
    Array.from({ length: count }, () => ({ width, height }));

  it('is far from the median in shape or extent', () => {
    assert.deepEqual(oddSizes([...of(100, 100, 40), ...of(100, 149), ...of(100, 152)]), [41]);
    assert.deepEqual(
      oddSizes([...of(201, 201), ...of(100, 100, 40), ...of(190, 190), ...of(49, 49)]),
      [0, 42],
    );
    assert.deepEqual(oddSizes([...of(640, 480, 60), ...of(480, 640)]), [60], 'turned on its side');
  });

  it('is none that a tenth of the images share, or where sizes vary anyway', () => {
    assert.deepEqual(oddSizes([...of(640, 480, 50), ...of(480, 640, 10)]), []);
    const varied = Array.from({ length: 200 }, (_, n) => {
      const next = keyedRandom(3, n);
      const side = Math.exp(4 + 2 * uniform(next));
      return { width: Math.ceil(side), height: Math.ceil(side * Math.exp(uniform(next) - 0.5)) };
    });
    assert.deepEqual(oddSizes(varied), []);
    assert.deepEqual(oddSizes([...varied, ...of(30_000, 1)]), [200]);
  });

  it('needs some images to be odd among', () => {
    assert.deepEqual(oddSizes([]), []);
    assert.deepEqual(oddSizes([...of(1, 1, 2), ...of(9000, 9000, 2)]), []);
  });
});

it('copies are those with an equal image before them', () => {
  assert.deepEqual(copiesIn(['a', 'b', 'a', 'c', 'b', 'a']), [2, 4, 5]);
  assert.deepEqual(copiesIn([]), []);
});

it('clusters are listed by size, then by their first image', () => {
  assert.deepEqual(clusterMembers(Int32Array.of(1, -1, 0, 2, 1, 0, 2, 2)), [
    [3, 6, 7],
    [0, 4],
    [2, 5],
  ]);
  assert.deepEqual(clusterMembers(new Int32Array()), []);
});

const breathe = async (): Promise<void> => undefined;

function work(files: readonly MemoryFile[], over: Partial<InspectionWork> = {}): InspectionWork {
  const memory = new MemorySource(files);
  return {
    dataset: {
      ...{ id: 'memory', name: 'parts', uri: 'file:///parts', kind: 'folder', files: files.length },
      ...{ images: files.length, bytes: null, classes: [], splits: null, skipped: [], skippedCount: 0 },
      cut: null,
    },
    shape: { height: 28, width: 28, channels: 1 },
    ...{ planes: false, fit: 'contain', memoryBudget: 1e9, pull: memory.pull, decode: decodePng },
    ...{ signal: new AbortController().signal, breathe, onProgress: () => undefined },
    ...over,
  };
}

const inspect = (
  files: readonly MemoryFile[],
  over: Partial<InspectionWork> = {},
): Promise<DatasetInspection> => inspectDataset(work(files, over));

const png = (path: string, pixels: Uint8Array, side = 28): MemoryFile => ({
  path,
  bytes: grayPng(side, side, pixels),
});
const pathsOf = ({ images }: InspectedList): string[] => images.map(({ path }) => path);

/** Forty unlike digits. */
const digits = Array.from({ length: 40 }, (_, n) => png(`good/${n}x.png`, digit(n % 10, n)));

describe('an inspection of a folder', () => {
  it('finds copies, near-duplicates, empty images, odd sizes and what cannot be read', async () => {
    const brighter = digit(3, 60).map((value) => Math.min(255, value + 10));
    const files = [
      png('a/first.png', digit(3, 60)),
      ...digits,
      png('b/copy.png', digit(3, 60)),
      png('b/brighter.png', brighter),
      png('c/black.png', filled(784, 0)),
      { path: 'c/broken.png', bytes: grayPng(28, 28, 7).subarray(0, 60) },
      { path: 'c/letter.png', bytes: new TextEncoder().encode('not an image') },
      png('c/white.png', filled(784, 255)),
      {
        path: 'd/wide.png',
        bytes: grayPng(
          120,
          28,
          Uint8Array.from({ length: 3360 }, (_, i) => (i * 37) % 251),
        ),
      },
    ];
    const seen: string[] = [];
    const found = await inspect(files, {
      onProgress: (text, done, total) => seen.push(`${text} ${done}/${total}`),
    });
    assert.equal(found.images, 46);
    assert.equal(found.copies, 1);
    const named = found.largest.map(pathsOf);
    assert.ok(
      named.some((paths) => paths.join() === 'a/first.png,b/copy.png,b/brighter.png'),
      JSON.stringify(named),
    );
    assert.equal(found.largest.find(({ images }) => images[0]?.path === 'a/first.png')?.identical, false);
    assert.equal(found.units, found.images - found.twins + found.clusters);
    assert.deepEqual(pathsOf(found.empty), ['c/black.png', 'c/white.png']);
    assert.deepEqual(pathsOf(found.oddSizes), ['d/wide.png']);
    assert.deepEqual(found.oddSizes.images[0]?.size, { width: 120, height: 28 });
    assert.deepEqual(
      found.skipped.map(({ path }) => path),
      ['c/broken.png', 'c/letter.png'],
    );
    assert.equal(found.skippedCount, 2);
    assert.deepEqual(found.empty.images[1]?.picture.pixels, filled(784, 255));
    assert.ok(seen.includes(`Inspecting images ${files.length}/${files.length}`));
  });

  it('clusters exactly as the training will', async () => {
    const files = Array.from({ length: 60 }, (_, n) => png(`${n}.png`, digit(n % 10, Math.floor(n / 20))));
    const found = await inspect(files);
    const { pull, decode, ...rest } = work(files);
    const images = await loadDataset({
      ...{ source: rest.dataset, kind: 'folder', shape: rest.shape, mode: rest.fit, memoryBudget: 1e9 },
      ...{ pull, signal: rest.signal },
      ...(decode ? { decode } : {}),
    });
    const { twins, clusters, group } = await duplicatesOf(images, breathe);
    assert.ok(clusters > 0);
    assert.deepEqual([found.twins, found.clusters], [twins, clusters]);
    const none = { fit: new Uint32Array(), validation: new Uint32Array(), calibration: new Uint32Array() };
    const split = { ...none, test: new Uint32Array() };
    const card = datasetCard(rest.dataset, 'parts', {
      ...{ images, split },
      duplicates: { twins, clusters, group, largest: 6 },
    });
    assert.deepEqual(
      card.nearDuplicates?.named?.map(({ names }) => names),
      found.largest.map((cluster) => pathsOf(cluster).slice(0, mostNamedImages)),
    );
    assert.equal(card.empty, undefined);
  });

  it('of images that are all one says so, and lists a bounded part', async () => {
    const same = await inspect(Array.from({ length: 300 }, (_, n) => png(`${n}.png`, digit(1, 1))));
    assert.deepEqual(
      [same.images, same.clusters, same.twins, same.copies, same.units],
      [300, 1, 300, 299, 1],
    );
    assert.deepEqual([same.largest[0]?.count, same.largest[0]?.images.length], [300, 12]);
    assert.equal(same.largest[0]?.identical, true);
    const blank = await inspect(Array.from({ length: 300 }, (_, n) => png(`${n}.png`, filled(784, n % 256))));
    assert.deepEqual([blank.empty.count, blank.empty.images.length], [300, 200]);
    assert.equal(blank.units, 1);
  });

  it('sees photos as their scores do, and pictures in colour', async () => {
    const files = [
      { path: 'red.png', bytes: rgbPng(90, 60, [250, 10, 10]) },
      ...Array.from({ length: 8 }, (_, n) =>
        png(
          `${n}.png`,
          filled(8100, 0).map((_, i) => (i * (n + 3) * 7) % 256),
          90,
        ),
      ),
    ];
    const found = await inspect(files, { shape: { height: 64, width: 64, channels: 3 }, planes: true });
    assert.deepEqual(pathsOf(found.empty), ['red.png']);
    const [red] = found.empty.images;
    assert.deepEqual([red?.picture.height, red?.picture.width, red?.picture.channels], [32, 32, 3]);
    assert.deepEqual([...(red?.picture.pixels.subarray(0, 3) ?? [])], [250, 10, 10]);
    const notebook = await inspect(files, { shape: { height: 90, width: 80, channels: 1 } });
    assert.equal(notebook.images, 9);
  });

  it('without an image says why; stops when it is told to; keeps to its memory', async () => {
    await assert.rejects(inspect([]), { code: 'too-few-images' });
    await assert.rejects(inspect([{ path: 'a.png', bytes: new Uint8Array() }]), { code: 'empty-file' });
    await assert.rejects(inspect(digits, { memoryBudget: 1000 }), { code: 'out-of-memory' });
    const abort = new AbortController();
    const stopped = inspect(digits, {
      signal: abort.signal,
      onProgress: (_text, done) => {
        if (done === 5) abort.abort();
      },
    });
    await assert.rejects(stopped, { code: 'cancelled' });
    const late = new AbortController();
    const comparing = inspect(digits, {
      signal: late.signal,
      onProgress: (text) => {
        if (text === 'Looking for near-duplicates') late.abort();
      },
    });
    await assert.rejects(comparing, { code: 'cancelled' });
  });
});

it('an inspection of IDX files names images by their number', async () => {
  const pixels = new Uint8Array(30 * 784);
  for (let n = 0; n < 30; n++)
    pixels.set(n === 7 ? filled(784, 0) : digit(n % 10, n === 29 ? 9 : n), n * 784);
  const file = {
    path: 'train-images-idx3-ubyte',
    role: 'idx-images',
    bytes: idxFile([30, 28, 28], pixels),
  } as const;
  const base = work([file]);
  const found = await inspect([file], { dataset: { ...base.dataset, kind: 'idx', images: null } });
  assert.equal(found.images, 30);
  assert.equal(found.copies, 1);
  assert.deepEqual(
    found.empty.images.map(({ path, number, size }) => [path, number, size]),
    [['train-images-idx3-ubyte', 8, null]],
  );
  const copies = found.largest.find(({ identical }) => identical);
  assert.deepEqual(
    copies?.images.map(({ number }) => number),
    [10, 30],
  );
  assert.equal(found.oddSizes.count, 0);
});
