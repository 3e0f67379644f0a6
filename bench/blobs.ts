// Gray images that are no near-duplicates of each other: six soft blobs each, drawn by a seed.
import { keyedRandom, uniform } from '../src/shared/random.ts';

/** U8 `[side, side]`; the same for the same index. */
export function blobImage(index: number, side: number): Uint8Array {
  const random = keyedRandom(index, 77);
  const blobs = Array.from({ length: 6 }, () => ({
    x: side * uniform(random),
    y: side * uniform(random),
    spread: 2 * (side * (0.04 + 0.12 * uniform(random))) ** 2,
    height: 255 * uniform(random),
  }));
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    let value = 0;
    for (const blob of blobs)
      value += blob.height * Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.spread);
    return Math.min(255, value);
  });
}
