/** From channels to one score: the sum of robust standard scores, fixed beforehand (guide, §3). */
import type { ChannelName } from '../../shared/model-card.ts';
import { isUsable, shareOfSum, standardOf, type Standard } from './standardise.ts';

/** Scores of some images by channel: F64 `[n]` each. */
export type ChannelScores = ReadonlyMap<ChannelName, Float64Array>;

export interface Combination {
  /** The channels of the sum. Empty: the mean squared error itself is the score. */
  readonly standards: ReadonlyMap<ChannelName, Standard>;
  /** Channels whose calibration scores have no spread. */
  readonly dropped: readonly ChannelName[];
}

const beside: readonly ChannelName[] = ['error'];

/** @param calibration scores of the calibration images, at least one each */
export function combinationOf(calibration: ChannelScores): Combination {
  const standards = new Map<ChannelName, Standard>();
  const dropped: ChannelName[] = [];
  for (const [name, scores] of calibration) {
    if (beside.includes(name) || scores.length === 0) continue;
    const standard = standardOf(scores);
    if (isUsable(standard)) standards.set(name, standard);
    else dropped.push(name);
  }
  return { standards, dropped };
}

/** Σ max(z, −3) over the channels of the sum, image by image; the mean squared error where there are none. */
export function combined({ standards }: Pick<Combination, 'standards'>, scores: ChannelScores): Float64Array {
  const errors = scores.get('error') ?? new Float64Array(0);
  if (standards.size === 0) return errors.slice();
  const sums = new Float64Array(errors.length);
  for (const [name, standard] of standards) {
    const own = scores.get(name);
    for (let n = 0; n < sums.length; n++) {
      sums[n] = (sums[n] as number) + shareOfSum(own?.[n] ?? Number.NaN, standard);
    }
  }
  return sums;
}
