/** What the report shows: one state at a time. */
import type { WireError } from '../../shared/errors.ts';
import type { CheckRequest } from '../../shared/protocol/report.ts';
import type { CheckResult } from '../../shared/protocol/forward.ts';

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

/** Errors that another model cures. */
export const curedByModel = (error: WireError): boolean =>
  error.code === 'model-not-calibrated' || error.code === 'invalid-model-file';
