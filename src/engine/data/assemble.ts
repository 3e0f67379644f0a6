/** The columns of a data set while it is being read, and what becomes of them. */
import { LensError } from '../../shared/errors.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { Fingerprint } from './fingerprint.ts';
import { PlaneColumns } from './gray-planes.ts';
import { allocateImages } from './memory.ts';
import type { ImageShape, PackedImages } from './packed-images.ts';
import type { SkippedFiles } from './skipped.ts';
import { splitCode } from './split.ts';

/** Places for `capacity` images, taken in order; a place whose image could not be read is closed up at the end. */
export class ImageColumns {
  readonly pixels: Uint8Array;
  /** Gray planes beside the pixels, where they are asked for. */
  readonly planes: PlaneColumns | undefined;
  readonly #imageBytes: number;
  readonly #labels: Int32Array;
  readonly #wanted: Int8Array;
  readonly #files: Int32Array;
  readonly #positions: Int32Array;
  readonly #filled: Uint8Array;
  readonly #paths: string[] = [];
  #lastFile = -1;
  #taken = 0;

  /** @throws LensError `out-of-memory` over `budget` bytes of pixels and planes */
  constructor(
    private readonly capacity: number,
    private readonly shape: ImageShape,
    budget: number,
    withPlanes = false,
  ) {
    this.pixels = allocateImages(capacity, shape, budget);
    this.planes = withPlanes ? new PlaneColumns(capacity, budget - this.pixels.length) : undefined;
    this.#imageBytes = shape.height * shape.width * shape.channels;
    this.#labels = new Int32Array(capacity);
    this.#wanted = new Int8Array(capacity);
    this.#files = new Int32Array(capacity);
    this.#positions = new Int32Array(capacity);
    this.#filled = new Uint8Array(capacity);
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes the next place. Images of one file are taken one after the other. */
  take(file: SourceFile, label: number, position: number): number {
    if (this.#taken >= this.capacity) {
      throw new LensError(
        'dataset-changed',
        'The data set has grown since its files were listed. Start again to take the new files in.',
      );
    }
    if (file.index !== this.#lastFile) {
      this.#paths.push(file.path);
      this.#lastFile = file.index;
    }
    const place = this.#taken++;
    this.#labels[place] = label;
    this.#wanted[place] = splitCode(file.split);
    this.#files[place] = this.#paths.length - 1;
    this.#positions[place] = position;
    return place;
  }

  /** Where the image of a place goes: U8 `[H, W, C]`. */
  at(place: number): Uint8Array {
    return this.pixels.subarray(place * this.#imageBytes, (place + 1) * this.#imageBytes);
  }

  /** The image of this place is there. */
  fill(place: number): void {
    this.#filled[place] = 1;
  }

  /** Gives up the images of these places. */
  drop(from: number, to: number): void {
    this.#filled.fill(0, from, to);
  }

  /**
   * The finished data set.
   * @param names of the classes, by label
   * @throws LensError where no image is left
   */
  finish(names: readonly string[], skipped: SkippedFiles, filtered: boolean): PackedImages {
    const places = this.#closeUp();
    const count = places.length;
    if (count === 0) {
      if (filtered && skipped.count === 0) {
        throw new LensError('too-few-images', 'The filter leaves no image of this data set.');
      }
      throw skipped.asError();
    }
    const labels = this.#labels.slice(0, count);
    const counts = new Array<number>(names.length).fill(0);
    for (const label of labels)
      if (label >= 0 && label < counts.length) counts[label] = (counts[label] ?? 0) + 1;
    const pixels = this.pixels.subarray(0, count * this.#imageBytes);
    const files = this.#files.slice(0, count);
    const { paths, renumbered } = this.#usedPaths(files);
    const { height, width, channels } = this.shape;
    const fingerprint = new Fingerprint()
      .text(JSON.stringify([height, width, channels, paths]))
      .update(new Uint8Array(renumbered.buffer))
      .update(pixels)
      .digest();
    return {
      shape: this.shape,
      count,
      pixels,
      labels,
      wanted: this.#wanted.slice(0, count),
      files: renumbered,
      positions: this.#positions.slice(0, count),
      paths,
      classes: names.map((name, k) => ({ name, count: counts[k] ?? 0 })),
      skipped: skipped.list(),
      skippedCount: skipped.count,
      fingerprint,
      ...(this.planes ? { planes: this.planes.finish(places) } : {}),
    };
  }

  /** Moves filled places down over the gaps. @returns the filled places, ascending */
  #closeUp(): Uint32Array {
    const places = new Uint32Array(this.#taken);
    let count = 0;
    for (let place = 0; place < this.#taken; place++) {
      if (!this.#filled[place]) continue;
      if (count !== place) {
        this.pixels.copyWithin(
          count * this.#imageBytes,
          place * this.#imageBytes,
          (place + 1) * this.#imageBytes,
        );
        for (const column of [this.#labels, this.#wanted, this.#files, this.#positions]) {
          column[count] = column[place] ?? 0;
        }
      }
      places[count++] = place;
    }
    return places.slice(0, count);
  }

  /** Leaves out the paths of files that gave no image. */
  #usedPaths(files: Int32Array): { readonly paths: readonly string[]; readonly renumbered: Int32Array } {
    const paths: string[] = [];
    let last = -1;
    const renumbered = files.map((file) => {
      if (file !== last) {
        paths.push(this.#paths[file] ?? '');
        last = file;
      }
      return paths.length - 1;
    });
    return { paths, renumbered };
  }
}
