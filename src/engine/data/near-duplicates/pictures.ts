/** A data set as it is compared for near-duplicates. */
import { fitGrayInto } from '../fit.ts';
import { smallBytes, smallSide } from '../gray-planes.ts';
import type { PackedImages } from '../packed-images.ts';
import type { GrayPictures } from './descriptors.ts';

/**
 * Gray pictures of at most 64 × 64: the planes of photos where they were kept, else the model's view, BT.601 luma, made
 * smaller where it is larger.
 */
export function grayPictures({
  shape,
  count,
  pixels,
  planes,
}: Pick<PackedImages, 'shape' | 'count' | 'pixels' | 'planes'>): GrayPictures {
  if (planes) return { count, height: smallSide, width: smallSide, pixels: planes.small };
  const { height, width, channels } = shape;
  const area = height * width;
  const small = Math.max(height, width) <= smallSide;
  if (small && channels === 1) return { count, height, width, pixels };
  const size = small ? area : smallBytes;
  const gray = new Uint8Array(area);
  const target = { height: smallSide, width: smallSide, channels: 1, mode: 'stretch' } as const;
  const out = new Uint8Array(count * size);
  for (let n = 0; n < count; n++) {
    const from = n * area * channels;
    for (let i = 0; i < area; i++) {
      const at = from + i * channels;
      gray[i] =
        channels === 1
          ? (pixels[at] as number)
          : Math.round(
              0.299 * (pixels[at] as number) +
                0.587 * (pixels[at + 1] as number) +
                0.114 * (pixels[at + 2] as number),
            );
    }
    const to = out.subarray(n * size, (n + 1) * size);
    if (small) to.set(gray);
    else fitGrayInto({ width, height, data: gray }, target, to);
  }
  return small
    ? { count, height, width, pixels: out }
    : { count, height: smallSide, width: smallSide, pixels: out };
}
