/**
 * Packed images that outlive a job: what was decoded and fitted once comes from a cache the next time. The worker makes
 * and proves the records; the host only keeps them, by the file's path, size and time.
 */
import type { FitMode } from './model-spec.ts';

/** How an image was made to fit: all that its pixels depend on beside the file itself. */
export interface Fitting {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly mode: FitMode;
  /** Whether the gray plane that photos are scored on belongs to it. */
  readonly planes: boolean;
}

/** Names the cache of one fitting; a change of what records look like, or of how pixels are made, changes the number. */
export const fittingKey = ({ height, width, channels, mode, planes }: Fitting): string =>
  JSON.stringify([1, height, width, channels, mode, planes]);

export interface KeepRequest {
  readonly source: string;
  readonly fitting: Fitting;
  /** Positions of files in the data set. */
  readonly files: readonly number[];
  /** One record for each file, all of one length, one after the other; at most one pack. */
  readonly bytes: Uint8Array;
}

/** Answered by the host; no failure of it is an error of a job. */
export interface PackedCacheApi {
  /** Keeps records; false where there is no place for more. */
  keepPacked(params: KeepRequest): boolean;
  /** All files were read: what was kept counts from now on, and what is too old or too much goes. */
  endPacked(params: { readonly source: string; readonly fitting: Fitting }): void;
}
