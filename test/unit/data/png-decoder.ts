// The browser's decoder is not to be had in Node: PNG files by fast-png, behind the same checks.
import { decode, encode } from 'fast-png';
import { makeDecoder } from '../../../src/engine/data/decode.ts';
import type { RgbaImage } from '../../../src/engine/data/image.ts';

/** Spreads 1 to 4 channels of 8 bits over RGBA. */
function toRgba(data: ArrayLike<number>, channels: number, pixels: number): Uint8Array {
  const rgba = new Uint8Array(pixels * 4);
  for (let i = 0; i < pixels; i++) {
    const at = (c: number): number => data[i * channels + c] ?? 0;
    const gray = channels < 3;
    rgba.set([at(0), at(gray ? 0 : 1), at(gray ? 0 : 2), channels % 2 === 0 ? at(channels - 1) : 255], i * 4);
  }
  return rgba;
}

export const decodePng = makeDecoder(async (bytes): Promise<RgbaImage> => {
  const { width, height, channels, data } = decode(bytes, { checkCrc: true });
  return Promise.resolve({ width, height, data: toRgba(data, channels, width * height) });
});

/** A gray PNG file of one value, or of the given pixels. */
export function grayPng(width: number, height: number, pixels: number | Uint8Array): Uint8Array {
  const data = typeof pixels === 'number' ? new Uint8Array(width * height).fill(pixels) : pixels;
  return encode({ width, height, data, channels: 1, depth: 8 });
}

export function rgbPng(width: number, height: number, colour: readonly [number, number, number]): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(colour, 3 * i);
  return encode({ width, height, data, channels: 3, depth: 8 });
}
