/**
 * From an image of any size to the bytes that a model sees. The rules, in order:
 *
 * 1. Background: per channel the median of the outermost ring of pixels with alpha ≥ 128 (of an even number the lower
 *    of the middle two); black where there are none.
 * 2. Transparency: every pixel is composited over the background and rounded to a byte.
 * 3. Gray: BT.601 luma (299 R + 587 G + 114 B) / 1000 of that pixel, rounded to a byte; gray pixels keep their value.
 * 4. Size: the area (box) filter. An output pixel is the mean of the source pixels under it, each weighted by the area
 *    that it covers, in both directions and when enlarging too. Sums are exact integers; the result is rounded once,
 *    half up. Where the sizes agree nothing changes.
 *
 * `stretch` fills the output. `contain` scales by the smaller of the two ratios, rounds the picture's sides to whole
 * pixels (at least 1), centres it (an odd pixel goes right or below) and fills the rest with the background (in gray:
 * its luma). `cover` cuts the largest centred part with the output's shape out of the image, in whole pixels (at least
 * 1; an odd pixel is lost right or below), and scales that.
 */
import type { FitMode } from '../../shared/model-spec.ts';
import type { RgbaImage } from './image.ts';

export interface FitTarget {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly mode: FitMode;
}

/** A gray image, U8 `[height, width]`, row-major. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An image as the filter reads it. */
interface Source {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** One byte per channel, for the padding; computed when it is asked for. */
  background(): readonly number[];
  /** Writes pixels `[x, x + count)` of row `y`, channels interleaved, from the start of `row`. */
  read(row: Uint8Array, y: number, x: number, count: number): void;
}

const luma = (r: number, g: number, b: number): number => ((299 * r + 587 * g + 114 * b + 500) / 1000) | 0;

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

function rgbaSource(image: RgbaImage, channels: 1 | 3): Source {
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

function graySource(image: GrayImage, channels: 1 | 3): Source {
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

/** Which part of the source goes to which part of the output. */
function placement(
  source: { readonly width: number; readonly height: number },
  { width, height, mode }: FitTarget,
): { readonly from: Rectangle; readonly to: Rectangle } {
  const whole = { x: 0, y: 0, width: source.width, height: source.height };
  const full = { x: 0, y: 0, width, height };
  /** Largest whole-pixel rectangle of the shape a : b inside w × h, centred. */
  const inside = (w: number, h: number, a: number, b: number): Rectangle => {
    const inner = {
      width: Math.min(w, Math.max(1, Math.round((h * a) / b))),
      height: Math.min(h, Math.max(1, Math.round((w * b) / a))),
    };
    return { x: (w - inner.width) >> 1, y: (h - inner.height) >> 1, ...inner };
  };
  switch (mode) {
    case 'stretch':
      return { from: whole, to: full };
    case 'contain':
      return { from: whole, to: inside(width, height, source.width, source.height) };
    case 'cover':
      return { from: inside(source.width, source.height, width, height), to: full };
  }
}

/**
 * Where the whole image lies in its view, in the view's pixels; beyond the view's edges where `cover` cut it.
 * @param source size of the image
 */
export function imageRectangle(
  source: { readonly width: number; readonly height: number },
  target: FitTarget,
): Rectangle {
  const { from, to } = placement(source, target);
  return {
    x: to.x - (from.x * to.width) / from.width,
    y: to.y - (from.y * to.height) / from.height,
    width: (source.width * to.width) / from.width,
    height: (source.height * to.height) / from.height,
  };
}

/**
 * Weights of the area filter along one axis, from `from` source pixels to `to` output pixels. In units in which a
 * source pixel is `to` wide and an output pixel `from`, all overlaps are integers; those of an output pixel sum to `from`.
 */
function overlaps(
  from: number,
  to: number,
): {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly head: Int32Array;
  readonly tail: Int32Array;
} {
  const [first, last, head, tail] = [
    new Int32Array(to),
    new Int32Array(to),
    new Int32Array(to),
    new Int32Array(to),
  ];
  for (let j = 0; j < to; j++) {
    const start = j * from;
    const end = start + from;
    const i = Math.floor(start / to);
    const k = Math.floor((end - 1) / to);
    first[j] = i;
    last[j] = k;
    head[j] = Math.min(end, (i + 1) * to) - start;
    tail[j] = k > i ? end - k * to : 0;
  }
  return { first, last, head, tail };
}

/** Shrinks or enlarges one row into `sums`, one exact sum per output pixel and channel (see {@link overlaps}). */
function filterRow(
  row: Uint8Array,
  channels: number,
  { first, last, head, tail }: ReturnType<typeof overlaps>,
  unit: number,
  sums: Float64Array,
): void {
  for (let j = 0; j < first.length; j++) {
    const i = first[j] ?? 0;
    const k = last[j] ?? 0;
    const headWeight = head[j] ?? 0;
    const tailWeight = tail[j] ?? 0;
    for (let c = 0; c < channels; c++) {
      let middle = 0;
      const end = k * channels + c;
      for (let at = (i + 1) * channels + c; at < end; at += channels) middle += row[at] ?? 0;
      sums[j * channels + c] =
        headWeight * (row[i * channels + c] ?? 0) + unit * middle + tailWeight * (row[end] ?? 0);
    }
  }
}

function resample(source: Source, target: FitTarget, out: Uint8Array): void {
  const { channels } = source;
  const { from, to } = placement(source, target);
  if (to.width !== target.width || to.height !== target.height) {
    const background = source.background();
    for (let i = 0; i < out.length; i++) out[i] = background[i % channels] ?? 0;
  }
  if (from.width === to.width && from.height === to.height) {
    for (let y = 0; y < to.height; y++) {
      const at = ((to.y + y) * target.width + to.x) * channels;
      source.read(out.subarray(at, at + to.width * channels), from.y + y, from.x, from.width);
    }
    return;
  }
  const row = new Uint8Array(from.width * channels);
  const stride = to.width * channels;
  const columns = overlaps(from.width, to.width);
  const sums = new Float64Array(stride);
  const area = from.width * from.height;

  // Output rows come one after the other, and a source row lies under at most a run of them.
  const pending = new Float64Array(stride);
  let next = 0;
  const flush = (): void => {
    const at = ((to.y + next) * target.width + to.x) * channels;
    for (let i = 0; i < stride; i++) {
      // Integers below 2⁵³, so the quotient's floor is exact: rounding half up.
      out[at + i] = Math.floor((2 * (pending[i] ?? 0) + area) / (2 * area));
    }
    pending.fill(0);
    next++;
  };
  for (let y = 0; y < from.height; y++) {
    source.read(row, from.y + y, from.x, from.width);
    filterRow(row, channels, columns, to.width, sums);
    let start = y * to.height;
    const end = start + to.height;
    while (start < end) {
      const edge = Math.min(end, (next + 1) * from.height);
      const weight = edge - start;
      for (let i = 0; i < stride; i++) pending[i] = (pending[i] ?? 0) + weight * (sums[i] ?? 0);
      if (edge === (next + 1) * from.height) flush();
      start = edge;
    }
  }
}

/** Bytes of one fitted image. */
export const fittedBytes = ({ height, width, channels }: Omit<FitTarget, 'mode'>): number =>
  height * width * channels;

/**
 * Fits an image by the rules above into `out`.
 * @param out U8 `[H, W, C]` of the target, filled whole
 */
export function fitInto(image: RgbaImage, target: FitTarget, out: Uint8Array): void {
  resample(rgbaSource(image, target.channels), target, out);
}

/** {@link fitInto} for a gray image; in RGB every channel is the gray value. */
export function fitGrayInto(image: GrayImage, target: FitTarget, out: Uint8Array): void {
  if (target.channels === 1 && image.width === target.width && image.height === target.height) {
    out.set(image.data.subarray(0, image.width * image.height));
    return;
  }
  resample(graySource(image, target.channels), target, out);
}

/**
 * Fits an image by the rules above.
 * @returns U8 `[H, W, C]`, row-major
 */
export function fit(image: RgbaImage, target: FitTarget): Uint8Array {
  const out = new Uint8Array(fittedBytes(target));
  fitInto(image, target, out);
  return out;
}
