/** Trains on one set and measures on others: the evaluation protocol behind `npm run evaluate`. */
import {
  corruptionOf,
  defaultKlAnnealEpochs,
  notebookTraining,
  type ModelSpec,
  type TrainingSettings,
} from '../../shared/model-spec.ts';
import type { EvaluateRequest, EvaluateResult, EvaluateSet } from '../../shared/protocol/engine.ts';
import { conformalThreshold } from '../../shared/verdict.ts';
import type { DatasetSurvey } from '../../shared/dataset.ts';
import type { Engine } from '../backends/engine.ts';
import { concatImages, everyImage, withWanted, type PackedImages } from '../data/packed-images.ts';
import { denoise } from '../latents/denoise.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { initialParameters } from '../model/parameters.ts';
import { engineCard, type ChosenEngine } from '../training/chosen-engine.ts';
import { splitImages, type LoadedData } from '../training/loaded-data.ts';
import { notebookRule } from '../training/checkpoint.ts';
import { freshState, type TrainingState } from '../training/state.ts';
import { runTraining, stepsPerEpoch } from '../training/trainer.ts';
import { fitPca, maxFitImages, pcaScores, type PcaModel } from './pca.ts';
import { scoreImages } from './reconstruction-error.ts';
import { auroc, mean, shareAbove, truePositiveRate } from './statistics.ts';

export interface EvaluationEnvironment {
  readonly survey: (set: EvaluateSet, seed: number) => Promise<DatasetSurvey>;
  readonly load: (set: EvaluateSet, spec: ModelSpec) => Promise<PackedImages>;
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
  const protocol = request.notebook ? 'notebook' : 'detector';
  return { images, split: splitImages(images, request.seed, { protocol }) };
}

const epochProgress = (state: TrainingState, settings: TrainingSettings): string => {
  const last = state.history.at(-1);
  const losses = last
    ? `, train ${last.train.toFixed(5)}, validation ${last.validation?.toFixed(5) ?? '–'}`
    : '';
  return `training: epoch ${Math.min(state.epoch + 1, settings.epochs)} of ${settings.epochs}${losses}`;
};

interface Scorer {
  readonly mse: (images: PackedImages, indices: Uint32Array) => Promise<Float64Array>;
  readonly pca: PcaModel;
}

async function makeScorer(
  engine: Engine,
  spec: ModelSpec,
  { images, split }: LoadedData,
  seed: number,
  { breathe, progress }: EvaluationEnvironment,
): Promise<Scorer> {
  progress('PCA baseline', 0, 1);
  // A linear model is to be compared with the components of all the images that it saw itself.
  const most = spec.variant === 'linear' ? split.fit.length : maxFitImages;
  return {
    pca: await fitPca(images, split.fit, spec.latent, seed, breathe, most),
    mse: async (set, indices) => (await scoreImages(engine, set, indices, spec.latent, { breathe })).scores,
  };
}

async function scoreBad(
  sets: readonly { readonly path: string; readonly images: PackedImages }[],
  good: PackedImages | null,
  goodScores: Float64Array | null,
  threshold: number | null,
  { mse, pca }: Scorer,
): Promise<EvaluateResult['bad']> {
  const goodPca = good ? pcaScores(pca, good, everyImage(good)) : null;
  const results = [];
  for (const { path, images } of sets) {
    const scores = await mse(images, everyImage(images));
    const area = goodScores ? auroc(goodScores, scores) : null;
    results.push({
      path,
      count: images.count,
      auroc: area === null ? null : { combined: area, mse: area },
      tprAt1Fpr: goodScores ? truePositiveRate(goodScores, scores, 0.01) : null,
      caught: threshold === null ? null : shareAbove(scores, threshold),
      pca: goodPca
        ? { components: pca.components, auroc: auroc(goodPca, pcaScores(pca, images, everyImage(images))) }
        : null,
    });
  }
  return results;
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
  const { breathe, progress } = environment;
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
    epochs: request.epochs ?? notebookTraining.epochs,
    seed: request.seed,
    ...(spec.variant === 'variational' ? { klAnnealEpochs: defaultKlAnnealEpochs } : {}),
  };
  const network = buildNetwork(spec);
  const chosen = await environment.chooseEngine(network);
  const { engine } = chosen;
  const trainStart = clock();
  const state = freshState();
  await engine.load(network, initialParameters(network, request.seed));
  const steps = stepsPerEpoch(sets.split.fit.length, settings.batchSize);
  const data = { images: sets.images, fit: sets.split.fit, validation: sets.split.validation };
  await runTraining(engine, data, spec, settings, state, {
    breathe,
    shouldStop: () => false,
    onProgress: async () =>
      progress(epochProgress(state, settings), state.epoch * steps + state.step, steps * settings.epochs),
    onEpoch: async () => undefined,
  });
  const train = clock() - trainStart;

  const scoreStart = clock();
  const scorer = await makeScorer(engine, spec, sets, request.seed, environment);
  const calibration = (await scorer.mse(sets.images, sets.split.calibration)).sort();
  const threshold =
    calibration.length > 0 ? conformalThreshold(calibration, request.falseAlarmRate).threshold : null;
  const goodScores = good ? await scorer.mse(good, everyImage(good)) : null;
  const badResults = await scoreBad(bad, good, goodScores, threshold, scorer);
  const result: EvaluateResult = {
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
    seconds: { load, train, score: clock() - scoreStart },
    loss: {
      train: state.history.map((record) => record.train),
      validation: state.history.map((record) => record.validation),
    },
    baseline: baselineOf(state, scorer.pca, sets),
    denoise: await measureDenoising(engine, spec.latent, request, sets, good, environment),
    threshold,
    falsePositiveRate: goodScores && threshold !== null ? shareAbove(goodScores, threshold) : null,
    notebookRule: notebookRule(state, settings),
    bad: badResults,
  };
  engine.dispose();
  return result;
}
