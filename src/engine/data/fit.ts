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
import { filterRow, overlaps } from './area-filter.ts';
import { graySource, rgbaSource, type GrayImage, type Source } from './fit-source.ts';
import type { RgbaImage } from './image.ts';

export interface FitTarget {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly mode: FitMode;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
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
    if (!source.filter?.(from.y + y, from.x, columns, sums)) {
      source.read(row, from.y + y, from.x, from.width);
      filterRow(row, channels, columns, sums);
    }
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
