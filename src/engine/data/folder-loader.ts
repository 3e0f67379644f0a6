/** Loads a folder of image files: one image a file, decoded a few at a time. */
import { cancelled, fromWireError, LensError } from '../../shared/errors.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { ImageColumns } from './assemble.ts';
import { fitInto } from './fit.ts';
import { planeTarget } from './gray-planes.ts';
import { Gate } from './gate.ts';
import type { Decode } from './image.ts';
import { maxPixels, readImageHeader } from './image-header.ts';
import { labelTest } from './label-filter.ts';
import type { LoadRequest } from './loader.ts';
import { formatBytes } from './memory.ts';
import type { PackedImages } from './packed-images.ts';
import { readPieces, type Piece } from './pieces.ts';
import { SkippedFiles } from './skipped.ts';

const decodesAtOnce = 6;
/** No image within the limits of size is larger, compressed or not. */
export const maxFileBytes = 512 * 1024 * 1024;

/** A first piece that is shorter proves nothing: it may end within the signature. */
const judgedBytes = 64 * 1024;

/** Puts a file's pieces together; judges it by its first one, so that a hopeless file is not collected. */
export class FileAssembly {
  #parts: Uint8Array[] = [];
  #failed = false;

  /**
   * @returns the whole file's bytes behind its last piece, else undefined
   * @throws LensError once per file, for the first reason to leave it out
   */
  add(piece: Piece): Uint8Array | undefined {
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
    if (piece.last && this.#parts.length === 0) return piece.bytes;
    this.#parts.push(piece.bytes);
    if (!piece.last) return undefined;
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.#parts = [];
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

/** The most images that there can be. */
function capacityOf({ source, classes = [] }: LoadRequest, keeps: (label: number) => boolean): number {
  const left = classes.reduce((sum, { count }, label) => sum + (keeps(label) ? 0 : (count ?? 0)), 0);
  return Math.max(0, source.files - left);
}

/** See `loadDataset`. */
export async function loadFolder(request: LoadRequest & { readonly decode: Decode }): Promise<PackedImages> {
  const { source, shape, signal, decode, onProgress } = request;
  const names = (request.classes ?? []).map(({ name }) => name);
  const keeps = labelTest(request.filter, names);
  const columns = new ImageColumns(capacityOf(request, keeps), shape, request.memoryBudget, request.planes);
  const target = { ...shape, mode: request.mode };
  const skipped = new SkippedFiles();
  const gate = new Gate(decodesAtOnce, maxPixels);
  const assembly = new FileAssembly();
  let done = 0;
  const finished = (): void => onProgress?.({ phase: 'reading', done: ++done, total: source.files });

  const decodeTo = async (place: number, file: SourceFile, bytes: Uint8Array): Promise<void> => {
    try {
      const image = await decode(bytes, file.path);
      fitInto(image, target, columns.at(place));
      columns.planes?.set(place, (plane) => fitInto(image, planeTarget, plane));
      columns.fill(place);
    } catch (error) {
      skipped.add(file, error);
    }
    finished();
  };

  for await (const piece of readPieces(request)) {
    const { file, last } = piece;
    if (signal.aborted) throw cancelled();
    if (!keeps(file.label)) {
      if (last) finished();
      continue;
    }
    let bytes: Uint8Array | undefined;
    let weight = 0;
    try {
      bytes = assembly.add(piece);
      if (bytes) {
        const { width, height } = readImageHeader(bytes, file.path);
        weight = width * height;
      }
    } catch (error) {
      skipped.add(file, error);
      finished();
      continue;
    }
    if (!bytes) continue;
    const whole = bytes;
    const place = columns.take(file, file.label, 0);
    await gate.start(weight, () => decodeTo(place, file, whole));
  }
  await gate.idle();
  if (signal.aborted) throw cancelled();
  return columns.finish(names, skipped, request.filter !== null && request.filter !== undefined);
}
