/** What a threshold makes of labelled scores. Pure. */
import { countAtLeast } from '../../../../shared/verdict.ts';

/** Images are flagged if their score is greater than the threshold. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** In 0–1; NaN where nothing is flagged (`precision`) or there is nothing to find. */
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly precision: number;
}

/** Number of ascending values greater than a threshold. */
export function countAbove(sorted: Float64Array, threshold: number): number {
  let above = countAtLeast(sorted, threshold);
  while (above > 0 && sorted[sorted.length - above] === threshold) above--;
  return above;
}

/** @param good, bad ascending scores */
export function confusionAt(good: Float64Array, bad: Float64Array, threshold: number): Confusion {
  const falsePositives = countAbove(good, threshold);
  const truePositives = countAbove(bad, threshold);
  return {
    ...{ truePositives, falsePositives },
    falseNegatives: bad.length - truePositives,
    trueNegatives: good.length - falsePositives,
    falsePositiveRate: falsePositives / good.length,
    truePositiveRate: truePositives / bad.length,
    precision: truePositives / (truePositives + falsePositives),
  };
}

/** Halfway between a score and the next lower one, so that images with that very score are flagged. */
export function justBelow(score: number, good: Float64Array, bad: Float64Array): number {
  const lower = [good, bad].map((sorted) => {
    const at = sorted.length - countAtLeast(sorted, score);
    return sorted[at - 1] ?? Number.NEGATIVE_INFINITY;
  });
  const next = Math.max(...lower);
  return Number.isFinite(next)
    ? next + (score - next) / 2
    : score - Math.abs(score) * 1e-9 - Number.MIN_VALUE;
}
