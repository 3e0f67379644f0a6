/** The numbers behind histograms; no drawing. */

/** What a histogram’s axis spans, in the values’ own unit; several that are compared share one. */
export interface Axis {
  readonly low: number;
  readonly high: number;
}

/**
 * An axis that holds all values and lines. A long tail is cut where hardly anything is left: at the 99.5 % quantile
 * plus a half of the span below it, unless a line lies beyond.
 */
export function axisOf(series: readonly ArrayLike<number>[], lines: readonly number[]): Axis {
  const all = Float64Array.from(
    series.flatMap((values) => Array.from(values)).filter(Number.isFinite),
  ).sort();
  const finite = lines.filter(Number.isFinite);
  let low = Math.min(all[0] ?? Number.POSITIVE_INFINITY, ...finite);
  const nearly = all[Math.min(all.length - 1, Math.floor(all.length * 0.995))] ?? Number.NEGATIVE_INFINITY;
  const largest = all[all.length - 1] ?? Number.NEGATIVE_INFINITY;
  let high = Math.max(Math.min(largest, nearly + (nearly - low) / 2), ...finite);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1 };
  const margin = (high - low || Math.abs(high) || 1) * 0.04;
  low = low >= 0 ? Math.max(0, low - margin) : low - margin;
  high += margin;
  return { low, high };
}

/** Values per bin, equal bins over the axis; what lies beyond stands in the outermost. */
export function binsOf(values: ArrayLike<number>, { low, high }: Axis, bins: number): readonly number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * bins)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

export interface Histogram extends Axis {
  /** Images per bin, equal bins from `low` to `high`. */
  readonly counts: readonly number[];
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
  const counts = binsOf(scores, { low, high }, bins);
  return { low, high, counts, markBeyond };
}

/** Where a score stands on the axis, 0 at its left end and 1 at its right; cut to the axis. */
export const placeOf = ({ low, high }: Axis, score: number): number =>
  Math.min(1, Math.max(0, (score - low) / (high - low)));
