import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grayPictures } from '../../../src/engine/data/near-duplicates/pictures.ts';
import { fromBytes, lumaPlane, normaliseContrast, shrink } from '../../../src/engine/scoring/gray.ts';

test('luma weighs red, green and blue; gray stays', () => {
  const rgb = lumaPlane(Float32Array.of(0.5, 0.5, 0.5, 1, 0, 0), { height: 1, width: 2, channels: 3 });
  assert.ok(Math.abs((rgb.values[0] ?? 0) - 0.5) < 1e-9 && Math.abs((rgb.values[1] ?? 0) - 0.299) < 1e-9);
  assert.deepEqual(
    [...lumaPlane(Float32Array.of(9, 0.25, 0.75), { height: 1, width: 2, channels: 1 }, 1).values],
    [0.25, 0.75],
  );
});

test('shrinking takes means of whole blocks and leaves out what is over', () => {
  const plane = { height: 3, width: 5, values: Float64Array.from({ length: 15 }, (_, i) => i) };
  assert.deepEqual(shrink(plane, 2), { height: 1, width: 2, values: Float64Array.of(3, 5) });
});

test('contrast: mean ½, spread 0.2, clipped; a constant plane is ½, however small its noise', () => {
  const { values } = normaliseContrast(fromBytes(Uint8Array.of(10, 20, 10, 20), 2, 2));
  assert.deepEqual(
    [...values].map((value) => Number(value.toFixed(9))),
    [0.3, 0.7, 0.3, 0.7],
  );
  const spike = normaliseContrast(fromBytes(new Uint8Array(100).fill(0).fill(255, 99), 10, 10));
  assert.equal(spike.values[99], 1);
  assert.deepEqual(
    [...normaliseContrast(fromBytes(new Uint8Array(9).fill(7), 3, 3)).values],
    new Array(9).fill(0.5),
  );
});

test('pictures for near-duplicates: the view as it is, its luma, smaller where it is large, or the planes', () => {
  const gray = {
    shape: { height: 2, width: 2, channels: 1 as const },
    count: 1,
    pixels: Uint8Array.of(1, 2, 3, 4),
  };
  assert.equal(grayPictures(gray).pixels, gray.pixels);
  const rgb = {
    shape: { height: 1, width: 2, channels: 3 as const },
    count: 1,
    pixels: Uint8Array.of(100, 100, 100, 255, 0, 0),
  };
  assert.deepEqual([...grayPictures(rgb).pixels], [100, 76]);
  const large = {
    shape: { height: 128, width: 128, channels: 1 as const },
    count: 2,
    pixels: Uint8Array.from({ length: 2 * 128 * 128 }, (_, i) => (i < 128 * 128 ? 8 : 200)),
  };
  const small = grayPictures(large);
  assert.deepEqual([small.height, small.width, small.pixels[0], small.pixels.at(-1)], [64, 64, 8, 200]);
  const planes = { small: new Uint8Array(4096), large: new Uint8Array(0), largeOf: Int32Array.of(-1) };
  assert.equal(grayPictures({ ...gray, planes }).pixels, planes.small);
});
