/** AVIF. Source: ISO/IEC 14496-12 (boxes) and 23008-12 (`ispe`); AOM, AV1 Image File Format, §6 (brands). */
import { NotThisFormat, type ImageFormat, type Size } from './format.ts';
import { EndOfBytes, type ByteReader } from './byte-reader.ts';

interface Box {
  readonly type: string;
  /** The box's content, `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** The boxes in `[from, to)`; ends at the first one that reaches beyond `to`, which is still yielded. */
function* boxes(reader: ByteReader, from: number, to: number): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    const short = reader.u32be(at);
    const wide = short === 1;
    const size = wide
      ? reader.u32be(at + 8) * 2 ** 32 + reader.u32be(at + 12)
      : short === 0
        ? to - at
        : short;
    const header = wide ? 16 : 8;
    if (size < header) throw new NotThisFormat('a box is shorter than its header');
    const type = String.fromCharCode(...reader.bytes.subarray(at + 4, at + 8));
    yield { type, start: at + header, end: at + size };
    at += size;
  }
}

function child(reader: ByteReader, parent: Box, type: string, skip = 0): Box {
  for (const box of boxes(reader, parent.start + skip, Math.min(parent.end, reader.length))) {
    if (box.type === type) return box;
  }
  if (parent.end > reader.length) throw new EndOfBytes();
  throw new NotThisFormat(`it has no “${type}”`);
}

function hasItemData(reader: ByteReader, meta: Box): boolean {
  for (const { type } of boxes(reader, meta.start + 4, meta.end)) {
    if (type === 'idat') return true;
  }
  return false;
}

export const avif: ImageFormat = {
  name: 'AVIF',
  matches: (reader) => reader.has(4, 'ftyp') && (reader.has(8, 'avif') || reader.has(8, 'avis')),
  /** The largest of the items' sizes: tiles, thumbnails and alpha planes are never larger than the image. */
  size(reader) {
    // Where the file ends is not said; what is missing from it was cut off.
    const file: Box = { type: '', start: 0, end: Infinity };
    const meta = child(reader, file, 'meta');
    // `meta` is a full box: four bytes of version and flags come first.
    const properties = child(reader, child(reader, meta, 'iprp', 4), 'ipco');
    if (properties.end > reader.length) throw new EndOfBytes();
    let largest: Size = { width: 0, height: 0 };
    for (const box of boxes(reader, properties.start, properties.end)) {
      if (box.type !== 'ispe') continue;
      const size = { width: reader.u32be(box.start + 4), height: reader.u32be(box.start + 8) };
      if (size.width * size.height > largest.width * largest.height) largest = size;
    }
    return largest;
  },
  /** A property of the item (`irot`) turns it, of which there may be many. */
  turned: () => null,
  /** The picture's data is in a box behind `meta`, or (rarely) in an `idat` inside it. */
  complete(reader) {
    let hasData = false;
    for (const box of boxes(reader, 0, reader.length)) {
      if (box.end > reader.length) return false;
      hasData ||= box.type === 'mdat' || (box.type === 'meta' && hasItemData(reader, box));
    }
    return hasData;
  },
};
