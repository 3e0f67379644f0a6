/** A PNG writer for gray images. */
import { pngChunk, pngFile } from '../../shared/png-chunks.ts';

/** Most bytes of a block that is stored as it is (RFC 1951, 3.2.4). */
const BLOCK = 65_535;

/** A zlib stream of stored blocks (RFC 1950): small pictures are not worth a compressor in the extension host. */
function stored(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK));
  const stream = new Uint8Array(2 + bytes.length + 5 * blocks + 4);
  const view = new DataView(stream.buffer);
  view.setUint16(0, 0x7801);
  let at = 2;
  for (let block = 0; block < blocks; block++) {
    const part = bytes.subarray(block * BLOCK, (block + 1) * BLOCK);
    view.setUint8(at, block === blocks - 1 ? 1 : 0);
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, ~part.length, true);
    stream.set(part, at + 5);
    at += 5 + part.length;
  }
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  view.setUint32(at, b * 65_536 + a);
  return stream;
}

/**
 * Encodes an 8-bit gray image as PNG (one IDAT, no filter, not compressed: the same bytes on every machine).
 * @param pixels [height, width] row-major
 * @throws RangeError where the sizes do not fit together
 */
export function encodeGrayPng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || pixels.length !== width * height) {
    throw new RangeError(`${pixels.length} pixels are not an image of ${width} × ${height}`);
  }
  const lines = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++) {
    lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return pngFile({ width, height }, 'gray', [pngChunk('IDAT', stored(lines))]);
}
