/** Calibration: scores of images that training never saw, and the thresholds that follow from them. */
import type { Calibration, ChannelCard, ChannelName } from '../../shared/model-card.ts';
import { integerBelow, keyedRandom, streams } from '../../shared/random.ts';
import { conformalThreshold } from '../../shared/verdict.ts';
import type { Engine } from '../backends/engine.ts';
import { combinationOf, combined, type Combination } from '../scoring/combination.ts';
import { pcaScores, type PcaModel } from '../scoring/pca.ts';
import { canBeScored, scoreSet } from '../scoring/score-set.ts';
import type { ScoredPixels, ScoreModel } from '../scoring/score-model.ts';
import { standardOf, type Standard } from '../scoring/standardise.ts';

export interface CalibrationResult {
  /** Null where nothing was calibrated. */
  readonly card: Calibration | null;
  /** Ascending: of the verdict, of the mean squared error, of PCA (empty without it). */
  readonly scores: Float64Array;
  readonly errors: Float64Array;
  readonly pca: Float64Array;
  readonly combination: Combination;
  /** Where each channel's scores lie, whatever the score is fixed to. */
  readonly standards: ReadonlyMap<ChannelName, Standard>;
}

/** A score that was fixed by an earlier calibration. */
export interface FixedScore {
  readonly combination: Combination;
  /** Of every channel that had one, those beside the sum among them. */
  readonly standards: ReadonlyMap<ChannelName, Standard>;
}

export interface CalibrationRequest {
  readonly images: ScoredPixels;
  /** Image numbers of the calibration set. */
  readonly calibration: Uint32Array;
  /** Clusters of near-duplicates, −1 for an image on its own: one image of each counts. */
  readonly group: Int32Array | null;
  readonly model: ScoreModel;
  readonly pca: PcaModel | null;
  readonly latent: number;
  readonly rate: number;
  /** Draws the image of a cluster that counts. */
  readonly seed: number;
  /** ISO 8601. */
  readonly when: string;
  /** Keeps the score of an earlier calibration; without it, standards and sum follow from these images. */
  readonly fixed?: FixedScore;
}

/**
 * One image of each cluster, drawn by the seed, and every image on its own; ascending. Never the first: files are in the
 * order of their names, and the first of each cluster may all be of one kind (one lamp, one camera), unlike new images.
 */
export function onePerCluster(images: Uint32Array, group: Int32Array | null, seed: number): Uint32Array {
  const members = new Map<number, number[]>();
  for (const image of images) {
    const cluster = group?.[image] ?? -1;
    // Images on their own are clusters of one, numbered below 0.
    const key = cluster < 0 ? -1 - image : cluster;
    const known = members.get(key);
    if (known) known.push(image);
    else members.set(key, [image]);
  }
  const chosen = [...members].map(([cluster, list]) => {
    if (cluster < 0) return list[0] as number;
    const next = keyedRandom(seed, streams.sample, cluster);
    return list[integerBelow(next, list.length)] as number;
  });
  return Uint32Array.from(chosen).sort();
}

const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0);

/** The scores at some places. */
const picked = (values: Float64Array, places: readonly number[]): Float64Array =>
  Float64Array.from(places, (place) => values[place] ?? Number.NaN);

/**
 * Scores the calibration images, and derives every threshold from them. Standards rest on all of them; thresholds, which
 * make a promise, on one image of each cluster.
 */
export async function calibrate(
  engine: Engine,
  { images, calibration, group, model, pca, latent, rate, seed, when, fixed }: CalibrationRequest,
  breathe: (done: number) => Promise<void>,
): Promise<CalibrationResult> {
  const used = calibration.filter((image) => canBeScored(model, images, image));
  const counted = new Set(onePerCluster(used, group, seed));
  const places = [...used.keys()].filter((place) => counted.has(used[place] as number));
  const hottest = new Map<ChannelName, Float64Array>();
  const { scores } = await scoreSet(engine, model, images, used, latent, {
    breathe,
    onReadings: (readings, n) => {
      for (const { name, map } of readings) {
        const column = hottest.get(name) ?? new Float64Array(used.length);
        column[n] = largest(map().values);
        hottest.set(name, column);
      }
    },
  });
  const combination = fixed?.combination ?? combinationOf(scores);
  const ascending = (values: Float64Array): Float64Array => picked(values, places).sort();
  const verdicts = ascending(combined(combination, scores));
  const errors = ascending(scores.get('error') ?? new Float64Array(0));
  const pcaErrors = pca ? ascending(pcaScores(pca, images, used)) : new Float64Array(0);
  const own = new Map([...scores].map(([name, values]) => [name, standardOf(values)]));
  const base = { scores: verdicts, errors, pca: pcaErrors, combination, standards: own };
  if (places.length === 0) return { ...base, card: null };

  const { threshold, requestedRate, promisedRate } = conformalThreshold(verdicts, rate);
  const at = (sorted: Float64Array): number => conformalThreshold(sorted, rate).threshold;
  const channels = [...own].map(([name, measured]): ChannelCard => {
    const { median, spread } = fixed?.standards.get(name) ?? measured;
    return {
      ...{ name, inSum: combination.standards.has(name), median, spread },
      threshold: at(ascending(scores.get(name) ?? new Float64Array(0))),
      heatThreshold: at(ascending(hottest.get(name) ?? new Float64Array(0))),
    };
  });
  const combines = combination.standards.size > 0;
  const card: Calibration = {
    score: combines ? 'combined' : 'mse',
    rule: 'split-conformal',
    images: places.length,
    requestedRate,
    promisedRate,
    threshold,
    when,
    channels,
    ...(combination.dropped.length > 0 ? { dropped: [...combination.dropped] } : {}),
    ...(combines ? { autoencoder: { threshold: at(errors) } } : {}),
    ...(pca ? { pca: { components: pca.components, threshold: at(pcaErrors) } } : {}),
  };
  return { ...base, card };
}
