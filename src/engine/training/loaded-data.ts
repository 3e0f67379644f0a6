/** What a job trains on: packed images with their classes, cut into disjoint sets. */
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
}

/** Cuts images into their sets. @throws LensError `too-few-images` */
export function splitImages(
  { labels, wanted }: Pick<PackedImages, 'labels' | 'wanted'>,
  seed: number,
  options?: SplitOptions,
): SplitIndices {
  const assigned = assignSplit({ labels, wanted, seed }, options);
  return {
    fit: imagesOf(assigned, 'fit'),
    validation: imagesOf(assigned, 'validation'),
    calibration: imagesOf(assigned, 'calibration'),
    test: imagesOf(assigned, 'test'),
  };
}
