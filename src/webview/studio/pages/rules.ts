/** Rules that call an image anomalous from one score, and what each costs on ordinary images. Pure. */
import { errorThreshold, type ModelCard } from '../../../shared/model-card.ts';
import { pointSets, type MapPoints } from '../../../shared/map-points.ts';
import { conformalThreshold } from '../../../shared/verdict.ts';

export const ruleIds = ['calibrated', 'deviation', 'quantile', 'notebook'] as const;
export type RuleId = (typeof ruleIds)[number];

export interface Rule {
  readonly id: RuleId;
  /** An image is flagged if its score is greater. */
  readonly threshold: number;
  /** Share of the validation images that it flags; null without any. */
  readonly flagged: number | null;
  /** Share of the calibration images that it flags; null without any. */
  readonly flaggedCalibration: number | null;
}

/** What the rules are about: the mean squared error, or the verdict's own score where that is another. */
export const ruleScores = ['error', 'verdict'] as const;
export type RuleScore = (typeof ruleScores)[number];

interface RuleSource {
  readonly card: Pick<ModelCard, 'calibration'>;
  readonly validationScores: Float64Array;
  readonly validationBatchLosses: Float64Array;
  readonly calibrationScores: Float64Array;
  readonly calibrationErrors: Float64Array;
  readonly points: Pick<MapPoints, 'sets' | 'scores'> | null;
}

/** The images of one score, and what the rules take from the model. */
export type RuleData = Pick<RuleInputs, 'scores' | 'calibration' | 'calibrated' | 'batchLosses'>;

/** Of the verdict's score; null where the verdict is the mean squared error, or the file keeps no validation image's. */
function verdictData({ card, points, calibrationScores }: RuleSource): RuleData | null {
  if (card.calibration?.score !== 'combined' || !points) return null;
  const scores = points.scores.filter((_, n) => pointSets[points.sets[n] ?? 0] === 'validation');
  if (scores.length === 0) return null;
  const { threshold: calibrated } = card.calibration;
  // Batches have losses, and no verdicts.
  return { scores, calibration: calibrationScores, calibrated, batchLosses: new Float64Array() };
}

/** What there is to draw rules from, by score. */
export function ruleDataOf(source: RuleSource): Readonly<Record<RuleScore, RuleData | null>> {
  const { card, validationScores: scores, validationBatchLosses: batchLosses } = source;
  const errors = card.calibration?.score === 'mse' ? source.calibrationScores : source.calibrationErrors;
  const error = { scores, calibration: errors, calibrated: errorThreshold(card), batchLosses };
  return { error: scores.length === 0 ? null : error, verdict: verdictData(source) };
}

export interface RuleInputs {
  /** Per-image scores of ordinary images that the model never trained on. */
  readonly scores: Float64Array;
  /** Scores of the calibration images. */
  readonly calibration: Float64Array;
  readonly calibrated: number | null;
  /** Batch losses on the validation images in the last epoch. */
  readonly batchLosses: Float64Array;
  /** Standard deviations above the mean. */
  readonly deviations: number;
  /** In 0–1. */
  readonly quantile: number;
}

/** NaN for none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return values.length === 0 ? Number.NaN : sum / values.length;
}

/** Population standard deviation, as NumPy's default; NaN for none. */
export function deviationOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - mean) ** 2;
  return values.length === 0 ? Number.NaN : Math.sqrt(sum / values.length);
}

/** Mean of the two middle values for even counts; NaN for none. */
export function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function flaggedShare(scores: Float64Array, threshold: number): number | null {
  if (scores.length === 0) return null;
  let above = 0;
  for (const score of scores) if (score > threshold) above++;
  return above / scores.length;
}

/** All rules that can be drawn from these numbers. */
export function rulesOf(inputs: RuleInputs): readonly Rule[] {
  const { scores, calibration, calibrated, batchLosses, deviations, quantile } = inputs;
  const rules: Rule[] = [];
  const add = (id: RuleId, threshold: number): void => {
    if (!Number.isFinite(threshold)) return;
    const flagged = flaggedShare(scores, threshold);
    rules.push({ id, threshold, flagged, flaggedCalibration: flaggedShare(calibration, threshold) });
  };
  if (calibrated !== null) add('calibrated', calibrated);
  add('deviation', meanOf(scores) + deviations * deviationOf(scores));
  if (scores.length > 0) {
    // The same order statistic as the calibrated rule takes, here on the validation images.
    add('quantile', conformalThreshold(scores.slice().sort(), 1 - quantile).threshold);
  }
  if (batchLosses.length > 0) add('notebook', meanOf(batchLosses) + deviationOf(batchLosses));
  return rules;
}
