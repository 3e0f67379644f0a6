/** A model's facts as sentences, the same on every page. */
import type { SplitCounts } from '../../shared/dataset.ts';
import type { EngineCard, ModelCard, TrainingProgress } from '../../shared/model-card.ts';
import {
  describeShape,
  type Corruption,
  type FitMode,
  type ModelSpec,
  type Recipe,
} from '../../shared/model-spec.ts';
import type { JobPhase } from '../../shared/protocol/engine.ts';
import { smallestRate } from '../../shared/verdict.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { formatPercent } from './format.ts';

export const recipeNames: Readonly<Record<Recipe, string>> = {
  detector: 'Detect anomalies',
  notebook: 'Notebook (MNIST)',
};

export const fitNames: Readonly<Record<FitMode, string>> = {
  contain: 'Contain',
  cover: 'Cover',
  stretch: 'Stretch',
};

export const fitWords: Readonly<Record<FitMode, string>> = {
  contain: 'The whole image, padded in its border’s colour.',
  cover: 'The frame filled; what sticks out is cut off.',
  stretch: 'The frame filled; proportions are given up.',
};

export const phaseNames: Readonly<Record<JobPhase, string>> = {
  reading: 'Reading images',
  training: 'Training',
  calibrating: 'Calibrating',
  saving: 'Saving',
};

/** What `done` and `total` count in each phase. */
export const phaseUnits: Readonly<Record<JobPhase, string>> = {
  reading: 'files',
  training: 'batches',
  calibrating: 'images',
  saving: '',
};

export const engineNames: Readonly<Record<EngineCard['kind'], string>> = { wasm: 'WASM', webgpu: 'WebGPU' };

/** `WebGPU on nvidia ampere`, `WASM`. */
export const engineTitle = ({ kind, adapter }: EngineCard): string =>
  adapter === undefined || adapter === '' ? engineNames[kind] : `${engineNames[kind]} on ${adapter}`;

/**
 * Said before training when the calibration set is too small for the asked rate; null otherwise.
 * @param counted the share of the images that a promise can count, as near-duplicates count once; 1 while it is not known
 */
export function rateWarning(calibrationImages: number, rate: number, counted = 1): string | null {
  if (calibrationImages === 0) return 'No image is left for calibration, so the model could give no verdict.';
  const count = Math.max(1, Math.round(calibrationImages * counted));
  const smallest = smallestRate(count);
  if (smallest <= rate) return null;
  const isFewer = count < calibrationImages;
  return (
    `With ${countOf(calibrationImages, 'calibration image')}` +
    `${isFewer ? `, which count as about ${formatCount(count)} (near-duplicates count once),` : ''} the lowest ` +
    `false-alarm rate that can be promised is ${isFewer ? 'about ' : ''}${formatPercent(smallest)}, not ` +
    `${formatPercent(rate)}. More images${isFewer ? ' that differ' : ''} make it lower.`
  );
}

/** `Gaussian noise 0.2 and 1 erased rectangle`, `none`. */
export function corruptionWords({ noise, erase }: Corruption): string {
  const parts: string[] = [];
  if (noise > 0) parts.push(`Gaussian noise σ = ${noise}`);
  if (erase > 0) parts.push(countOf(erase, 'erased rectangle'));
  return parts.length === 0 ? 'none' : parts.join(' and ');
}

const variantWords: Readonly<Record<ModelSpec['variant'], string>> = {
  plain: 'Convolutional autoencoder',
  linear: 'Linear autoencoder',
  variational: 'Variational autoencoder',
};

export const variantNames: Readonly<Record<ModelSpec['variant'], string>> = {
  plain: 'Plain',
  linear: 'Linear',
  variational: 'Variational',
};

export const variantHelp: Readonly<Record<ModelSpec['variant'], string>> = {
  plain: 'Convolutions with activations: the sharpest reconstructions.',
  linear: 'No activations: about as good as principal components.',
  variational: 'Latents drawn to the normal distribution, so that new images can be sampled.',
};

/** `Convolutional autoencoder: 28 × 28 gray (784 numbers) through a latent of 20 and back`. */
export const specWords = (spec: ModelSpec): string =>
  `${variantWords[spec.variant]}: ${describeShape(spec)} (${countOf(spec.height * spec.width * spec.channels, 'number')}) ` +
  `through a latent of ${formatCount(spec.latent)} and back.`;

/** Rows of a split: what each set is for. */
export const splitRows = (split: SplitCounts): readonly { name: string; count: number; use: string }[] => [
  { name: 'Fit', count: split.fit, use: 'trains the weights' },
  { name: 'Validation', count: split.validation, use: 'watches the loss on unseen images' },
  { name: 'Calibration', count: split.calibration, use: 'sets the threshold, and nothing else' },
  { name: 'Test', count: split.test, use: 'left untouched' },
];

/** `finished after 20 epochs`, `stopped in epoch 7 of 20`. */
export function progressWords(progress: TrainingProgress, epochs: number): string {
  if (progress.state === 'finished') return `Finished after ${countOf(progress.epoch, 'epoch')}`;
  const where =
    progress.step === 0
      ? `after epoch ${formatCount(progress.epoch)} of ${formatCount(epochs)}`
      : `in epoch ${formatCount(progress.epoch + 1)} of ${formatCount(epochs)}`;
  return progress.state === 'stopped' ? `Stopped ${where}` : `Not finished: last saved ${where}`;
}

/** Whether training can go on from here. */
export const isUnfinished = (card: ModelCard): boolean => card.progress.state !== 'finished';
