/** BMP. Source: Microsoft, BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER. */
import { NotThisFormat, type ImageFormat } from './format.ts';
import type { ByteReader } from './byte-reader.ts';

const coreHeader = 12;

/** Whether the pixels follow row by row, or compressed (RLE, JPEG, PNG). */
const isCompressed = (compression: number): boolean =>
  compression === 1 || compression === 2 || compression === 4 || compression === 5;

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly compression: number;
  /** Bytes of the pixels as the header says; 0 is allowed where they are not compressed. */
  readonly pixelBytes: number;
}

function header(reader: ByteReader): BmpHeader {
  const headerSize = reader.u32le(14);
  if (headerSize === coreHeader) {
    return {
      width: reader.u16le(18),
      height: reader.u16le(20),
      bitsPerPixel: reader.u16le(24),
      compression: 0,
      pixelBytes: 0,
    };
  }
  if (headerSize < 40 || headerSize > 124) throw new NotThisFormat('its header has an unknown length');
  return {
    width: Math.abs(reader.i32le(18)),
    // Negative where the rows go from top to bottom.
    height: Math.abs(reader.i32le(22)),
    bitsPerPixel: reader.u16le(28),
    compression: reader.u32le(30),
    pixelBytes: reader.u32le(34),
  };
}

export const bmp: ImageFormat = {
  name: 'BMP',
  matches: (reader) => reader.has(0, 'BM') && reader.length >= 18 && reader.u32le(14) <= 124,
  size: header,
  complete(reader) {
    const { width, height, bitsPerPixel, compression, pixelBytes } = header(reader);
    const start = reader.u32le(10);
    // Rows are padded to four bytes.
    const rows = Math.ceil((width * bitsPerPixel) / 32) * 4 * height;
    return reader.length >= start + (isCompressed(compression) ? pixelBytes : rows);
  },
};
