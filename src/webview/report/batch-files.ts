/** From packs to whole files, in the order in which they come. Pure. */
import { LensError, fromWireError } from '../../shared/errors.ts';
import type { Pack } from '../../shared/transport.ts';

/** A file of a batch, or why there is none. */
export type BatchFile =
  | { readonly index: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly index: number; readonly error: LensError };

/** Puts the segments of large files together; believes no length that a pack states. */
export class BatchFiles {
  #parts: Uint8Array[] = [];
  #index = -1;
  #end = 0;
  /** The file that was given up, whose further parts are left out with it. */
  #torn = -1;

  /** The files that end in this pack; their bytes are copies of their own. */
  *take(pack: Pack): Generator<BatchFile> {
    let at = 0;
    for (const { file, offset, length, size, error } of pack.segments) {
      const { index, path } = file;
      const bytes = pack.bytes.subarray(at, at + length);
      at += length;
      if (error) {
        this.#forget();
        yield { index, error: fromWireError(error) };
        continue;
      }
      const follows = offset === 0 || (index === this.#index && offset === this.#end);
      if (!follows || bytes.length !== length || offset + length > size) {
        this.#forget();
        if (index !== this.#torn) yield { index, error: torn(path) };
        this.#torn = index;
        continue;
      }
      if (offset === 0) this.#parts = [];
      this.#index = index;
      this.#end = offset + length;
      this.#parts.push(bytes.slice());
      if (this.#end < size) continue;
      const whole = joined(this.#parts, size);
      this.#forget();
      yield { index, bytes: whole };
    }
  }

  #forget(): void {
    this.#parts = [];
    this.#index = -1;
    this.#end = 0;
  }
}

const torn = (path: string): LensError =>
  new LensError('read-failed', `“${path}” changed or could not be read to its end while it was being read.`);

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  // Each part is a copy already.
  if (parts.length === 1 && only) return only as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
