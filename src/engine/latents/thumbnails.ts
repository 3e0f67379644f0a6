/** Small pictures for the map: sides of at most 32, by the same area filter as the model's own view. */
import type { Thumbnails } from '../../shared/map-points.ts';
import { fitGrayInto, fitInto } from '../data/fit.ts';
import type { ImageShape } from '../data/packed-images.ts';
import { imageSize, type Pixels } from '../training/batches.ts';

export const thumbnailSide = 32;
/** Bytes of all pictures in a file; further points are drawn by the decoder. */
export const thumbnailBudget = 16 * 2 ** 20;

const picturesPerBreath = 100;

/** The size with both sides at most 32 and the image's proportions. */
export function thumbnailShape({ height, width, channels }: ImageShape): ImageShape {
  const scale = Math.min(1, thumbnailSide / Math.max(height, width));
  const side = (size: number): number => Math.max(1, Math.round(size * scale));
  return { height: side(height), width: side(width), channels };
}

function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4)
    rgba.set(rgb.subarray(from, from + 3), to);
  return rgba;
}

/** Pictures of the images at `indices`, in that order, as many of the first as the budget allows. */
export async function makeThumbnails(
  images: Pixels,
  indices: Uint32Array,
  breathe: () => Promise<void>,
  budget = thumbnailBudget,
): Promise<Thumbnails> {
  const { shape } = images;
  const size = imageSize(images);
  const small = thumbnailShape(shape);
  const smallSize = small.height * small.width * small.channels;
  const count = Math.min(indices.length, Math.floor(budget / smallSize));
  const pixels = new Uint8Array(count * smallSize);
  const target = { ...small, mode: 'stretch' } as const;
  for (let n = 0; n < count; n++) {
    const image = indices[n] ?? 0;
    const data = images.pixels.subarray(image * size, (image + 1) * size);
    const out = pixels.subarray(n * smallSize, (n + 1) * smallSize);
    if (smallSize === size) out.set(data);
    else if (shape.channels === 1) fitGrayInto({ ...shape, data }, target, out);
    else fitInto({ ...shape, data: withAlpha(data) }, target, out);
    if (n % picturesPerBreath === picturesPerBreath - 1) await breathe();
  }
  return { ...small, count, pixels };
}
