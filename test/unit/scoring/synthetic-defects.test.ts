// Synthetic defects: the same for the same key, never outside their bounds, never where they have no business.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Raster } from '../../../src/engine/data/image.ts';
import { imageKey, withDefect } from '../../../src/engine/scoring/synthetic-defects.ts';
import { syntheticKinds } from '../../../src/shared/protocol/evaluate.ts';
import { keyedRandom } from '../../../src/shared/random.ts';

function noise(height: number, width: number, channels: Raster['channels'], seed: number): Raster {
  const next = keyedRandom(seed);
  const pixels = Uint8Array.from({ length: height * width * channels }, () => next() & 255);
  return { height, width, channels, pixels };
}

const flat = (height: number, width: number, value: number): Raster => ({
  ...{ height, width, channels: 1 },
  pixels: new Uint8Array(height * width).fill(value),
});

/** Places `[y, x]` at which two images differ. */
function changed(
  { height, width, channels, pixels }: Raster,
  out: Uint8Array,
): (readonly [number, number])[] {
  const places: (readonly [number, number])[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const differs = Array.from({ length: channels }, (_, c) => pixels[at + c] !== out[at + c]).some(
        Boolean,
      );
      if (differs) places.push([y, x]);
    }
  return places;
}

const span = (values: readonly number[]): number => Math.max(...values) - Math.min(...values) + 1;

describe('synthetic defects', () => {
  test('depend on seed, image and kind alone, and leave the image itself as it was', () => {
    const image = noise(28, 28, 1, 1);
    const before = image.pixels.slice();
    for (const kind of syntheticKinds) {
      const one = withDefect(kind, image, 5, 7);
      assert.deepEqual(withDefect(kind, image, 5, 7), one, kind);
      assert.deepEqual(image.pixels, before, `${kind} changed its input`);
      assert.ok(changed(image, one).length > 0, `${kind} changed nothing`);
    }
    for (const kind of ['square', 'scratch', 'blob'] as const) {
      assert.notDeepEqual(
        withDefect(kind, image, 6, 7),
        withDefect(kind, image, 5, 7),
        `${kind}, other seed`,
      );
      assert.notDeepEqual(
        withDefect(kind, image, 5, 8),
        withDefect(kind, image, 5, 7),
        `${kind}, other image`,
      );
    }
  });

  test('change something in every image, of every size and tone, light or dark', () => {
    for (const [height, width] of [
      [8, 8],
      [9, 31],
      [64, 40],
      [1, 20],
    ] as const)
      for (const value of [0, 127, 128, 255])
        for (let image = 0; image < 20; image++)
          for (const kind of ['square', 'scratch', 'blob'] as const) {
            const raster = flat(height, width, value);
            const out = withDefect(kind, raster, 0, image);
            assert.equal(out.length, raster.pixels.length);
            const places = changed(raster, out);
            assert.ok(places.length > 0, `${kind} on ${height} × ${width} of ${value} changed nothing`);
            const [y, x] = places[0] ?? [0, 0];
            const differences = places.map(([v, u]) => Math.abs((out[v * width + u] ?? 0) - value));
            assert.ok(
              Math.max(...differences) <= 128,
              `${kind} at ${y}, ${x} is stronger than half the range`,
            );
          }
  });

  test('stay within the size that is written down', () => {
    const side = 100;
    for (let image = 0; image < 60; image++) {
      const raster = flat(side, side, 90);
      const of = (kind: 'square' | 'scratch' | 'blob'): (readonly [number, number])[] =>
        changed(raster, withDefect(kind, raster, 3, image));
      const square = of('square');
      const [tall, wide] = [span(square.map(([y]) => y)), span(square.map(([, x]) => x))];
      assert.equal(tall, wide);
      assert.equal(square.length, tall * wide, 'the square has holes');
      assert.ok(tall >= 15 && tall <= 25, `the square is ${tall} wide`);
      const blob = of('blob');
      assert.ok(Math.max(span(blob.map(([y]) => y)), span(blob.map(([, x]) => x))) <= 25);
      const scratch = of('scratch');
      const length = Math.hypot(span(scratch.map(([y]) => y)), span(scratch.map(([, x]) => x)));
      assert.ok(length >= 39 && length <= 86, `the scratch is ${length} long`);
      assert.ok(scratch.length <= 80 * 4 + 30, `the scratch covers ${scratch.length} pixels`);
      const darkest = Math.min(...withDefect('square', raster, 3, image));
      assert.equal(darkest, 90, 'a dark image is made lighter, never darker');
    }
  });

  test('move all colours alike and never touch alpha', () => {
    const image = noise(20, 30, 4, 3);
    for (const kind of ['square', 'scratch', 'blob'] as const) {
      const out = withDefect(kind, image, 1, 2);
      for (let i = 3; i < out.length; i += 4) assert.equal(out[i], image.pixels[i], `${kind} changed alpha`);
    }
  });

  test('rotate a square image by a quarter turn and any other by half a turn, losing no pixel', () => {
    const square: Raster = { height: 2, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) };
    const seen = new Set<string>();
    for (let image = 0; image < 20; image++) seen.add(withDefect('rotation', square, 0, image).join());
    assert.deepEqual([...seen].sort(), ['2,4,1,3', '3,1,4,2']);
    const wide: Raster = {
      height: 1,
      width: 3,
      channels: 3,
      pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
    };
    assert.deepEqual([...withDefect('rotation', wide, 0, 1)], [7, 8, 9, 4, 5, 6, 1, 2, 3]);
  });

  test('paths become keys that tell them apart', () => {
    const keys = new Set(Array.from({ length: 5000 }, (_, i) => imageKey(`good/${i}.png`)));
    assert.ok(keys.size >= 4995);
    assert.equal(imageKey('a'), 0xe40c292c);
  });
});
