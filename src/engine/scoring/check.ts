/** Checks one image against a calibrated model: decode, fit, reconstruct, score, judge. */
import { LensError } from '../../shared/errors.ts';
import { tensorNames, type ModelFile } from '../../shared/model-file.ts';
import type { CheckResult } from '../../shared/protocol/forward.ts';
import { conformalThreshold, judge } from '../../shared/verdict.ts';
import type { Engine } from '../backends/engine.ts';
import type { RgbaImage } from '../data/image.ts';
import { fit } from '../data/fit.ts';
import { gather, imageSize } from '../training/batches.ts';
import { toBytes } from '../training/examples.ts';
import { meanSquaredErrors } from './reconstruction-error.ts';

/** Ascending calibration scores of a model. @throws LensError `model-not-calibrated` */
export function calibrationScores({ card, tensors }: ModelFile): Float64Array {
  const scores = tensors.get(tensorNames.calibrationScores)?.data;
  if (!(scores instanceof Float64Array) || scores.length === 0) {
    throw new LensError(
      'model-not-calibrated',
      `The model “${card.name}” has no calibration yet, so no false-alarm rate is known. Resume its training, or train on more images.`,
    );
  }
  return scores;
}

/** Reconstruction − input, mean over channels: F32 `[H, W]` in −1…1. */
function differenceMap(input: Float32Array, reconstruction: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: input.length / channels }, (_, pixel) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const i = pixel * channels + c;
      sum += (reconstruction[i] ?? 0) - (input[i] ?? 0);
    }
    return sum / channels;
  });
}

/**
 * @param engine holds the model's parameters
 * @throws LensError `model-not-calibrated`
 */
export async function checkImage(
  engine: Engine,
  model: ModelFile,
  image: RgbaImage,
  falseAlarmRate: number,
): Promise<Omit<CheckResult, 'milliseconds'>> {
  const { spec, preprocessing } = model.card;
  const sorted = calibrationScores(model);
  const { height, width, channels } = spec;
  const view = fit(image, { height, width, channels, mode: preprocessing.fit });
  const pixels = { shape: { height, width, channels }, count: 1, pixels: view };
  const input = new Float32Array(imageSize(pixels));
  gather(pixels, 0, input, 0);
  const { images: reconstruction } = await engine.reconstruct(input, 1);
  const [score = Number.NaN] = meanSquaredErrors(input, reconstruction, 1, input.length);
  return {
    height,
    width,
    channels,
    originalHeight: image.height,
    originalWidth: image.width,
    input: view,
    reconstruction: toBytes(reconstruction.subarray(0, input.length)),
    difference: differenceMap(input, reconstruction, channels),
    verdict: judge(score, sorted, conformalThreshold(sorted, falseAlarmRate)),
    calibrationScores: sorted,
  };
}
