/** GIF. Source: CompuServe, GIF89a specification, §18–§22. */
import { NotThisFormat, type ImageFormat } from './format.ts';
import type { ByteReader } from './byte-reader.ts';

/** Bytes of a colour table whose packed field is `flags`. */
const colourTable = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Position behind a chain of data sub-blocks. */
function skipSubBlocks(reader: ByteReader, from: number): number {
  let at = from;
  for (;;) {
    const length = reader.u8(at);
    at += length + 1;
    if (length === 0) return at;
  }
}

export const gif: ImageFormat = {
  name: 'GIF',
  matches: (reader) => reader.has(0, 'GIF87a') || reader.has(0, 'GIF89a'),
  size: (reader) => ({ width: reader.u16le(6), height: reader.u16le(8) }),
  /** Only the first frame is used, so only it must be whole. */
  complete(reader) {
    let at = 13 + colourTable(reader.u8(10));
    for (;;) {
      const introducer = reader.u8(at);
      if (introducer === 0x21) {
        at = skipSubBlocks(reader, at + 2);
      } else if (introducer === 0x2c) {
        skipSubBlocks(reader, at + 11 + colourTable(reader.u8(at + 9)));
        return true;
      } else {
        throw new NotThisFormat('it holds no frame');
      }
    }
  },
};
