/** Gray planes of images: the scores look at brightness alone. */
import type { MapShape } from '../model/network.ts';

/** A gray plane F64 `[height, width]`, row-major. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * BT.601 luma of an image, unrounded.
 * @param pixels `[H, W, C]`, row-major, from `offset` on, 0–1
 */
export function lumaPlane(pixels: Float32Array, { height, width, channels }: MapShape, offset = 0): Plane {
  const values = new Float64Array(height * width);
  if (channels === 1) {
    for (let i = 0; i < values.length; i++) values[i] = pixels[offset + i] as number;
    return { height, width, values };
  }
  for (let i = 0, at = offset; i < values.length; i++, at += channels) {
    values[i] =
      0.299 * (pixels[at] as number) +
      0.587 * (pixels[at + 1] as number) +
      0.114 * (pixels[at + 2] as number);
  }
  return { height, width, values };
}

/** Means of blocks of `factor` × `factor`; an odd row or column at the end is left out. */
export function shrink({ height, width, values }: Plane, factor: number): Plane {
  const [h, w] = [Math.floor(height / factor), Math.floor(width / factor)];
  const small = new Float64Array(h * w);
  for (let y = 0; y < h * factor; y++) {
    const to = Math.floor(y / factor) * w;
    for (let x = 0; x < w * factor; x++) {
      const at = to + Math.floor(x / factor);
      small[at] = (small[at] as number) + (values[y * width + x] as number);
    }
  }
  const area = factor * factor;
  for (let i = 0; i < small.length; i++) small[i] = (small[i] as number) / area;
  return { height: h, width: w, values: small };
}

/** A plane of bytes as numbers in 0–1. */
export const fromBytes = (bytes: Uint8Array, height: number, width: number): Plane => ({
  height,
  width,
  values: Float64Array.from(bytes, (byte) => byte / 255),
});

/**
 * The same brightness and contrast for every picture: x ← clip((x − mean) / std · 0.2 + 0.5) to 0–1 (guide, §3.2;
 * population std). A plane without contrast becomes 0.5 throughout.
 */
export function normaliseContrast({ height, width, values }: Plane): Plane {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  if (deviation < 1e-9) return { height, width, values: new Float64Array(values.length).fill(0.5) };
  const scale = 0.2 / deviation;
  const normal = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    normal[i] = Math.min(1, Math.max(0, ((values[i] as number) - mean) * scale + 0.5));
  }
  return { height, width, values: normal };
}
