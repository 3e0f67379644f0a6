/** PNG and animated PNG files (APNG 1.0, which is part of PNG 3), 8-bit RGB, written without a canvas. */
import { zlibSync } from 'fflate';
import { pngChunk, pngFile } from '../../../shared/png-chunks.ts';
import type { Picture } from '../pixels.ts';

/** Rows without filter; pixels repeat, so that there is little to gain. */
function compressed({ width, height, rgba }: Picture): Uint8Array {
  const line = 1 + width * 3;
  const lines = new Uint8Array(height * line);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      lines.set(rgba.subarray(from, from + 3), y * line + 1 + x * 3);
    }
  }
  return zlibSync(lines, { level: 6 });
}

/** A still image. */
export const encodePng = (picture: Picture): Uint8Array =>
  pngFile(picture, 'rgb', [pngChunk('IDAT', compressed(picture))]);

/**
 * An animation without end. Programs that know only PNG show its first frame.
 * @param delay milliseconds that each frame stays, 1 to 65,535
 * @throws RangeError without frames, for frames of different sizes and for other delays
 */
export function encodeApng(frames: readonly Picture[], delay: number): Uint8Array {
  const [first] = frames;
  if (first === undefined) throw new RangeError('an animation needs a frame');
  if (frames.some(({ width, height }) => width !== first.width || height !== first.height))
    throw new RangeError('the frames of an animation have one size');
  if (!Number.isInteger(delay) || delay < 1 || delay > 0xffff) throw new RangeError('an impossible delay');
  const animation = new Uint8Array(8);
  new DataView(animation.buffer).setUint32(0, frames.length);
  let sequence = 0;
  const control = (): Uint8Array => {
    const data = new Uint8Array(26);
    const view = new DataView(data.buffer);
    view.setUint32(0, sequence++);
    view.setUint32(4, first.width);
    view.setUint32(8, first.height);
    view.setUint16(20, delay);
    view.setUint16(22, 1000);
    return pngChunk('fcTL', data);
  };
  const body = frames.flatMap((frame, index) => {
    const before = control();
    const data = compressed(frame);
    if (index === 0) return [before, pngChunk('IDAT', data)];
    const numbered = new Uint8Array(4 + data.length);
    new DataView(numbered.buffer).setUint32(0, sequence++);
    numbered.set(data, 4);
    return [before, pngChunk('fdAT', numbered)];
  });
  return pngFile(first, 'rgb', [pngChunk('acTL', animation), ...body]);
}

/** Each pixel repeated `times` along both sides. */
export function enlarged({ width, height, rgba }: Picture, times: number): Picture {
  const large = { width: width * times, height: height * times };
  const out = new Uint8ClampedArray(large.width * large.height * 4);
  const from = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const to = new Uint32Array(out.buffer);
  for (let y = 0; y < large.height; y++) {
    const row = Math.floor(y / times) * width;
    for (let x = 0; x < large.width; x++) to[y * large.width + x] = from[row + Math.floor(x / times)] ?? 0;
  }
  return { ...large, rgba: out };
}

/**
 * Pictures of one size side by side on white.
 * @param gap pixels between two
 * @throws RangeError without pictures
 */
export function strip(pictures: readonly Picture[], gap: number): Picture {
  const [first] = pictures;
  if (first === undefined) throw new RangeError('a strip needs a picture');
  const width = pictures.length * first.width + (pictures.length - 1) * gap;
  const rgba = new Uint8ClampedArray(width * first.height * 4).fill(255);
  pictures.forEach((picture, index) => {
    const left = index * (first.width + gap);
    for (let y = 0; y < first.height; y++) {
      const row = picture.rgba.subarray(y * first.width * 4, (y + 1) * first.width * 4);
      rgba.set(row, (y * width + left) * 4);
    }
  });
  return { width, height: first.height, rgba };
}

/** How often pixels are repeated in a file, so that small images come out at about 160 pixels. */
export const fileEnlargement = ({ width, height }: Picture): number =>
  Math.max(1, Math.round(160 / Math.max(width, height)));
