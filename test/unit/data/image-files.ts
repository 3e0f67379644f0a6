// Image files made by hand, byte by byte: headers that say what a test wants, and a few whole files.

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const be = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);
export const le = (value: number, bytes: number): number[] => be(value, bytes).reverse();
const base64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Signature, IHDR (its CRC zero), an IDAT without data, and IEND. */
export const pngHeader = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...be(13, 4),
    ...ascii('IHDR'),
    ...be(width, 4),
    ...be(height, 4),
    ...[8, 2, 0, 0, 0],
    ...be(0, 4),
    ...[...be(0, 4), ...ascii('IDAT'), ...be(0, 4)],
    ...[...be(0, 4), ...ascii('IEND'), ...be(0xae426082, 4)],
  ]);

/** SOI, an APP1 of the given length, a DHT, SOF, SOS, entropy-coded bytes and EOI. */
export function jpegFile(width: number, height: number, sof = 0xc0, metadata = 100): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...[0xff, 0xe1, ...be(metadata + 2, 2), ...new Array<number>(metadata).fill(0xff)],
    ...[0xff, 0xc4, ...be(5, 2), 1, 2, 3],
    // Fill bytes before a marker are legal.
    ...[0xff, 0xff, sof, ...be(11, 2), 8, ...be(height, 2), ...be(width, 2), 1, 1, 0x11, 0],
    ...[0xff, 0xda, ...be(8, 2), 1, 1, 0, 0, 63, 0],
    ...[12, 0xff, 0x00, 34, 0xff, 0xd0, 56, 0xff, 0x00],
    ...[0xff, 0xd9],
  ]);
}

/**
 * Puts an EXIF segment behind a JPEG's first marker, with an artist's name and an orientation (1–8).
 * @param order of its bytes
 */
export function withOrientation(jpeg: Uint8Array, orientation: number, order = be): Uint8Array {
  const tiff = [
    ...(order === be ? ascii('MM') : ascii('II')),
    ...order(42, 2),
    ...order(8, 4),
    ...order(2, 2),
    ...[...order(0x013b, 2), ...order(2, 2), ...order(4, 4), ...ascii('Eve\0')],
    ...[...order(0x0112, 2), ...order(3, 2), ...order(1, 4), ...order(orientation, 2), 0, 0],
    ...order(0, 4),
  ];
  const exif = [...ascii('Exif\0\0'), ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, ...be(exif.length + 2, 2), ...exif, ...jpeg.subarray(2)]);
}

/** Header, global colour table of two, a graphic control extension, one 1 × 1 frame, trailer. */
export const gifFile = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...ascii('GIF89a'),
    ...le(width, 2),
    ...le(height, 2),
    ...[0x80, 0, 0],
    ...[0, 0, 0, 255, 255, 255],
    ...[0x21, 0xf9, 4, 0, 0, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, ...le(1, 2), ...le(1, 2), 0],
    ...[2, 2, 0x4c, 0x01, 0],
    0x3b,
  ]);

const riff = (chunk: readonly number[]): Uint8Array =>
  Uint8Array.from([...ascii('RIFF'), ...le(chunk.length + 4, 4), ...ascii('WEBP'), ...chunk]);

export const webpLossy = (width: number, height: number): Uint8Array =>
  riff([...ascii('VP8 '), ...le(10, 4), 0, 0, 0, 0x9d, 0x01, 0x2a, ...le(width, 2), ...le(height, 2)]);
export const webpLossless = (width: number, height: number): Uint8Array =>
  riff([...ascii('VP8L'), ...le(5, 4), 0x2f, ...le(width - 1 + (height - 1) * 0x4000, 4), 0]);
export const webpExtended = (width: number, height: number): Uint8Array =>
  riff([...ascii('VP8X'), ...le(10, 4), 0, 0, 0, 0, ...le(width - 1, 3), ...le(height - 1, 3)]);

/** 24 bits a pixel, BITMAPINFOHEADER; all pixels of one colour. A negative height stores rows from the top. */
export function bmpFile(
  width: number,
  height: number,
  [r, g, b]: readonly [number, number, number] = [0, 0, 0],
): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const pixels = stride * Math.abs(height);
  const bytes = new Uint8Array(54 + pixels);
  bytes.set([
    ...ascii('BM'),
    ...le(54 + pixels, 4),
    ...le(0, 4),
    ...le(54, 4),
    ...le(40, 4),
    ...le(width, 4),
    ...le(height >= 0 ? height : height + 2 ** 32, 4),
    ...le(1, 2),
    ...le(24, 2),
  ]);
  for (let y = 0; y < Math.abs(height); y++) {
    for (let x = 0; x < width; x++) bytes.set([b, g, r], 54 + y * stride + 3 * x);
  }
  return bytes;
}

export const bmpCore = (width: number, height: number): Uint8Array => {
  const pixels = Math.ceil((width * 8) / 32) * 4 * height;
  const start = 26;
  return Uint8Array.from([
    ...ascii('BM'),
    ...le(start + pixels, 4),
    ...le(0, 4),
    ...le(start, 4),
    ...le(12, 4),
    ...le(width, 2),
    ...le(height, 2),
    ...le(1, 2),
    ...le(8, 2),
    ...new Array<number>(pixels).fill(0),
  ]);
};

/** An icon of the given files (PNG) with the sizes that its directory claims. */
export function icoFile(
  entries: readonly { readonly width: number; readonly height: number; readonly file: Uint8Array }[],
): Uint8Array {
  let offset = 6 + 16 * entries.length;
  const directory: number[] = [];
  for (const { width, height, file } of entries) {
    directory.push(width % 256, height % 256, 0, 0, ...le(1, 2), ...le(32, 2));
    directory.push(...le(file.length, 4), ...le(offset, 4));
    offset += file.length;
  }
  const head = [...le(0, 2), ...le(1, 2), ...le(entries.length, 2), ...directory];
  return Uint8Array.from([...head, ...entries.flatMap(({ file }) => [...file])]);
}

const box = (type: string, content: readonly number[]): number[] => [
  ...be(content.length + 8, 4),
  ...ascii(type),
  ...content,
];

/** An AVIF's boxes around no picture: a tile, the image, a thumbnail. */
export const avifBoxes = (width: number, height: number): Uint8Array => {
  const ispe = (w: number, h: number): number[] => box('ispe', [...be(0, 4), ...be(w, 4), ...be(h, 4)]);
  const properties = box('ipco', [...ispe(16, 16), ...ispe(width, height), ...ispe(8, 8)]);
  const meta = box('meta', [
    ...be(0, 4),
    ...box('hdlr', new Array<number>(24).fill(0)),
    ...box('iprp', properties),
  ]);
  return Uint8Array.from([
    ...box('ftyp', [...ascii('avif'), ...be(0, 4), ...ascii('mif1')]),
    ...meta,
    ...box('mdat', [1, 2]),
  ]);
};

/** A whole AVIF file, 2 × 2 pixels (made by libavif). */
export const avifFile = base64(
  'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYA' +
    'AAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IA' +
    'AAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAA' +
    'AAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=',
);
