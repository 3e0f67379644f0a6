/** The contract between a page and the engine worker (`dist/engine/worker.js`). */
import type { DatasetSummary, DatasetSurvey, SkippedFile, SplitCounts } from '../dataset.ts';
import type { WireError } from '../errors.ts';
import type { EngineCard, EpochRecord, ModelCard } from '../model-card.ts';
import type { FitMode, ModelSpec, TrainingSettings } from '../model-spec.ts';
import type { Pack, PackRequest } from '../transport.ts';

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
  /** Goes on from where the file's t-SNE was stopped, if it is one of the same points, perplexity and seed. */
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
}

export interface ProjectionOutcome {
  readonly jobId: string;
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly error: WireError | null;
  /** Where the model was saved, for people; null if it was not. */
  readonly savedAs: string | null;
  /** With the projection's own entry; null if nothing was saved. */
  readonly card: ModelCard | null;
  /** F32 `[count, 2]` as saved; null if nothing was. */
  readonly coordinates: Float32Array | null;
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
}

/** Answered by the worker. */
export interface EngineApi {
  /** Takes the kernels and chooses nothing yet: the engine is chosen for a spec when a job starts. */
  start(params: StartRequest): void;
  survey(params: { readonly dataset: DatasetSummary; readonly seed: number }): DatasetSurvey;
  /** Runs a job to its end; cancel by {@link EngineApi.stop}, which saves first. */
  train(params: TrainRequest): JobOutcome;
  resume(params: ResumeRequest): JobOutcome;
  /** Projects the points of a model to the plane by t-SNE and saves them in its file; {@link EngineApi.stop} ends it too. */
  project(params: ProjectRequest): ProjectionOutcome;
  /** Ends the running job after the batch or iteration under way, with what it has so far saved. */
  stop(params: { readonly jobId: string }): void;
  evaluate(params: EvaluateRequest): EvaluateResult;
}

/** Answered by the page on the worker's behalf. */
export interface EngineHostApi {
  pull(params: PackRequest): Pack;
  /** Saves a complete model file atomically; answers where, for people. */
  save(params: { readonly jobId: string; readonly name: string; readonly bytes: Uint8Array }): {
    readonly savedAs: string;
  };
  /** A notice; at most ten a second. */
  snapshot(params: JobSnapshot): void;
  /** A notice; at most five a second. */
  projecting(params: ProjectionSnapshot): void;
  progress(params: { readonly text: string; readonly done: number; readonly total: number }): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
