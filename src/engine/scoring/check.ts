/** Checks one image against a calibrated model: decode, fit, reconstruct, score, judge. */
import { LensError } from '../../shared/errors.ts';
import type { Calibration, ChannelCard } from '../../shared/model-card.ts';
import { tensorNames, type ModelFile } from '../../shared/model-file.ts';
import type { ChannelReading, CheckResult, HeatMap } from '../../shared/protocol/forward.ts';
import { conformalThreshold, judge, type Verdict } from '../../shared/verdict.ts';
import type { Engine } from '../backends/engine.ts';
import { fit, type FitTarget } from '../data/fit.ts';
import { planeTarget } from '../data/gray-planes.ts';
import type { RgbaImage } from '../data/image.ts';
import { gather, imageSize } from '../training/batches.ts';
import { toBytes } from '../training/examples.ts';
import { spread } from './heat.ts';
import { pcaScores, type PcaModel } from './pca.ts';
import { readImage, type Reading } from './readings.ts';
import type { ScoreModel } from './score-model.ts';
import { readPcaModel, readScoreModel } from './score-tensors.ts';
import { shareOfSum, standardScore } from './standardise.ts';

/** F64 scores under a name; empty where there are none. */
function scoresOf({ tensors }: ModelFile, name: string): Float64Array {
  const scores = tensors.get(name)?.data;
  return scores instanceof Float64Array ? scores : new Float64Array(0);
}

/** Ascending calibration scores of a model. @throws LensError `model-not-calibrated` */
export function calibrationScores(file: ModelFile): Float64Array {
  const scores = scoresOf(file, tensorNames.calibrationScores);
  if (scores.length === 0) {
    throw new LensError(
      'model-not-calibrated',
      `The model “${file.card.name}” has no calibration yet, so no false-alarm rate is known. Resume its training, or train on more images.`,
    );
  }
  return scores;
}

/** What a model file holds for checks, read and validated once. */
export interface Checker {
  readonly scores: ScoreModel;
  readonly pca: PcaModel | null;
}

/** @throws LensError `invalid-model-file` */
export const readChecker = (file: ModelFile): Checker => ({
  scores: readScoreModel(file),
  pca: readPcaModel(file),
});

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

const cardOf = (calibration: Calibration | null, { name }: Reading): ChannelCard | undefined =>
  calibration?.channels?.find((channel) => channel.name === name);

/** Readings of calibrated channels, those of the sum first. */
function judgeChannels(readings: readonly Reading[], calibration: Calibration | null): ChannelReading[] {
  return readings
    .flatMap((reading): ChannelReading[] => {
      const card = cardOf(calibration, reading);
      if (!card) return [];
      const { name, score } = reading;
      return [
        {
          ...{ name, score, inSum: card.inSum },
          z: standardScore(score, card),
          threshold: standardScore(card.threshold, card),
          fired: score > card.threshold,
        },
      ];
    })
    .sort((a, b) => Number(b.inSum) - Number(a.inSum));
}

/**
 * The verdict's score. @throws LensError `invalid-model-file` where a channel that the calibration names is not in the file
 */
function verdictScore(readings: readonly Reading[], file: ModelFile): number {
  const { calibration, name } = file.card;
  const error = readings.find((reading) => reading.name === 'error')?.score ?? Number.NaN;
  if (calibration?.score !== 'combined') return error;
  let sum = 0;
  for (const channel of calibration.channels ?? []) {
    if (!channel.inSum) continue;
    const reading = readings.find((each) => each.name === channel.name);
    if (!reading) {
      throw new LensError(
        'invalid-model-file',
        `The model “${name}” is calibrated on a score (“${channel.name}”) whose tensors are not in the file. Train it again.`,
      );
    }
    sum += shareOfSum(reading.score, channel);
  }
  return sum;
}

/** The map of the channel that stands out most; of a model without channels, of the error. */
function heatOf(
  readings: readonly Reading[],
  channels: readonly ChannelReading[],
  calibration: Calibration | null,
  image: RgbaImage,
  view: FitTarget,
): HeatMap | null {
  const [loudest] = channels
    .filter(({ inSum }) => inSum)
    .sort((a, b) => b.z - b.threshold - (a.z - a.threshold));
  const reading = readings.find(({ name }) => name === (loudest?.name ?? 'error'));
  if (!reading) return null;
  return {
    channel: reading.name,
    values: spread(reading.name, reading.map(), image, view),
    threshold: cardOf(calibration, reading)?.heatThreshold ?? null,
  };
}

function besides(
  scores: { readonly error: number; readonly pca: number | null },
  file: ModelFile,
  rate: number,
): Pick<CheckResult, 'autoencoder' | 'pca'> {
  const verdict = (score: number, name: string): Verdict | null => {
    const sorted = scoresOf(file, name);
    return sorted.length === 0 ? null : judge(score, sorted, conformalThreshold(sorted, rate));
  };
  const combines = file.card.calibration?.score === 'combined';
  const pca = scores.pca === null ? null : verdict(scores.pca, tensorNames.calibrationPca);
  const components = file.card.calibration?.pca?.components;
  return {
    autoencoder: combines ? verdict(scores.error, tensorNames.calibrationErrors) : null,
    pca: pca && components !== undefined ? { components, verdict: pca } : null,
  };
}

/**
 * @param engine holds the model's parameters
 * @param checker what {@link readChecker} reads of `model`
 * @param onReadings sees the channels while their maps can still be had
 * @throws LensError `model-not-calibrated`, `invalid-model-file`
 */
export async function checkImage(
  engine: Engine,
  model: ModelFile,
  image: RgbaImage,
  falseAlarmRate: number,
  checker: Checker = readChecker(model),
  onReadings?: (readings: readonly Reading[], view: FitTarget) => void,
): Promise<Omit<CheckResult, 'milliseconds'>> {
  const { spec, preprocessing, calibration } = model.card;
  const sorted = calibrationScores(model);
  const { height, width, channels } = spec;
  const target: FitTarget = { height, width, channels, mode: preprocessing.fit };
  const view = fit(image, target);
  const shape = { height, width, channels };
  const pixels = { shape, count: 1, pixels: view };
  const input = new Float32Array(imageSize(pixels));
  gather(pixels, 0, input, 0);
  const { images, latents } = await engine.reconstruct(input, 1);
  const reconstruction = images.subarray(0, input.length);
  const readings = readImage(checker.scores, {
    ...{ shape, input, reconstruction, offset: 0 },
    plane: checker.scores.place ? fit(image, planeTarget) : undefined,
  });
  onReadings?.(readings, target);
  const score = verdictScore(readings, model);
  const judged = judgeChannels(readings, calibration);
  const [pca = null] = checker.pca ? pcaScores(checker.pca, pixels, Uint32Array.of(0)) : [];
  const error = readings.find(({ name }) => name === 'error')?.score ?? Number.NaN;
  return {
    height,
    width,
    channels,
    originalHeight: image.height,
    originalWidth: image.width,
    input: view,
    reconstruction: toBytes(reconstruction),
    difference: differenceMap(input, reconstruction, channels),
    latent: latents.slice(0, spec.latent),
    verdict: judge(score, sorted, conformalThreshold(sorted, falseAlarmRate)),
    calibrationScores: sorted,
    readings: judged,
    ...besides({ error, pca }, model, falseAlarmRate),
    heat: heatOf(readings, judged, calibration, image, target),
  };
}
