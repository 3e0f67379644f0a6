/** What a job trains on: packed images with their classes, cut into disjoint sets. */
import { findNearDuplicates, type NearDuplicates } from '../data/near-duplicates/clusters.ts';
import { grayPictures } from '../data/near-duplicates/pictures.ts';
import type { PackedImages } from '../data/packed-images.ts';
import { assignSplit, imagesOf, type SplitOptions } from '../data/split.ts';

/** Image numbers of the disjoint sets, each ascending. */
export interface SplitIndices {
  readonly fit: Uint32Array;
  readonly validation: Uint32Array;
  readonly calibration: Uint32Array;
  /** Images of `test` folders: never used in training or calibration. */
  readonly test: Uint32Array;
}

export interface LoadedData {
  readonly images: PackedImages;
  readonly split: SplitIndices;
  /** Clusters of near-duplicates that the split respects; absent where none were looked for. */
  readonly duplicates?: NearDuplicates;
}

/**
 * Cuts images into their sets.
 * @param group clusters that stay on one side, −1 for an image on its own
 * @throws LensError `too-few-images`
 */
export function splitImages(
  { labels, wanted }: Pick<PackedImages, 'labels' | 'wanted'>,
  seed: number,
  options?: SplitOptions,
  group?: Int32Array,
): SplitIndices {
  const assigned = assignSplit({ labels, wanted, seed, ...(group ? { group } : {}) }, options);
  return {
    fit: imagesOf(assigned, 'fit'),
    validation: imagesOf(assigned, 'validation'),
    calibration: imagesOf(assigned, 'calibration'),
    test: imagesOf(assigned, 'test'),
  };
}

/** Near-duplicates among images, by their pixels and, where each has a file of its own, by their names. */
export function duplicatesOf(images: PackedImages, breathe: () => Promise<void>): Promise<NearDuplicates> {
  const named = images.paths.length === images.count;
  const names = named ? Array.from(images.files, (file) => images.paths[file] ?? '') : null;
  return findNearDuplicates(grayPictures(images), names, breathe);
}

/** Clusters near-duplicates, then cuts the images into their sets. @throws LensError `too-few-images` */
export async function splitByClusters(
  images: PackedImages,
  seed: number,
  breathe: () => Promise<void>,
): Promise<LoadedData> {
  const duplicates = await duplicatesOf(images, breathe);
  return { images, split: splitImages(images, seed, {}, duplicates.group), duplicates };
}
