/**
 * What is worth a look before training, image by image: the rules. Pure.
 *
 * Empty: in every channel at least 99.9 % of the pixels lie within three neighbouring levels of 255. One level would miss a
 * lens cap saved as JPEG, whose blocks differ by one; a wider run would call a faint but real surface empty. The share leaves
 * room for a few hot pixels or a date of some dots in a photo, and for nothing at 28 × 28, where a thousandth is less than a
 * pixel: a thin digit on black covers some 4 %.
 *
 * Odd size: width / height is more than 1.5 times the median's or less than 1 / 1.5 of it, or √(width · height) more than
 * twice the median's or less than half; beyond that, where sizes vary anyway, more than three (robust) standard deviations
 * from the median on the same logarithmic scale. A size that a tenth of the images share is another kind of image, not an
 * odd one: the summary lists it among the sizes.
 */

import { quantile } from '../scoring/standardise.ts';

const levels = 256;
const emptyRun = 3;
const emptyShare = 0.999;

/** @param pixels U8 `[…, channels]`, at least one pixel */
export function isEmptyImage(pixels: Uint8Array, channels: 1 | 3): boolean {
  const count = pixels.length / channels;
  const needed = emptyShare * count;
  // Where a thousandth is less than a pixel, one that strays ends it: tens of thousands of small images pass here.
  const mayStray = count - Math.ceil(needed) > 0;
  for (let channel = 0; channel < channels; channel++) {
    if (!mayStray) {
      if (!withinRun(pixels, channels, channel)) return false;
      continue;
    }
    const histogram = new Uint32Array(levels);
    for (let i = channel; i < pixels.length; i += channels) {
      const level = pixels[i] as number;
      histogram[level] = (histogram[level] as number) + 1;
    }
    if (fullestRun(histogram) < needed) return false;
  }
  return true;
}

/** Whether all pixels of a channel lie within three neighbouring levels. */
function withinRun(pixels: Uint8Array, channels: number, channel: number): boolean {
  let least = levels;
  let most = 0;
  for (let i = channel; i < pixels.length; i += channels) {
    const level = pixels[i] as number;
    least = Math.min(least, level);
    most = Math.max(most, level);
    if (most - least >= emptyRun) return false;
  }
  return true;
}

/** The most pixels within three neighbouring levels. */
function fullestRun(histogram: Uint32Array): number {
  let run = 0;
  let most = 0;
  for (let level = 0; level < levels; level++) {
    run += (histogram[level] as number) - (level >= emptyRun ? (histogram[level - emptyRun] as number) : 0);
    most = Math.max(most, run);
  }
  return most;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const aspectLimit = Math.log(1.5);
const sideLimit = Math.log(2);
const deviations = 3;
/** Median absolute deviation of the normal distribution, in standard deviations. */
const normalMad = 0.6745;
const commonShare = 0.1;
/** With fewer there is no usual size. */
const fewestSizes = 5;

const medianOf = (values: Float64Array): number => quantile(values.slice().sort(), 0.5);

/** Which values lie farther from the median than `limit`, and than the set's own spread explains. */
function outlying(values: Float64Array, limit: number): (n: number) => boolean {
  const median = medianOf(values);
  const spread = medianOf(values.map((value) => Math.abs(value - median))) / normalMad;
  const most = Math.max(limit, deviations * spread);
  return (n) => Math.abs((values[n] ?? median) - median) > most;
}

/** Numbers of the images of odd size, ascending, by the rule above. @param sizes sides of at least 1 */
export function oddSizes(sizes: readonly ImageSize[]): readonly number[] {
  if (sizes.length < fewestSizes) return [];
  const key = ({ width, height }: ImageSize): string => `${width}×${height}`;
  const counts = new Map<string, number>();
  for (const size of sizes) counts.set(key(size), (counts.get(key(size)) ?? 0) + 1);
  const oddAspect = outlying(
    Float64Array.from(sizes, ({ width, height }) => Math.log(width / height)),
    aspectLimit,
  );
  const oddSide = outlying(
    Float64Array.from(sizes, ({ width, height }) => Math.log(width * height) / 2),
    sideLimit,
  );
  return [...sizes.keys()].filter((n) => {
    const size = sizes[n];
    const common = size !== undefined && (counts.get(key(size)) ?? 0) >= commonShare * sizes.length;
    return !common && (oddAspect(n) || oddSide(n));
  });
}

/** Images whose hash an image before them has, ascending. */
export function copiesIn(hashes: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return [...hashes.keys()].filter((n) => {
    const hash = hashes[n] ?? '';
    if (seen.has(hash)) return true;
    seen.add(hash);
    return false;
  });
}
