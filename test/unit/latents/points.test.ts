// Which images become points of the map, and their small pictures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePoints } from '../../../src/engine/latents/points.ts';
import { makeThumbnails, thumbnailShape } from '../../../src/engine/latents/thumbnails.ts';

const numbers = (from: number, count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => from + i);
const split = {
  fit: numbers(0, 60),
  validation: numbers(60, 10),
  calibration: numbers(70, 20),
  test: numbers(90, 10),
};

test('all images while they fit: held-out first, in set order', () => {
  const { images, heldOut } = choosePoints(split, 8, 1, 100 * 8 * 4);
  assert.equal(heldOut, 40);
  assert.deepEqual([...images], [...numbers(60, 40), ...numbers(0, 60)]);
});

test('one byte less, and it is the held-out ones; fewer still, a seeded sample of them in their order', () => {
  const heldOnly = choosePoints(split, 8, 1, 100 * 8 * 4 - 1);
  assert.deepEqual([...heldOnly.images], [...numbers(60, 40)]);
  assert.equal(heldOnly.heldOut, 40);
  const few = choosePoints(split, 8, 1, 7 * 8 * 4);
  assert.equal(few.images.length, 7);
  assert.equal(few.heldOut, 7);
  assert.deepEqual(
    [...few.images],
    [...few.images].sort((a, b) => a - b),
  );
  assert.ok(few.images.every((image) => image >= 60));
  assert.deepEqual(few, choosePoints(split, 8, 1, 7 * 8 * 4));
  assert.notDeepEqual(few, choosePoints(split, 8, 2, 7 * 8 * 4));
});

test('with nothing held out the fitted ones are sampled', () => {
  const none = new Uint32Array(0);
  const { images, heldOut } = choosePoints(
    { ...split, validation: none, calibration: none, test: none },
    8,
    1,
    5 * 8 * 4,
  );
  assert.equal(heldOut, 0);
  assert.equal(images.length, 5);
});

test('a thumbnail keeps proportions below 32, and small images stay as they are', () => {
  const shape = (height: number, width: number) => {
    const small = thumbnailShape({ height, width, channels: 1 });
    return [small.height, small.width];
  };
  assert.deepEqual(shape(28, 28), [28, 28]);
  assert.deepEqual(shape(256, 64), [32, 8]);
  assert.deepEqual(shape(8, 256), [1, 32]);
});

test('thumbnails are means over areas, in gray and in colour, in the asked order, up to the budget', async () => {
  for (const channels of [1, 3] as const) {
    const size = 64 * 64 * channels;
    const pixels = new Uint8Array(3 * size);
    // Image n: its left half 2·(n + 1)·10, its right half 0; every second row brighter by 20, which the mean levels.
    for (let n = 0; n < 3; n++) {
      for (let i = 0; i < 64 * 64; i++) {
        const [y, x] = [Math.floor(i / 64), i % 64];
        const value = (x < 32 ? 20 * (n + 1) : 0) + (y % 2) * 20;
        pixels.fill(value, n * size + i * channels, n * size + (i + 1) * channels);
      }
    }
    const images = { shape: { height: 64, width: 64, channels }, count: 3, pixels };
    const budget = 2 * 32 * 32 * channels + 5;
    const thumbnails = await makeThumbnails(images, Uint32Array.of(2, 0, 1), async () => undefined, budget);
    assert.equal(thumbnails.count, 2);
    const at = (n: number, y: number, x: number): number | undefined =>
      thumbnails.pixels[((n * 32 + y) * 32 + x) * channels + channels - 1];
    assert.deepEqual([at(0, 5, 3), at(0, 5, 20), at(1, 31, 0), at(1, 0, 31)], [70, 10, 30, 10]);
  }
});
