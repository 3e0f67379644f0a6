/** The heat map over the image it belongs to, with what lies above the threshold outlined. Pure. */
import { sequentialColor } from '../shared/color-maps.ts';
import type { Picture } from '../shared/pixels.ts';

export interface HeatLayer {
  /** F32 `[H, W]` over the picture, ≥ 0. */
  readonly values: Float32Array;
  /** The value that takes the colour map's end. */
  readonly scale: number;
  /** Pixels above it are outlined; null for no outline. */
  readonly threshold: number | null;
}

/** The end of the colour map: the hottest pixel, but no less than the threshold, so that ordinary images stay cool. */
export function heatScale(values: Float32Array, threshold: number | null): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return Math.max(largest, threshold ?? 0);
}

/** Whether any pixel lies above the threshold. */
export const isOutlined = ({ values, threshold }: Pick<HeatLayer, 'values' | 'threshold'>): boolean =>
  threshold !== null && values.some((value) => value > threshold);

/** How often pixels are repeated, so that the outline is thin beside them: the larger side becomes about 560 pixels. */
export const overlayTimes = ({ width, height }: Pick<Picture, 'width' | 'height'>): number =>
  Math.max(1, Math.min(16, Math.round(560 / Math.max(width, height))));

/**
 * Each pixel takes the colour of its heat, the stronger the hotter it is; the outline is white within and black around,
 * so that it is seen on any image.
 * @param picture of the size of the values
 * @param opacity 0 shows the image alone, 1 the full colour where it is hottest
 * @param times how often each pixel is repeated along both sides
 */
export function heatOverlay(picture: Picture, layer: HeatLayer, opacity: number, times: number): Picture {
  const { width, height, rgba } = picture;
  const { values, scale, threshold } = layer;
  const mixed = new Uint8ClampedArray(rgba.length);
  for (let i = 0; i < width * height; i++) {
    const share = scale > 0 ? Math.min(1, Math.max(0, (values[i] ?? 0) / scale)) : 0;
    const color = sequentialColor(share);
    const weight = opacity * share;
    for (const c of [0, 1, 2] as const) {
      const below = rgba[i * 4 + c] ?? 0;
      mixed[i * 4 + c] = Math.round(below + weight * (color[c] - below));
    }
    mixed[i * 4 + 3] = 255;
  }
  const large = { width: width * times, height: height * times };
  const out = new Uint8ClampedArray(large.width * large.height * 4);
  const from = new Uint32Array(mixed.buffer);
  const to = new Uint32Array(out.buffer);
  for (let y = 0; y < large.height; y++) {
    const row = Math.floor(y / times) * width;
    for (let x = 0; x < large.width; x++) to[y * large.width + x] = from[row + Math.floor(x / times)] ?? 0;
  }
  if (threshold !== null)
    outline(to, large, (x, y) => hot(Math.floor(x / times), Math.floor(y / times)), times);
  return { ...large, rgba: out };

  function hot(x: number, y: number): boolean {
    return (
      x >= 0 && y >= 0 && x < width && y < height && (values[y * width + x] ?? 0) > (threshold ?? Infinity)
    );
  }
}

const white = 0xffffffff;
const black = 0xff000000;

function outline(
  pixels: Uint32Array,
  { width, height }: { readonly width: number; readonly height: number },
  hot: (x: number, y: number) => boolean,
  times: number,
): void {
  const thick = times >= 8 ? 2 : 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = hot(x, y);
      const near = [
        [x - thick, y],
        [x + thick, y],
        [x, y - thick],
        [x, y + thick],
      ] as const;
      // Beyond the picture's own edge there is nothing to tell apart.
      const edge = near.some(([u, v]) => u >= 0 && v >= 0 && u < width && v < height && hot(u, v) !== inside);
      if (edge) pixels[y * width + x] = inside ? white : black;
    }
  }
}
