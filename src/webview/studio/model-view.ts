/** What the Studio shows of a model file: card, examples, scores, losses, points. */
import { readPoints, type MapPoints } from '../../shared/map-points.ts';
import type { ModelCard } from '../../shared/model-card.ts';
import { readModelFile, tensorNames } from '../../shared/model-file.ts';
import type { Examples } from '../../shared/protocol/engine.ts';
import type { Tensor } from '../../shared/safetensors.ts';

export interface ModelView {
  /** The whole file, for the worker that loads it. */
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
  readonly examples: Examples | null;
  /** Reconstructions of the examples by epoch, ascending. */
  readonly reconstructions: readonly { readonly epoch: number; readonly images: Uint8Array }[];
  /** Of the calibration images, ascending each: as of the verdict, and their mean squared errors. */
  readonly calibrationScores: Float64Array;
  readonly calibrationErrors: Float64Array;
  /** Mean squared errors of the validation images; empty where the file has none. */
  readonly validationScores: Float64Array;
  /** Batch losses of the last complete epoch. */
  readonly trainBatchLosses: Float64Array;
  readonly validationBatchLosses: Float64Array;
  readonly points: MapPoints | null;
}

const bytesOf = (tensor: Tensor | undefined): Uint8Array | null =>
  tensor?.data instanceof Uint8Array ? tensor.data : null;
const integersOf = (tensor: Tensor | undefined): Int32Array =>
  tensor?.data instanceof Int32Array ? tensor.data : new Int32Array();
const doublesOf = (tensor: Tensor | undefined): Float64Array =>
  tensor?.data instanceof Float64Array ? tensor.data : new Float64Array();

/**
 * @param bytes a whole model file
 * @throws LensError `invalid-model-file`
 */
export function readModelView(bytes: Uint8Array): ModelView {
  const file = readModelFile(bytes);
  const { card, tensors } = file;
  const { height, width, channels } = card.spec;
  const inputs = bytesOf(tensors.get(tensorNames.exampleInputs));
  const pixels = height * width * channels;
  // Examples are a convenience: where they do not fit the card, the model is shown without them.
  const count = inputs !== null && inputs.length % pixels === 0 ? inputs.length / pixels : 0;
  const examples: Examples | null =
    inputs === null || count === 0
      ? null
      : {
          height,
          width,
          channels,
          count,
          inputs,
          labels: integersOf(tensors.get(tensorNames.exampleLabels)),
        };
  const epochs = integersOf(tensors.get(tensorNames.exampleEpochs));
  const all = bytesOf(tensors.get(tensorNames.exampleReconstructions));
  const size = count * pixels;
  const reconstructions: { epoch: number; images: Uint8Array }[] = [];
  if (all !== null && examples !== null && all.length === epochs.length * size) {
    epochs.forEach((epoch, index) => {
      reconstructions.push({ epoch, images: all.subarray(index * size, (index + 1) * size) });
    });
  }
  const doubles = (name: string): Float64Array => doublesOf(tensors.get(name));
  return {
    bytes,
    card,
    examples,
    reconstructions,
    calibrationScores: doubles(tensorNames.calibrationScores),
    calibrationErrors: doubles(tensorNames.calibrationErrors),
    validationScores: doubles(tensorNames.validationScores),
    trainBatchLosses: doubles(tensorNames.trainBatchLosses),
    validationBatchLosses: doubles(tensorNames.validationBatchLosses),
    points: readPoints(file),
  };
}
