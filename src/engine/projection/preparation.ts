/**
 * What comes before the descent, whoever descends: neighbours, affinities and the start. Its result depends on the points,
 * the perplexity, the seed and how neighbours are found alone.
 */
import { LensError } from '../../shared/errors.ts';
import { jointAffinities, type Affinities } from './affinities.ts';
import type { StageHooks } from './hooks.ts';
import { initialPositions } from './initialisation.ts';
import { neighbourCount } from './neighbours.ts';
import type { Neighbours } from './panels.ts';
import { checkPoints, type PointSet } from './points.ts';

export const defaultPerplexity = 30;

/** Where a run stands: enough to go on with the same points, seed and kernel build as if it had never stopped. */
export interface TsneState {
  readonly iteration: number;
  /** `[count, 2]` each. */
  readonly coordinates: Float32Array;
  readonly velocities: Float32Array;
  readonly gains: Float32Array;
}

/** The stages of the preparation, in their order; what {@link PrepareOptions.onStage} reports. */
export type TsneStage = 'neighbours' | 'affinities' | 'initialisation';

export interface PrepareOptions extends PointSet {
  readonly seed: number;
  /** Effective number of neighbours, at least 1; cut to (count − 1) / 3. Without it 30. */
  readonly perplexity?: number | undefined;
  /** Goes on from here instead of the initialisation. */
  readonly state?: TsneState | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly breathe?: (() => Promise<void>) | undefined;
  /** Work done in a stage, of `total`. */
  readonly onStage?: ((stage: TsneStage, done: number, total: number) => void) | undefined;
}

/** Finds the `k` nearest others of each point, of two equally near ones the lower index. */
export type NeighbourSearch = (set: PointSet, k: number, hooks: StageHooks) => Promise<Neighbours>;

export interface Preparation {
  readonly count: number;
  /** The one in use: the asked one, or (count − 1) / 3 where that is less. */
  readonly perplexity: number;
  /** Nearest others of each point in the space of the points. */
  readonly neighbours: Neighbours;
  readonly affinities: Affinities;
  readonly start: TsneState;
}

/** A descent's beginning at the places `[count, 2]`: at rest, all gains 1. */
export const atRest = (coordinates: Float32Array): TsneState => ({
  iteration: 0,
  coordinates,
  velocities: new Float32Array(coordinates.length),
  gains: new Float32Array(coordinates.length).fill(1),
});

/** @throws LensError `too-few-images`, `diverged` (points that are not finite), `cancelled`, `internal`, and as `search` */
export async function prepareTsne(options: PrepareOptions, search: NeighbourSearch): Promise<Preparation> {
  checkPoints(options);
  const { points, count, dimensions, seed, signal, breathe, onStage, state } = options;
  const set = { points, count, dimensions };
  const asked = options.perplexity ?? defaultPerplexity;
  if (!(asked >= 1)) {
    throw new LensError('internal', `The perplexity must be a number of at least 1, not ${asked}.`);
  }
  const perplexity = Math.min(asked, (count - 1) / 3);
  if (state) checkState(state, count);
  const hooks = (stage: TsneStage): StageHooks => ({
    signal,
    breathe,
    onProgress: (done, total) => onStage?.(stage, done, total),
  });
  const neighbours = await search(set, neighbourCount(count, perplexity), hooks('neighbours'));
  const affinities = await jointAffinities(neighbours, perplexity, hooks('affinities'));
  const start = state ?? atRest(await initialPositions(set, seed, hooks('initialisation')));
  return { count, perplexity, neighbours, affinities, start };
}

function checkState({ iteration, coordinates, velocities, gains }: TsneState, count: number): void {
  const arrays = [coordinates, velocities, gains];
  const whole = Number.isInteger(iteration) && iteration >= 0;
  if (whole && arrays.every((array) => array.length === 2 * count && array.every(Number.isFinite))) return;
  throw new LensError(
    'invalid-model-file',
    `The saved state of the map does not belong to these ${count} images. Compute the map anew.`,
  );
}
