/** What is measured of one trained model on good and bad images. */
import type { ProtocolRun } from '../../../shared/protocol/engine.ts';
import { planeSide, largePlane } from '../../data/gray-planes.ts';
import { everyImage, type PackedImages } from '../../data/packed-images.ts';
import { aurocs } from '../evaluate.ts';
import { spreadOverPlane } from '../heat.ts';
import { bootstrapAuroc } from '../metrics/bootstrap.ts';
import { averagePrecision, bestF1 } from '../metrics/curves.ts';
import { PixelEvaluation } from '../metrics/pixels.ts';
import type { Reading } from '../readings.ts';
import { auroc, shareAbove, truePositiveRate } from '../statistics.ts';
import type { SetScores, TrainedScorer } from '../trained-scorer.ts';

export type Measured = Pick<
  ProtocolRun,
  | 'auroc'
  | 'interval'
  | 'averagePrecision'
  | 'bestF1'
  | 'tprAt1Fpr'
  | 'falsePositiveRate'
  | 'caught'
  | 'perDefect'
  | 'pixels'
>;

/** The mask of an image of `bad`, U8 `[256, 256]` with 0 = good, or undefined. */
export type MaskOf = (image: number) => Uint8Array | undefined;

const resamples = 1000;

/** Adds the map of the worst place, spread over the plane, to an evaluation of pixels. */
const addPixels =
  (pixels: PixelEvaluation, maskOf: MaskOf) =>
  (readings: readonly Reading[], n: number): void => {
    const map = readings.find(({ name }) => name === 'place')?.map();
    if (map) pixels.add(spreadOverPlane(map, planeSide), planeSide, planeSide, maskOf(n));
  };

/** Masks by the paths of images, but for their ending. */
export function masksFor(bad: PackedImages, masks: PackedImages | null): MaskOf | null {
  const planes = masks?.planes;
  if (!masks || !planes) return null;
  const stem = (path: string): string => path.replace(/\.[^./]*$/, '');
  const byStem = new Map<string, Uint8Array>();
  for (let n = 0; n < masks.count; n++) {
    const plane = largePlane(planes, n);
    const path = masks.paths[masks.files[n] ?? -1] ?? '';
    if (plane)
      byStem.set(
        stem(path),
        plane.map((value) => Number(value > 127)),
      );
  }
  return (image) => byStem.get(stem(bad.paths[bad.files[image] ?? -1] ?? ''));
}

function perDefect(bad: PackedImages, good: SetScores, scores: SetScores): Measured['perDefect'] {
  if (bad.classes.length < 2) return [];
  return bad.classes.flatMap(({ name }, label) => {
    const own = scores.combined.filter((_, n) => bad.labels[n] === label);
    return own.length === 0 ? [] : [{ name, count: own.length, auroc: auroc(good.combined, own) }];
  });
}

/** @param bad null where there are no anomalous images */
export async function measure(
  { score, calibration }: Pick<TrainedScorer, 'score' | 'calibration'>,
  good: PackedImages,
  bad: PackedImages | null,
  masks: PackedImages | null,
  seed: number,
): Promise<Measured> {
  const threshold = calibration.card?.threshold ?? Number.POSITIVE_INFINITY;
  const maskOf = bad && masksFor(bad, masks);
  const pixels = new PixelEvaluation();
  const goodScores = await score(
    good,
    everyImage(good),
    maskOf ? addPixels(pixels, () => undefined) : undefined,
  );
  const falsePositiveRate = shareAbove(goodScores.combined, threshold);
  if (!bad || bad.count === 0) {
    return {
      ...{ auroc: {}, interval: null, averagePrecision: null, bestF1: null, tprAt1Fpr: null },
      ...{ falsePositiveRate, caught: null, perDefect: [], pixels: null },
    };
  }
  const badScores = await score(bad, everyImage(bad), maskOf ? addPixels(pixels, maskOf) : undefined);
  const [pixelArea, pro] = [pixels.auroc(), pixels.aupro()];
  return {
    auroc: { ...aurocs(goodScores, badScores), pca: auroc(goodScores.pca, badScores.pca) },
    interval: bootstrapAuroc(goodScores.combined, badScores.combined, seed, resamples),
    averagePrecision: averagePrecision(goodScores.combined, badScores.combined),
    bestF1: bestF1(goodScores.combined, badScores.combined).f1,
    tprAt1Fpr: truePositiveRate(goodScores.combined, badScores.combined, 0.01),
    falsePositiveRate,
    caught: shareAbove(badScores.combined, threshold),
    perDefect: perDefect(bad, goodScores, badScores),
    pixels: pixelArea === null || pro === null ? null : { auroc: pixelArea, aupro: pro },
  };
}
