/** The numbers behind the histogram of calibration scores; no drawing. */

export interface Histogram {
  /** The axis, in scores. */
  readonly low: number;
  readonly high: number;
  /** Images per bin, equal bins from `low` to `high`. */
  readonly counts: readonly number[];
  /** The tallest bin; at least 1. */
  readonly peak: number;
  /** Whether the marked score lies beyond the axis. */
  readonly markBeyond: 'left' | 'right' | null;
}

/** Reach of the axis beyond the calibration scores, as a multiple of their span, before a mark counts as beyond. */
const reach = 1.5;

/**
 * @param scores calibration scores, any order; values that are not finite are left out
 * @param threshold drawn as a line, always inside the axis
 * @param mark this image's score, inside the axis unless it is far away
 */
export function histogramOf(
  scores: ArrayLike<number>,
  threshold: number,
  mark: number | null,
  bins: number,
): Histogram {
  let low = threshold;
  let high = threshold;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? Number.NaN;
    if (!Number.isFinite(score)) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const span = high - low || Math.abs(high) || 1;
  let markBeyond: Histogram['markBeyond'] = null;
  if (mark !== null) {
    if (mark > high + reach * span) markBeyond = 'right';
    else if (mark < low - reach * span) markBeyond = 'left';
    else {
      low = Math.min(low, mark);
      high = Math.max(high, mark);
    }
  }
  // Scores are not negative: the margin must not suggest that they could be.
  low = low >= 0 ? Math.max(0, low - span * 0.04) : low - span * 0.04;
  high += span * 0.04;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? Number.NaN;
    if (!Number.isFinite(score)) continue;
    const bin = Math.min(bins - 1, Math.floor(((score - low) / (high - low)) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts, peak: Math.max(1, ...counts), markBeyond };
}

/** Where a score stands on the axis, 0 at its left end and 1 at its right; cut to the axis. */
export const placeOf = ({ low, high }: Histogram, score: number): number =>
  Math.min(1, Math.max(0, (score - low) / (high - low)));
