/** What the report shows: an image in one state at a time, and the table of many. */
import {
  tallyRows,
  type Batch,
  type BatchRow,
  type BatchTally,
  type BatchTerms,
} from '../../shared/batch.ts';
import type { WireError } from '../../shared/errors.ts';
import type { BatchEnd, BatchProgress, CheckRequest, ShownReport } from '../../shared/protocol/report.ts';
import type { CheckResult, NearImage } from '../../shared/protocol/forward.ts';

/** The request without the file's bytes, which the worker has taken. */
export type Checked = Omit<CheckRequest, 'bytes'>;

export type ReportState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'checking'; readonly request: Checked }
  | {
      readonly kind: 'checked';
      readonly request: Checked;
      readonly result: CheckResult;
      /** From request to verdict in the page. */
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'failed';
      readonly name: string;
      readonly error: WireError;
      /** Absent where the image could not even be read. */
      readonly request: Checked | null;
    };

/** Images near the one that was checked. */
export interface NearImages {
  /** The result that they belong to. */
  readonly of: object | null;
  readonly images: readonly NearImage[];
  readonly fitted: boolean;
}

export type Face = ShownReport['face'];

/** The table of many images. A new object says that something changed; the rows themselves are one array that fills. */
export interface TableState {
  readonly batch: Batch;
  /** By place in the batch; undefined where an image is not checked yet. */
  readonly rows: readonly (BatchRow | undefined)[];
  /** Grows with the rows. */
  readonly version: number;
  readonly tally: BatchTally;
  readonly terms: BatchTerms | null;
  readonly running: boolean;
  /** How the last run ended; null before, and for a table that was brought back. */
  readonly end: BatchEnd | null;
}

/** A table as far as it is. */
export function tableOf({ batch, rows, terms }: BatchProgress, running: boolean): TableState {
  const places = Array.from<BatchRow | undefined>({ length: batch.names.length });
  for (const row of rows) if (row.index in places) places[row.index] = row;
  const tally = tallyRows(
    places.length,
    places.filter((row) => row !== undefined),
  );
  return { batch, rows: places, version: 0, tally, terms, running, end: null };
}

/** Errors that another model cures. */
export const curedByModel = (error: WireError): boolean =>
  error.code === 'model-not-calibrated' || error.code === 'invalid-model-file';

interface KeptState extends ShownReport {
  readonly version: 2;
}

export const toKeep = (shown: ShownReport): KeptState => ({ version: 2, ...shown });

/** What a page before this one kept; null where it was none, or one that showed nothing. */
export function readKept(state: unknown): ShownReport | null {
  if (typeof state !== 'object' || state === null) return null;
  const text = (key: string): string | null => {
    const value: unknown = key in state ? (state as Record<string, unknown>)[key] : undefined;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const [image, batch] = [text('image'), text('batch')];
  if (image === null && batch === null) return null;
  return { image, batch, face: batch !== null && text('face') === 'table' ? 'table' : 'image' };
}
