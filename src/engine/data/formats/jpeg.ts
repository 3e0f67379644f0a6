/** JPEG. Sources: ITU-T T.81, Annex B (markers and their lengths); CIPA DC-008 (EXIF 2.32), §4.5 and tag 274. */
import { NotThisFormat, type ImageFormat } from './format.ts';
import type { ByteReader } from './byte-reader.ts';

const startOfScan = 0xda;
const endOfImage = 0xd9;
/** APP1, where EXIF lies. */
const application1 = 0xe1;
const exifSignature = 'Exif\0\0';
const orientationTag = 274;

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

/** The EXIF orientation, 1 to 8, in a TIFF structure that begins at `tiff`; 1 where there is none. */
function orientationAt(reader: ByteReader, tiff: number): number {
  const little = reader.has(tiff, 'II');
  const u16 = (at: number): number => (little ? reader.u16le(at) : reader.u16be(at));
  const u32 = (at: number): number => (little ? reader.u32le(at) : reader.u32be(at));
  const directory = tiff + u32(tiff + 4);
  const entries = u16(directory);
  for (let n = 0; n < entries; n++) {
    const entry = directory + 2 + 12 * n;
    if (u16(entry) === orientationTag) return u16(entry + 8);
  }
  return 1;
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
  turned(reader) {
    let at = 2;
    for (;;) {
      const { marker, next } = markerAt(reader, at);
      if (marker === startOfScan || marker === endOfImage) return false;
      if (marker === application1 && reader.has(next + 2, exifSignature)) {
        return orientationAt(reader, next + 2 + exifSignature.length) > 4;
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
