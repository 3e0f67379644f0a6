/** Trains on one set and measures on others: the evaluation protocol behind `npm run evaluate`. */
import {
  corruptionOf,
  defaultKlAnnealEpochs,
  epochsOf,
  notebookTraining,
  type ModelSpec,
  type TrainingSettings,
} from '../../shared/model-spec.ts';
import { LensError } from '../../shared/errors.ts';
import type { ChannelName } from '../../shared/model-card.ts';
import type { EvaluateRequest, EvaluateResult, EvaluateSet } from '../../shared/protocol/engine.ts';
import { syntheticKinds } from '../../shared/protocol/evaluate.ts';
import type { DatasetSurvey } from '../../shared/dataset.ts';
import type { Engine } from '../backends/engine.ts';
import type { Alter } from '../data/image.ts';
import { concatImages, everyImage, withWanted, type PackedImages } from '../data/packed-images.ts';
import { denoise } from '../latents/denoise.ts';
import type { Network } from '../model/network.ts';
import { engineCard, type ChosenEngine } from '../training/chosen-engine.ts';
import { splitByClusters, splitImages, type LoadedData } from '../training/loaded-data.ts';
import { notebookRule } from '../training/checkpoint.ts';
import type { TrainingState } from '../training/state.ts';
import { pcaScores, type PcaModel } from './pca.ts';
import { scoreImages } from './reconstruction-error.ts';
import { auroc, mean, shareAbove, truePositiveRate } from './statistics.ts';
import { imageKey, withDefect } from './synthetic-defects.ts';
import { trainScorer, type SetScores, type TrainedScorer } from './trained-scorer.ts';

export interface EvaluationEnvironment {
  readonly survey: (set: EvaluateSet, seed: number) => Promise<DatasetSurvey>;
  /** @param alter changes every image before it is fitted */
  readonly load: (set: EvaluateSet, spec: ModelSpec, alter?: Alter) => Promise<PackedImages>;
  readonly chooseEngine: (network: Network) => Promise<ChosenEngine>;
  readonly breathe: () => Promise<void>;
  readonly progress: (text: string, done: number, total: number) => void;
}

async function makeSpec(request: EvaluateRequest, environment: EvaluationEnvironment): Promise<ModelSpec> {
  const { spec } = request;
  const recipe = spec.recipe ?? 'detector';
  const known = spec.height !== undefined && spec.width !== undefined && spec.channels !== undefined;
  const suggested = known ? spec : (await environment.survey(request.train, request.seed)).suggested;
  return {
    height: spec.height ?? suggested.height ?? 64,
    width: spec.width ?? suggested.width ?? 64,
    channels: spec.channels ?? suggested.channels ?? 1,
    latent: spec.latent ?? 20,
    variant: spec.variant ?? 'plain',
    recipe,
    corruption: { ...corruptionOf[recipe], ...(request.noise === null ? {} : { noise: request.noise }) },
    loss: 'mse',
    ...(spec.beta === undefined ? {} : { beta: spec.beta }),
  };
}

/** Cuts the sets from the training images; validation images that are given are the validation set. */
async function loadTrainingSets(
  request: EvaluateRequest,
  spec: ModelSpec,
  environment: EvaluationEnvironment,
): Promise<LoadedData> {
  const training = await environment.load(request.train, spec);
  const images = request.validation
    ? concatImages(
        withWanted(training, 'train'),
        withWanted(await environment.load(request.validation, spec), 'validation'),
      )
    : training;
  if (request.notebook) return { images, split: splitImages(images, request.seed, { protocol: 'notebook' }) };
  environment.progress('looking for near-duplicates', 0, 1);
  return splitByClusters(images, request.seed, environment.breathe);
}

/** Names of the channels as they are printed: the mean squared error under its own. */
export const printedChannel = (name: ChannelName): string => (name === 'error' ? 'mse' : name);

/** AUROC of the verdict's score and of every channel. */
export function aurocs(good: SetScores, bad: SetScores): Record<string, number> {
  const areas: Record<string, number> = { combined: auroc(good.combined, bad.combined) };
  for (const [name, scores] of good.channels) {
    areas[printedChannel(name)] = auroc(scores, bad.channels.get(name) ?? []);
  }
  return areas;
}

async function scoreBad(
  sets: readonly { readonly path: string; readonly images: PackedImages }[],
  good: SetScores | null,
  threshold: number | null,
  { pca, score }: TrainedScorer,
): Promise<EvaluateResult['bad']> {
  const results = [];
  for (const { path, images } of sets) {
    const bad = await score(images, everyImage(images));
    results.push({
      path,
      count: images.count,
      auroc: good ? aurocs(good, bad) : null,
      tprAt1Fpr: good ? truePositiveRate(good.combined, bad.combined, 0.01) : null,
      caught: threshold === null ? null : shareAbove(bad.combined, threshold),
      pca: good ? { components: pca.components, auroc: auroc(good.pca, bad.pca) } : null,
    });
  }
  return results;
}

/** Each kind of synthetic defect, drawn into the good images, else into the calibration images, against these as they are. */
async function measureSynthetic(
  request: EvaluateRequest,
  spec: ModelSpec,
  { images, split }: LoadedData,
  good: PackedImages | null,
  { score }: TrainedScorer,
  { load }: EvaluationEnvironment,
): Promise<EvaluateResult['synthetic']> {
  if (!request.synthetic) return null;
  const set = request.good ?? request.train;
  const indices = good ? everyImage(good) : split.calibration;
  if (indices.length === 0) {
    throw new LensError(
      'too-few-images',
      'Synthetic defects need good images that were not trained on; give some with --good.',
    );
  }
  const { combined } = await score(good ?? images, indices);
  const results = [];
  for (const kind of syntheticKinds) {
    const altered = await load(set, spec, (image, path, position) =>
      withDefect(kind, image, request.seed, imageKey(path) + position),
    );
    const bad = await score(altered, indices);
    results.push({
      ...{ kind, count: indices.length },
      auroc: auroc(combined, bad.combined),
      tprAt1Fpr: truePositiveRate(combined, bad.combined, 0.01),
    });
  }
  return { drawnInto: good ? 'good' : 'calibration', kinds: results };
}

/** Both errors on the validation images after the last epoch. */
function baselineOf(
  { validationScores }: TrainingState,
  pca: PcaModel,
  { images, split }: LoadedData,
): EvaluateResult['baseline'] {
  if (validationScores.length === 0) return null;
  return {
    model: mean(validationScores),
    pca: mean(pcaScores(pca, images, split.validation)),
    components: pca.components,
    images: pca.images,
  };
}

const denoisedTogether = 200;

/** Errors of noisy images and of their reconstructions, on the good images or else on the validation images. */
async function measureDenoising(
  engine: Engine,
  latent: number,
  { denoise: sigma, seed }: EvaluateRequest,
  { images, split }: LoadedData,
  good: PackedImages | null,
  { breathe, progress }: EvaluationEnvironment,
): Promise<EvaluateResult['denoise']> {
  if (sigma === null) return null;
  const set = good ?? images;
  const indices = good ? everyImage(good) : split.validation;
  if (indices.length === 0) return null;
  const sums = { noisy: 0, denoised: 0 };
  for (let start = 0; start < indices.length; start += denoisedTogether) {
    const some = indices.subarray(start, start + denoisedTogether);
    const { noisyErrors, denoisedErrors } = await denoise(engine, set, some, sigma, seed);
    noisyErrors.forEach((error) => (sums.noisy += error));
    denoisedErrors.forEach((error) => (sums.denoised += error));
    progress('denoising', start + some.length, indices.length);
    await breathe();
  }
  const count = indices.length;
  const { scores } = await scoreImages(engine, set, indices, latent, { breathe });
  return {
    sigma,
    images: count,
    seed,
    noisy: sums.noisy / count,
    denoised: sums.denoised / count,
    clean: mean(scores),
  };
}

/** @throws LensError where a set cannot be read or holds too few images */
export async function evaluate(
  request: EvaluateRequest,
  environment: EvaluationEnvironment,
): Promise<EvaluateResult> {
  const clock = (): number => performance.now() / 1000;
  const loadStart = clock();
  const spec = await makeSpec(request, environment);
  const sets = await loadTrainingSets(request, spec, environment);
  const good = request.good ? await environment.load(request.good, spec) : null;
  const bad = [];
  for (const set of request.bad) bad.push({ path: set.path, images: await environment.load(set, spec) });
  const load = clock() - loadStart;

  const settings: TrainingSettings = {
    ...notebookTraining,
    epochs: request.epochs ?? epochsOf(spec.recipe, sets.split.fit.length),
    seed: request.seed,
    ...(spec.variant === 'variational' ? { klAnnealEpochs: defaultKlAnnealEpochs } : {}),
  };
  const scorer = await trainScorer(sets, spec, settings, request.falseAlarmRate, environment);
  const { engine, chosen, state, calibration } = scorer;
  try {
    const scoreStart = clock();
    const threshold = calibration.card?.threshold ?? null;
    const goodScores = good ? await scorer.score(good, everyImage(good)) : null;
    const badResults = await scoreBad(bad, goodScores, threshold, scorer);
    return {
      engine: engineCard(chosen),
      spec,
      training: settings,
      counts: {
        fit: sets.split.fit.length,
        validation: sets.split.validation.length,
        calibration: sets.split.calibration.length,
        test: sets.split.test.length,
        good: good?.count ?? 0,
        bad: bad.reduce((sum, { images }) => sum + images.count, 0),
      },
      calibrationImages: calibration.scores.length,
      score: calibration.card?.score ?? null,
      seconds: { load, train: scorer.seconds.train, score: scorer.seconds.fit + clock() - scoreStart },
      loss: {
        train: state.history.map((record) => record.train),
        validation: state.history.map((record) => record.validation),
      },
      baseline: baselineOf(state, scorer.pca, sets),
      denoise: await measureDenoising(engine, spec.latent, request, sets, good, environment),
      threshold,
      falsePositiveRate: goodScores && threshold !== null ? shareAbove(goodScores.combined, threshold) : null,
      notebookRule: notebookRule(state, settings),
      bad: badResults,
      synthetic: await measureSynthetic(request, spec, sets, good, scorer, environment),
    };
  } finally {
    engine.dispose();
  }
}
