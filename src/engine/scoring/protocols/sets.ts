/** Which images of a labelled data set are trained on and which tested, for each run of a protocol. */
import { keyedRandom, permutation, streams } from '../../../shared/random.ts';
import { imageSize } from '../../training/batches.ts';
import type { PackedImages } from '../../data/packed-images.ts';
import { splitCode } from '../../data/split.ts';

const trainShare = 0.7;

/** Some images of a data set as one of their own, all free to be split. */
export function subset(images: PackedImages, indices: Uint32Array): PackedImages {
  const size = images.shape.height * images.shape.width * images.shape.channels;
  const pixels = new Uint8Array(indices.length * size);
  indices.forEach((image, n) =>
    pixels.set(images.pixels.subarray(image * size, (image + 1) * size), n * size),
  );
  const { planes } = images;
  const small = planes && 64 * 64;
  return {
    ...images,
    count: indices.length,
    pixels,
    labels: Int32Array.from(indices, (image) => images.labels[image] ?? -1),
    wanted: new Int8Array(indices.length).fill(-1),
    files: Int32Array.from(indices, (image) => images.files[image] ?? 0),
    positions: Int32Array.from(indices, (image) => images.positions[image] ?? 0),
    fingerprint: `${images.fingerprint}/${indices.length}`,
    ...(planes && small
      ? {
          planes: {
            small: concat(
              indices,
              (image) => planes.small.subarray(image * small, (image + 1) * small),
              small,
            ),
            large: planes.large,
            largeOf: Int32Array.from(indices, (image) => planes.largeOf[image] ?? -1),
          },
        }
      : {}),
  };
}

function concat(indices: Uint32Array, of: (image: number) => Uint8Array, size: number): Uint8Array {
  const all = new Uint8Array(indices.length * size);
  indices.forEach((image, n) => all.set(of(image), n * size));
  return all;
}

/** Clusters of a subset, numbered as in the whole. */
export const subgroup = (group: Int32Array, indices: Uint32Array): Int32Array =>
  Int32Array.from(indices, (image) => group[image] ?? -1);

export interface TrainTest {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** 70 % of the images to train on, by seed; clusters stay on one side. Both ascending. */
export function cutByClusters(indices: Uint32Array, group: Int32Array, seed: number): TrainTest {
  const units = new Map<number, number[]>();
  for (const image of indices) {
    const cluster = group[image] ?? -1;
    const key = cluster < 0 ? -1 - image : cluster;
    const known = units.get(key);
    if (known) known.push(image);
    else units.set(key, [image]);
  }
  const list = [...units.values()];
  const order = permutation(keyedRandom(seed, streams.split, list.length), list.length);
  const wanted = Math.round(trainShare * indices.length);
  const train: number[] = [];
  const test: number[] = [];
  for (const at of order) {
    const unit = list[at] ?? [];
    (train.length + unit.length <= wanted ? train : test).push(...unit);
  }
  return { train: Uint32Array.from(train).sort(), test: Uint32Array.from(test).sort() };
}

/** The images that folders or IDX files ask to be tested; without any, each class is cut 70/30. */
export function trainAndTest(images: PackedImages, group: Int32Array, seed: number): TrainTest {
  const all = Uint32Array.from({ length: images.count }, (_, i) => i);
  const test = all.filter((image) => images.wanted[image] === splitCode('test'));
  if (test.length > 0)
    return { train: all.filter((image) => images.wanted[image] !== splitCode('test')), test };
  const cuts = images.classes.map((_, label) =>
    cutByClusters(
      all.filter((image) => images.labels[image] === label),
      group,
      seed,
    ),
  );
  const join = (key: keyof TrainTest): Uint32Array =>
    Uint32Array.from(cuts.flatMap((cut) => [...cut[key]])).sort();
  return { train: join('train'), test: join('test') };
}

/** Images turned by 90° clockwise; square ones only. */
export function rotated(images: PackedImages): PackedImages {
  const { height: side, channels } = images.shape;
  const size = imageSize(images);
  const pixels = new Uint8Array(images.pixels.length);
  for (let n = 0; n < images.count; n++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const from = n * size + ((side - 1 - x) * side + y) * channels;
        const to = n * size + (y * side + x) * channels;
        for (let c = 0; c < channels; c++) pixels[to + c] = images.pixels[from + c] as number;
      }
    }
  }
  return { ...images, pixels };
}

/** How clusters agree with given groups: over all pairs of images. */
export function pairAgreement(
  group: Int32Array,
  given: readonly (string | undefined)[],
): { readonly recall: number; readonly precision: number } {
  let [together, ours, both] = [0, 0, 0];
  for (let i = 0; i < group.length; i++) {
    for (let j = 0; j < i; j++) {
      const same = given[i] !== undefined && given[i] === given[j];
      const joined = (group[i] ?? -1) >= 0 && group[i] === group[j];
      if (same) together++;
      if (joined) ours++;
      if (same && joined) both++;
    }
  }
  return { recall: together === 0 ? 1 : both / together, precision: ours === 0 ? 1 : both / ours };
}
