/** Eight fixed validation images whose reconstructions show how far the training is. */
import type { Examples } from '../../shared/protocol/engine.ts';
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import type { Engine } from '../backends/engine.ts';
import { gather, imageSize, type Pixels } from './batches.ts';

export const exampleCount = 8;

/** Image numbers of the examples: one of each class first, then at random; seeded. */
export function chooseExamples(candidates: Uint32Array, labels: Int32Array, seed: number): Uint32Array {
  const order = permutation(keyedRandom(seed, streams.sample), candidates.length).map(
    (i) => candidates[i] ?? 0,
  );
  const seen = new Set<number>();
  const first = order.filter((image) => {
    const label = labels[image] ?? -1;
    if (seen.has(label)) return false;
    seen.add(label);
    return true;
  });
  const picked = [...new Set([...first, ...order])].slice(0, exampleCount);
  return Uint32Array.from(picked.sort((a, b) => (labels[a] ?? -1) - (labels[b] ?? -1)));
}

export function makeExamples(images: Pixels, chosen: Uint32Array, labels: Int32Array): Examples {
  const size = imageSize(images);
  const inputs = new Uint8Array(chosen.length * size);
  chosen.forEach((image, row) =>
    inputs.set(images.pixels.subarray(image * size, (image + 1) * size), row * size),
  );
  return {
    ...images.shape,
    count: chosen.length,
    inputs,
    labels: Int32Array.from(chosen, (image) => labels[image] ?? -1),
  };
}

/** Numbers in 0–1 as bytes, rounded, clamped. */
export const toBytes = (values: Float32Array): Uint8Array =>
  Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value * 255))));

/** U8 `[count, H, W, C]`: what the engine makes of the examples now. */
export async function reconstructExamples(
  engine: Engine,
  images: Pixels,
  chosen: Uint32Array,
): Promise<Uint8Array> {
  const size = imageSize(images);
  const buffer = new Float32Array(chosen.length * size);
  chosen.forEach((image, row) => gather(images, image, buffer, row * size));
  const { images: reconstructions } = await engine.reconstruct(buffer, chosen.length);
  return toBytes(reconstructions.subarray(0, chosen.length * size));
}

/** Epochs whose reconstructions are kept in the model file: 0, 4, 8 …, thinned so that at most `limit` remain. */
export function isKeptEpoch(epoch: number, epochs: number, limit = 12): boolean {
  const stride = 4 * Math.max(1, Math.ceil(epochs / 4 / (limit - 1)));
  return epoch % stride === 0 || epoch === epochs;
}
