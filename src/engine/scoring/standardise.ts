/** Channels on one scale: robust standard scores, fixed on calibration images (guide, §3.1). */

/** Where a channel's calibration scores lie, and how wide. */
export interface Standard {
  readonly median: number;
  /** Interquartile range / 1.349: the standard deviation, if they were normal. */
  readonly spread: number;
}

/** A quantile by linear interpolation between order statistics (numpy's default; Hyndman & Fan 1996, type 7). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (at - below);
}

/** @param scores any order, at least one */
export function standardOf(scores: ArrayLike<number>): Standard {
  const sorted = Float64Array.from(scores).sort();
  const range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { median: quantile(sorted, 0.5), spread: range / 1.349 };
}

/** A spread of 0, or one that is only rounding, cannot be divided by: the channel is dropped, and named. */
export const isUsable = ({ median, spread }: Standard): boolean =>
  Number.isFinite(median) && spread > 1e-12 * Math.max(1, Math.abs(median));

/** z = (s − median) / (spread + 1e-12). */
export const standardScore = (score: number, { median, spread }: Standard): number =>
  (score - median) / (spread + 1e-12);

/**
 * An image can be no more ordinary in one channel than this: otherwise one whose score is tiny there, as an empty image's is
 * under a model that reconstructs little, would make up for any other channel. Good images lie above it all but always.
 */
const leastInSum = -3;

/** What a channel adds to the sum: max(z, −3). */
export const shareOfSum = (score: number, standard: Standard): number =>
  Math.max(leastInSum, standardScore(score, standard));
