/** Pixels for the screen. */
import { divergingColor, sequentialColor } from './color-maps.ts';

/** An image as a canvas wants it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major, `[H, W, 4]`; opaque. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * One image of a packed array.
 * @param bytes U8 `[N, H, W, C]`, row-major; 1 channel is gray, 3 are RGB
 * @param index which of the N
 * @throws RangeError if the array is too short for that image
 */
export function pictureOf(
  bytes: Uint8Array,
  size: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
  index = 0,
): Picture {
  const { height, width, channels } = size;
  const count = height * width;
  const start = index * count * channels;
  if (start + count * channels > bytes.length) throw new RangeError('the image array is too short');
  const rgba = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    const from = start + i * channels;
    const red = bytes[from] ?? 0;
    rgba[i * 4] = red;
    rgba[i * 4 + 1] = channels === 3 ? (bytes[from + 1] ?? 0) : red;
    rgba[i * 4 + 2] = channels === 3 ? (bytes[from + 2] ?? 0) : red;
    rgba[i * 4 + 3] = 255;
  }
  return { width, height, rgba };
}

/** The largest absolute value: the scale of a symmetric map; 0 for none. */
export function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}

/**
 * Signed differences, zero in the middle of the map.
 * @param values F32 `[H, W]`
 * @param scale the magnitude that takes the map's end; 0 draws all of it as zero
 */
export function differencePicture(
  values: Float32Array,
  size: { readonly height: number; readonly width: number },
  scale: number,
  dark: boolean,
): Picture {
  return paint(values, size, (value) => divergingColor(scale > 0 ? value / scale : 0, dark));
}

/** Heat: values from 0 to `scale`. @param values F32 `[H, W]` */
export function heatPicture(
  values: Float32Array,
  size: { readonly height: number; readonly width: number },
  scale: number,
): Picture {
  return paint(values, size, (value) => sequentialColor(scale > 0 ? value / scale : 0));
}

function paint(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  color: (value: number) => readonly [number, number, number],
): Picture {
  const rgba = new Uint8ClampedArray(height * width * 4);
  for (let i = 0; i < height * width; i++) {
    const [red, green, blue] = color(values[i] ?? 0);
    rgba.set([red, green, blue, 255], i * 4);
  }
  return { width, height, rgba };
}
