/** PNG and animated PNG files (APNG 1.0, which is part of PNG 3), 8-bit RGB, written without a canvas. */
import { zlibSync } from 'fflate';
import type { Picture } from '../pixels.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function header({ width, height }: Picture): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  data[9] = 2;
  return chunk('IHDR', data);
}

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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/** A still image. */
export const encodePng = (picture: Picture): Uint8Array =>
  joined([signature, header(picture), chunk('IDAT', compressed(picture)), chunk('IEND', new Uint8Array())]);

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
    return chunk('fcTL', data);
  };
  const body = frames.flatMap((frame, index) => {
    const before = control();
    const data = compressed(frame);
    if (index === 0) return [before, chunk('IDAT', data)];
    const numbered = new Uint8Array(4 + data.length);
    new DataView(numbered.buffer).setUint32(0, sequence++);
    numbered.set(data, 4);
    return [before, chunk('fdAT', numbered)];
  });
  return joined([
    signature,
    header(first),
    chunk('acTL', animation),
    ...body,
    chunk('IEND', new Uint8Array()),
  ]);
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
