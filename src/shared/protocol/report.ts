/** The contract between the extension host and the Anomaly Report page. */
import type { ModelCard } from '../model-card.ts';
import type { WireError } from '../errors.ts';
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

/** Answered by the page. */
export interface ReportPageApi {
  /** Scores and shows one image; a newer check replaces it. */
  check(params: CheckRequest): CheckOutcome;
  /** Shows why an image could not even be read. */
  showError(params: { readonly name: string; readonly error: WireError }): void;
}

/** Answered by the host. */
export interface ReportHostApi {
  ready(params: { readonly pageId: string }): void;
  readFile(params: { readonly uri: string; readonly offset: number; readonly length: number }): {
    readonly bytes: Uint8Array;
    readonly size: number;
  };
  openFile(params: { readonly uri: string }): void;
  chooseModel(params: Record<string, never>): void;
  train(params: Record<string, never>): void;
  showLog(params: Record<string, never>): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
