/** PNG. Source: W3C, Portable Network Graphics (Third Edition), §5 and §11.2.1. */
import { NotThisFormat, type ImageFormat } from './format.ts';

const signature = '\x89PNG\r\n\x1a\n';
/** Length, type and CRC around a chunk's data. */
const chunkFrame = 12;

export const png: ImageFormat = {
  name: 'PNG',
  matches: (reader) => reader.has(0, signature),
  size(reader) {
    const width = reader.u32be(16);
    const height = reader.u32be(20);
    if (!reader.has(12, 'IHDR')) throw new NotThisFormat('its first chunk is not IHDR');
    return { width, height };
  },
  turned(reader) {
    let at = signature.length;
    while (at + chunkFrame <= reader.length && !reader.has(at + 4, 'IDAT')) {
      if (reader.has(at + 4, 'eXIf')) return null;
      at += chunkFrame + reader.u32be(at);
    }
    return false;
  },
  complete(reader) {
    let at = signature.length;
    while (at + chunkFrame <= reader.length) {
      if (reader.has(at + 4, 'IEND')) return true;
      at += chunkFrame + reader.u32be(at);
    }
    return false;
  },
};
