/** What can go wrong in a way that the user can act on. The code crosses the wire; the sentence is for people. */
export const errorCodes = [
  'cancelled',
  'not-an-image',
  'unsupported-format',
  'truncated',
  'empty-file',
  'image-too-large',
  'not-found',
  'no-permission',
  'disk-full',
  'write-failed',
  'read-failed',
  'out-of-memory',
  'invalid-dataset',
  'too-few-images',
  'dataset-changed',
  'invalid-model-file',
  'model-not-calibrated',
  'engine-unavailable',
  'engine-failed',
  'device-lost',
  'diverged',
  'disconnected',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error as it crosses between host, page and worker. */
export interface WireError {
  readonly code: ErrorCode;
  /** One sentence for the user: what was wrong, in which file, what to do. */
  readonly message: string;
  /** Technical detail for the log channel. */
  readonly detail?: string;
}

export class LensError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, detail?: string) {
    super(message);
    this.name = 'LensError';
    this.code = code;
    this.detail = detail;
  }
}

export const cancelled = (): LensError => new LensError('cancelled', 'Cancelled.');

export const isCancelled = (error: unknown): boolean =>
  error instanceof LensError && error.code === 'cancelled';

/** Any thrown value as a {@link WireError}; an unexpected one becomes `internal` with its stack as detail. */
export function toWireError(error: unknown): WireError {
  if (error instanceof LensError) {
    return error.detail === undefined
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, detail: error.detail };
  }
  if (error instanceof Error) {
    return {
      code: 'internal',
      message: `Something unexpected went wrong: ${error.message}`,
      detail: error.stack ?? error.message,
    };
  }
  return { code: 'internal', message: `Something unexpected went wrong: ${String(error)}` };
}

export const fromWireError = (error: WireError): LensError =>
  new LensError(error.code, error.message, error.detail);
