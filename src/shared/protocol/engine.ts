/** The contract between a page and the engine worker (`dist/engine/worker.js`). */
import type {
  DatasetInspection,
  DatasetSummary,
  DatasetSurvey,
  SkippedFile,
  SplitCounts,
} from '../dataset.ts';
import type { WireError } from '../errors.ts';
import type { Calibration, EngineCard, EpochRecord, ModelCard } from '../model-card.ts';
import type { FitMode, ModelSpec, TrainingSettings } from '../model-spec.ts';
import type { PackedCacheApi } from '../packed.ts';
import type { Pack, PackRequest } from '../transport.ts';
import type { KindMeasures, SyntheticKind } from './evaluate.ts';

export type EngineChoice = 'auto' | 'webgpu' | 'wasm';

/** The kernels' WebAssembly files; workers cannot fetch, so the page passes the bytes. */
export interface KernelFiles {
  readonly simd: ArrayBuffer;
  readonly fma: ArrayBuffer;
}

/** Workers that share the training of the WASM engine; it starts them itself. */
export interface HelperCode {
  /** Text of the bundle `dist/engine/shard-worker.js`. */
  readonly code: string;
  /** Workers that may train at a time, the engine's own among them; at least 1. */
  readonly workers: number;
}

export interface StartRequest {
  readonly kernels: KernelFiles;
  readonly helpers: HelperCode;
  readonly choice: EngineChoice;
  readonly writtenBy: string;
}

export interface InspectRequest {
  readonly dataset: DatasetSummary;
  /** As a training would see the images. */
  readonly spec: Pick<ModelSpec, 'height' | 'width' | 'channels' | 'recipe'>;
  readonly fit: FitMode;
  /** Bytes. */
  readonly memoryBudget: number;
}

export interface TrainRequest {
  readonly jobId: string;
  readonly name: string;
  readonly dataset: DatasetSummary;
  /** Where the data is, as kept in the model card. */
  readonly location: string;
  readonly spec: ModelSpec;
  readonly fit: FitMode;
  readonly training: TrainingSettings;
  readonly falseAlarmRate: number;
  /** Bytes. */
  readonly memoryBudget: number;
}

export interface ResumeRequest {
  readonly jobId: string;
  /** The whole model file, as last saved. */
  readonly model: Uint8Array;
  readonly dataset: DatasetSummary;
  readonly falseAlarmRate: number;
  readonly memoryBudget: number;
}

export type JobPhase = 'reading' | 'training' | 'calibrating' | 'saving';

/** Eight fixed images and their reconstructions, gray or RGB bytes. */
export interface Examples {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly count: number;
  /** U8 `[count, H, W, C]`. */
  readonly inputs: Uint8Array;
  readonly labels: Int32Array;
}

/** A complete picture of a running job; the latest replaces all before (never a delta). */
export interface JobSnapshot {
  readonly jobId: string;
  readonly name: string;
  readonly phase: JobPhase;
  /** Files or images done in this phase, and their number; for training: batches of all epochs. */
  readonly done: number;
  readonly total: number;
  readonly card: ModelCard | null;
  readonly engine: EngineCard | null;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly history: readonly EpochRecord[];
  /** Batch losses of the running epoch. */
  readonly runningLosses: Float32Array;
  readonly examples: Examples | null;
  /** U8 `[count, H, W, C]`, the newest reconstructions of the examples. */
  readonly reconstructions: Uint8Array | null;
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  /** A checkpoint that could not be saved; the next one tries again. */
  readonly warning: WireError | null;
}

export interface JobOutcome {
  readonly jobId: string;
  readonly state: 'finished' | 'stopped' | 'failed';
  /** Set when the job failed; what was saved before is kept. */
  readonly error: WireError | null;
  /** Where the model was last saved, for people; null if it never was. */
  readonly savedAs: string | null;
  readonly card: ModelCard | null;
  /** Why a resumed run cannot be bit for bit the unbroken one, if so. */
  readonly resumeNote: string | null;
}

export interface ProjectRequest {
  readonly jobId: string;
  /** The projection's WebAssembly files (dist/wasm/projection-*.wasm), which a worker cannot fetch. */
  readonly kernels: KernelFiles;
  /** The whole model file; it is saved under this job and name again, with the coordinates. */
  readonly model: Uint8Array;
  readonly name: string;
  /** Which of the stored points: those never trained on, or all. */
  readonly points: 'held-out' | 'all';
  /** Lowered to a third of the points where there are few. */
  readonly perplexity: number;
  readonly iterations: number;
  readonly seed: number;
  /** Goes on from the file's t-SNE of the same points, perplexity and seed, if there is one: from the begun one first. */
  readonly continue: boolean;
}

export type ProjectionPhase = 'neighbours' | 'embedding' | 'measuring' | 'saving';

/** A complete picture of a running projection; the latest replaces all before. */
export interface ProjectionSnapshot {
  readonly jobId: string;
  readonly name: string;
  readonly phase: ProjectionPhase;
  /** Of the phase, 0–1. */
  readonly share: number;
  readonly iteration: number;
  readonly of: number;
  /** F32 `[count, 2]`, of the first `count` points; null before the first iteration. */
  readonly coordinates: Float32Array | null;
  /** n of N: points that are projected, and images of the data set. */
  readonly count: number;
  readonly total: number;
  /** Estimate of the Kullback–Leibler divergence; null until there is one. */
  readonly kl: number | null;
  /** What computes and why, one sentence without a full stop; null until it is chosen. */
  readonly engine: string | null;
}

export interface ProjectionOutcome {
  readonly jobId: string;
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly error: WireError | null;
  /** Where the model was saved, for people; null if it was not. */
  readonly savedAs: string | null;
  /** With this t-SNE as the finished one, or as the one that was begun; null if nothing was saved. */
  readonly card: ModelCard | null;
  /** F32 `[count, 2]` as saved; null if nothing was. */
  readonly coordinates: Float32Array | null;
}

export interface RecalibrateRequest {
  readonly jobId: string;
  /** The whole model file; it is saved under this job and name again, with the new calibration. */
  readonly model: Uint8Array;
  readonly name: string;
  /** Good images. */
  readonly dataset: DatasetSummary;
  /** Where they are, as kept in the model card. */
  readonly location: string;
  /** URI of the images that the model learned from; null where they are not found. */
  readonly origin: string | null;
  readonly falseAlarmRate: number;
  /** Bytes. */
  readonly memoryBudget: number;
}

export interface RecalibrationOutcome {
  readonly jobId: string;
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly error: WireError | null;
  /** Where the model was saved, for people; null if it is as it was. */
  readonly savedAs: string | null;
  /** As saved; null if it is as it was. */
  readonly calibration: Calibration | null;
  /** The first files that could not be read; the source counts all. */
  readonly skipped: readonly SkippedFile[];
}

export interface EvaluateSet {
  /** As printed: the PATH argument. */
  readonly path: string;
  readonly dataset: DatasetSummary;
  readonly filter: { readonly label: string; readonly negate: boolean } | null;
}

export interface EvaluateRequest {
  readonly train: EvaluateSet;
  readonly validation: EvaluateSet | null;
  readonly good: EvaluateSet | null;
  readonly bad: readonly EvaluateSet[];
  /** The notebook's own protocol: all images fit, nothing calibrated. */
  readonly notebook: boolean;
  /** Undefined members follow the data (size, channels) or the defaults. */
  readonly spec: Partial<
    Pick<ModelSpec, 'height' | 'width' | 'channels' | 'latent' | 'recipe' | 'variant' | 'beta'>
  >;
  /** σ of the noise while training, instead of the recipe's; null leaves it. */
  readonly noise: number | null;
  /** Noise added to the good (else validation) images to measure denoising; null measures nothing. */
  readonly denoise: number | null;
  /** Draws synthetic defects into the good images, else into the calibration images, and measures how they are found. */
  readonly synthetic: boolean;
  readonly epochs: number | null;
  readonly seed: number;
  readonly falseAlarmRate: number;
  readonly memoryBudget: number;
}

export interface EvaluateResult {
  readonly engine: EngineCard;
  readonly spec: ModelSpec;
  readonly training: TrainingSettings;
  readonly counts: SplitCounts & { readonly good: number; readonly bad: number };
  /** Calibration images that count: one of each cluster of near-duplicates. */
  readonly calibrationImages: number;
  /** What the verdict's score is; null where nothing was calibrated. */
  readonly score: 'mse' | 'combined' | null;
  readonly seconds: { readonly load: number; readonly train: number; readonly score: number };
  readonly loss: { readonly train: readonly number[]; readonly validation: readonly (number | null)[] };
  /** Mean squared errors on the validation images: the model's, and that of as many principal components. */
  readonly baseline: {
    readonly model: number;
    readonly pca: number;
    readonly components: number;
    /** Training images that the components were fitted on. */
    readonly images: number;
  } | null;
  /** Mean squared errors against the clean images, where {@link EvaluateRequest.denoise} asks for them. */
  readonly denoise: {
    readonly sigma: number;
    readonly images: number;
    readonly seed: number;
    readonly noisy: number;
    readonly denoised: number;
    /** Of the clean images' own reconstructions. */
    readonly clean: number;
  } | null;
  readonly threshold: number | null;
  readonly falsePositiveRate: number | null;
  readonly notebookRule: { readonly threshold: number; readonly flagged: number } | null;
  readonly bad: readonly {
    readonly path: string;
    readonly count: number;
    readonly auroc: Readonly<Record<string, number>> | null;
    readonly tprAt1Fpr: number | null;
    /** Share above the calibrated threshold. */
    readonly caught: number | null;
    readonly pca: { readonly components: number; readonly auroc: number } | null;
  }[];
  /** An estimate on drawn defects, where {@link EvaluateRequest.synthetic} asks for it. */
  readonly synthetic: {
    readonly drawnInto: 'good' | 'calibration';
    readonly kinds: readonly (KindMeasures & { readonly kind: SyntheticKind; readonly count: number })[];
  } | null;
}

/**
 * How labelled data are cut for an evaluation. `one-class`: each class in turn is the normal one, trained on its training
 * images, tested on all test images. `leave-one-out`: each in turn is the anomaly, the others are normal. `holdout`: normal
 * images are cut into training and test, anomalous ones are tested. `calibration`: one model of all classes; false-positive
 * rates over splits of the test images, and rotated images against upright ones.
 */
export const evaluationProtocols = ['one-class', 'leave-one-out', 'holdout', 'calibration'] as const;
export type EvaluationProtocol = (typeof evaluationProtocols)[number];

export interface ProtocolRequest {
  readonly protocol: EvaluationProtocol;
  /** All images with their classes; of `holdout` the normal ones. */
  readonly data: EvaluateSet;
  /** Of `holdout`: the anomalous images, their folders the kinds of defect, and masks with the same paths but for the ending. */
  readonly anomalous: EvaluateSet | null;
  readonly masks: EvaluateSet | null;
  /** Of `holdout`: a file's own clusters and splits, by path; null cuts 70/30 by seed and by our own clusters. */
  readonly groups: {
    readonly of: Readonly<Record<string, string>>;
    /** For each split the paths that are trained on; the others of `of` are tested. */
    readonly splits: readonly { readonly name: string; readonly train: readonly string[] }[];
  } | null;
  readonly seeds: readonly number[];
  /** Only these classes in turn (of `holdout`: only these splits); null for all. */
  readonly only: readonly string[] | null;
  /** Of `holdout` on photos: splits over which the calibrated rate is measured, without a model. */
  readonly rateSplits: number;
  readonly spec: EvaluateRequest['spec'];
  readonly epochs: number | null;
  readonly falseAlarmRate: number;
  readonly memoryBudget: number;
}

/** One model trained and tested. Areas and rates in 0–1. */
export interface ProtocolRun {
  readonly seed: number;
  /** The class in turn, or the split; empty where there is but one. */
  readonly name: string;
  readonly counts: SplitCounts & { readonly good: number; readonly bad: number };
  /** Images that the promise counts. */
  readonly calibrationImages: number;
  readonly promisedRate: number;
  readonly epochs: number;
  /** `combined`, every channel (`mse` is the autoencoder alone) and `pca`; empty without anomalous images. */
  readonly auroc: Readonly<Record<string, number>>;
  /** 95 % bootstrap interval of `combined`. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly averagePrecision: number | null;
  /** Fitted on these very images. */
  readonly bestF1: number | null;
  readonly tprAt1Fpr: number | null;
  /** Shares above the calibrated threshold. */
  readonly falsePositiveRate: number;
  readonly caught: number | null;
  readonly perDefect: readonly { readonly name: string; readonly count: number; readonly auroc: number }[];
  readonly pixels: { readonly auroc: number; readonly aupro: number } | null;
  readonly seconds: number;
}

/** A false-positive rate measured over many splits of the same scores. */
export interface RateMeasurement {
  readonly what: string;
  readonly splits: number;
  /** Images that calibrate in each split, and the rates asked for and promised. */
  readonly images: number;
  readonly requestedRate: number;
  readonly promisedRate: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Splits whose rate lies within 0.4–1.7 times the asked one. */
  readonly near: number;
}

export interface ProtocolResult {
  readonly engine: EngineCard;
  readonly spec: ModelSpec;
  readonly training: TrainingSettings;
  readonly components: number;
  readonly runs: readonly ProtocolRun[];
  readonly rates: readonly RateMeasurement[];
  /** Our own clusters of near-duplicates among the images of `data`, and how they agree with the given groups. */
  readonly nearDuplicates: {
    readonly clusters: number;
    readonly images: number;
    readonly largest: number;
    readonly pairRecall: number | null;
    readonly pairPrecision: number | null;
  };
  readonly seconds: number;
}

/** Answered by the worker. */
export interface EngineApi {
  /** Takes the kernels and chooses nothing yet: the engine is chosen for a spec when a job starts. */
  start(params: StartRequest): void;
  survey(params: { readonly dataset: DatasetSummary; readonly seed: number }): DatasetSurvey;
  /** Looks at all images for duplicates, empty ones and odd sizes, with notices of progress. */
  inspect(params: InspectRequest): DatasetInspection;
  /** Runs a job to its end; cancel by {@link EngineApi.stop}, which saves first. */
  train(params: TrainRequest): JobOutcome;
  resume(params: ResumeRequest): JobOutcome;
  /** Projects the points of a model to the plane by t-SNE and saves them in its file; {@link EngineApi.stop} ends it too. */
  project(params: ProjectRequest): ProjectionOutcome;
  /** Calibrates a model anew on other good images and saves it. {@link EngineApi.stop} ends it with the file as it was. */
  recalibrate(params: RecalibrateRequest): RecalibrationOutcome;
  /** Ends the running job after the batch or iteration under way, with what it has so far saved. */
  stop(params: { readonly jobId: string }): void;
  evaluate(params: EvaluateRequest): EvaluateResult;
  evaluateProtocol(params: ProtocolRequest): ProtocolResult;
}

/** What is being done before or beside a job's own steps. */
export interface Progress {
  /** What, in words. */
  readonly text: string;
  readonly done: number;
  /** 0 while there is nothing to count. */
  readonly total: number;
}

/** Answered by the page on the worker's behalf. */
export interface EngineHostApi extends PackedCacheApi {
  pull(params: PackRequest): Pack;
  /** Saves a complete model file atomically; answers where, for people. */
  save(params: { readonly jobId: string; readonly name: string; readonly bytes: Uint8Array }): {
    readonly savedAs: string;
  };
  /** A notice; at most ten a second. */
  snapshot(params: JobSnapshot): void;
  /** A notice; at most five a second. */
  projecting(params: ProjectionSnapshot): void;
  progress(params: Progress): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
