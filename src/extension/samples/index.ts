/** The two sample data sets that Latent Lens can draw: what is in them, and their images one by one. */
import { drawDigit, DIGIT_SIDE } from './digits.ts';
import type { DefectType } from './defects.ts';
import type { SampleName } from './names.ts';
import { drawPart, PART_SIDE } from './parts.ts';
import { SampleRandom } from './random.ts';

export { samplesDigest } from './digest.ts';
export type { SampleName } from './names.ts';
export { encodeGrayPng } from './png.ts';

/** A folder of sample images of one kind. */
export interface SampleGroup {
  /** Path of the folder with `/` between names, such as `parts/test/good`. */
  readonly folder: string;
  readonly count: number;
  /** Whether these images are unlike the ones to train on. */
  readonly anomalous: boolean;
  /** The gray bytes [height, width] of image `index`, row-major; independent of every other image. */
  readonly draw: (seed: number, index: number) => Uint8Array;
}

/** A data set that the generator can draw. */
export interface SampleDataset {
  readonly name: SampleName;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly groups: readonly SampleGroup[];
}

/** One image of a data set: its path with `/` between names, and its gray bytes [height, width], row-major. */
export interface SampleImage {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The seed of the published sample images. */
export const defaultSampleSeed = 1;

type Draw = (random: SampleRandom, index: number) => Uint8Array;

function group(folder: string, count: number, anomalous: boolean, draw: Draw): SampleGroup {
  return {
    folder,
    count,
    anomalous,
    // The folder is part of the key, so no image of one split can be drawn again in another.
    draw: (seed, index) => draw(new SampleRandom(seed, folder, index), index),
  };
}

const DIGIT_ANOMALIES = ['rotated', 'letters', 'scribbles', 'broken'] as const;
const PART_ANOMALIES: readonly DefectType[] = ['scratches', 'chips', 'stains', 'missing-hole'];

/** The sample data sets, in the order in which their images are drawn. */
export const sampleDatasets: readonly SampleDataset[] = [
  {
    name: 'digits',
    title: 'Handwritten digits',
    width: DIGIT_SIDE,
    height: DIGIT_SIDE,
    groups: [
      ...Array.from({ length: 10 }, (_, digit) =>
        group(`digits/train/${digit}`, 200, false, (random) => drawDigit({ type: 'digit', digit }, random)),
      ),
      group('digits/test/good', 400, false, (random, index) =>
        drawDigit({ type: 'digit', digit: index % 10 }, random),
      ),
      ...DIGIT_ANOMALIES.map((type) =>
        group(`digits/test/${type}`, 25, true, (random) => drawDigit({ type }, random)),
      ),
    ],
  },
  {
    name: 'parts',
    title: 'Machined parts',
    width: PART_SIDE,
    height: PART_SIDE,
    groups: [
      group('parts/train/good', 600, false, (random) => drawPart('good', random)),
      group('parts/test/good', 200, false, (random) => drawPart('good', random)),
      ...PART_ANOMALIES.map((type) =>
        group(`parts/test/${type}`, 25, true, (random) => drawPart(type, random)),
      ),
    ],
  },
];

/** How many images a data set holds. */
export function sampleCount(dataset: SampleDataset): number {
  return dataset.groups.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Draws all sample images, one whenever the caller asks for the next.
 * @param seed a 32-bit integer
 * @param datasets which sets to draw; all where left out
 */
export function* sampleImages(
  seed: number = defaultSampleSeed,
  datasets: readonly SampleDataset[] = sampleDatasets,
): Generator<SampleImage, void, undefined> {
  for (const { width, height, groups } of datasets) {
    for (const { folder, count, draw } of groups) {
      for (let index = 0; index < count; index++) {
        const path = `${folder}/${String(index).padStart(3, '0')}.png`;
        yield { path, width, height, pixels: draw(seed, index) };
      }
    }
  }
}
