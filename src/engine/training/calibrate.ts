/** Calibration: scores of images that training never saw, and the threshold that follows from them. */
import type { Calibration } from '../../shared/model-card.ts';
import { conformalThreshold } from '../../shared/verdict.ts';
import type { Engine } from '../backends/engine.ts';
import { scoreImages } from '../scoring/reconstruction-error.ts';
import type { Pixels } from './batches.ts';
import type { CalibrationResult } from './checkpoint.ts';

/** @param scores ascending calibration scores; none → no threshold can be promised */
export function calibrationCard(scores: Float64Array, rate: number, when: string): Calibration | null {
  if (scores.length === 0) return null;
  const { threshold, requestedRate, promisedRate } = conformalThreshold(scores, rate);
  return {
    score: 'mse',
    rule: 'split-conformal',
    images: scores.length,
    requestedRate,
    promisedRate,
    threshold,
    when,
  };
}

export interface CalibrationSets {
  readonly images: Pixels;
  readonly labels: Int32Array;
  readonly calibration: Uint32Array;
  readonly validation: Uint32Array;
}

/** Scores the calibration images and encodes the validation images (for the map). */
export async function calibrate(
  engine: Engine,
  sets: CalibrationSets,
  latent: number,
  rate: number,
  when: string,
  breathe: (done: number) => Promise<void>,
): Promise<CalibrationResult> {
  const calibrated = await scoreImages(engine, sets.images, sets.calibration, latent, { breathe });
  const validation = await scoreImages(engine, sets.images, sets.validation, latent, {
    breathe: (done) => breathe(sets.calibration.length + done),
  });
  const scores = calibrated.scores.sort();
  return {
    card: calibrationCard(scores, rate, when),
    scores,
    validationLatents: validation.latents,
    validationLabels: Int32Array.from(sets.validation, (image) => sets.labels[image] ?? -1),
  };
}
