/** Unpacking of gzip streams that nobody vouches for. */
import { Gunzip } from 'fflate';
import { LensError } from '../../shared/errors.ts';

/** Deflate makes at most this many bytes of one (zlib, "Maximum Expansion Factor"). */
export const maxExpansion = 1032;

/** Compressed bytes handed to the inflater at a time: they become 33 MB at most before the limit is looked at. */
const slice = 32 * 1024;

export const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;

export interface Inflater {
  /** Unpacks the next compressed bytes, which must not be changed afterwards. */
  push(bytes: Uint8Array): void;
  /** Call after the last bytes. */
  finish(): void;
}

/**
 * A streaming gzip reader.
 * @param emit receives the unpacked bytes in order; what it throws, `push` and `finish` throw
 * @throws LensError `invalid-dataset` for bytes that are no gzip stream or end too early
 */
export function createInflater(name: string, emit: (bytes: Uint8Array) => void): Inflater {
  // Kept apart from the inflater's own errors, which are put into words.
  let thrown: { readonly error: unknown } | undefined;
  const gunzip = new Gunzip((bytes) => {
    if (thrown || bytes.length === 0) return;
    try {
      emit(bytes);
    } catch (error) {
      thrown = { error };
    }
  });
  const push = (bytes: Uint8Array, final: boolean): void => {
    try {
      gunzip.push(bytes, final);
    } catch (error) {
      if (thrown) throw thrown.error;
      throw new LensError(
        'invalid-dataset',
        `“${name}” cannot be unpacked: the gzip file is damaged or cut short. Copy or download it again.`,
        error instanceof Error ? error.message : String(error),
      );
    }
    if (thrown) throw thrown.error;
  };
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at += slice) push(bytes.subarray(at, at + slice), false);
    },
    finish: () => push(new Uint8Array(0), true),
  };
}
