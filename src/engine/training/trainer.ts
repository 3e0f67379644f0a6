/** The training loop: epochs of batches through an engine, validation after each. */
import { LensError } from '../../shared/errors.ts';
import { klWeightAt, type ModelSpec, type TrainingSettings } from '../../shared/model-spec.ts';
import type { Engine } from '../backends/engine.ts';
import { scoreImages } from '../scoring/reconstruction-error.ts';
import { mean } from '../scoring/statistics.ts';
import { BatchMaker, epochOrder, type Pixels } from './batches.ts';
import { createThrottle, RateMeter } from './pacing.ts';
import type { TrainingState } from './state.ts';

export interface TrainingData {
  readonly images: Pixels;
  /** Image numbers of the three disjoint sets. */
  readonly fit: Uint32Array;
  readonly validation: Uint32Array;
}

export interface TrainerHooks {
  /** Lets messages in; called about twenty times a second. */
  readonly breathe: () => Promise<void>;
  readonly shouldStop: () => boolean;
  /** After every breath. */
  readonly onProgress: (imagesPerSecond: number | null) => Promise<void>;
  /** After every complete epoch, when state and engine belong together. */
  readonly onEpoch: () => Promise<void>;
}

export const stepsPerEpoch = (images: number, batchSize: number): number => Math.ceil(images / batchSize);

/** The GPU runs behind the loop; this many steps at most before their losses are waited for. */
const stepsAhead = 20;
const breathMilliseconds = 50;

function requireFinite(losses: readonly number[], state: TrainingState): void {
  if (losses.every(Number.isFinite)) return;
  throw new LensError(
    'diverged',
    `The loss stopped being a number in epoch ${state.epoch + 1}. Try a lower learning rate; the last checkpoint is kept.`,
  );
}

/**
 * Trains from `state` on (fresh or from a checkpoint), which it keeps up to date.
 * The epoch's training loss is the mean of its batch losses; the validation loss is the mean over images.
 * @throws LensError `diverged`, `device-lost`, `engine-failed`, `out-of-memory`
 */
export async function runTraining(
  engine: Engine,
  data: TrainingData,
  spec: ModelSpec,
  settings: TrainingSettings,
  state: TrainingState,
  hooks: TrainerHooks,
): Promise<'finished' | 'stopped'> {
  const { batchSize, seed } = settings;
  const batches = new BatchMaker(data.images, spec, batchSize, seed);
  const steps = stepsPerEpoch(data.fit.length, batchSize);
  const meter = new RateMeter();
  const due = createThrottle(breathMilliseconds);
  let trained = 0;

  const takeLosses = async (): Promise<void> => {
    const losses = await engine.takeLosses();
    requireFinite(losses, state);
    state.runningLosses.push(...losses);
  };

  while (state.epoch < settings.epochs) {
    const started = performance.now();
    const order = epochOrder(data.fit, seed, state.epoch);
    const firstStep = state.step;
    let ahead = 0;
    while (state.step < steps) {
      const chosen = order.subarray(state.step * batchSize, (state.step + 1) * batchSize);
      const klWeight = klWeightAt(spec, settings, state.epoch);
      await engine.trainStep(batches.make(chosen, state.epoch, klWeight), settings);
      state.step++;
      ahead++;
      trained += chosen.length;
      if (ahead < stepsAhead && !due()) continue;
      ahead = 0;
      await takeLosses();
      meter.mark(trained);
      await hooks.onProgress(meter.perSecond);
      await hooks.breathe();
      if (hooks.shouldStop()) return 'stopped';
    }
    await takeLosses();
    const imagesTrained = Math.min(data.fit.length, (steps - firstStep) * batchSize);
    const seconds = (performance.now() - started) / 1000;
    const { scores } = await scoreImages(engine, data.images, data.validation, spec.latent, {
      breathe: hooks.breathe,
    });
    state.trainBatchLosses = Float64Array.from(state.runningLosses);
    state.validationScores = scores;
    state.epoch++;
    state.history = [
      ...state.history,
      {
        epoch: state.epoch,
        train: mean(state.trainBatchLosses),
        validation: scores.length > 0 ? mean(scores) : null,
        seconds,
        imagesPerSecond: imagesTrained / Math.max(seconds, 1e-9),
      },
    ];
    state.step = 0;
    state.runningLosses = [];
    await hooks.onEpoch();
    await hooks.onProgress(meter.perSecond);
    await hooks.breathe();
    if (hooks.shouldStop() && state.epoch < settings.epochs) return 'stopped';
  }
  return 'finished';
}
