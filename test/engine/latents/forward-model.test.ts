// What the forward-only worker answers, on a small trained model.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ForwardModel, priorLatents } from '../../../src/engine/latents/forward-model.ts';
import { scoreImages } from '../../../src/engine/scoring/reconstruction-error.ts';
import { toBytes } from '../../../src/engine/training/examples.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { readPoints, readProjection, type MapPoints } from '../../../src/shared/map-points.ts';
import type { ModelFile } from '../../../src/shared/model-file.ts';
import { plan, spots, unbroken } from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

const size = 12 * 9;
const { images } = spots();
let file: ModelFile;
let model: ForwardModel;
let points: MapPoints;

before(async () => {
  file = await unbroken();
  model = await ForwardModel.load(await wasmEngine('simd'), file);
  const read = readPoints(file);
  assert.ok(read);
  points = read;
});

const firstImages = (count: number): Uint8Array => images.pixels.slice(0, count * size);

test('decoded, the latents of images give their reconstructions', async () => {
  const { latents, reconstructions } = await model.reconstruct(firstImages(20), 20);
  assert.deepEqual((await model.decode(latents, 20)).images, reconstructions);
});

test('the stored latents are those of the images, and decode to what was scored', async () => {
  const all = Uint32Array.from({ length: 180 }, (_, n) => n);
  const { latents } = await scoreImages(model.engine, images, all, 6, { breathe: async () => undefined });
  for (const point of [0, 50, 179]) {
    const image = Number((points.paths[points.files[point] ?? -1] ?? '').replace('.png', ''));
    assert.deepEqual(
      points.latents.subarray(point * 6, (point + 1) * 6),
      latents.subarray(image * 6, (image + 1) * 6),
    );
  }
});

test('an image that is opened is fitted, encoded, reconstructed and scored as in training', async () => {
  const data = new Uint8Array(4 * size).fill(255);
  for (let i = 0; i < size; i++) data.fill(images.pixels[i] ?? 0, 4 * i, 4 * i + 3);
  const { view, latent, reconstruction, score } = await model.encodeImage({ width: 9, height: 12, data });
  assert.deepEqual(view, firstImages(1));
  const expected = await model.reconstruct(firstImages(1), 1);
  assert.deepEqual(latent, expected.latents);
  assert.deepEqual(reconstruction, expected.reconstructions);
  const errors = await scoreImages(model.engine, images, Uint32Array.of(0), 6, {
    breathe: async () => undefined,
  });
  assert.equal(score, errors.scores[0]);
});

test('denoising: seeded noise of the asked strength, errors that follow from the pictures', async () => {
  const count = 40;
  const clean = firstImages(count);
  const one = await model.denoise(clean, count, 0.2, 5);
  assert.deepEqual(await model.denoise(clean, count, 0.2, 5), one);
  assert.notDeepEqual((await model.denoise(clean, count, 0.2, 6)).noisy, one.noisy);
  // An image's noise does not depend on its company.
  assert.deepEqual((await model.denoise(clean.slice(0, size), 1, 0.2, 5)).noisy, one.noisy.slice(0, size));

  const error = (picture: Uint8Array, n: number): number => {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) {
      sum += (((picture[i] ?? 0) - (clean[i] ?? 0)) / 255) ** 2 / size;
    }
    return sum;
  };
  for (let n = 0; n < count; n++) {
    assert.ok(Math.abs(error(one.noisy, n) - (one.noisyErrors[n] ?? 0)) < 2e-3);
    assert.ok(Math.abs(error(one.denoised, n) - (one.denoisedErrors[n] ?? 0)) < 2e-3);
  }
  // Half of the pixels are near black, where half of the noise is clipped: between 0.2²/2 and 0.2².
  const mean = one.noisyErrors.reduce((a, b) => a + b, 0) / count;
  assert.ok(mean > 0.02 && mean < 0.04, `${mean}`);

  const none = await model.denoise(clean, count, 0, 5);
  assert.deepEqual(none.noisy, clean);
  assert.ok(none.noisyErrors.every((value) => value === 0));
});

test('samples of the prior are seeded, standard normal, and decoded', async () => {
  const latents = priorLatents(3000, 7, 1);
  const mean = latents.reduce((a, b) => a + b, 0) / latents.length;
  const variance = latents.reduce((a, b) => a + b * b, 0) / latents.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.03, `${mean} ${variance}`);
  assert.deepEqual(priorLatents(2, 7, 1), latents.slice(0, 14));
  const samples = await model.samplePrior(5, 9);
  assert.deepEqual(samples.latents, priorLatents(5, 6, 9));
  assert.deepEqual(samples.images, toBytes(await model.engine.decode(samples.latents, 5)));
});

test('principal directions: a step along the first moves the decoded image more than one along the last', async () => {
  const { mean, directions, deviations } = model.principalDirections(6);
  assert.equal(directions.length, 36);
  const decoded = async (d: number, t: number): Promise<Uint8Array> => {
    const latent = mean.map((value, i) => value + t * (deviations[d] ?? 0) * (directions[d * 6 + i] ?? 0));
    return (await model.decode(latent, 1)).images;
  };
  const moved = async (d: number): Promise<number> => {
    const [from, to] = [await decoded(d, -2), await decoded(d, 2)];
    return from.reduce((sum, value, i) => sum + Math.abs(value - (to[i] ?? 0)), 0);
  };
  assert.ok((await moved(0)) > 2 * (await moved(5)));
});

test('a stored latent is placed where its point lies, with itself as nearest neighbour', async () => {
  const projection = readProjection(file, 'pca');
  assert.ok(projection);
  const latent = points.latents.slice(6 * 17, 6 * 18);
  const { x, y, neighbours } = await model.place(latent, 'pca');
  assert.ok(Math.abs(x - (projection.coordinates[34] ?? NaN)) < 1e-4);
  assert.ok(Math.abs(y - (projection.coordinates[35] ?? NaN)) < 1e-4);
  assert.deepEqual(neighbours[0], { point: 17, distance: 0 });
  assert.equal(neighbours.length, 10);
});

test('what does not fit is refused in words', async () => {
  const refused = (error: unknown): boolean => error instanceof LensError && error.code === 'internal';
  await assert.rejects(model.decode(new Float32Array(7), 1), refused);
  await assert.rejects(model.reconstruct(new Uint8Array(size - 1), 1), refused);
  await assert.rejects(model.decode(new Float32Array(0), NaN), refused);
  await assert.rejects(async () => model.denoise(firstImages(1), 1, 1.5, 0), refused);
  await assert.rejects(async () => model.denoise(firstImages(1), 2, 0.1, 0), refused);
  await assert.rejects(model.samplePrior(1e9, 0), refused);
  await assert.rejects(model.place(new Float32Array(6), 'tsne'), refused);
  await assert.rejects(model.place(new Float32Array(5), 'pca'), refused);
  const bare = { ...file, card: { ...file.card, points: null } };
  const other = await ForwardModel.load(await wasmEngine('simd'), bare);
  assert.throws(() => other.principalDirections(2), refused);
  assert.equal(plan.spec.latent, 6);
});
