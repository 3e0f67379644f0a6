/** The place of a new latent on an existing map. */
import { LensError } from '../../shared/errors.ts';
import { nearestRows } from '../../shared/latent-map.ts';
import type { MapPoints, MapProjection } from '../../shared/map-points.ts';
import type { Placement } from '../../shared/protocol/forward.ts';
import { alongAxes, principalAxes } from './principal-axes.ts';

const shownNeighbours = 10;
const fallbackPerplexity = 30;

/**
 * Weights of neighbours by their Gaussian affinities, the width found by bisection so that the weights' perplexity is
 * as asked (van der Maaten & Hinton 2008, eq. 1). They sum to 1.
 * @param distances Euclidean, ascending
 */
export function affinities(distances: Float64Array, perplexity: number): Float64Array {
  const nearest = distances[0] ?? 0;
  const squares = distances.map((distance) => distance ** 2 - nearest ** 2);
  const target = Math.log(Math.min(perplexity, distances.length));
  let [low, high, precision] = [0, Infinity, 1];
  let weights = squares;
  for (let round = 0; round < 60; round++) {
    weights = squares.map((square) => Math.exp(-square * precision));
    const sum = weights.reduce((a, b) => a + b, 0);
    weights = weights.map((weight) => weight / sum);
    const entropy = -weights.reduce((a, weight) => (weight > 0 ? a + weight * Math.log(weight) : a), 0);
    if (Math.abs(entropy - target) < 1e-6) break;
    if (entropy > target) low = precision;
    else high = precision;
    precision = high === Infinity ? precision * 2 : (low + high) / 2;
  }
  return weights;
}

/**
 * On a principal projection the latent's own coordinates; on a t-SNE map the mean of its neighbours' places, weighted
 * by its affinities to them.
 * @param latent F32 `[k]`
 * @throws LensError `internal` where the latent has another size or the projection has no points
 */
export function placeLatent(points: MapPoints, projection: MapProjection, latent: Float32Array): Placement {
  const { card, coordinates } = projection;
  if (latent.length !== points.latent || card.count === 0) {
    throw new LensError('internal', 'This latent does not belong to the map.');
  }
  const perplexity = Math.max(1, Math.min(card.perplexity ?? fallbackPerplexity, (card.count - 1) / 3));
  const wanted = Math.max(shownNeighbours, Math.ceil(3 * perplexity));
  const nearest = nearestRows(points.latents, card.count, latent, wanted);
  const neighbours = [...nearest.points].slice(0, shownNeighbours).map((point, rank) => ({
    point,
    distance: nearest.distances[rank] ?? Number.NaN,
  }));
  if (card.method === 'pca') {
    const axes = principalAxes(points.latents, card.count, points.latent, 2);
    const [x = 0, y = 0] = alongAxes(latent, 1, axes);
    return { x, y, neighbours };
  }
  const weights = affinities(nearest.distances, perplexity);
  let [x, y] = [0, 0];
  nearest.points.forEach((point, rank) => {
    x += (weights[rank] ?? 0) * (coordinates[2 * point] ?? 0);
    y += (weights[rank] ?? 0) * (coordinates[2 * point + 1] ?? 0);
  });
  return { x, y, neighbours };
}
