/** Neighbours by the latents: of one point, and who stands apart or next to a twin. Pure. */
import { nearestRows } from '../../shared/latent-map.ts';
import type { MapPoints } from '../../shared/map-points.ts';
import type { ListedPoint } from './point-list.ts';

type Latents = Pick<MapPoints, 'latents' | 'latent'>;

/** The `wanted` points nearest to this one among the first `count`, without itself, nearest first. */
export function neighboursOf(
  { latents, latent }: Latents,
  count: number,
  point: number,
  wanted: number,
): ListedPoint[] {
  const { points: found, distances } = nearestRows(
    latents,
    count,
    latents.subarray(point * latent, (point + 1) * latent),
    wanted,
    (row) => row !== point,
  );
  return Array.from(found, (neighbour, index) => ({
    point: neighbour,
    value: distances[index] ?? Number.NaN,
  }));
}

/** The `wanted` points of the largest or the smallest values, in that order; equal ones by their number. */
export function extremes(values: Float64Array, wanted: number, which: 'largest' | 'smallest'): ListedPoint[] {
  const sign = which === 'largest' ? -1 : 1;
  const order = Uint32Array.from(values.keys()).sort(
    (a, b) => sign * ((values[a] as number) - (values[b] as number)) || a - b,
  );
  return Array.from(order.subarray(0, wanted), (point) => ({ point, value: values[point] as number }));
}
