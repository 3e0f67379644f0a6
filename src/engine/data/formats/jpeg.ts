/** JPEG. Source: ITU-T T.81, Annex B (markers and their lengths). */
import { NotThisFormat, type ImageFormat } from './format.ts';
import type { ByteReader } from './byte-reader.ts';

const startOfScan = 0xda;
const endOfImage = 0xd9;

/** SOF0 … SOF15; between them lie DHT (C4), JPG (C8) and DAC (CC). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** TEM, RST0 … RST7, SOI: markers without a length. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Skips fill bytes before a marker; answers the position behind its 0xFF and code. */
function markerAt(reader: ByteReader, at: number): { readonly marker: number; readonly next: number } {
  if (reader.u8(at) !== 0xff) throw new NotThisFormat('a marker is missing');
  let next = at + 1;
  while (reader.u8(next) === 0xff) next++;
  return { marker: reader.u8(next), next: next + 1 };
}

/** The segment's length includes its own two bytes. */
function skipSegment(reader: ByteReader, at: number): number {
  const length = reader.u16be(at);
  if (length < 2) throw new NotThisFormat('a segment has no length');
  return at + length;
}

/** Position of the 0xFF of the first marker behind entropy-coded data, −1 where the bytes end in it. */
function endOfScan(reader: ByteReader, from: number): number {
  let at = reader.bytes.indexOf(0xff, from);
  while (at >= 0 && at + 1 < reader.length) {
    const code = reader.u8(at + 1);
    const isData = code === 0x00 || (code >= 0xd0 && code <= 0xd7);
    if (!isData && code !== 0xff) return at;
    at = reader.bytes.indexOf(0xff, at + (isData ? 2 : 1));
  }
  return -1;
}

export const jpeg: ImageFormat = {
  name: 'JPEG',
  matches: (reader) => reader.has(0, '\xff\xd8\xff'),
  size(reader) {
    let at = 2;
    for (;;) {
      const { marker, next } = markerAt(reader, at);
      if (isFrameHeader(marker)) return { height: reader.u16be(next + 3), width: reader.u16be(next + 5) };
      if (marker === startOfScan || marker === endOfImage) {
        throw new NotThisFormat('it has no frame header');
      }
      at = standsAlone(marker) ? next : skipSegment(reader, next);
    }
  },
  complete(reader) {
    let at = 2;
    for (;;) {
      const { marker, next } = markerAt(reader, at);
      if (marker === endOfImage) return true;
      at = standsAlone(marker) ? next : skipSegment(reader, next);
      if (marker === startOfScan) {
        at = endOfScan(reader, at);
        if (at < 0) return false;
      }
    }
  },
};
