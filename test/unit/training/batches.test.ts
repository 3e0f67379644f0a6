import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corrupt } from '../../../src/engine/model/corruption.ts';
import { BatchMaker, epochOrder, type Pixels } from '../../../src/engine/training/batches.ts';
import { notebookSpec, type ModelSpec } from '../../../src/shared/model-spec.ts';

const images: Pixels = {
  shape: { height: 20, width: 10, channels: 1 },
  count: 12,
  pixels: Uint8Array.from({ length: 12 * 200 }, (_, i) => (i * 37) % 256),
};
const detector: ModelSpec = {
  ...notebookSpec,
  height: 20,
  width: 10,
  recipe: 'detector',
  corruption: { noise: 0.2, erase: 1 },
};

test('an epoch sees every image once, in an order of its own', () => {
  const indices = Uint32Array.of(3, 5, 7, 9, 11, 2);
  const first = epochOrder(indices, 1, 0);
  assert.deepEqual([...first].sort(), [...indices].sort());
  assert.deepEqual(epochOrder(indices, 1, 0), first);
  assert.notDeepEqual(epochOrder(indices, 1, 1), first);
});

test('bytes become numbers in 0–1 and, without corruption, input and target are one array', () => {
  const plain = new BatchMaker(images, { ...detector, corruption: { noise: 0, erase: 0 } }, 4, 1);
  const batch = plain.make(Uint32Array.of(2, 0), 0);
  assert.equal(batch.count, 2);
  assert.equal(batch.input, batch.target);
  assert.equal(batch.target[0], Math.fround((images.pixels[2 * 200] ?? 0) / 255));
  assert.equal(batch.target[200], Math.fround((images.pixels[0] ?? 0) / 255));
});

test('corruption depends on seed, epoch and image, not on the place in the batch', () => {
  const one = new BatchMaker(images, detector, 4, 1).make(Uint32Array.of(5, 6), 3);
  const corrupted = one.input.slice(0, 200);
  assert.notDeepEqual(corrupted, one.target.slice(0, 200));
  const other = new BatchMaker(images, detector, 8, 1).make(Uint32Array.of(1, 2, 3, 5), 3);
  assert.deepEqual(other.input.slice(600, 800), corrupted);
  const later = new BatchMaker(images, detector, 4, 1).make(Uint32Array.of(5), 4);
  assert.notDeepEqual(later.input.slice(0, 200), corrupted);
});

test('noise has the asked spread and stays in 0–1', () => {
  const size = 100 * 100;
  const image = new Float32Array(size).fill(0.5);
  corrupt(image, { height: 100, width: 100, channels: 1 }, { noise: 0.1, erase: 0 }, [1, 0, 0]);
  const mean = image.reduce((a, b) => a + b) / size;
  const deviation = Math.sqrt(image.reduce((a, b) => a + (b - mean) ** 2, 0) / size);
  assert.ok(Math.abs(mean - 0.5) < 0.005, `mean ${mean}`);
  assert.ok(Math.abs(deviation - 0.1) < 0.003, `deviation ${deviation}`);
  const loud = new Float32Array(size).fill(0.9);
  corrupt(loud, { height: 100, width: 100, channels: 1 }, { noise: 1, erase: 0 }, [1, 0, 0]);
  assert.ok(loud.every((value) => value >= 0 && value <= 1));
});

test('an erased rectangle has sides of 20–45 % of the image and one gray', () => {
  const [height, width] = [60, 40];
  const original = Float32Array.from({ length: height * width }, (_, i) => ((i % 97) + 1) / 100 + 1e-4);
  for (let n = 0; n < 50; n++) {
    const image = original.slice();
    corrupt(image, { height, width, channels: 1 }, { noise: 0, erase: 1 }, [3, 0, n]);
    const changed = [...image.keys()].filter((i) => image[i] !== original[i]);
    const rows = changed.map((i) => Math.floor(i / width));
    const columns = changed.map((i) => i % width);
    const h = Math.max(...rows) - Math.min(...rows) + 1;
    const w = Math.max(...columns) - Math.min(...columns) + 1;
    assert.ok(h >= 12 && h <= 27, `height ${h}`);
    assert.ok(w >= 8 && w <= 18, `width ${w}`);
    assert.equal(new Set(changed.map((i) => image[i])).size, 1);
  }
});
