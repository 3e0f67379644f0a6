/** What the first bytes of an image file say, before anything is decoded. The content decides, never the extension. */
import { formatCount } from '../../shared/count.ts';
import { LensError } from '../../shared/errors.ts';
import { avif } from './formats/avif.ts';
import { bmp } from './formats/bmp.ts';
import { ByteReader, EndOfBytes } from './formats/byte-reader.ts';
import { NotThisFormat, type ImageFormat, type Size } from './formats/format.ts';
import { gif } from './formats/gif.ts';
import { ico } from './formats/ico.ts';
import { jpeg } from './formats/jpeg.ts';
import { png } from './formats/png.ts';
import { webp } from './formats/webp.ts';

/** 8,192 × 8,192: four bytes a pixel of it are 256 MiB. */
export const maxPixels = 2 ** 26;
/** The longest side that a canvas takes in every browser. */
export const maxSide = 32_767;

const formats = [png, jpeg, gif, webp, avif, ico, bmp] as const;

/** Images that are none of ours, by their signatures, so that the sentence can name them. */
const foreign: readonly (readonly [number, string, string])[] = [
  [0, 'II*\0', 'a TIFF image'],
  [0, 'MM\0*', 'a TIFF image'],
  [0, '8BPS', 'a Photoshop file'],
  [4, 'ftyphei', 'a HEIC image'],
  [4, 'ftypmif1', 'a HEIF image'],
  [4, 'ftypmsf1', 'a HEIF image'],
  [0, '\xff\x0a', 'a JPEG XL image'],
  [0, '\0\0\0\x0cJXL ', 'a JPEG XL image'],
  [0, '\0\0\0\x0cjP  ', 'a JPEG 2000 image'],
  [0, '%PDF', 'a PDF document'],
  [0, '<svg', 'an SVG drawing'],
  [0, '<?xml', 'an XML file'],
];

export interface ImageHeader extends Size {
  readonly format: 'PNG' | 'JPEG' | 'GIF' | 'WebP' | 'AVIF' | 'ICO' | 'BMP';
}

const mimeTypes: Record<ImageHeader['format'], string> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  GIF: 'image/gif',
  WebP: 'image/webp',
  AVIF: 'image/avif',
  ICO: 'image/x-icon',
  BMP: 'image/bmp',
};
export const mimeType = (header: ImageHeader): string => mimeTypes[header.format];

const dimensions = ({ width, height }: Size): string => `${formatCount(width)} × ${formatCount(height)}`;

const truncated = (name: string): LensError =>
  new LensError(
    'truncated',
    `“${name}” is cut short: the end of the file is missing. Copy or export the image again.`,
  );

const damaged = (name: string, format: string, detail: string): LensError =>
  new LensError(
    'not-an-image',
    `“${name}” begins like a ${format} image, but its contents are damaged.`,
    detail,
  );

function formatOf(reader: ByteReader, name: string): ImageFormat {
  if (reader.length === 0) throw new LensError('empty-file', `“${name}” is empty (0 bytes).`);
  const format = formats.find((candidate) => candidate.matches(reader));
  if (format) return format;
  const other = foreign.find(([at, signature]) => reader.has(at, signature));
  if (other) {
    throw new LensError(
      'unsupported-format',
      `“${name}” is ${other[2]}, which Latent Lens cannot read. Convert it to PNG or JPEG.`,
    );
  }
  throw new LensError(
    'not-an-image',
    `“${name}” is not an image that Latent Lens can read: its contents are no PNG, JPEG, WebP, GIF, BMP, ICO or AVIF.`,
  );
}

/** Runs a format's reader and puts its complaints into words. */
function guarded<T>(format: ImageFormat, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EndOfBytes) throw truncated(name);
    if (error instanceof NotThisFormat) throw damaged(name, format.name, error.message);
    throw error;
  }
}

function checkSize(size: Size, format: ImageFormat, name: string): void {
  if (size.width === 0 || size.height === 0) {
    throw damaged(name, format.name, `its header says ${dimensions(size)} pixels`);
  }
  if (size.width > maxSide || size.height > maxSide || size.width * size.height > maxPixels) {
    throw new LensError(
      'image-too-large',
      `“${name}” is ${dimensions(size)} pixels, which is more than Latent Lens opens (up to ` +
        `${formatCount(Math.floor(maxPixels / 1e6))} million pixels and ${formatCount(maxSide)} a side). ` +
        'Scale the image down, or cut it into parts.',
    );
  }
}

/**
 * Format and dimensions of an image file from its leading bytes (the first 64 KiB do, save for JPEG files whose
 * metadata is longer); nothing is decoded.
 * @param name the file's name, for the error's sentence
 * @returns width and height in pixels as stored, before any EXIF rotation; for ICO the largest entry
 * @throws LensError `empty-file`, `not-an-image`, `unsupported-format`, `truncated` (the bytes end within the
 *   header), `image-too-large` (over {@link maxPixels} or {@link maxSide})
 */
export function readImageHeader(bytes: Uint8Array, name: string): ImageHeader {
  const reader = new ByteReader(bytes);
  const format = formatOf(reader, name);
  const { width, height } = guarded(format, name, () => format.size(reader));
  checkSize({ width, height }, format, name);
  return { format: format.name as ImageHeader['format'], width, height };
}

/**
 * Width and height of an image as a decoder shows it, EXIF rotation applied, from a whole file; nothing is decoded.
 * @returns null where only a decoder can tell
 * @throws LensError as {@link checkImageFile}
 */
export function shownSize(bytes: Uint8Array, name: string): Size | null {
  const { width, height } = checkImageFile(bytes, name);
  const reader = new ByteReader(bytes);
  const turned = turnedIn(reader, formatOf(reader, name));
  if (turned === null) return null;
  return turned ? { width: height, height: width } : { width, height };
}

/** Decoders pass over EXIF that does not hold, each in its own way. */
function turnedIn(reader: ByteReader, format: ImageFormat): boolean | null {
  try {
    return format.turned ? format.turned(reader) : false;
  } catch (error) {
    if (error instanceof EndOfBytes || error instanceof NotThisFormat) return null;
    throw error;
  }
}

/**
 * {@link readImageHeader} of a whole file, whose end is checked too: browsers decode a file that was cut short without
 * complaint and paint the missing part gray.
 * @throws LensError as {@link readImageHeader}; `truncated` also where the file's structure does not reach its end
 */
export function checkImageFile(bytes: Uint8Array, name: string): ImageHeader {
  const header = readImageHeader(bytes, name);
  const reader = new ByteReader(bytes);
  const format = formatOf(reader, name);
  if (!guarded(format, name, () => format.complete(reader))) throw truncated(name);
  return header;
}
