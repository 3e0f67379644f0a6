/** What an evaluation on labelled images is made of: lists of files, scores, and what is measured of them. */
import type { SkippedFile } from '../dataset.ts';

/** Defects that are drawn into good images where there are no bad ones. */
export const syntheticKinds = ['square', 'scratch', 'blob', 'rotation'] as const;
export type SyntheticKind = (typeof syntheticKinds)[number];

/** Where images for an evaluation come from; a `folder` whose URI is not known is asked for. */
export type EvaluationRequest =
  | { readonly from: 'folder'; readonly uri: string | null; readonly title: string; readonly model: string }
  /** Images of the model's own data set, by their paths in it. */
  | { readonly from: 'model'; readonly paths: readonly string[]; readonly model: string };

/** Files that the host found and hands out to pulls, by their place in `paths`. */
export interface EvaluationFolder {
  /** Names the files in `PackRequest`s of this session. */
  readonly source: string;
  /** What the paths are relative to, as a URI string, and as it is shown. */
  readonly root: string;
  readonly name: string;
  /** Images, and masks below `ground_truth`. */
  readonly paths: readonly string[];
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  readonly cut: { readonly found: number; readonly limit: number } | null;
  /** Where the data set of the model lies, as a URI string; null where that is not known. */
  readonly dataset: string | null;
}

/** Scores of some images, F64 `[n]` each, in one order. */
export interface ScoreColumns {
  /** The verdict's. */
  readonly score: Float64Array;
  /** The mean squared error alone; null where it is the verdict's score itself. */
  readonly autoencoder: Float64Array | null;
  /** The error of as many principal components; null where the model has none. */
  readonly pca: Float64Array | null;
}

export interface MeasureRequest {
  readonly good: ScoreColumns;
  readonly bad: ScoreColumns;
  /** I32 `[n]` for the bad images: which kind of defect, 0 … `kindCount` − 1. */
  readonly kinds: Int32Array;
  readonly kindCount: number;
  /** Of the bootstrap's resamples. */
  readonly seed: number;
}

/** Steps of a curve's axis from 0 to 1, ends included: 1/400 apart, so that a rate of 1 % is four steps in. */
export const curvePoints = 401;

/** How well one score tells good from bad. Areas and rates lie in 0–1. */
export interface ScoreMeasures {
  readonly auroc: number;
  /** 95 % bootstrap interval of `auroc`. */
  readonly interval: { readonly low: number; readonly high: number };
  /** Area under the precision–recall curve, as average precision. */
  readonly averagePrecision: number;
  /** Fitted on these very images; those with at least this score are called anomalous. */
  readonly bestF1: { readonly threshold: number; readonly f1: number };
  readonly tprAt1Fpr: number;
  /** F64 `[curvePoints]`: true-positive rate by false-positive rate. */
  readonly roc: Float64Array;
  /** F64 `[curvePoints]`: precision by recall. */
  readonly precision: Float64Array;
}

/** What is measured of one kind of defect against all good images. */
export interface KindMeasures {
  readonly auroc: number;
  readonly tprAt1Fpr: number;
}

export interface EvaluationMeasures {
  readonly combined: ScoreMeasures;
  readonly autoencoder: ScoreMeasures | null;
  readonly pca: ScoreMeasures | null;
  /** By kind of defect. */
  readonly kinds: readonly KindMeasures[];
}

/** How well the heat maps find the defects' places, and on how many images that was measured. */
export interface PixelMeasures {
  readonly auroc: number;
  readonly aupro: number;
  readonly good: number;
  readonly masked: number;
}
