/** Whether a calibrated rate is kept: measured over many seeded splits. */
import type { ChannelName } from '../../../shared/model-card.ts';
import type { RateMeasurement } from '../../../shared/protocol/engine.ts';
import { keyedRandom, permutation, streams } from '../../../shared/random.ts';
import { conformalThreshold } from '../../../shared/verdict.ts';
import { combinationOf, combined, type ChannelScores } from '../combination.ts';
import { mean, shareAbove } from '../statistics.ts';

const nearFrom = 0.4;
const nearTo = 1.7;

export function summarise(
  what: string,
  images: number,
  requestedRate: number,
  promisedRate: number,
  rates: readonly number[],
): RateMeasurement {
  return {
    ...{ what, splits: rates.length, images, requestedRate, promisedRate },
    ...{ mean: mean(rates), min: Math.min(...rates), max: Math.max(...rates) },
    near: rates.filter((rate) => rate >= nearFrom * requestedRate && rate <= nearTo * requestedRate).length,
  };
}

const pick = (scores: ChannelScores, images: Uint32Array): Map<ChannelName, Float64Array> =>
  new Map([...scores].map(([name, own]) => [name, Float64Array.from(images, (n) => own[n] ?? Number.NaN)]));

/**
 * Cuts scored good images into `images` to calibrate (standards and threshold) and the rest to measure, for seeds
 * 0 … splits − 1.
 */
export function ratesOverSplits(
  what: string,
  scores: ChannelScores,
  images: number,
  rate: number,
  splits: number,
): RateMeasurement {
  const count = scores.get('error')?.length ?? 0;
  const rates: number[] = [];
  let promised = rate;
  for (let seed = 0; seed < splits; seed++) {
    const order = permutation(keyedRandom(seed, streams.split, count), count);
    const calibration = pick(scores, order.subarray(0, images));
    const combination = combinationOf(calibration);
    const sorted = combined(combination, calibration).sort();
    const { threshold, promisedRate } = conformalThreshold(sorted, rate);
    promised = promisedRate;
    rates.push(shareAbove(combined(combination, pick(scores, order.subarray(images))), threshold));
  }
  return summarise(what, images, rate, promised, rates);
}
