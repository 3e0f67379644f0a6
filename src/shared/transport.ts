/**
 * How file bytes travel from the host to the engine worker: pulled in packs of at most 4 MiB, each pull being the
 * acknowledgement of the pack before. Small files share a pack; a large file spans several.
 */
import type { WireError } from './errors.ts';
import type { Split } from './dataset.ts';
import type { Fitting } from './packed.ts';

export const packBytes = 4 * 1024 * 1024;

/** One file of a data set, as the worker sees it. */
export interface SourceFile {
  /** Position in the data set's order: 0 … count−1, stable for the same files. */
  readonly index: number;
  /** Path relative to the data set's root, with `/`. */
  readonly path: string;
  readonly role: 'image' | 'idx-images' | 'idx-labels';
  /** Index into the summary's classes, −1 where there is none. */
  readonly label: number;
  /** The split a folder's name asks for. */
  readonly split: Split | null;
}

/** A run of bytes of one file inside a pack. */
export interface PackSegment {
  readonly file: SourceFile;
  /** Offset of these bytes inside the file. */
  readonly offset: number;
  readonly length: number;
  /** Size of the whole file in bytes; segments of one file are consecutive and end at `size`. */
  readonly size: number;
  /** The file could not be read; it has no bytes. */
  readonly error?: WireError;
  /** The bytes are not the file's: they are its packed image from the cache, whole. */
  readonly packed?: true;
}

export interface Pack {
  readonly segments: readonly PackSegment[];
  /** The segments' bytes, one after the other; an exact-size buffer of its own. */
  readonly bytes: Uint8Array;
  /** Where to go on; null after the last pack. */
  readonly next: PackCursor | null;
}

export interface PackCursor {
  /** Index of the file to go on with. */
  readonly file: number;
  /** Byte offset inside it. */
  readonly offset: number;
}

export const packStart: PackCursor = { file: 0, offset: 0 };

/** A named source of files that answers pulls; the host's data sets are, and so is the evaluation's server. */
export interface PackSource {
  readonly id: string;
  /** Number of files. */
  readonly files: number;
}

export interface PackRequest {
  readonly source: string;
  readonly cursor: PackCursor;
  /** Pull these files only, in this order (`cursor.file` then counts along this list). */
  readonly only?: readonly number[];
  /** Files that have not changed may come as packed images of this fitting. */
  readonly fitting?: Fitting;
}
