/** The contract between the extension host and the Anomaly Report page. */
import type { Batch, BatchRow, BatchTerms } from '../batch.ts';
import type { WireError } from '../errors.ts';
import type { ModelCard } from '../model-card.ts';
import type { Pack, PackCursor } from '../transport.ts';
import type { Verdict } from '../verdict.ts';

export interface CheckRequest {
  /** Image as a URI string, and how it is shown (workspace-relative path). */
  readonly image: string;
  readonly name: string;
  /** The whole file; null where it is larger than a pack: the page then pulls it by {@link ReportHostApi.readFile}. */
  readonly bytes: Uint8Array | null;
  /** Model file as a URI string; `modelKey` changes when the file does. */
  readonly model: string;
  readonly modelKey: string;
  readonly modelName: string;
  readonly card: ModelCard;
  readonly falseAlarmRate: number;
}

export type CheckOutcome =
  | { readonly ok: true; readonly verdict: Verdict; readonly milliseconds: number }
  | { readonly ok: false; readonly error: WireError };

/** A batch as far as it is. */
export interface BatchProgress {
  readonly batch: Batch;
  /** What came of its images so far. */
  readonly rows: readonly BatchRow[];
  /** Null while no image has a verdict. */
  readonly terms: BatchTerms | null;
}

export interface BatchRun extends BatchProgress {
  /** Names one run over what is left; a batch that was stopped goes on under another name. */
  readonly run: string;
  /** Number of images left, which {@link ReportHostApi.pullBatch} hands out. */
  readonly left: number;
}

export interface BatchEnd {
  readonly state: 'finished' | 'stopped' | 'failed';
  /** Why nothing more could be checked. */
  readonly error: WireError | null;
}

/** Answered by the page. */
export interface ReportPageApi {
  /** Scores and shows one image; a newer check replaces it. */
  check(params: CheckRequest): CheckOutcome;
  /** Shows why an image could not even be read. */
  showError(params: { readonly name: string; readonly error: WireError }): void;
  /** Checks what is left of a batch and shows its table. */
  checkBatch(params: BatchRun): BatchEnd;
  /** Ends a run after the images under way, whose rows still come. */
  stopBatch(params: { readonly run: string }): void;
  /** Shows the table of a batch that does not run. @param params.front whether to turn to it */
  showBatch(params: BatchProgress & { readonly front: boolean }): void;
}

/** What a page showed, kept across a reload of the window. */
export interface ShownReport {
  /** The image shown last, as a URI string. */
  readonly image: string | null;
  /** The batch whose table there is. */
  readonly batch: string | null;
  readonly face: 'image' | 'table';
}

/** What can be done with rows of a table. */
export type RowAction = 'report' | 'open' | 'reveal' | 'copyPaths';

/** Answered by the host. */
export interface ReportHostApi {
  ready(params: { readonly pageId: string; readonly shown: ShownReport | null }): void;
  readFile(params: { readonly uri: string; readonly offset: number; readonly length: number }): {
    readonly bytes: Uint8Array;
    readonly size: number;
  };
  /** Files of a run, packed; a segment's `file.index` is the image's place in the batch. */
  pullBatch(params: { readonly run: string; readonly cursor: PackCursor }): Pack;
  /** What came of some images: sent as it comes, each image once. */
  batchRows(params: {
    readonly run: string;
    readonly rows: readonly BatchRow[];
    readonly terms: BatchTerms | null;
  }): void;
  /** Part of an image file of a batch, for its small picture. */
  readRow(params: {
    readonly batch: string;
    readonly index: number;
    readonly offset: number;
    readonly length: number;
  }): { readonly bytes: Uint8Array; readonly size: number };
  /** What the page shows now, for the panel's title. */
  titled(params: { readonly title: string }): void;
  rowAction(params: {
    readonly batch: string;
    readonly indices: readonly number[];
    readonly action: RowAction;
  }): void;
  /** Goes on with what is left of a batch that was stopped. */
  continueBatch(params: { readonly batch: string }): void;
  /** Checks all images of the batch again, with the active model. */
  repeatBatch(params: { readonly batch: string }): void;
  /** Asks where to save a file; null where the user cancelled. */
  saveFile(params: { readonly name: string; readonly bytes: Uint8Array }): {
    readonly savedAs: string | null;
  };
  openFile(params: { readonly uri: string }): void;
  /** Opens an image of a model's data set. @param params.path relative to that */
  openNear(params: { readonly model: string; readonly path: string }): void;
  /** Shows the map of a model, on which the last checked image is marked. */
  showOnMap(params: { readonly model: string }): void;
  chooseModel(params: Record<string, never>): void;
  train(params: Record<string, never>): void;
  showLog(params: Record<string, never>): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
