/** Trains a model for an evaluation, calibrates it as the product does, and scores sets with it. */
import type { ModelSpec, TrainingSettings } from '../../shared/model-spec.ts';
import type { Engine } from '../backends/engine.ts';
import type { PackedImages } from '../data/packed-images.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { initialParameters } from '../model/parameters.ts';
import { calibrate, type CalibrationResult } from '../training/calibrate.ts';
import type { ChosenEngine } from '../training/chosen-engine.ts';
import type { LoadedData } from '../training/loaded-data.ts';
import { freshState, type TrainingState } from '../training/state.ts';
import { runTraining, stepsPerEpoch } from '../training/trainer.ts';
import { combined, type ChannelScores } from './combination.ts';
import { fitPca, maxFitImages, pcaScores, type PcaModel } from './pca.ts';
import { fitScoreModel, type ScoreModel } from './score-model.ts';
import { scoreSet, type SetHooks } from './score-set.ts';

export interface ScorerEnvironment {
  readonly chooseEngine: (network: Network) => Promise<ChosenEngine>;
  readonly breathe: () => Promise<void>;
  readonly progress: (text: string, done: number, total: number) => void;
}

/** Scores of some images, F64 `[n]` each. */
export interface SetScores {
  /** By channel, the mean squared error among them. */
  readonly channels: ChannelScores;
  /** The verdict's. */
  readonly combined: Float64Array;
  readonly pca: Float64Array;
}

export interface TrainedScorer {
  readonly chosen: ChosenEngine;
  readonly engine: Engine;
  readonly state: TrainingState;
  readonly model: ScoreModel;
  readonly pca: PcaModel;
  readonly calibration: CalibrationResult;
  readonly seconds: { readonly train: number; readonly fit: number };
  readonly score: (
    images: PackedImages,
    indices: Uint32Array,
    onReadings?: SetHooks['onReadings'],
  ) => Promise<SetScores>;
}

const epochProgress = (state: TrainingState, settings: TrainingSettings): string => {
  const last = state.history.at(-1);
  const losses = last
    ? `, train ${last.train.toFixed(5)}, validation ${last.validation?.toFixed(5) ?? '–'}`
    : '';
  return `training: epoch ${Math.min(state.epoch + 1, settings.epochs)} of ${settings.epochs}${losses}`;
};

/** @throws what training throws; the engine is then disposed of */
export async function trainScorer(
  { images, split, duplicates }: LoadedData,
  spec: ModelSpec,
  settings: TrainingSettings,
  rate: number,
  { chooseEngine, breathe, progress }: ScorerEnvironment,
): Promise<TrainedScorer> {
  const clock = (): number => performance.now() / 1000;
  const network = buildNetwork(spec);
  const chosen = await chooseEngine(network);
  const { engine } = chosen;
  try {
    const trainStart = clock();
    const state = freshState();
    await engine.load(network, initialParameters(network, settings.seed));
    const steps = stepsPerEpoch(split.fit.length, settings.batchSize);
    const data = { images, fit: split.fit, validation: split.validation };
    await runTraining(engine, data, spec, settings, state, {
      breathe,
      shouldStop: () => false,
      onProgress: async () =>
        progress(epochProgress(state, settings), state.epoch * steps + state.step, steps * settings.epochs),
      onEpoch: async () => undefined,
    });
    const train = clock() - trainStart;
    const fitStart = clock();
    progress('channels and PCA baseline', 0, 1);
    const model = await fitScoreModel(images, split.fit, spec, settings.seed, breathe);
    // A linear model is to be compared with the components of all the images that it saw itself.
    const most = spec.variant === 'linear' ? split.fit.length : maxFitImages;
    const pca = await fitPca(images, split.fit, spec.latent, settings.seed, breathe, most);
    const calibration = await calibrate(
      engine,
      {
        ...{ images, calibration: split.calibration, group: duplicates?.group ?? null },
        ...{ model, pca, latent: spec.latent, rate, seed: settings.seed, when: '' },
      },
      breathe,
    );
    const score: TrainedScorer['score'] = async (set, indices, onReadings) => {
      const { scores } = await scoreSet(engine, model, set, indices, spec.latent, {
        breathe: async (done) => {
          progress('scoring', done, indices.length);
          await breathe();
        },
        ...(onReadings ? { onReadings } : {}),
      });
      return {
        channels: scores,
        combined: combined(calibration.combination, scores),
        pca: pcaScores(pca, set, indices),
      };
    };
    const seconds = { train, fit: clock() - fitStart };
    return { chosen, engine, state, model, pca, calibration, seconds, score };
  } catch (error) {
    engine.dispose();
    throw error;
  }
}
