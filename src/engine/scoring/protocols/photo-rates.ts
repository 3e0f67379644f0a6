/** The calibrated rate of photos on unseen groups, over many splits: no autoencoder has a part in it. */
import type { RateMeasurement } from '../../../shared/protocol/engine.ts';
import type { ChannelName } from '../../../shared/model-card.ts';
import { conformalThreshold } from '../../../shared/verdict.ts';
import { largePlane, smallPlane } from '../../data/gray-planes.ts';
import type { PackedImages } from '../../data/packed-images.ts';
import { onePerCluster } from '../../training/calibrate.ts';
import { splitImages } from '../../training/loaded-data.ts';
import { combinationOf, combined } from '../combination.ts';
import { photoReadings } from '../readings.ts';
import { fitScoreModel, type ScoreModel } from '../score-model.ts';
import { shareAbove } from '../statistics.ts';
import { cutByClusters, subgroup, subset } from './sets.ts';
import { summarise } from './rates.ts';

async function scorePhotos(
  model: ScoreModel,
  { planes }: PackedImages,
  indices: Uint32Array,
  breathe: () => Promise<void>,
): Promise<Map<ChannelName, Float64Array>> {
  const scores = new Map<ChannelName, Float64Array>([
    ['place', new Float64Array(indices.length)],
    ['whole', new Float64Array(indices.length)],
    // The sum counts images by this column.
    ['error', new Float64Array(indices.length)],
  ]);
  for (const [n, image] of indices.entries()) {
    if (!planes) continue;
    const seen = { plane: largePlane(planes, image), small: smallPlane(planes, image) };
    for (const { name, score } of photoReadings(model, seen)) {
      const column = scores.get(name);
      if (column) column[n] = score;
    }
    await breathe();
  }
  return scores;
}

/** For seeds 0 … splits − 1: normal images cut 70/30 by cluster, fitted and calibrated on the 70, measured on the 30. */
export async function photoRates(
  images: PackedImages,
  group: Int32Array,
  spec: Parameters<typeof fitScoreModel>[2],
  rate: number,
  splits: number,
  breathe: () => Promise<void>,
  progress: (done: number) => void,
): Promise<RateMeasurement> {
  const rates: number[] = [];
  let [count, promised] = [0, rate];
  const all = Uint32Array.from({ length: images.count }, (_, i) => i);
  for (let seed = 0; seed < splits; seed++) {
    const { train, test } = cutByClusters(all, group, seed);
    const training = subset(images, train);
    const own = subgroup(group, train);
    const split = splitImages(training, seed, {}, own);
    const model = await fitScoreModel(training, split.fit, spec, seed, breathe);
    // As in the product: standards on all calibration images, the threshold on one of each cluster.
    const calibration = await scorePhotos(model, training, split.calibration, breathe);
    const combination = combinationOf(calibration);
    const counted = new Set(onePerCluster(split.calibration, own, seed));
    const sorted = combined(combination, calibration)
      .filter((_, n) => counted.has(split.calibration[n] ?? -1))
      .sort();
    const threshold = conformalThreshold(sorted, rate);
    [count, promised] = [sorted.length, threshold.promisedRate];
    const measured = combined(combination, await scorePhotos(model, images, test, breathe));
    rates.push(shareAbove(measured, threshold.threshold));
    progress(seed + 1);
  }
  return summarise('unseen groups', count, rate, promised, rates);
}
