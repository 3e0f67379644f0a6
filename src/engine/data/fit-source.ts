/** Images as the area filter reads them: composited, gray or RGB, row by row. The rules are in fit.ts. */
import type { Overlaps } from './area-filter.ts';
import type { RgbaImage } from './image.ts';
import { luma } from './luma.ts';
import { opaqueRows } from './opaque-rows.ts';

/** A gray image, U8 `[height, width]`, row-major. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** An image as the filter reads it. */
export interface Source {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** One byte per channel, for the padding; computed when it is asked for. */
  background(): readonly number[];
  /** Writes pixels `[x, x + count)` of row `y`, channels interleaved, from the start of `row`. */
  read(row: Uint8Array, y: number, x: number, count: number): void;
  /**
   * Filters row `y` from pixel `x` on without writing it out first: a short cut to `read` and `filterRow`.
   * @returns false where the row has to be read
   */
  filter?(y: number, x: number, columns: Overlaps, sums: Float64Array): boolean;
}

/** Calls back with the index of every pixel of the outermost ring, once. */
function forBorder(width: number, height: number, visit: (pixel: number) => void): void {
  const last = (height - 1) * width;
  for (let x = 0; x < width; x++) {
    visit(x);
    if (height > 1) visit(last + x);
  }
  for (let y = 1; y < height - 1; y++) {
    visit(y * width);
    if (width > 1) visit(y * width + width - 1);
  }
}

/** The lower median of the values counted in `histogram` (256 bins); 0 where there are none. */
function medianOf(histogram: Uint32Array, count: number): number {
  const rank = Math.floor((count - 1) / 2);
  let seen = 0;
  for (let value = 0; value < 256; value++) {
    seen += histogram[value] ?? 0;
    if (seen > rank) return value;
  }
  return 0;
}

/** The background of rule 1. @returns red, green, blue */
export function backgroundOf({ width, height, data }: RgbaImage): readonly [number, number, number] {
  const [red, green, blue] = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)];
  const bump = (histogram: Uint32Array, value = 0): void => {
    histogram[value] = (histogram[value] ?? 0) + 1;
  };
  let count = 0;
  forBorder(width, height, (pixel) => {
    const at = 4 * pixel;
    if ((data[at + 3] ?? 0) < 128) return;
    count++;
    bump(red, data[at]);
    bump(green, data[at + 1]);
    bump(blue, data[at + 2]);
  });
  return count === 0 ? [0, 0, 0] : [medianOf(red, count), medianOf(green, count), medianOf(blue, count)];
}

/** Computes once, and only if asked. */
function lazy<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}

export function rgbaSource(image: RgbaImage, channels: 1 | 3): Source {
  const { width, height, data } = image;
  // Most images are opaque and need no background at all.
  const colour = lazy(() => backgroundOf(image));
  const over = (value: number, back: number, alpha: number): number =>
    ((value * alpha + back * (255 - alpha) + 127) / 255) | 0;
  return {
    width,
    height,
    channels,
    background: () => (channels === 1 ? [luma(...colour())] : colour()),
    ...opaqueRows(image, channels),
    read(row, y, x, count) {
      let to = 0;
      let from = 4 * (y * width + x);
      for (let i = 0; i < count; i++, from += 4) {
        let r = data[from] ?? 0;
        let g = data[from + 1] ?? 0;
        let b = data[from + 2] ?? 0;
        const alpha = data[from + 3] ?? 0;
        if (alpha !== 255) {
          const back = colour();
          r = over(r, back[0], alpha);
          g = over(g, back[1], alpha);
          b = over(b, back[2], alpha);
        }
        if (channels === 1) {
          row[to++] = luma(r, g, b);
        } else {
          row[to] = r;
          row[to + 1] = g;
          row[to + 2] = b;
          to += 3;
        }
      }
    },
  };
}

/** The median of a gray image's outermost ring of pixels. */
function grayBackground({ width, height, data }: GrayImage): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  forBorder(width, height, (pixel) => {
    const value = data[pixel] ?? 0;
    histogram[value] = (histogram[value] ?? 0) + 1;
    count++;
  });
  return medianOf(histogram, count);
}

export function graySource(image: GrayImage, channels: 1 | 3): Source {
  const { width, height, data } = image;
  return {
    width,
    height,
    channels,
    background: () => new Array<number>(channels).fill(grayBackground(image)),
    read(row, y, x, length) {
      const from = y * width + x;
      if (channels === 1) {
        row.set(data.subarray(from, from + length));
      } else {
        for (let i = 0; i < length; i++) row.fill(data[from + i] ?? 0, 3 * i, 3 * i + 3);
      }
    },
  };
}
