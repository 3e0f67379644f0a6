/** Reads the image files of a folder: whole bytes, header first, a few decoded at a time; what cannot be read is left out. */
import { cancelled, fromWireError, LensError } from '../../shared/errors.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { decodeGate } from './gate.ts';
import type { Decode, RgbaImage } from './image.ts';
import { readImageHeader } from './image-header.ts';
import { formatBytes } from '../../shared/bytes.ts';
import { readPieces, type Piece, type PieceRequest } from './pieces.ts';
import { SkippedFiles } from './skipped.ts';

export interface FolderReadingRequest extends Pick<PieceRequest, 'source' | 'pull' | 'signal'> {
  readonly decode: Decode;
  /** Called after every file, read or not, with the number of files so far. */
  readonly onFile: (done: number) => void;
}

/** A file that is all here and begins as an image. */
export interface WholeFile {
  readonly file: SourceFile;
  readonly bytes: Uint8Array;
  /** Width times height by its header. */
  readonly pixels: number;
}

/** Who makes something of the images. */
export interface ImageTaker {
  /** Whether a file is wanted; all are where left out. The others only count as done. */
  keeps?(file: SourceFile): boolean;
  /** Gives a file its place: in the order of the files, whatever the order of decoding. What it throws ends the reading. */
  place(file: SourceFile): number;
  /**
   * Takes a file into its place without its pixels, where that will do. What it throws is the reason to leave the file out.
   * @returns whether it is done with; it is decoded otherwise, as all are where left out
   */
  skim?(place: number, whole: WholeFile): boolean;
  /** Takes an image into its place. What it throws is the reason to leave the file out. */
  fill(place: number, image: RgbaImage, whole: WholeFile): void | Promise<void>;
  /** Takes a packed image, which comes only where `fitting` asks for them. @returns whether the file is done with */
  unpack?(file: SourceFile, bytes: Uint8Array): boolean;
}

/** No image within the limits of size is larger, compressed or not. */
const maxFileBytes = 512 * 1024 * 1024;

/** A first piece that is shorter proves nothing: it may end within the signature. */
const judgedBytes = 64 * 1024;

/** Puts a file's pieces together; judges it by its first one, so that a hopeless file is not collected. */
class FileAssembly {
  #parts: Uint8Array[] = [];
  #failed = false;

  /**
   * @returns the whole file behind its last piece, else undefined
   * @throws LensError once per file, for the first reason to leave it out
   */
  add(piece: Piece): WholeFile | undefined {
    if (piece.offset === 0) {
      this.#parts = [];
      this.#failed = false;
    }
    if (this.#failed) return undefined;
    try {
      this.#judge(piece);
    } catch (error) {
      this.#failed = true;
      this.#parts = [];
      throw error;
    }
    this.#parts.push(piece.bytes);
    if (!piece.last) return undefined;
    const { file } = piece;
    const bytes = this.#joined();
    this.#parts = [];
    const { width, height } = readImageHeader(bytes, file.path);
    return { file, bytes, pixels: width * height };
  }

  /** A view into the pack where the file came in one piece. */
  #joined(): Uint8Array {
    const [first] = this.#parts;
    if (first && this.#parts.length === 1) return first;
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #judge({ file, size, bytes, offset, last, error }: Piece): void {
    if (error) throw fromWireError(error);
    if (size > maxFileBytes) {
      throw new LensError(
        'image-too-large',
        `“${file.path}” has ${formatBytes(size)}; files over ${formatBytes(maxFileBytes)} are left out.`,
      );
    }
    if (offset > 0 || last || bytes.length < judgedBytes) return;
    try {
      readImageHeader(bytes, file.path);
    } catch (problem) {
      // The header may go on in the next piece.
      if (!(problem instanceof LensError && problem.code === 'truncated')) throw problem;
    }
  }
}

/** Files in their order, each decoded into the place it was given. */
export class FolderReading {
  readonly skipped = new SkippedFiles();
  readonly #gate = decodeGate();
  #done = 0;

  constructor(
    private readonly request: FolderReadingRequest,
    private readonly taker: ImageTaker,
  ) {}

  /**
   * Reads to the end; a second call reads the files that the first one did not finish, and counts on.
   * @throws LensError `cancelled`; what `pull` or the taker's `place` throw
   */
  async read(how: Pick<PieceRequest, 'fitting' | 'only'> = {}): Promise<void> {
    const { source, pull, signal } = this.request;
    const assembly = new FileAssembly();
    for await (const piece of readPieces({ source, pull, signal, ...how })) {
      if (signal.aborted) throw cancelled();
      const { file } = piece;
      if (this.taker.keeps?.(file) === false) {
        if (piece.last) this.#finished();
      } else if (piece.packed) {
        if (this.taker.unpack?.(file, piece.bytes)) this.#finished();
      } else {
        await this.#take(assembly, piece);
      }
    }
    await this.#gate.idle();
    if (signal.aborted) throw cancelled();
  }

  async #take(assembly: FileAssembly, piece: Piece): Promise<void> {
    let whole: WholeFile | undefined;
    try {
      whole = assembly.add(piece);
    } catch (error) {
      this.skipped.add(piece.file, error);
      this.#finished();
      return;
    }
    if (!whole) return;
    const read = whole;
    const place = this.taker.place(read.file);
    if (this.#skimmed(place, read)) {
      this.#finished();
      return;
    }
    await this.#gate.start(read.pixels, () => this.#decode(place, read));
  }

  #skimmed(place: number, whole: WholeFile): boolean {
    try {
      return this.taker.skim?.(place, whole) ?? false;
    } catch (error) {
      this.skipped.add(whole.file, error);
      return true;
    }
  }

  async #decode(place: number, whole: WholeFile): Promise<void> {
    try {
      const image = await this.request.decode(whole.bytes, whole.file.path);
      await this.taker.fill(place, image, whole);
    } catch (error) {
      this.skipped.add(whole.file, error);
    }
    this.#finished();
  }

  #finished(): void {
    this.request.onFile(++this.#done);
  }
}
