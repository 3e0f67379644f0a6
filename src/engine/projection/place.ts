/**
 * New points in a map that is there already: each starts at the affinity-weighted mean of its neighbours and descends
 * its own divergence while all others stay (the idea of Poličar, Stražar & Zupan 2023, "Embedding to reference t-SNE
 * space"; theirs is a joint descent with momentum, ours one line search per point, which cannot diverge).
 */
import { LensError } from '../../shared/errors.ts';
import { conditionalWeights } from './affinities.ts';
import { pause, type StageHooks } from './hooks.ts';
import { neighbourCount } from './neighbours.ts';
import { unitScale, type PointSet } from './points.ts';

export interface PlacedPoints {
  /** `[M, 2]`. */
  readonly coordinates: Float32Array;
  /** `[M]`: the nearest point of the map, by its latent. */
  readonly nearest: Uint32Array;
  /** `[M]`: Euclidean distance to it, in the points' own units. */
  readonly distance: Float32Array;
}

const descentSteps = 100;
const mostHalvings = 12;
/** The descent ends where a step moves the point by less than this; maps are about 100 across. */
const stillness = 1e-4;

/** The nearest `k` of the map's points to one new one, nearest first, by squared scaled distance. */
function nearestTo(
  { points, count, dimensions }: PointSet,
  latent: Float32Array,
  k: number,
  scale: number,
): { indices: Uint32Array; squared: Float32Array } {
  const all = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let l = 0; l < dimensions; l++) {
      sum += (((points[i * dimensions + l] ?? 0) - (latent[l] ?? 0)) * scale) ** 2;
    }
    all[i] = sum;
  }
  const limit = all.slice().sort()[k - 1] ?? 0;
  const candidates: number[] = [];
  for (let i = 0; i < count; i++) if ((all[i] ?? 0) <= limit) candidates.push(i);
  candidates.sort((a, b) => (all[a] ?? 0) - (all[b] ?? 0) || a - b);
  const indices = Uint32Array.from(candidates.slice(0, k));
  return { indices, squared: Float32Array.from(indices, (i) => all[i] ?? 0) };
}

interface Slope {
  readonly loss: number;
  readonly x: number;
  readonly y: number;
}

/** Loss Σ p_j·ln(1 + d_j²) + ln Σ_i 1/(1 + d_i²), the divergence of one row without its constant, and its slope. */
function slopeAt(
  x: number,
  y: number,
  map: Float32Array,
  indices: Uint32Array,
  weights: Float64Array,
): Slope {
  let pullX = 0;
  let pullY = 0;
  let loss = 0;
  for (let j = 0; j < indices.length; j++) {
    const i = 2 * (indices[j] ?? 0);
    const dx = x - (map[i] ?? 0);
    const dy = y - (map[i + 1] ?? 0);
    const distance = 1 + dx * dx + dy * dy;
    const p = weights[j] ?? 0;
    loss += p * Math.log(distance);
    pullX += (p / distance) * dx;
    pullY += (p / distance) * dy;
  }
  let normaliser = 0;
  let pushX = 0;
  let pushY = 0;
  for (let i = 0; i < map.length; i += 2) {
    const dx = x - (map[i] ?? 0);
    const dy = y - (map[i + 1] ?? 0);
    const w = 1 / (1 + dx * dx + dy * dy);
    normaliser += w;
    pushX += w * w * dx;
    pushY += w * w * dy;
  }
  return {
    loss: loss + Math.log(normaliser),
    x: 2 * (pullX - pushX / normaliser),
    y: 2 * (pullY - pushY / normaliser),
  };
}

/** Gradient descent with a step that doubles after success and halves until the loss falls. */
function settle(
  start: readonly [number, number],
  map: Float32Array,
  indices: Uint32Array,
  weights: Float64Array,
): [number, number] {
  let [x, y] = start;
  let here = slopeAt(x, y, map, indices, weights);
  let rate = 1;
  for (let step = 0; step < descentSteps; step++) {
    let moved = false;
    for (let halving = 0; halving < mostHalvings && !moved; halving++) {
      const there = slopeAt(x - rate * here.x, y - rate * here.y, map, indices, weights);
      // Armijo's rule: at least a small part of what the slope promises.
      moved = there.loss <= here.loss - 1e-4 * rate * (here.x ** 2 + here.y ** 2);
      if (!moved) {
        rate /= 2;
        continue;
      }
      const length = rate * Math.hypot(here.x, here.y);
      x -= rate * here.x;
      y -= rate * here.y;
      here = there;
      rate *= 2;
      if (length < stillness) return [x, y];
    }
    if (!moved) break;
  }
  return [x, y];
}

/**
 * Places M new points among those of a map. Each is placed for itself: the result does not depend on the others.
 * @param set the map's points
 * @param coordinates their places, `[count, 2]`
 * @param added `[M, dimensions]`, finite
 * @param perplexity as the map's own; cut to (count − 1) / 3
 * @throws LensError `diverged` (a new point that is not finite), `internal` (sizes that disagree), `cancelled`
 */
export async function placePoints(
  set: PointSet,
  coordinates: Float32Array,
  added: Float32Array,
  perplexity: number,
  hooks: StageHooks = {},
): Promise<PlacedPoints> {
  const { count, dimensions } = set;
  const places = added.length / dimensions;
  if (coordinates.length !== 2 * count || !Number.isInteger(places)) {
    throw new LensError('internal', 'The new points do not fit the map they are to be placed in.');
  }
  if (!added.every(Number.isFinite)) {
    throw new LensError(
      'diverged',
      'The latent vector of this image is not a finite number, so it has no place on the map. Train the model again, with a lower learning rate.',
    );
  }
  const scale = Math.min(unitScale(set.points), unitScale(added));
  const width = Math.min(perplexity, (count - 1) / 3);
  const k = neighbourCount(count, width);
  const weights = new Float64Array(k);
  const result: PlacedPoints = {
    coordinates: new Float32Array(2 * places),
    nearest: new Uint32Array(places),
    distance: new Float32Array(places),
  };
  for (let m = 0; m < places; m++) {
    const latent = added.subarray(m * dimensions, (m + 1) * dimensions);
    const { indices, squared } = nearestTo(set, latent, k, scale);
    conditionalWeights(squared, width, weights);
    let x = 0;
    let y = 0;
    indices.forEach((i, j) => {
      x += (weights[j] ?? 0) * (coordinates[2 * i] ?? 0);
      y += (weights[j] ?? 0) * (coordinates[2 * i + 1] ?? 0);
    });
    result.coordinates.set(settle([x, y], coordinates, indices, weights), 2 * m);
    result.nearest[m] = indices[0] ?? 0;
    result.distance[m] = Math.sqrt(squared[0] ?? 0) / scale;
    await pause(hooks, m + 1, places);
  }
  return result;
}
