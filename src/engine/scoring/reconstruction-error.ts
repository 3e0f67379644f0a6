/** The reconstruction error of an image: its mean squared error, summed in double precision. */
import type { Engine } from '../backends/engine.ts';
import { gather, imageSize, type Pixels } from '../training/batches.ts';

/**
 * Mean over H·W·C of (reconstruction − image)², per image.
 * @param images `[N, H, W, C]`, row-major, 0–1
 * @param reconstructions same layout
 * @param size H·W·C
 */
export function meanSquaredErrors(
  images: Float32Array,
  reconstructions: Float32Array,
  count: number,
  size: number,
): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) {
      const difference = (reconstructions[i] ?? 0) - (images[i] ?? 0);
      sum += difference * difference;
    }
    return sum / size;
  });
}

export interface ScoredImages {
  /** F64 `[n]`: score per image; of {@link scoreImages} the mean squared error. */
  readonly scores: Float64Array;
  /** F32 `[n, k]`. */
  readonly latents: Float32Array;
}

const scoringBatch = 128;

export interface ScoringHooks {
  /** Called between batches: lets messages in, throws to cancel. */
  readonly breathe: (done: number) => Promise<void>;
}

/** Scores and latents of the images at `indices`, in that order. */
export async function scoreImages(
  engine: Engine,
  images: Pixels,
  indices: Uint32Array,
  latent: number,
  { breathe }: ScoringHooks,
): Promise<ScoredImages> {
  const size = imageSize(images);
  const buffer = new Float32Array(Math.min(scoringBatch, indices.length) * size);
  const scores = new Float64Array(indices.length);
  const latents = new Float32Array(indices.length * latent);
  for (let start = 0; start < indices.length; start += scoringBatch) {
    const chosen = indices.subarray(start, start + scoringBatch);
    chosen.forEach((image, row) => gather(images, image, buffer, row * size));
    const result = await engine.reconstruct(buffer, chosen.length);
    scores.set(meanSquaredErrors(buffer, result.images, chosen.length, size), start);
    latents.set(result.latents.subarray(0, chosen.length * latent), start * latent);
    await breathe(start + chosen.length);
  }
  return { scores, latents };
}
