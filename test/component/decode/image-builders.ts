// Image files of every kind that the PNG and GIF specifications offer and no encoder at hand writes.
import { deflateSync } from 'node:zlib';

const be32 = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
function crc32(bytes: readonly number[]): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}

export function pngChunk(type: string, data: readonly number[]): number[] {
  const body = [...Buffer.from(type, 'latin1'), ...data];
  return [...be32(data.length), ...body, ...be32(crc32(body))];
}

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** The samples of one pixel. */
  readonly pixel: (x: number, y: number) => readonly number[];
  readonly interlaced?: boolean;
  /** Whole chunks between IHDR and IDAT: PLTE, tRNS, gAMA … */
  readonly chunks?: readonly number[];
}

/** First column, first row, column step, row step of Adam7's passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG file without filters. */
export function buildPng(options: PngOptions): Uint8Array {
  const { width, height, colourType, depth, pixel, interlaced = false, chunks = [] } = options;
  const scan: number[] = [];
  for (const [x0, y0, dx, dy] of interlaced ? adam7 : [[0, 0, 1, 1] as const]) {
    for (let y = y0; y < height; y += dy) {
      if (x0 >= width) continue;
      scan.push(0);
      let bits = 0;
      let filled = 0;
      for (let x = x0; x < width; x += dx) {
        for (const sample of pixel(x, y)) {
          if (depth === 16) {
            scan.push(sample >> 8, sample & 255);
            continue;
          }
          bits = (bits << depth) | sample;
          filled += depth;
          if (filled === 8) {
            scan.push(bits);
            bits = filled = 0;
          }
        }
      }
      if (filled > 0) scan.push(bits << (8 - filled));
    }
  }
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...pngChunk('IHDR', [...be32(width), ...be32(height), depth, colourType, 0, 0, interlaced ? 1 : 0]),
    ...chunks,
    ...pngChunk('IDAT', [...deflateSync(Uint8Array.from(scan))]),
    ...pngChunk('IEND', []),
  ]);
}

/** A GIF of several frames, each of one colour out of a table of 128 grays (index = gray / 2); literal LZW codes only. */
export function buildGif(width: number, height: number, frames: readonly number[]): Uint8Array {
  const le16 = (value: number): number[] => [value & 255, value >> 8];
  const table = Array.from({ length: 128 }, (_, i) => [2 * i, 2 * i, 2 * i]).flat();
  const bytes = [...Buffer.from('GIF89a'), ...le16(width), ...le16(height), 0xf6, 0, 0, ...table];
  for (const index of frames) {
    bytes.push(0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, ...le16(width), ...le16(height), 0, 7);
    // Codes stay 8 bits wide as long as the dictionary is cleared (128) in time; 129 ends.
    const codes: number[] = [];
    for (let i = 0; i < width * height; i++) {
      if (i % 100 === 0) codes.push(128);
      codes.push(index);
    }
    codes.push(129);
    for (let i = 0; i < codes.length; i += 255) {
      const block = codes.slice(i, i + 255);
      bytes.push(block.length, ...block);
    }
    bytes.push(0);
  }
  return Uint8Array.from([...bytes, 0x3b]);
}
