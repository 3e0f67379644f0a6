/** What the Studio shows of a model file: card, examples, calibration scores. */
import type { ModelCard } from '../../shared/model-card.ts';
import { readModelFile, tensorNames } from '../../shared/model-file.ts';
import type { Examples } from '../../shared/protocol/engine.ts';
import type { Tensor } from '../../shared/safetensors.ts';

export interface ModelView {
  readonly card: ModelCard;
  readonly examples: Examples | null;
  /** Reconstructions of the examples by epoch, ascending. */
  readonly reconstructions: readonly { readonly epoch: number; readonly images: Uint8Array }[];
  /** Ascending. */
  readonly calibrationScores: Float64Array;
}

const bytesOf = (tensor: Tensor | undefined): Uint8Array | null =>
  tensor?.data instanceof Uint8Array ? tensor.data : null;
const integersOf = (tensor: Tensor | undefined): Int32Array =>
  tensor?.data instanceof Int32Array ? tensor.data : new Int32Array();

/**
 * @param bytes a whole model file
 * @throws LensError `invalid-model-file`
 */
export function readModelView(bytes: Uint8Array): ModelView {
  const { card, tensors } = readModelFile(bytes);
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
  const scores = tensors.get(tensorNames.calibrationScores)?.data;
  return {
    card,
    examples,
    reconstructions,
    calibrationScores: scores instanceof Float64Array ? scores : new Float64Array(),
  };
}
