/** The memory that a data set may take, asked before it is taken. */
import { formatBytes } from '../../shared/bytes.ts';
import { formatCount } from '../../shared/count.ts';
import { LensError } from '../../shared/errors.ts';
import { describeShape, minSide } from '../../shared/model-spec.ts';
import type { ImageShape } from './packed-images.ts';

/** What would fit instead, in words. */
function advice({ height, width, channels }: ImageShape, budget: number): string {
  const images = Math.floor(budget / (height * width * channels));
  return `At this size ${formatCount(images)} images fit: choose a smaller size, gray instead of colour or fewer images, or raise the setting “latentLens.memoryBudget”.`;
}

/**
 * Memory for `count` images of one shape.
 * @param budget bytes
 * @returns U8 `[count, H, W, C]`, zeros
 * @throws LensError `out-of-memory` over the budget, or where the browser has no such room
 */
export function allocateImages(count: number, shape: ImageShape, budget: number): Uint8Array {
  const bytes = count * shape.height * shape.width * shape.channels;
  const what = `${formatCount(count)} images of ${describeShape(shape)} need ${formatBytes(bytes)}`;
  if (bytes > budget) {
    throw new LensError(
      'out-of-memory',
      `${what}, more than the memory budget of ${formatBytes(budget)}. ${advice(shape, budget)}`,
    );
  }
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw new LensError(
      'out-of-memory',
      `${what}, and there is no such room. Choose a smaller size (down to ${minSide} × ${minSide}) or fewer images.`,
      String(error),
    );
  }
}
