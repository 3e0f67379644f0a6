/** ICO. Source: Microsoft, "Icons" (ICONDIR, ICONDIRENTRY); entries hold a BMP without file header, or a whole PNG. */
import type { ImageFormat, Size } from './format.ts';
import { png } from './png.ts';
import { ByteReader } from './byte-reader.ts';

interface Entry extends Size {
  readonly offset: number;
  readonly bytes: number;
}

function* entries(reader: ByteReader): Generator<Entry> {
  const count = reader.u16le(4);
  for (let i = 0; i < count; i++) {
    const at = 6 + 16 * i;
    const [bytes, offset] = [reader.u32le(at + 8), reader.u32le(at + 12)];
    // A byte has no room for 256, which is written as 0; a PNG inside may be larger still.
    const size = { width: reader.u8(at) || 256, height: reader.u8(at + 1) || 256 };
    const inner = reader.bytes.subarray(offset, offset + 32);
    const embedded = new ByteReader(inner);
    yield { ...(png.matches(embedded) ? png.size(embedded) : size), offset, bytes };
  }
}

export const ico: ImageFormat = {
  name: 'ICO',
  matches: (reader) => reader.has(0, '\0\0\x01\0') && reader.length >= 6 && reader.u16le(4) > 0,
  /** The largest entry, which is the one that a browser shows. */
  size(reader) {
    let largest: Size = { width: 0, height: 0 };
    for (const { width, height } of entries(reader)) {
      if (width * height > largest.width * largest.height) largest = { width, height };
    }
    return largest;
  },
  complete(reader) {
    for (const { offset, bytes } of entries(reader)) {
      if (offset + bytes > reader.length) return false;
    }
    return true;
  },
};
