/** What a map is worth: its exact divergence, and how many neighbours it keeps. */
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import type { Affinities } from './affinities.ts';
import { sparseDivergence, splitCoordinates } from './gradient.ts';
import { pause, type StageHooks } from './hooks.ts';
import { Workspace, type ProjectionProgram } from './kernels.ts';
import { everyPoint, PanelledPoints, type Neighbours } from './panels.ts';
import type { PointSet } from './points.ts';

/**
 * KL(P‖Q) with the normaliser summed over all pairs, O(N²).
 * @param coordinates `[count, 2]`
 * @throws LensError `cancelled`, `out-of-memory`
 */
export async function exactKl(
  program: ProjectionProgram,
  affinities: Affinities,
  coordinates: Float32Array,
  hooks: StageHooks = {},
): Promise<number> {
  const { count } = affinities;
  const workspace = new Workspace(program);
  const positions = workspace.reserve(2 * count);
  const xs = workspace.reserve(count + 4);
  const ys = workspace.reserve(count + 4);
  workspace.floats(positions, 2 * count).set(coordinates);
  splitCoordinates(workspace, positions, count, xs, ys);
  const rows = Math.max(1, Math.round(3e7 / count));
  let normaliser = 0;
  for (let first = 0; first < count; first += rows) {
    const end = Math.min(first + rows, count);
    normaliser += workspace.kernels.exactNormaliser(xs, ys, count, first, end);
    await pause(hooks, end, count);
  }
  return sparseDivergence(affinities, coordinates, normaliser);
}

/** Beyond so many points the neighbour measures ask a sample of them, against all. */
export const measuredUpTo = 20_000;
const sampleSize = 5_000;

export interface NeighbourQuality {
  /**
   * Share of a point's 10 nearest neighbours (all others, where there are fewer) that are among its 10 nearest on the
   * map; mean over the points, 0–1.
   */
  readonly recall: number;
  /**
   * Trustworthiness with k = 12 (less where there are few points), 0–1: 1 − 2 / (N·k·(2N − 3k − 1)) · Σ over the map's
   * k nearest of how far beyond k their true rank lies (Venna & Kaski 2001).
   */
  readonly trustworthiness: number;
  /** Neighbours that trustworthiness looked at. */
  readonly k: number;
  /** Points that were asked; below `count` it is a sample, and has to be shown as one. */
  readonly asked: number;
  readonly count: number;
}

const recallNeighbours = 10;
const trustNeighbours = 12;

/** Points to ask: all, or a seeded sample in ascending order. */
function askedPoints(count: number, seed: number): Uint32Array {
  if (count <= measuredUpTo) return everyPoint(count);
  return permutation(keyedRandom(seed, streams.sample, streams.projection), count)
    .slice(0, sampleSize)
    .sort();
}

/** Mean share of the first `wanted` true neighbours that are among the first `wanted` found ones. */
export function neighbourRecall(truth: Neighbours, found: Neighbours, wanted: number): number {
  const queries = truth.indices.length / truth.k;
  let kept = 0;
  for (let q = 0; q < queries; q++) {
    const near = truth.indices.subarray(q * truth.k, q * truth.k + wanted);
    const shown = found.indices.subarray(q * found.k, q * found.k + wanted);
    for (const index of near) if (shown.includes(index)) kept++;
  }
  return kept / (queries * wanted);
}

/**
 * Compares a map's neighbourhoods with those of the points.
 * @param coordinates `[count, 2]`
 * @param seed of the sample, where there are more than {@link measuredUpTo} points
 * @throws LensError `cancelled`, `out-of-memory`
 */
export async function neighbourQuality(
  program: ProjectionProgram,
  set: PointSet,
  coordinates: Float32Array,
  seed: number,
  hooks: StageHooks = {},
): Promise<NeighbourQuality> {
  const { count } = set;
  const queries = askedPoints(count, seed);
  // The measure is defined for k < N / 2.
  const k = Math.max(1, Math.min(trustNeighbours, Math.ceil(count / 2) - 1));
  const wanted = Math.min(recallNeighbours, count - 1);
  const points = new PanelledPoints(program, set);
  const map = new PanelledPoints(program, { points: coordinates, count, dimensions: 2 });
  const truth = await points.nearest(queries, wanted, hooks);
  const found = await map.nearest(queries, Math.max(k, wanted), hooks);
  const near = new Uint32Array(queries.length * k);
  for (let q = 0; q < queries.length; q++) {
    near.set(found.indices.subarray(q * found.k, q * found.k + k), q * k);
  }
  const closer = await points.closerThan(queries, near, k, hooks);
  let beyond = 0;
  for (const others of closer) beyond += Math.max(0, others + 1 - k);
  const trustworthiness = 1 - (2 * beyond) / (queries.length * k * (2 * count - 3 * k - 1));
  return { recall: neighbourRecall(truth, found, wanted), trustworthiness, k, asked: queries.length, count };
}
