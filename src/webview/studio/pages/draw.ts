/** Points drawn at random, and their pictures. Pure. */
import { pointName, type MapPoints } from '../../../shared/map-points.ts';
import { integerBelow, keyedRandom, streams } from '../../../shared/random.ts';
import { formatCount } from '../../../shared/count.ts';
import { pictureOf, type Picture } from '../../shared/pixels.ts';

/**
 * Different points, held-out ones where there are any: the model never saw them.
 * @param draw number of the draw; each gives others
 * @returns at most `count` point numbers
 */
export function drawPoints(
  points: Pick<MapPoints, 'count' | 'heldOut'>,
  count: number,
  seed: number,
  draw: number,
): readonly number[] {
  const among = points.heldOut > 0 ? points.heldOut : points.count;
  const wanted = Math.min(count, among);
  const next = keyedRandom(seed, streams.sample, draw);
  const drawn = new Set<number>();
  while (drawn.size < wanted) drawn.add(integerBelow(next, among));
  return [...drawn];
}

/** The latents of these points, F32 `[n, k]`. */
export function latentsOf(points: MapPoints, which: readonly number[]): Float32Array {
  const rows = new Float32Array(which.length * points.latent);
  which.forEach((point, row) => {
    rows.set(
      points.latents.subarray(point * points.latent, (point + 1) * points.latent),
      row * points.latent,
    );
  });
  return rows;
}

/** A point's name where there is little room: `000.png`, or its number (from 1) within an IDX file, `image 12,345`. */
export function shortName(points: MapPoints, point: number, kind: 'folder' | 'idx'): string {
  if (kind === 'idx') return `image ${formatCount((points.positions[point] ?? 0) + 1)}`;
  return pointName(points, point, kind).split('/').at(-1) ?? '';
}

/** The point's small picture; undefined where the file has none of it. */
export function thumbnailOf(
  { thumbnails }: Pick<MapPoints, 'thumbnails'>,
  point: number,
): Picture | undefined {
  if (thumbnails === null || point >= thumbnails.count) return undefined;
  return pictureOf(thumbnails.pixels, thumbnails, point);
}

/** At most `most` of the numbers 0 … count−1, evenly spread, first and last among them. */
export function evenly(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}
