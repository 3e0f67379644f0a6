/**
 * Calibration of a trained model anew, on other good images than it was trained with: their scores and the thresholds that
 * follow from them take the place of the old ones, and nothing else in the file changes.
 *
 * The score itself stays. Standards (each channel's median and spread) and the choice of channels are those of the first
 * calibration, although a new kind of good images shifts the medians:
 *  - the split-conformal promise needs a score that is fixed before the calibration images are looked at, and nothing else
 *    (Vovk et al. 2005): a shift moves the threshold along with the scores, and the rate holds;
 *  - the scores in the file (points of the map), in results that were kept and in tables that were exported stay comparable:
 *    an image has the same score before and after, and only its verdict may change;
 *  - a median and an interquartile range of ten images say little; the first ones rest on more.
 * What it costs: where one channel shifts or widens much more than the other, it has more say in the sum than it should.
 * The shifts are therefore measured, kept in the card and told: beyond some spreads the model should be trained again.
 */
import type { DatasetSummary } from '../../shared/dataset.ts';
import { LensError, cancelled, isCancelled, toWireError } from '../../shared/errors.ts';
import type { Calibration, ChannelName, ModelCard } from '../../shared/model-card.ts';
import { readModelFile, tensorNames, writeModelFile, type ModelFile } from '../../shared/model-file.ts';
import type { RecalibrateRequest, RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import type { Engine } from '../backends/engine.ts';
import type { NearDuplicates } from '../data/near-duplicates/clusters.ts';
import { everyImage, type PackedImages } from '../data/packed-images.ts';
import { parametersFrom } from '../model/model-tensors.ts';
import { buildNetwork } from '../model/network.ts';
import { calibrationScores, readChecker } from '../scoring/check.ts';
import { canBeScored } from '../scoring/score-set.ts';
import type { ScoreModel } from '../scoring/score-model.ts';
import type { Standard } from '../scoring/standardise.ts';
import { shareAbove } from '../scoring/statistics.ts';
import { calibrate, type CalibrationResult, type FixedScore } from './calibrate.ts';
import { calibrationTensors } from './checkpoint.ts';
import { duplicatesOf, splitImages } from './loaded-data.ts';
import { assertUnseen, isOrigin } from './unseen-images.ts';

export type RecalibrationPlan = Omit<RecalibrateRequest, 'memoryBudget'>;

export interface RecalibrationEnvironment {
  /** The time as ISO 8601. */
  readonly now: () => string;
  readonly breathe: () => Promise<void>;
  /** Reads the images as this model sees them, with the planes that its channels need. */
  readonly load: (
    dataset: DatasetSummary,
    card: ModelCard,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ) => Promise<PackedImages>;
  /** The engine of checks: scores of a check and of its calibration come the same way. */
  readonly createEngine: () => Promise<Engine>;
  readonly save: (bytes: Uint8Array) => Promise<{ readonly savedAs: string }>;
  readonly progress: (text: string, done: number, total: number) => void;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
}

/** Runs it to its end, also a bad one: the outcome says which. Aborting `signal` leaves the file as it was. */
export async function runRecalibration(
  plan: RecalibrationPlan,
  environment: RecalibrationEnvironment,
  signal: AbortSignal,
): Promise<RecalibrationOutcome> {
  const { jobId } = plan;
  const unsaved = { jobId, savedAs: null, calibration: null, skipped: [] } as const;
  try {
    return await recalibrate(plan, environment, signal);
  } catch (error) {
    if (isCancelled(error)) return { ...unsaved, state: 'stopped', error: null };
    const wire = toWireError(error);
    environment.log('error', wire.detail ? `${wire.message}\n${wire.detail}` : wire.message);
    return { ...unsaved, state: 'failed', error: wire };
  }
}

async function recalibrate(
  plan: RecalibrationPlan,
  environment: RecalibrationEnvironment,
  signal: AbortSignal,
): Promise<RecalibrationOutcome> {
  const { jobId, dataset } = plan;
  const breathe = async (): Promise<void> => {
    await environment.breathe();
    if (signal.aborted) throw cancelled();
  };
  const file = readModelFile(plan.model);
  const { card } = file;
  const checker = readChecker(file);
  // There must be a calibration to take the place of.
  calibrationScores(file);
  const fixed = fixedScoreOf(card, checker.scores);
  assertUnseen(plan, file);
  const images = await environment.load(dataset, card, signal, (done, total) =>
    environment.progress('Reading images', done, total),
  );
  environment.progress('Looking for near-duplicates', 0, 0);
  const duplicates = await duplicatesOf(images, breathe);
  const chosen = calibrationImages(plan, card, images, duplicates);
  const used = chosen.filter((image) => canBeScored(checker.scores, images, image));
  const engine = await environment.createEngine();
  let result: CalibrationResult;
  try {
    const network = buildNetwork(card.spec);
    await engine.load(network, parametersFrom(network, file.tensors));
    result = await calibrate(
      engine,
      {
        ...{ images, calibration: used, group: duplicates.group, model: checker.scores, pca: checker.pca },
        ...{ latent: card.spec.latent, rate: plan.falseAlarmRate, seed: card.training.seed },
        ...{ when: environment.now(), fixed },
      },
      async (done) => {
        environment.progress('Scoring', done, used.length);
        await breathe();
      },
    );
  } finally {
    engine.dispose();
  }
  const calibration = describe(plan, card, images, used, duplicates, result);
  // From here on the file is replaced, whoever asks to stop.
  const { savedAs } = await environment.save(encode(file, calibration, result));
  return { jobId, state: 'finished', error: null, savedAs, calibration, skipped: images.skipped };
}

/**
 * The score as the card has it.
 * @throws LensError `invalid-model-file` where a channel of the sum is not in the file
 */
function fixedScoreOf({ calibration, name }: ModelCard, model: ScoreModel): FixedScore {
  const standards = new Map<ChannelName, Standard>();
  const summed = new Map<ChannelName, Standard>();
  for (const { name: channel, inSum, median, spread } of calibration?.channels ?? []) {
    standards.set(channel, { median, spread });
    if (!inSum) continue;
    summed.set(channel, { median, spread });
    if (channel === 'structure' ? model.orientation : channel === 'error' || model[channel]) continue;
    throw new LensError(
      'invalid-model-file',
      `The model “${name}” is calibrated on a score (“${channel}”) whose tensors are not in the file. Train it again.`,
    );
  }
  return { combination: { standards: summed, dropped: calibration?.dropped ?? [] }, standards };
}

/**
 * All images of another folder. Of the folder that the model was trained on, those that the training set aside for this:
 * the way back to the first calibration.
 * @throws LensError `dataset-changed` where that folder's images are not those of the training any more
 */
function calibrationImages(
  plan: RecalibrationPlan,
  card: ModelCard,
  images: PackedImages,
  { group }: NearDuplicates,
): Uint32Array {
  if (!isOrigin(plan)) return everyImage(images);
  if (images.fingerprint === card.dataset.fingerprint) {
    return splitImages(images, card.training.seed, {}, group).calibration;
  }
  throw new LensError(
    'dataset-changed',
    `The images in “${plan.dataset.name}” have changed since “${card.name}” was trained on them, so which of them it knows ` +
      'cannot be told any more. Choose a folder of good images that it was not trained on.',
  );
}

/** @throws LensError `too-few-images` where there is no image to calibrate on */
function describe(
  plan: RecalibrationPlan,
  card: ModelCard,
  images: PackedImages,
  used: Uint32Array,
  { group }: NearDuplicates,
  { card: fresh, scores, standards: measured }: CalibrationResult,
): Calibration {
  const old = card.calibration;
  if (!fresh || !old) {
    throw new LensError(
      'too-few-images',
      `There is no image in “${plan.dataset.name}” to calibrate on. Choose a folder of good images.`,
    );
  }
  const clusters = new Set([...used].map((image) => group[image] ?? -1).filter((cluster) => cluster >= 0));
  const standards = new Map((old.channels ?? []).map((channel) => [channel.name, channel]));
  const shifts = [...measured].flatMap(([name, { median }]) => {
    const standard = standards.get(name);
    if (!standard || !(standard.spread > 0)) return [];
    return [{ name, spreads: (median - standard.median) / standard.spread }];
  });
  const previous = {
    ...{ images: old.images, promisedRate: old.promisedRate, threshold: old.threshold, when: old.when },
    ...{ location: old.source?.location ?? null, flagged: shareAbove(scores, old.threshold) },
  };
  if (isOrigin(plan)) return { ...fresh, previous };
  const { name } = plan.dataset;
  const source = {
    ...{ name, location: plan.location, images: used.length, clusters: clusters.size, shifts },
    ...{ skipped: images.skippedCount, fingerprint: images.fingerprint },
  };
  return { ...fresh, source, previous };
}

function encode(
  { card, tensors }: ModelFile,
  calibration: Calibration,
  result: CalibrationResult,
): Uint8Array {
  const replaced = new Map(tensors);
  replaced.delete(tensorNames.calibrationPca);
  for (const [name, tensor] of calibrationTensors(result)) replaced.set(name, tensor);
  return writeModelFile({ card: { ...card, calibration }, tensors: replaced });
}
