/** A data set in memory: what training, scoring and projection work on. */
import type { SkippedFile, Split } from '../../shared/dataset.ts';
import { concatPlanes, type GrayPlanes } from './gray-planes.ts';
import { splitCode } from './split.ts';

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export interface PackedImages {
  readonly shape: ImageShape;
  /** Number of images N, in the order of their files (and within an IDX file in its own). */
  readonly count: number;
  /** U8 `[N, H, W, C]`, row-major. */
  readonly pixels: Uint8Array;
  /** I32 `[N]`: index into `classes`, −1 where there is no class. */
  readonly labels: Int32Array;
  /** I8 `[N]`: the split that the folder asks for, as `splitCode` writes it (−1 = free to be split). */
  readonly wanted: Int8Array;
  /** I32 `[N]`: index into `paths`. */
  readonly files: Int32Array;
  /** I32 `[N]`: position within an IDX file; 0 for image files. */
  readonly positions: Int32Array;
  /** Paths relative to the data set's root of the files that were read. */
  readonly paths: readonly string[];
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** The first files that were left out, by name, and the number of all. */
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  /** 16 hex digits over paths, shape and pixels: equal for the same data seen at the same size. */
  readonly fingerprint: string;
  /** Gray planes of photos, where they were asked for. */
  readonly planes?: GrayPlanes;
}

/** The bytes of one image, a view into `pixels`: U8 `[H, W, C]`. */
export function imageAt(
  { pixels, shape }: Pick<PackedImages, 'pixels' | 'shape'>,
  index: number,
): Uint8Array {
  const size = shape.height * shape.width * shape.channels;
  return pixels.subarray(index * size, (index + 1) * size);
}

/** How an image is called: its path, or path and number (from 1) inside an IDX file. */
export function imageName(images: PackedImages, index: number, kind: 'folder' | 'idx'): string {
  const path = images.paths[images.files[index] ?? -1] ?? '';
  return kind === 'folder' ? path : `${path} #${(images.positions[index] ?? 0) + 1}`;
}

/** U32 `[N]`: 0 … N−1. */
export const everyImage = ({ count }: Pick<PackedImages, 'count'>): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => i);

/** The same images, all asked into one split, whatever their folders say. */
export const withWanted = (images: PackedImages, split: Split): PackedImages => ({
  ...images,
  wanted: new Int8Array(images.count).fill(splitCode(split)),
});

/** Two data sets of one shape, one after the other; classes are joined by name. */
export function concatImages(first: PackedImages, second: PackedImages): PackedImages {
  const names = [...new Set([...first.classes, ...second.classes].map(({ name }) => name))];
  const numberIn = ({ classes }: PackedImages): number[] => classes.map(({ name }) => names.indexOf(name));
  const countIn = ({ classes }: PackedImages, name: string): number =>
    classes.find((known) => known.name === name)?.count ?? 0;
  const labels = [first, second].flatMap((images) => {
    const numbers = numberIn(images);
    return Array.from(images.labels, (label) => numbers[label] ?? -1);
  });
  const pixels = new Uint8Array(first.pixels.length + second.pixels.length);
  pixels.set(first.pixels);
  pixels.set(second.pixels, first.pixels.length);
  const planes = first.planes && second.planes && concatPlanes(first.planes, second.planes);
  return {
    shape: first.shape,
    count: first.count + second.count,
    pixels,
    labels: Int32Array.from(labels),
    wanted: Int8Array.from([...first.wanted, ...second.wanted]),
    files: Int32Array.from([
      ...first.files,
      ...Array.from(second.files, (file) => file + first.paths.length),
    ]),
    positions: Int32Array.from([...first.positions, ...second.positions]),
    paths: [...first.paths, ...second.paths],
    classes: names.map((name) => ({ name, count: countIn(first, name) + countIn(second, name) })),
    skipped: [...first.skipped, ...second.skipped],
    skippedCount: first.skippedCount + second.skippedCount,
    fingerprint: `${first.fingerprint}+${second.fingerprint}`,
    ...(planes ? { planes } : {}),
  };
}
