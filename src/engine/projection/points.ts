/** The points of a projection, and what is refused before anything is computed. */
import { LensError } from '../../shared/errors.ts';

export interface PointSet {
  /** `[count, dimensions]`, row-major. */
  readonly points: Float32Array;
  readonly count: number;
  readonly dimensions: number;
}

/** With fewer there is no perplexity of at least 1: (4 − 1) / 3. */
export const fewestPoints = 4;

/** What t-SNE needs. @throws LensError `too-few-images`, and as {@link checkNumbers} */
export function checkPoints(set: PointSet): void {
  checkNumbers(set);
  const { count } = set;
  if (count >= fewestPoints) return;
  throw new LensError(
    'too-few-images',
    `A map needs at least ${fewestPoints} images; there ${count === 1 ? 'is' : 'are'} only ${count}. Add images and try again.`,
  );
}

/** @throws LensError `diverged` (a latent that is not a number), `internal` (sizes that disagree) */
export function checkNumbers({ points, count, dimensions }: PointSet): void {
  if (!Number.isInteger(dimensions) || dimensions < 1 || points.length !== count * dimensions) {
    throw new LensError(
      'internal',
      `The map was given ${points.length} numbers for ${count} points of ${dimensions} dimensions.`,
    );
  }
  const wrong = points.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new LensError(
      'diverged',
      `The latent vector of image ${Math.floor(wrong / dimensions) + 1} of ${count} is not a finite number, so it has no place on a map. Train the model again, with a lower learning rate.`,
    );
  }
}

/**
 * The power of two that brings the largest coordinate to 0.5–1, so that squared distances neither overflow nor vanish
 * and nothing is rounded. 1 where all coordinates are 0.
 */
export function unitScale(points: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < points.length; i++) largest = Math.max(largest, Math.abs(points[i] ?? 0));
  return largest === 0 ? 1 : 2 ** -Math.ceil(Math.log2(largest));
}
