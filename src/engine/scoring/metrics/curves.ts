/** Curves over labelled scores: ROC, precision–recall, and what is read off them. A higher score is more anomalous. */

export interface CurvePoint {
  /** Images with at least this score are called anomalous. */
  readonly threshold: number;
  readonly falsePositives: number;
  readonly truePositives: number;
}

/**
 * The counts at every distinct score, from the highest threshold (+∞: nothing is called anomalous) down.
 * Images with equal scores enter together.
 */
export function countsByThreshold(good: ArrayLike<number>, bad: ArrayLike<number>): CurvePoint[] {
  const down = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort().reverse();
  const [g, b] = [down(good), down(bad)];
  const points: CurvePoint[] = [{ threshold: Number.POSITIVE_INFINITY, falsePositives: 0, truePositives: 0 }];
  let [i, j] = [0, 0];
  while (i < g.length || j < b.length) {
    const threshold = Math.max(g[i] ?? Number.NEGATIVE_INFINITY, b[j] ?? Number.NEGATIVE_INFINITY);
    while (i < g.length && g[i] === threshold) i++;
    while (j < b.length && b[j] === threshold) j++;
    points.push({ threshold, falsePositives: i, truePositives: j });
    // Scores that are not numbers compare with nothing, and would be waited for without end.
    if (Number.isNaN(threshold)) throw new RangeError('a score is not a number');
  }
  return points;
}

export interface RocPoint {
  readonly threshold: number;
  /** In 0–1. */
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** @throws RangeError where a score is not a number */
export const rocCurve = (good: ArrayLike<number>, bad: ArrayLike<number>): RocPoint[] =>
  countsByThreshold(good, bad).map(({ threshold, falsePositives, truePositives }) => ({
    threshold,
    falsePositiveRate: falsePositives / good.length,
    truePositiveRate: truePositives / bad.length,
  }));

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/** From recall 0 (precision 1 by convention) to recall 1. */
export const precisionRecallCurve = (
  good: ArrayLike<number>,
  bad: ArrayLike<number>,
): PrecisionRecallPoint[] =>
  countsByThreshold(good, bad).map(({ threshold, falsePositives, truePositives }) => ({
    threshold,
    precision: falsePositives + truePositives === 0 ? 1 : truePositives / (falsePositives + truePositives),
    recall: truePositives / bad.length,
  }));

/** Area under the precision–recall curve as average precision, Σ (R_i − R_{i−1})·P_i, without interpolation. */
export function averagePrecision(good: ArrayLike<number>, bad: ArrayLike<number>): number {
  let area = 0;
  let before = 0;
  for (const { precision, recall } of precisionRecallCurve(good, bad)) {
    area += (recall - before) * precision;
    before = recall;
  }
  return area;
}

/** The threshold with the largest F1 = 2·TP / (2·TP + FP + FN); of equals the highest. Fitted on these very images. */
export function bestF1(
  good: ArrayLike<number>,
  bad: ArrayLike<number>,
): { readonly threshold: number; readonly f1: number } {
  let best = { threshold: Number.POSITIVE_INFINITY, f1: 0 };
  for (const { threshold, falsePositives, truePositives } of countsByThreshold(good, bad)) {
    const f1 = (2 * truePositives) / (truePositives + falsePositives + bad.length);
    if (f1 > best.f1) best = { threshold, f1 };
  }
  return best;
}
