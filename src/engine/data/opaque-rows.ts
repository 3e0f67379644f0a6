/**
 * Rows of opaque RGBA images, filtered straight from their pixels. Most pixels of a large photo lie under an output pixel
 * as a whole: they are added up two channels at a time, as the halves of 32-bit words.
 */
import type { Overlaps } from './area-filter.ts';
import type { Source } from './fit-source.ts';
import type { RgbaImage } from './image.ts';
import { luma } from './luma.ts';

/** Red and blue of a pixel that is read as a little-endian word; green and alpha lie 8 bits higher. */
const twoBytes = 0x00ff00ff;
/** So many bytes add up within 16 bits. */
const mostAtOnce = 257;

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The pixels as words, red lowest; undefined where they cannot be read so. */
function wordsOf({ data, width, height }: RgbaImage): Uint32Array | undefined {
  if (!isLittleEndian || data.byteOffset % 4 !== 0) return undefined;
  return new Uint32Array(data.buffer, data.byteOffset, width * height);
}

type Filter = NonNullable<Source['filter']>;

/** Filters rows until the first one that is not opaque: of most images all, or not even the first. */
export function opaqueRows(image: RgbaImage, channels: 1 | 3): { readonly filter?: Filter } {
  const words = wordsOf(image);
  if (!words) return {};
  const filterRow = channels === 1 ? filterLuma : filterColours;
  let opaque = true;
  return {
    filter: (y, x, columns, sums) => {
      opaque &&= filterRow(words, y * image.width + x, columns, sums);
      return opaque;
    },
  };
}

/** @returns whether all pixels are opaque; `sums` means nothing otherwise */
function filterColours(
  words: Uint32Array,
  start: number,
  { first, last, head, tail }: Overlaps,
  sums: Float64Array,
): boolean {
  const unit = first.length;
  for (let j = 0; j < unit; j++) {
    const i = start + (first[j] ?? 0);
    const k = start + (last[j] ?? 0);
    let [r, g, b, a] = [0, 0, 0, 0];
    for (let from = i + 1; from < k; from += mostAtOnce) {
      const end = Math.min(k, from + mostAtOnce);
      let redBlue = 0;
      let greenAlpha = 0;
      for (let at = from; at < end; at++) {
        const word = words[at] ?? 0;
        redBlue = (redBlue + (word & twoBytes)) | 0;
        greenAlpha = (greenAlpha + ((word >>> 8) & twoBytes)) | 0;
      }
      r += redBlue & 0xffff;
      b += redBlue >>> 16;
      g += greenAlpha & 0xffff;
      a += greenAlpha >>> 16;
    }
    const begin = words[i] ?? 0;
    const close = words[k] ?? 0;
    const between = Math.max(0, k - i - 1);
    if (a !== 255 * between || begin >>> 24 !== 255 || close >>> 24 !== 255) return false;
    const [headWeight, tailWeight] = [head[j] ?? 0, tail[j] ?? 0];
    sums[3 * j] = headWeight * (begin & 255) + unit * r + tailWeight * (close & 255);
    sums[3 * j + 1] = headWeight * ((begin >>> 8) & 255) + unit * g + tailWeight * ((close >>> 8) & 255);
    sums[3 * j + 2] = headWeight * ((begin >>> 16) & 255) + unit * b + tailWeight * ((close >>> 16) & 255);
  }
  return true;
}

const lumaOf = (word: number): number => luma(word & 255, (word >>> 8) & 255, (word >>> 16) & 255);

/** @returns whether all pixels are opaque; `sums` means nothing otherwise */
function filterLuma(
  words: Uint32Array,
  start: number,
  { first, last, head, tail }: Overlaps,
  sums: Float64Array,
): boolean {
  const unit = first.length;
  let all = -1;
  for (let j = 0; j < unit; j++) {
    const i = start + (first[j] ?? 0);
    const k = start + (last[j] ?? 0);
    let middle = 0;
    for (let at = i + 1; at < k; at++) {
      const word = words[at] ?? 0;
      all &= word;
      middle += lumaOf(word);
    }
    const begin = words[i] ?? 0;
    const close = words[k] ?? 0;
    all &= begin & close;
    sums[j] = (head[j] ?? 0) * lumaOf(begin) + unit * middle + (tail[j] ?? 0) * lumaOf(close);
  }
  return all >>> 24 === 255;
}
