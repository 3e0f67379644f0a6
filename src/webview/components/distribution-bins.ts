/** The numbers behind histograms that are compared; no drawing. */

/** The axis, shared by several histograms that are to be compared. */
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
