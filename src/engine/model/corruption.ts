/**
 * Corruption of the encoder's input while training (guide recipe "detector"): erased rectangles, then Gaussian
 * noise, clipped to 0–1. Keyed by (seed, epoch, image), so it does not depend on batch size, timing or engine.
 */
import type { Corruption, ModelSpec } from '../../shared/model-spec.ts';
import { integerBelow, keyedRandom, normalPair, streams, uniform } from '../../shared/random.ts';
import type { MapShape } from './network.ts';

const smallestSide = 0.2;
const largestSide = 0.45;

function erase(image: Float32Array, shape: MapShape, key: readonly number[], count: number): void {
  const { height, width, channels } = shape;
  const next = keyedRandom(key[0] ?? 0, streams.erase, key[1] ?? 0, key[2] ?? 0);
  const side = (size: number): number =>
    Math.max(1, Math.round(size * (smallestSide + (largestSide - smallestSide) * uniform(next))));
  for (let n = 0; n < count; n++) {
    const h = side(height);
    const w = side(width);
    const top = integerBelow(next, height - h + 1);
    const left = integerBelow(next, width - w + 1);
    const gray = uniform(next);
    const value = uniform(next) < 0.5 ? 0 : gray;
    for (let y = top; y < top + h; y++) {
      const row = (y * width + left) * channels;
      image.fill(value, row, row + w * channels);
    }
  }
}

function addNoise(image: Float32Array, key: readonly number[], deviation: number): void {
  const next = keyedRandom(key[0] ?? 0, streams.noise, key[1] ?? 0, key[2] ?? 0);
  for (let i = 0; i < image.length; i += 2) {
    const [a, b] = normalPair(next);
    image[i] = Math.min(1, Math.max(0, (image[i] ?? 0) + deviation * a));
    if (i + 1 < image.length) image[i + 1] = Math.min(1, Math.max(0, (image[i + 1] ?? 0) + deviation * b));
  }
}

/** What the corruption of a batch is keyed by, besides the image: whoever has it draws the same numbers. */
export interface CorruptionKeys {
  readonly seed: number;
  readonly epoch: number;
  /** Image numbers, one for each row of the batch. */
  readonly images: Uint32Array;
}

export const isCorrupting = ({ noise, erase: rectangles }: Corruption): boolean =>
  noise > 0 || rectangles > 0;

/**
 * Corrupts one image in place.
 * @param image `[H, W, C]`, row-major, 0–1
 * @param key `[seed, epoch, image]`
 */
export function corrupt(
  image: Float32Array,
  shape: MapShape,
  corruption: Corruption,
  key: readonly [number, number, number],
): void {
  if (corruption.erase > 0) erase(image, shape, key, corruption.erase);
  if (corruption.noise > 0) addNoise(image, key, corruption.noise);
}

/**
 * Corrupts row `row` of a batch in place, by the spec's corruption.
 * @param image `[H, W, C]`, row-major, 0–1
 */
export function corruptRow(
  image: Float32Array,
  spec: ModelSpec,
  { seed, epoch, images }: CorruptionKeys,
  row: number,
): void {
  corrupt(image, spec, spec.corruption, [seed, epoch, images[row] ?? 0]);
}
