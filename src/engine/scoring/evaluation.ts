/** What is measured of labelled scores: curves on a fixed grid, areas, rates, and kinds of defects apart. Pure. */
import {
  curvePoints,
  type EvaluationMeasures,
  type KindMeasures,
  type MeasureRequest,
  type ScoreMeasures,
} from '../../shared/protocol/evaluate.ts';
import { bootstrapAuroc } from './metrics/bootstrap.ts';
import { averagePrecision, bestF1, precisionRecallCurve, rocCurve } from './metrics/curves.ts';
import { auroc, truePositiveRate } from './statistics.ts';

/** F64 `[curvePoints]`: the largest true-positive rate at no more false positives than each step of the grid. */
function rocOnGrid(good: Float64Array, bad: Float64Array): Float64Array {
  const points = rocCurve(good, bad);
  let at = 0;
  return Float64Array.from({ length: curvePoints }, (_, step) => {
    const limit = step / (curvePoints - 1) + 1e-12;
    while ((points[at + 1]?.falsePositiveRate ?? Infinity) <= limit) at++;
    return points[at]?.truePositiveRate ?? 0;
  });
}

/** F64 `[curvePoints]`: the precision at the highest threshold that finds at least each step's share of the bad images. */
function precisionOnGrid(good: Float64Array, bad: Float64Array): Float64Array {
  const points = precisionRecallCurve(good, bad);
  let at = 0;
  return Float64Array.from({ length: curvePoints }, (_, step) => {
    const least = step / (curvePoints - 1) - 1e-12;
    while (at < points.length - 1 && (points[at]?.recall ?? 1) < least) at++;
    return points[at]?.precision ?? 1;
  });
}

const kindMeasures = (good: Float64Array, bad: Float64Array): KindMeasures => ({
  auroc: auroc(good, bad),
  tprAt1Fpr: truePositiveRate(good, bad, 0.01),
});

function scoreMeasures(good: Float64Array, bad: Float64Array, seed: number): ScoreMeasures {
  return {
    ...kindMeasures(good, bad),
    interval: bootstrapAuroc(good, bad, seed),
    averagePrecision: averagePrecision(good, bad),
    bestF1: bestF1(good, bad),
    roc: rocOnGrid(good, bad),
    precision: precisionOnGrid(good, bad),
  };
}

/** @throws RangeError where a score is not a number, or there are no good or no bad images */
export function measureScores({ good, bad, kinds, kindCount, seed }: MeasureRequest): EvaluationMeasures {
  if (good.score.length === 0 || bad.score.length === 0)
    throw new RangeError('an evaluation needs good and bad images');
  const of = (a: Float64Array | null, b: Float64Array | null): ScoreMeasures | null =>
    a && b && scoreMeasures(a, b, seed);
  return {
    combined: scoreMeasures(good.score, bad.score, seed),
    autoencoder: of(good.autoencoder, bad.autoencoder),
    pca: of(good.pca, bad.pca),
    kinds: Array.from({ length: kindCount }, (_, kind) =>
      kindMeasures(
        good.score,
        bad.score.filter((_, n) => kinds[n] === kind),
      ),
    ),
  };
}
