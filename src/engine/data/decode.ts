/** Image files to pixels: the only place where anything is decoded, for training and checking alike. */
import { LensError } from '../../shared/errors.ts';
import type { Decode, RgbaImage } from './image.ts';
import { checkImageFile, mimeType, type ImageHeader } from './image-header.ts';

/** Decodes a file whose header and end were checked. */
export type RawDecode = (bytes: Uint8Array, header: ImageHeader) => Promise<RgbaImage>;

/**
 * A decoder that checks the header first, so that no oversized image is ever unpacked.
 * It throws LensError `empty-file`, `not-an-image`, `unsupported-format`, `truncated`, `image-too-large`,
 * `out-of-memory`.
 */
export function makeDecoder(raw: RawDecode): Decode {
  return async (bytes, name) => {
    const header = checkImageFile(bytes, name);
    try {
      return await raw(bytes, header);
    } catch (error) {
      if (error instanceof LensError) throw error;
      if (error instanceof RangeError) {
        throw new LensError(
          'out-of-memory',
          `There is not enough memory to open “${name}” (${header.width} × ${header.height} pixels).`,
          error.message,
        );
      }
      throw new LensError(
        'not-an-image',
        `“${name}” begins like a ${header.format} image, but its contents are damaged.`,
        error instanceof Error ? error.message : String(error),
      );
    }
  };
}

/** A canvas of more pixels is given back when nothing is decoded any more: it would hold its memory until the worker ends. */
const keptPixels = 4_000_000;
let canvas: OffscreenCanvas | undefined;
let decodesUnderWay = 0;

/** Reads a bitmap's pixels and closes it. All decodes share one canvas: drawing and reading never interleave. */
function pixelsOf(bitmap: ImageBitmap): RgbaImage {
  try {
    return drawn(bitmap);
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap: ImageBitmap): RgbaImage {
  const { width, height } = bitmap;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  // Read back often: the canvas stays in main memory, where no graphics card can round differently.
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (!context) throw new RangeError('no 2d context');
  context.globalCompositeOperation = 'copy';
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data };
}

/**
 * The browser's decoders. EXIF orientation is applied; colour profiles and gamma are not (the numbers in the file are
 * the numbers that the model sees, on every screen); 16-bit images are rounded to 8 bits; of a GIF the first frame.
 * Colours of pixels that are nearly transparent lose precision on the way through the canvas.
 */
async function decodeInBrowser(bytes: Uint8Array, header: ImageHeader): Promise<RgbaImage> {
  decodesUnderWay++;
  try {
    return pixelsOf(await bitmapOf(bytes, header));
  } finally {
    decodesUnderWay--;
    if (decodesUnderWay === 0 && canvas && canvas.width * canvas.height > keptPixels) canvas = undefined;
  }
}

function bitmapOf(bytes: Uint8Array, header: ImageHeader): Promise<ImageBitmap> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mimeType(header) });
  return createImageBitmap(blob, {
    imageOrientation: 'from-image',
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
}

/** Decodes an image file in a worker or page; see {@link makeDecoder} for what it throws. */
export const decodeImage: Decode = makeDecoder(decodeInBrowser);
