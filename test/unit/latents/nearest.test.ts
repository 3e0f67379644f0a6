import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MapPoints } from '../../../src/shared/map-points.ts';
import { nearestImages, type Decoder } from '../../../src/engine/latents/nearest.ts';

/** Four points on a line at 0, 1, 2, 3; the middle two were trained on. Only the first two have pictures. */
const points: MapPoints = {
  ...{ count: 4, total: 4, heldOut: 2, latent: 1, latents: Float32Array.of(0, 1, 2, 3) },
  labels: Int32Array.of(-1, 0, 1, 0),
  sets: Uint8Array.of(1, 0, 0, 3),
  scores: new Float64Array(4),
  files: Int32Array.of(0, 1, 2, 3),
  positions: new Int32Array(4),
  paths: ['a.png', 'b.png', 'c.png', 'd.png'],
  thumbnails: { count: 2, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) },
};

const decoder: Decoder = {
  file: { card: { spec: { height: 1, width: 2, channels: 1 } } },
  decode: ([latent = 0]) => Promise.resolve({ images: Uint8Array.of(latent * 10, latent * 10 + 1) }),
};

describe('the nearest images by latent', () => {
  it('are those that were trained on, with their pictures, else as the decoder draws them', async () => {
    const { images, fitted } = await nearestImages(decoder, points, Float32Array.of(2.75), 5);
    assert.equal(fitted, true);
    assert.deepEqual(
      images.map(({ path, label, distance, thumbnail }) => [path, label, distance, ...thumbnail.pixels]),
      [
        ['c.png', 1, 0.75, 20, 21],
        ['b.png', 0, 1.75, 3, 4],
      ],
    );
  });

  it('are all there are where the file keeps none of those', async () => {
    const heldOut = { ...points, sets: Uint8Array.of(1, 1, 2, 3) };
    const { images, fitted } = await nearestImages(decoder, heldOut, Float32Array.of(2.75), 1);
    assert.equal(fitted, false);
    assert.deepEqual(
      images.map(({ path }) => path),
      ['d.png'],
    );
  });
});
