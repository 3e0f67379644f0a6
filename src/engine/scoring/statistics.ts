/** Small statistics over score arrays. */

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
};

/** Population standard deviation (divides by n), as numpy.std. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - centre) ** 2;
  return Math.sqrt(sum / values.length);
}

/** Share of values strictly above a threshold, in 0–1. */
export function shareAbove(values: ArrayLike<number>, threshold: number): number {
  let above = 0;
  for (let i = 0; i < values.length; i++) if ((values[i] ?? 0) > threshold) above++;
  return above / values.length;
}

/** Means over consecutive runs of `size` values; the last run may be shorter. */
export function batchMeans(values: Float64Array, size: number): Float64Array {
  const batches = Math.ceil(values.length / size);
  return Float64Array.from({ length: batches }, (_, b) => mean(values.subarray(b * size, (b + 1) * size)));
}

/** The notebook's threshold: mean plus one standard deviation of the last epoch's validation batch losses. */
export const notebookThreshold = (batchLosses: ArrayLike<number>): number =>
  mean(batchLosses) + standardDeviation(batchLosses);

/**
 * Area under the ROC curve: the probability that a bad image scores higher than a good one, ties counting half
 * (Mann–Whitney U; Hanley & McNeil 1982).
 */
export function auroc(good: ArrayLike<number>, bad: ArrayLike<number>): number {
  const sorted = Float64Array.from(good).sort();
  let wins = 0;
  for (let i = 0; i < bad.length; i++) {
    const score = bad[i] ?? 0;
    const below = lowerBound(sorted, score);
    wins += below + (upperBound(sorted, score) - below) / 2;
  }
  return wins / (good.length * bad.length);
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True-positive rate at the lowest threshold that flags at most `rate` of the good images. */
export function truePositiveRate(good: ArrayLike<number>, bad: ArrayLike<number>, rate: number): number {
  const sorted = Float64Array.from(good).sort();
  const allowed = Math.floor(rate * sorted.length + 1e-9);
  const threshold = sorted[sorted.length - 1 - allowed] ?? Number.POSITIVE_INFINITY;
  return shareAbove(bad, threshold);
}
