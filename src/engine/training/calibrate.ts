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

/** Scores the calibration images. @param calibration their numbers */
export async function calibrate(
  engine: Engine,
  images: Pixels,
  calibration: Uint32Array,
  latent: number,
  rate: number,
  when: string,
  breathe: (done: number) => Promise<void>,
): Promise<CalibrationResult> {
  const scored = await scoreImages(engine, images, calibration, latent, { breathe });
  const scores = scored.scores.sort();
  return { card: calibrationCard(scores, rate, when), scores };
}
