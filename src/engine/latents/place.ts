/** The place of a new latent on a stored projection. */
import { LensError } from '../../shared/errors.ts';
import { nearestRows } from '../../shared/latent-map.ts';
import type { MapPoints, MapProjection } from '../../shared/map-points.ts';
import type { Placement } from '../../shared/protocol/forward.ts';
import { principalPlane } from '../projection/pca.ts';
import { placePoints } from '../projection/place.ts';
import { defaultPerplexity } from '../projection/preparation.ts';

const shownNeighbours = 10;

/**
 * On a principal projection the latent's own coordinates, on a t-SNE map the place where it settles with all others
 * fixed.
 * @param latent F32 `[k]`
 * @throws LensError `internal` where the latent has another size or the projection has no points, `diverged`
 */
export async function placeLatent(
  points: MapPoints,
  { card, coordinates }: MapProjection,
  latent: Float32Array,
): Promise<Placement> {
  if (latent.length !== points.latent || card.count === 0) {
    throw new LensError('internal', 'This latent does not belong to the map.');
  }
  const set = {
    points: points.latents.subarray(0, card.count * points.latent),
    count: card.count,
    dimensions: points.latent,
  };
  const nearest = nearestRows(set.points, card.count, latent, shownNeighbours);
  const neighbours = Array.from(nearest.points, (point, rank) => ({
    point,
    distance: nearest.distances[rank] ?? Number.NaN,
  }));
  if (card.method === 'tsne') {
    const placed = await placePoints(set, coordinates, latent, card.perplexity ?? defaultPerplexity);
    const [x = 0, y = 0] = placed.coordinates;
    return { x, y, neighbours };
  }
  const { axes, mean } = await principalPlane(set);
  const along = (axis: 0 | 1): number =>
    mean.reduce(
      (sum, centre, i) => sum + ((latent[i] ?? 0) - centre) * (axes[axis * mean.length + i] ?? 0),
      0,
    );
  return { x: along(0), y: along(1), neighbours };
}
