/** From packs to pieces of files: pulls the next pack while the last one is worked on, and believes no length. */
import { cancelled, LensError, type WireError } from '../../shared/errors.ts';
import {
  packStart,
  type Pack,
  type PackRequest,
  type PackSegment,
  type PackSource,
  type SourceFile,
} from '../../shared/transport.ts';
import type { Fitting } from '../../shared/packed.ts';

export type Pull = (request: PackRequest, signal: AbortSignal) => Promise<Pack>;

export interface PieceRequest {
  readonly source: PackSource;
  readonly pull: Pull;
  readonly signal: AbortSignal;
  /** These files only, in this order; all by default. */
  readonly only?: readonly number[];
  /** Whether to pull one pack ahead (default); false where only the first bytes are wanted. */
  readonly ahead?: boolean;
  /** Takes packed images of this fitting in place of files, where the host has them. */
  readonly fitting?: Fitting;
}

/** Consecutive bytes of one file. */
export interface Piece {
  readonly file: SourceFile;
  readonly offset: number;
  readonly size: number;
  /** A view into the pack. */
  readonly bytes: Uint8Array;
  /** Whether the file ends here (an error ends it too). */
  readonly last: boolean;
  readonly error: WireError | undefined;
  /** The bytes are the file's packed image, see {@link PackSegment.packed}; then they are whole. */
  readonly packed: boolean;
}

const broken = (path: string): LensError =>
  new LensError('read-failed', `“${path}” changed or could not be read to its end while it was being read.`);

/** Holds a file's pieces against each other: they must follow one another and end at its size. */
class PieceOrder {
  #file = -1;
  #end = 0;
  #size = 0;
  #path = '';

  check({ file, offset, size, last, bytes, error }: Piece): WireError | undefined {
    const expected = this.#file === file.index ? this.#end : 0;
    const ok = offset === expected && (this.#file !== file.index || size === this.#size);
    this.#file = last ? -1 : file.index;
    this.#end = offset + bytes.length;
    this.#size = size;
    this.#path = file.path;
    if (error || ok) return error;
    const { code, message } = broken(file.path);
    return { code, message };
  }

  /** @throws LensError where a file was left unfinished */
  finish(): void {
    if (this.#file >= 0) throw broken(this.#path);
  }
}

function* piecesOf(pack: Pack): Generator<Piece> {
  let at = 0;
  for (const segment of pack.segments) {
    const { file, offset, length, size, error }: PackSegment = segment;
    const packed = segment.packed === true;
    const end = at + length;
    if (!(length >= 0 && end <= pack.bytes.length)) throw broken(file.path);
    const bytes = pack.bytes.subarray(at, end);
    at = end;
    yield { file, offset, size, bytes, last: error !== undefined || offset + length >= size, error, packed };
  }
}

/**
 * The files of a source, piece by piece. At most one pack is pulled ahead; leaving the loop cancels it.
 * @throws LensError `cancelled`, or what `pull` throws
 */
export async function* readPieces(request: PieceRequest): AsyncGenerator<Piece> {
  const { source, pull, only, fitting, ahead = true } = request;
  const own = new AbortController();
  const signal = AbortSignal.any([request.signal, own.signal]);
  const ask = (cursor: PackRequest['cursor']): Promise<Pack> => {
    const pack = pull(
      { source: source.id, cursor, ...(only && { only }), ...(fitting && { fitting }) },
      signal,
    );
    // Whoever stops listening early leaves this promise behind; its failure is then nobody's concern.
    pack.catch(() => undefined);
    return pack;
  };
  const order = new PieceOrder();
  const files = only?.length ?? source.files;
  try {
    if (request.signal.aborted) throw cancelled();
    let next = files > 0 ? ask(packStart) : undefined;
    while (next) {
      const pack: Pack = await next;
      if (request.signal.aborted) throw cancelled();
      next = pack.next && ahead ? ask(pack.next) : undefined;
      for (const piece of piecesOf(pack)) {
        const error = order.check(piece);
        yield error === piece.error ? piece : { ...piece, error, last: true };
      }
      if (pack.next && !ahead) next = ask(pack.next);
    }
    order.finish();
  } catch (error) {
    // However a pull words its end, whoever cancelled hears of a cancellation.
    throw request.signal.aborted ? cancelled() : error;
  } finally {
    own.abort();
  }
}
