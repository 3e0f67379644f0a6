/** Third stage: where the points start (Kobak & Berens 2019: from the principal components, small). */
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import type { StageHooks } from './hooks.ts';
import { principalPlane } from './pca.ts';
import type { PointSet } from './points.ts';

/** Standard deviation of the start along its first axis. */
const initialDeviation = 1e-4;
/** A second axis this much flatter than the first holds rounding errors, no structure. */
const flat = 1e-6;

function deviation(coordinates: Float32Array, axis: 0 | 1): number {
  const count = coordinates.length / 2;
  let sum = 0;
  let squares = 0;
  for (let i = axis; i < coordinates.length; i += 2) {
    sum += coordinates[i] ?? 0;
    squares += (coordinates[i] ?? 0) ** 2;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/**
 * The principal plane scaled to a standard deviation of 1e-4 on its first axis. An axis without variance (identical
 * points, or all on one line) is filled with N(0, 1e-4²) from the seed instead, for a force along a line never leaves it.
 * @returns `[count, 2]`
 * @throws LensError `cancelled`
 */
export async function initialPositions(
  set: PointSet,
  seed: number,
  hooks: StageHooks = {},
): Promise<Float32Array> {
  const { coordinates } = await principalPlane(set, hooks);
  const next = keyedRandom(seed, streams.projection);
  const largest = deviation(coordinates, 0);
  const positions = new Float32Array(coordinates.length);
  for (const axis of [0, 1] as const) {
    const own = deviation(coordinates, axis);
    const usable = own > 0 && own >= flat * largest && Number.isFinite(own);
    for (let i = axis; i < positions.length; i += 2) {
      positions[i] = usable
        ? ((coordinates[i] ?? 0) / largest) * initialDeviation
        : normalPair(next)[0] * initialDeviation;
    }
  }
  return positions;
}
