/** WebP. Source: RFC 9649, §2.5–2.7; RFC 6386, §9.1 (VP8 frame header). */
import { NotThisFormat, type ImageFormat } from './format.ts';

/** Of the extended header's flags. */
const exifFlag = 0x08;

export const webp: ImageFormat = {
  name: 'WebP',
  matches: (reader) => reader.has(0, 'RIFF') && reader.has(8, 'WEBP'),
  size(reader) {
    // The chunk's name decides, so it must be there.
    reader.u32be(12);
    if (reader.has(12, 'VP8X')) return { width: reader.u24le(24) + 1, height: reader.u24le(27) + 1 };
    if (reader.has(12, 'VP8L')) {
      const bits = reader.u32le(21);
      if (reader.u8(20) !== 0x2f) throw new NotThisFormat('its lossless signature is wrong');
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    if (reader.has(12, 'VP8 ')) {
      const [width, height] = [reader.u16le(26), reader.u16le(28)];
      if (!reader.has(23, '\x9d\x01\x2a')) throw new NotThisFormat('its frame’s start code is wrong');
      return { width: width & 0x3fff, height: height & 0x3fff };
    }
    throw new NotThisFormat('its first chunk is unknown');
  },
  turned: (reader) => (reader.has(12, 'VP8X') && (reader.u8(20) & exifFlag) !== 0 ? null : false),
  complete: (reader) => reader.length >= reader.u32le(4) + 8,
};
