/** Neighbours by the latents: of one point, and over all: who stands apart, who stands next to a twin. Pure. */
import { nearestRows } from '../../shared/latent-map.ts';
import type { MapPoints } from '../../shared/map-points.ts';
import type { ListedPoint } from './point-list.ts';

type Latents = Pick<MapPoints, 'latents' | 'latent'>;

const latentOf = ({ latents, latent }: Latents, point: number): Float32Array =>
  latents.subarray(point * latent, (point + 1) * latent);

/** The `wanted` points nearest to this one among the first `count`, without itself, nearest first. */
export function neighboursOf(points: Latents, count: number, point: number, wanted: number): ListedPoint[] {
  const { points: found, distances } = nearestRows(
    points.latents,
    count,
    latentOf(points, point),
    wanted,
    (row) => row !== point,
  );
  return Array.from(found, (neighbour, index) => ({
    point: neighbour,
    value: distances[index] ?? Number.NaN,
  }));
}

/**
 * Mean distance of a point to its `k` nearest others among the first `count`, for the points from `start` to `end`.
 * @param into F64 `[count]`
 */
export function meanDistances(
  points: Latents,
  count: number,
  k: number,
  start: number,
  end: number,
  into: Float64Array,
): void {
  for (let point = start; point < end; point++) {
    const neighbours = neighboursOf(points, count, point, k);
    let sum = 0;
    for (const { value } of neighbours) sum += value ?? 0;
    into[point] = neighbours.length === 0 ? 0 : sum / neighbours.length;
  }
}

/** The `wanted` points of the largest or the smallest values, in that order; equal ones by their number. */
export function extremes(values: Float64Array, wanted: number, which: 'largest' | 'smallest'): ListedPoint[] {
  const sign = which === 'largest' ? -1 : 1;
  return Array.from(values, (value, point) => ({ point, value }))
    .sort((a, b) => sign * (a.value - b.value) || a.point - b.point)
    .slice(0, wanted);
}
