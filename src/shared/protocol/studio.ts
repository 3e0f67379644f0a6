/** The contract between the extension host and the Studio page. */
import type { DatasetSummary } from '../dataset.ts';
import type { WireError } from '../errors.ts';
import type { FitMode, ModelSpec, TrainingSettings } from '../model-spec.ts';
import type { PackedCacheApi } from '../packed.ts';
import type { Pack, PackRequest } from '../transport.ts';
import type { EngineChoice, JobOutcome, JobSnapshot, RecalibrationOutcome } from './engine.ts';
import type { EvaluationFolder, EvaluationRequest } from './evaluate.ts';
import type { ProjectionEnd, ProjectionProposal, ProjectionStatus } from './projection.ts';
import type { RecalibrationProposal, RecalibrationStatus } from './recalibration.ts';
import type { SaveApi } from './save.ts';

/** Defaults for a new training, from the settings. */
export interface TrainingDefaults {
  /** Epochs are null where the recipe and the number of images decide. */
  readonly training: Omit<TrainingSettings, 'epochs'> & { readonly epochs: number | null };
  readonly latent: number;
  readonly recipe: ModelSpec['recipe'];
  readonly fit: FitMode;
  readonly falseAlarmRate: number;
  readonly memoryBudget: number;
  /** The model that is trained anew: size, channels, variant and corruption are as its own, whatever the images suggest. */
  readonly pattern?: ModelSpec;
}

/** A data set waiting for the user's confirmation. */
export interface TrainingProposal {
  readonly dataset: DatasetSummary;
  readonly location: string;
  readonly defaults: TrainingDefaults;
  /** A free model name. */
  readonly name: string;
}

/** An unfinished job whose data was found again. */
export interface ResumeProposal {
  /** The job goes on under this id, so that its saves replace the model file it came from. */
  readonly jobId: string;
  readonly dataset: DatasetSummary;
  /** Model file as a URI string, read by {@link StudioHostApi.readFile}. */
  readonly model: string;
  readonly falseAlarmRate: number;
  readonly memoryBudget: number;
}

/** An end of an interpolation: a point of the model's map by its number, or any latent, F32 `[k]`. */
export type LatentChoice = { readonly point: number } | { readonly latent: Float32Array };

export interface StudioBootstrap {
  readonly engine: EngineChoice;
  /** Workers that train; null for as many as there are processors. */
  readonly workers: number | null;
  readonly version: string;
}

/** Answered by the page. */
export interface StudioPageApi {
  /** Shows a data set with its survey and waits for the user, or starts at once. */
  propose(params: TrainingProposal & { readonly startNow: boolean }): void;
  resume(params: ResumeProposal): void;
  /** Runs a t-SNE in the engine's worker. @throws LensError `internal` while another job runs */
  project(params: ProjectionProposal): void;
  /** Calibrates a model anew; answers with how that ended. @throws LensError `internal` while another job runs */
  recalibrate(params: RecalibrationProposal): RecalibrationOutcome;
  /** Stops the running job with a checkpoint; resolves when it is saved. */
  stop(params: Record<string, never>): JobOutcome | ProjectionEnd | RecalibrationOutcome | null;
  /** Shows a model file (URI string). */
  showModel(params: { readonly uri: string; readonly name: string }): void;
  /** Shows a model file on the page Interpolate, between these ends. */
  interpolate(params: {
    readonly uri: string;
    readonly name: string;
    readonly from: LatentChoice;
    readonly to: LatentChoice;
  }): void;
}

/** Answered by the host. */
export interface StudioHostApi extends SaveApi, PackedCacheApi {
  /** First call of every fresh page. `pageId` tells a recreated page from a repeated message. */
  ready(params: { readonly pageId: string }): StudioBootstrap;
  pull(params: PackRequest): Pack;
  /** A part of a file, at most 4 MiB. */
  readFile(params: { readonly uri: string; readonly offset: number; readonly length: number }): {
    readonly bytes: Uint8Array;
    readonly size: number;
  };
  /**
   * The running job, for status bar, tree and progress: a training at most twice a second, a t-SNE with its coordinates
   * at most five times a second, for the maps; a calibration as its page shows it. That ends with its answer to the host.
   */
  jobChanged(params: JobStatus): void;
  jobEnded(params: JobOutcome): void;
  projectionEnded(params: ProjectionEnd): void;
  chooseDataset(params: Record<string, never>): void;
  openFile(params: { readonly dataset: string; readonly path: string }): void;
  /** Opens an image of a model's data set. @param params `model` the file's URI, `path` relative to the data set */
  openImage(params: { readonly model: string; readonly path: string }): void;
  /** Asks for image files, which `readFile` then reads; none where the user cancels. */
  pickImages(params: { readonly many: boolean }): {
    readonly images: readonly { readonly uri: string; readonly name: string }[];
  };
  /** Lists images to evaluate on, which `pull` then hands out; null where the user chose no folder. */
  listEvaluation(params: EvaluationRequest): EvaluationFolder | null;
  /** Opens a file below a folder that was listed. */
  openEvaluated(params: { readonly root: string; readonly path: string }): void;
  /** Asks where to save, proposing `name`; null where the user cancels. @throws LensError `write-failed`, … */
  saveFile(params: { readonly name: string; readonly bytes: Uint8Array }): {
    readonly savedAs: string | null;
  };
  checkImage(params: Record<string, never>): void;
  reveal(params: { readonly uri: string }): void;
  /** Finds the data of an unfinished model again and answers with {@link StudioPageApi.resume}. */
  resumeModel(params: { readonly uri: string }): void;
  /** Goes on with the t-SNE of this model and answers with {@link StudioPageApi.project}. */
  continueProjection(params: { readonly uri: string }): void;
  /** Asks for a folder of good images and answers with {@link StudioPageApi.recalibrate}. */
  recalibrateModel(params: { readonly uri: string }): void;
  /** Shows the Latent Map of this model. */
  showMap(params: { readonly uri: string }): void;
  showLog(params: Record<string, never>): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
  reportError(params: WireError): void;
}

/** What the host needs to know of a training. */
export type TrainingStatus = Pick<
  JobSnapshot,
  'jobId' | 'name' | 'phase' | 'done' | 'total' | 'engine' | 'secondsLeft'
> & {
  readonly kind: 'training';
  readonly epoch: number;
  readonly epochs: number;
  readonly dataset: string;
};

/** The one long job that the Studio runs. */
export type JobStatus = TrainingStatus | ProjectionStatus | RecalibrationStatus;
