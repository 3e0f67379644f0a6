/** What a model makes of noisy images: the notebook's denoising, with both errors as numbers. */
import { LensError } from '../../shared/errors.ts';
import type { Denoised } from '../../shared/protocol/forward.ts';
import type { Engine } from '../backends/engine.ts';
import type { ImageShape } from '../data/packed-images.ts';
import { meanSquaredErrors } from '../scoring/reconstruction-error.ts';
import { gather, imageSize } from '../training/batches.ts';
import { corrupt } from '../training/corruption.ts';
import { toBytes } from '../training/examples.ts';

/**
 * Adds seeded noise N(0, σ²) to images, clips to 0–1 and reconstructs. The noise of an image depends on the seed and
 * its number alone.
 * @param images U8 `[count, H, W, C]`
 * @throws LensError `internal` for other sizes, or a σ outside 0–1
 */
export async function denoise(
  engine: Engine,
  shape: ImageShape,
  images: Uint8Array,
  count: number,
  sigma: number,
  seed: number,
): Promise<Denoised> {
  const pixels = { shape, count, pixels: images };
  const size = imageSize(pixels);
  if (images.length !== count * size) throw new LensError('internal', 'These images have another size.');
  if (!(sigma >= 0 && sigma <= 1)) throw new LensError('internal', 'The noise must lie between 0 and 1.');
  const clean = new Float32Array(count * size);
  for (let n = 0; n < count; n++) gather(pixels, n, clean, n * size);
  const noisy = clean.slice();
  for (let n = 0; n < count; n++) {
    corrupt(noisy.subarray(n * size, (n + 1) * size), shape, { noise: sigma, erase: 0 }, [seed, 0, n]);
  }
  const { images: denoised } = await engine.reconstruct(noisy, count);
  return {
    noisy: toBytes(noisy),
    denoised: toBytes(denoised.subarray(0, count * size)),
    noisyErrors: meanSquaredErrors(clean, noisy, count, size),
    denoisedErrors: meanSquaredErrors(clean, denoised, count, size),
  };
}
