/** The contract between a page and its forward-only worker (`dist/engine/forward-worker.js`): checks, encodes, decodes. */
import type { ChannelName, ProjectionName } from '../model-card.ts';
import type { Verdict } from '../verdict.ts';
import type { KernelFiles } from './engine.ts';
import type { EvaluationMeasures, MeasureRequest, PixelMeasures, SyntheticKind } from './evaluate.ts';

/** What one channel says of an image. */
export interface ChannelReading {
  readonly name: ChannelName;
  /** Part of the verdict's score, or beside it. */
  readonly inSum: boolean;
  readonly score: number;
  /** (score − median) / spread of the good images. */
  readonly z: number;
  /** Its own threshold, on the same scale as `z`. */
  readonly threshold: number;
  /** z > threshold: it alone would call the image anomalous. */
  readonly fired: boolean;
}

/** Where an image departs from what was learned, as the channel sees it that says so most. */
export interface HeatMap {
  readonly channel: ChannelName;
  /** F32 `[H, W]` over the model's view of the image, ≥ 0, at the channel's own smoothness. */
  readonly values: Float32Array;
  /** Pixels above it are out of the ordinary: at most the promised rate of good images has any. Null where uncalibrated. */
  readonly threshold: number | null;
}

export interface CheckResult {
  /** Size of the model's view of the image. */
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Size of the file's own image. */
  readonly originalWidth: number;
  readonly originalHeight: number;
  /** U8 `[H, W, C]`: what the model saw, and what it made of it. */
  readonly input: Uint8Array;
  readonly reconstruction: Uint8Array;
  /** F32 `[H, W]`: reconstruction − input, mean over channels, in −1…1. */
  readonly difference: Float32Array;
  /** F32 `[k]`. */
  readonly latent: Float32Array;
  readonly verdict: Verdict;
  /** Ascending calibration scores, for the histogram. */
  readonly calibrationScores: Float64Array;
  /** What each channel says, those in the sum first; empty for files of the first versions. */
  readonly readings: readonly ChannelReading[];
  /** What the mean squared error alone would say; null where it is the verdict itself or was not calibrated. */
  readonly autoencoder: Verdict | null;
  /** What as many principal components would say. */
  readonly pca: { readonly components: number; readonly verdict: Verdict } | null;
  readonly heat: HeatMap | null;
  /** Milliseconds from request to verdict inside the worker. */
  readonly milliseconds: number;
}

/** An image of the data set that lies near another by its latent. */
export interface NearImage {
  /** Relative to the data set, and the position within an IDX file (0 for image files). */
  readonly path: string;
  readonly position: number;
  /** Index into the card's classes, −1 where there is none. */
  readonly label: number;
  /** Euclidean distance of the latents. */
  readonly distance: number;
  readonly thumbnail: JudgedImage['thumbnail'];
}

/** What a table needs of one image of many. */
export interface JudgedImage {
  readonly verdict: Verdict;
  /** See {@link CheckResult.readings}. */
  readonly readings: readonly ChannelReading[];
  /** Scores beside: the mean squared error, and that of principal components; null as in {@link CheckResult}. */
  readonly autoencoder: number | null;
  readonly pca: number | null;
  /** Small picture of the model's view: U8 `[height, width, channels]`, sides of at most 32. */
  readonly thumbnail: {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3;
    readonly pixels: Uint8Array;
  };
}

/** A principal direction of the stored latents is a row: `mean + t · deviation · direction` is a latent to decode. */
export interface PrincipalDirections {
  /** F32 `[k]`. */
  readonly mean: Float32Array;
  /** F32 `[d, k]`, rows of length 1, by falling deviation; the largest entry of a row is positive. */
  readonly directions: Float32Array;
  /** F32 `[d]`: standard deviation of the latents along each direction. */
  readonly deviations: Float32Array;
}

export interface Denoised {
  /** U8 `[n, H, W, C]`: image + N(0, σ²), clipped to 0–1. */
  readonly noisy: Uint8Array;
  /** U8 `[n, H, W, C]`: reconstructions of the noisy images. */
  readonly denoised: Uint8Array;
  /** F64 `[n]`: mean squared errors against the clean images, before rounding to bytes. */
  readonly noisyErrors: Float64Array;
  readonly denoisedErrors: Float64Array;
}

/** Where a latent lies among the points of a projection. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** The nearest points by their latents, nearest first, and their Euclidean distances there. */
  readonly neighbours: readonly { readonly point: number; readonly distance: number }[];
}

/**
 * Calls are answered one after the other, in the order in which they came. All but `start`, `loadModel`, `hasModel` and
 * what says otherwise need a loaded model (LensError `internal` without one).
 */
export interface ForwardApi {
  start(params: { readonly kernels: KernelFiles }): void;
  /** `key` names the model's state; loading the same key again costs nothing. */
  loadModel(params: { readonly key: string; readonly bytes: Uint8Array }): void;
  hasModel(params: { readonly key: string }): boolean;
  check(params: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly falseAlarmRate: number;
  }): CheckResult;
  /**
   * As `check`, for one of many: answers with less, and decodes several files side by side. With `pixels` the image's heat
   * map counts for {@link ForwardApi.pixelMeasures}: against the bytes of its mask, or as a good image's.
   */
  judge(params: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly falseAlarmRate: number;
    readonly pixels?: { readonly mask: Uint8Array | null };
  }): JudgedImage;
  /** As `judge`, and the same image once with each kind of defect drawn into it, keyed by the seed and the image's name. */
  judgeSynthetic(params: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly falseAlarmRate: number;
    readonly seed: number;
  }): {
    readonly good: JudgedImage;
    readonly defects: readonly { readonly kind: SyntheticKind; readonly judged: JudgedImage }[];
  };
  /** What labelled scores are worth. Needs no model. */
  measureScores(params: MeasureRequest): EvaluationMeasures;
  /** What was collected by `judge` since the last call, which begins anew; null without masks. Needs no model. */
  pixelMeasures(params: Record<string, never>): PixelMeasures | null;
  /** Latents F32 `[n, k]` → images U8 `[n, H, W, C]`. */
  decode(params: { readonly latents: Float32Array; readonly count: number }): { readonly images: Uint8Array };
  /**
   * The bytes of an image file → the model's view of it U8 `[H, W, C]`, its latent F32 `[k]`, its reconstruction
   * U8 `[H, W, C]` and the mean squared error of that.
   */
  encodeFile(params: { readonly name: string; readonly bytes: Uint8Array }): {
    readonly view: Uint8Array;
    readonly latent: Float32Array;
    readonly reconstruction: Uint8Array;
    readonly score: number;
  };
  /** Images U8 `[n, H, W, C]` → their latents F32 `[n, k]` and reconstructions U8 `[n, H, W, C]`. */
  reconstruct(params: { readonly images: Uint8Array; readonly count: number }): {
    readonly latents: Float32Array;
    readonly reconstructions: Uint8Array;
  };
  /** Images U8 `[n, H, W, C]` with seeded Gaussian noise of deviation `sigma` (0–1), and what the model makes of them. */
  denoise(params: {
    readonly images: Uint8Array;
    readonly count: number;
    readonly sigma: number;
    readonly seed: number;
  }): Denoised;
  /** The `count` leading principal directions of the stored latents (at most k). @throws LensError `internal` without points */
  principalDirections(params: { readonly count: number }): PrincipalDirections;
  /** `count` latents drawn from the standard normal, F32 `[n, k]`, and their images: samples of a variational model. */
  samplePrior(params: { readonly count: number; readonly seed: number }): {
    readonly latents: Float32Array;
    readonly images: Uint8Array;
  };
  /**
   * Mean Euclidean distances of the stored points from `start` to `end` to their `k` nearest others among the first
   * `count`, by their latents: F64 `[end − start]`. Asked for piece by piece, it leaves room for other calls.
   * @throws LensError `internal` without points, or for a range that they do not have
   */
  neighbourDistances(params: {
    readonly count: number;
    readonly k: number;
    readonly start: number;
    readonly end: number;
  }): { readonly distances: Float64Array };
  /**
   * The `count` images that the model was trained on whose latents are nearest to this one F32 `[k]`, nearest first; where
   * the file has none of those, of all that it has. Empty for a file without points.
   */
  nearest(params: { readonly latent: Float32Array; readonly count: number }): {
    readonly images: readonly NearImage[];
    /** Whether they are images that the model was trained on. */
    readonly fitted: boolean;
  };
  /** The place of a latent F32 `[k]` on a stored projection. @throws LensError `internal` where the file has none */
  place(params: { readonly latent: Float32Array; readonly projection: ProjectionName }): Placement;
}
