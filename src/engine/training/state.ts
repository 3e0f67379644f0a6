/** Where a training stands, beside the engine's own parameters and Adam state. */
import type { EpochRecord } from '../../shared/model-card.ts';
import { tensorNames, type ModelFile } from '../../shared/model-file.ts';
import type { Tensor } from '../../shared/safetensors.ts';
import { tensor } from '../model/model-tensors.ts';
import { isKeptEpoch } from './examples.ts';

export interface TrainingState {
  /** Complete epochs. */
  epoch: number;
  /** Batches done of the running epoch. */
  step: number;
  /** Losses of those batches. */
  runningLosses: number[];
  history: EpochRecord[];
  /** Batch losses of the last complete epoch; empty before the first. */
  trainBatchLosses: Float64Array;
  /** Mean squared error of each validation image after the last complete epoch. */
  validationScores: Float64Array;
  /** Reconstructions of the examples after some epochs (0 = untrained), U8 `[8, H, W, C]` each. */
  snapshots: readonly ExamplePicture[];
}

export interface ExamplePicture {
  /** Complete epochs, 0 = untrained. */
  readonly epoch: number;
  readonly images: Uint8Array;
}

/** The pictures with one more, unless the last is of that epoch already. */
export const withPicture = (
  pictures: readonly ExamplePicture[],
  picture: ExamplePicture | undefined,
): readonly ExamplePicture[] =>
  picture === undefined || pictures.at(-1)?.epoch === picture.epoch ? pictures : [...pictures, picture];

export const freshState = (): TrainingState => ({
  epoch: 0,
  step: 0,
  runningLosses: [],
  history: [],
  trainBatchLosses: new Float64Array(0),
  validationScores: new Float64Array(0),
  snapshots: [],
});

/** A copy that later steps do not change. */
export const copyState = (state: TrainingState): TrainingState => ({
  ...state,
  runningLosses: [...state.runningLosses],
  history: [...state.history],
  snapshots: [...state.snapshots],
});

export function stateTensors(state: TrainingState, exampleShape: readonly number[]): [string, Tensor][] {
  const { snapshots } = state;
  const size = exampleShape.reduce((a, b) => a * b, 1);
  const images = new Uint8Array(size * snapshots.length);
  snapshots.forEach((snapshot, i) => images.set(snapshot.images, i * size));
  return [
    [tensorNames.runningLosses, tensor([state.runningLosses.length], Float64Array.from(state.runningLosses))],
    [tensorNames.trainBatchLosses, tensor([state.trainBatchLosses.length], state.trainBatchLosses)],
    [tensorNames.validationScores, tensor([state.validationScores.length], state.validationScores)],
    [
      tensorNames.exampleEpochs,
      tensor(
        [snapshots.length],
        Int32Array.from(snapshots, (s) => s.epoch),
      ),
    ],
    [tensorNames.exampleReconstructions, tensor([snapshots.length, ...exampleShape], images)],
  ];
}

const doubles = (file: ModelFile, name: string): Float64Array => {
  const data = file.tensors.get(name)?.data;
  return data instanceof Float64Array ? data : new Float64Array(0);
};

/** The state that a checkpoint holds. */
export function stateFrom({ card, tensors }: ModelFile): TrainingState {
  const file = { card, tensors };
  const running = doubles(file, tensorNames.runningLosses);
  const epochs = tensors.get(tensorNames.exampleEpochs)?.data ?? new Int32Array(0);
  const pictures = tensors.get(tensorNames.exampleReconstructions)?.data;
  const size = pictures && epochs.length > 0 ? pictures.length / epochs.length : 0;
  // A cursor is only worth as much as the losses that belong to it.
  const consistent = running.length === card.progress.step;
  return {
    epoch: card.progress.epoch,
    step: consistent ? card.progress.step : 0,
    runningLosses: consistent ? [...running] : [],
    history: card.history,
    trainBatchLosses: doubles(file, tensorNames.trainBatchLosses),
    validationScores: doubles(file, tensorNames.validationScores),
    // A stop adds a picture of where it left off; going on keeps those of the kept epochs alone.
    snapshots: Array.from(epochs, (epoch, i) => ({
      epoch,
      images: pictures instanceof Uint8Array ? pictures.slice(i * size, (i + 1) * size) : new Uint8Array(0),
    })).filter(({ epoch }) => isKeptEpoch(epoch, card.training.epochs)),
  };
}
