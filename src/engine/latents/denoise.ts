/** What a model makes of noisy images: the notebook's denoising, with both errors as numbers. */
import { LensError } from '../../shared/errors.ts';
import type { Denoised } from '../../shared/protocol/forward.ts';
import type { Engine } from '../backends/engine.ts';
import { meanSquaredErrors } from '../scoring/reconstruction-error.ts';
import { gather, imageSize, type Pixels } from '../training/batches.ts';
import { corrupt } from '../model/corruption.ts';
import { toBytes } from '../training/examples.ts';

/**
 * Adds seeded noise N(0, σ²) to the images at `indices`, clips to 0–1 and reconstructs. The noise of an image depends
 * on the seed and its number in `images` alone.
 * @throws LensError `internal` for a σ outside 0–1
 */
export async function denoise(
  engine: Engine,
  images: Pixels,
  indices: Uint32Array,
  sigma: number,
  seed: number,
): Promise<Denoised> {
  if (!(sigma >= 0 && sigma <= 1)) throw new LensError('internal', 'The noise must lie between 0 and 1.');
  const size = imageSize(images);
  const count = indices.length;
  const clean = new Float32Array(count * size);
  indices.forEach((image, row) => gather(images, image, clean, row * size));
  const noisy = clean.slice();
  indices.forEach((image, row) => {
    const one = noisy.subarray(row * size, (row + 1) * size);
    corrupt(one, images.shape, { noise: sigma, erase: 0 }, [seed, 0, image]);
  });
  const { images: denoised } = await engine.reconstruct(noisy, count);
  return {
    noisy: toBytes(noisy),
    denoised: toBytes(denoised.subarray(0, count * size)),
    noisyErrors: meanSquaredErrors(clean, noisy, count, size),
    denoisedErrors: meanSquaredErrors(clean, denoised, count, size),
  };
}
