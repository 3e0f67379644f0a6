/** What a job trains on: packed images with their classes, cut into disjoint sets. */
import type { SkippedFile } from '../../shared/dataset.ts';
import { imagesOf } from '../data/split.ts';
import type { Pixels } from './batches.ts';

export interface TrainingImages extends Pixels {
  /** I32 `[N]`: class of each image, −1 where it has none. */
  readonly labels: Int32Array;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  /** Hash over paths and pixels. */
  readonly fingerprint: string;
}

/** Image numbers of the disjoint sets, each ascending. */
export interface SplitIndices {
  readonly fit: Uint32Array;
  readonly validation: Uint32Array;
  readonly calibration: Uint32Array;
  /** Images of `test` folders: never used in training or calibration. */
  readonly test: Uint32Array;
}

export interface LoadedData {
  readonly images: TrainingImages;
  readonly split: SplitIndices;
}

/** @param assigned U8 `[N]`: the role of each image, as `assignSplit` answers */
export const splitIndices = (assigned: Uint8Array): SplitIndices => ({
  fit: imagesOf(assigned, 'fit'),
  validation: imagesOf(assigned, 'validation'),
  calibration: imagesOf(assigned, 'calibration'),
  test: imagesOf(assigned, 'test'),
});
