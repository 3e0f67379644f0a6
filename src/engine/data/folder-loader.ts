/** Loads a folder of image files: one image a file, decoded a few at a time or taken from the cache. */
import { cancelled, fromWireError, LensError } from '../../shared/errors.ts';
import type { Fitting } from '../../shared/packed.ts';
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
import { PackedKeeper } from './packed-keeper.ts';
import { isWorthKeeping, readRecord } from './packed-records.ts';
import { readPieces, type Piece, type PieceRequest } from './pieces.ts';
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
  const reading = new FolderReading(request);
  try {
    return await reading.run();
  } finally {
    reading.endCache();
  }
}

/** One load: files in their order, each decoded or taken from the cache into the place it was given. */
class FolderReading {
  private readonly names: readonly string[];
  private readonly keeps: (label: number) => boolean;
  private readonly columns: ImageColumns;
  private readonly fitting: Fitting;
  private readonly keeper: PackedKeeper | undefined;
  private readonly skipped = new SkippedFiles();
  private readonly gate = new Gate(decodesAtOnce, maxPixels);
  /** Files whose packed image did not prove itself, and their places. */
  private readonly damaged = new Map<number, number>();
  private done = 0;
  private decoded = 0;
  private fromCache = 0;

  constructor(private readonly request: LoadRequest & { readonly decode: Decode }) {
    const { shape, mode, cache, planes = false, memoryBudget } = request;
    this.names = (request.classes ?? []).map(({ name }) => name);
    this.keeps = labelTest(request.filter, this.names);
    this.columns = new ImageColumns(capacityOf(request, this.keeps), shape, memoryBudget, planes);
    this.fitting = { ...shape, mode, planes };
    this.keeper = cache && new PackedKeeper(cache, this.fitting);
  }

  async run(): Promise<PackedImages> {
    const { cache, signal, filter, onCounts } = this.request;
    await this.read(cache ? { fitting: this.fitting } : {});
    if (this.damaged.size > 0) await this.read({ only: [...this.damaged.keys()] });
    if (signal.aborted) throw cancelled();
    onCounts?.({ decoded: this.decoded, fromCache: this.fromCache });
    return this.columns.finish(this.names, this.skipped, filter !== null && filter !== undefined);
  }

  /** What was decoded so far is kept, also where the load ended early. */
  endCache(): void {
    void this.keeper?.end().catch(() => undefined);
  }

  private finished(): void {
    this.request.onProgress?.({ phase: 'reading', done: ++this.done, total: this.request.source.files });
  }

  private async read(how: Pick<PieceRequest, 'fitting' | 'only'>): Promise<void> {
    const assembly = new FileAssembly();
    for await (const piece of readPieces({ ...this.request, ...how })) {
      const { file } = piece;
      if (this.request.signal.aborted) throw cancelled();
      if (!this.keeps(file.label)) {
        if (piece.last) this.finished();
        continue;
      }
      if (piece.packed) {
        this.unpack(file, piece.bytes);
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
        this.skipped.add(file, error);
        this.finished();
        continue;
      }
      if (!bytes) continue;
      const whole = bytes;
      const place = this.damaged.get(file.index) ?? this.columns.take(file, file.label, 0);
      await this.gate.start(weight, () => this.decodeTo(place, file, whole, weight));
    }
    await this.gate.idle();
  }

  private unpack(file: SourceFile, bytes: Uint8Array): void {
    const { columns } = this;
    const place = columns.take(file, file.label, 0);
    const image = readRecord(bytes, file.path, this.fitting);
    if (!image) {
      this.damaged.set(file.index, place);
      return;
    }
    const { view, plane } = image;
    columns.at(place).set(view);
    if (plane) columns.planes?.set(place, (to) => to.set(plane));
    columns.fill(place);
    this.fromCache++;
    this.finished();
  }

  private async decodeTo(place: number, file: SourceFile, bytes: Uint8Array, pixels: number): Promise<void> {
    const { columns, fitting } = this;
    try {
      const image = await this.request.decode(bytes, file.path);
      const view = columns.at(place);
      fitInto(image, fitting, view);
      const plane = columns.planes?.set(place, (to) => fitInto(image, planeTarget, to));
      columns.fill(place);
      this.decoded++;
      if (isWorthKeeping(bytes.length, pixels, fitting)) await this.keeper?.add(file, { view, plane });
    } catch (error) {
      this.skipped.add(file, error);
    }
    this.finished();
  }
}
