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

export interface StartRequest {
  readonly kernels: KernelFiles;
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
  readonly spec: Partial<Pick<ModelSpec, 'height' | 'width' | 'channels' | 'latent' | 'recipe'>>;
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
  /** Ends the running job after the batch under way, with a checkpoint. */
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
  progress(params: { readonly text: string; readonly done: number; readonly total: number }): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
