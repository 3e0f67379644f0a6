/** t-SNE as an object that is stepped: prepares the stages once, then descends as far as the caller asks. */
import { LensError } from '../../shared/errors.ts';
import { jointAffinities, type Affinities } from './affinities.ts';
import { Gradient, type GradientOptions } from './gradient.ts';
import type { StageHooks } from './hooks.ts';
import { initialPositions } from './initialisation.ts';
import { Workspace, type Pointer, type ProjectionProgram } from './kernels.ts';
import { exactKl } from './metrics.ts';
import { nearestNeighbours, neighbourCount } from './neighbours.ts';
import { Descent, schedule } from './optimiser.ts';
import type { Neighbours } from './panels.ts';
import { checkPoints, type PointSet } from './points.ts';

export const defaultPerplexity = 30;
/** Iterations of a whole run, as scikit-learn's. */
export const defaultIterations = 1_000;

/** Where a run stands: enough to go on with the same points, seed and kernel build as if it had never stopped. */
export interface TsneState {
  readonly iteration: number;
  /** `[count, 2]` each. */
  readonly coordinates: Float32Array;
  readonly velocities: Float32Array;
  readonly gains: Float32Array;
}

/** The stages of the preparation, in their order; what {@link TsneOptions.onStage} reports. */
export type TsneStage = 'neighbours' | 'affinities' | 'initialisation';

export interface TsneOptions extends PointSet, GradientOptions {
  readonly kernels: ProjectionProgram;
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

export interface Tsne {
  readonly count: number;
  /** The one in use: the asked one, or (count − 1) / 3 where that is less. */
  readonly perplexity: number;
  /** Iterations done. */
  readonly iteration: number;
  /** `[count, 2]`, a copy, centred on the origin. */
  readonly coordinates: Float32Array;
  /** Nearest others of each point in the space of the points. */
  readonly neighbours: Neighbours;
  readonly affinities: Affinities;
  /** Bytes of the kernels' memory. */
  readonly bytes: number;
  /**
   * Runs iterations, without a pause: 10,000 points take about 5 ms each, 70,000 about 50 ms.
   * @throws LensError `diverged`
   */
  step(iterations: number): void;
  /** KL divergence of the map with the gradient's own normaliser: quick, within about 1 % of the exact one. */
  estimateKl(): number;
  /** KL divergence over all pairs, O(N²). @throws LensError `cancelled` */
  exactKl(hooks?: StageHooks): Promise<number>;
  /** A copy of the state. */
  exportState(): TsneState;
}

/**
 * Prepares a run: neighbours, affinities, initialisation (or the given state). Its result depends on the points, the
 * perplexity, the seed and the kernel build alone, never on how the iterations are cut into steps.
 * @throws LensError `too-few-images`, `diverged` (points that are not finite), `cancelled`, `out-of-memory`, `internal`
 */
export async function createTsne(options: TsneOptions): Promise<Tsne> {
  checkPoints(options);
  const { points, count, dimensions, kernels, seed, signal, breathe, onStage, state } = options;
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
  const k = neighbourCount(count, perplexity);
  const neighbours = await nearestNeighbours(kernels, set, k, hooks('neighbours'));
  const affinities = await jointAffinities(neighbours, perplexity, hooks('affinities'));
  const positions = state?.coordinates ?? (await initialPositions(set, seed, hooks('initialisation')));
  return new TsneRun(kernels, { perplexity, neighbours, affinities }, positions, state, options);
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

interface Prepared {
  readonly perplexity: number;
  readonly neighbours: Neighbours;
  readonly affinities: Affinities;
}

class TsneRun implements Tsne {
  readonly count: number;
  readonly perplexity: number;
  readonly neighbours: Neighbours;
  readonly affinities: Affinities;
  readonly #program: ProjectionProgram;
  readonly #workspace: Workspace;
  readonly #positions: Pointer;
  readonly #gradient: Gradient;
  readonly #descent: Descent;
  #iteration: number;

  constructor(
    program: ProjectionProgram,
    { perplexity, neighbours, affinities }: Prepared,
    positions: Float32Array,
    state: TsneState | undefined,
    options: GradientOptions,
  ) {
    this.count = affinities.count;
    this.perplexity = perplexity;
    this.neighbours = neighbours;
    this.affinities = affinities;
    this.#program = program;
    this.#workspace = new Workspace(program);
    // One point more than there are: the optimiser works on whole vectors.
    this.#positions = this.#workspace.reserve(2 * this.count + 2);
    this.#gradient = new Gradient(this.#workspace, affinities, this.#positions, options);
    this.#descent = new Descent(this.#workspace, this.count, this.#positions, state);
    this.#workspace.floats(this.#positions, 2 * this.count).set(positions);
    this.#iteration = state?.iteration ?? 0;
  }

  get iteration(): number {
    return this.#iteration;
  }

  get coordinates(): Float32Array {
    return this.#workspace.floats(this.#positions, 2 * this.count).slice();
  }

  get bytes(): number {
    return this.#workspace.bytes;
  }

  step(iterations: number): void {
    for (let i = 0; i < iterations; i++) {
      const normaliser = this.#gradient.evaluate();
      if (!(normaliser > 0 && normaliser < Infinity)) {
        throw new LensError(
          'diverged',
          `The map fell apart at iteration ${this.#iteration + 1}: its points are no longer finite. Compute it anew with a higher perplexity.`,
        );
      }
      const { attractive, repulsive } = this.#gradient;
      this.#descent.step(attractive, repulsive, normaliser, schedule(this.#iteration, this.count));
      this.#iteration++;
    }
  }

  estimateKl(): number {
    return this.#gradient.divergence(this.#gradient.evaluate());
  }

  exactKl(hooks: StageHooks = {}): Promise<number> {
    return exactKl(this.#program, this.affinities, this.coordinates, hooks);
  }

  exportState(): TsneState {
    return { iteration: this.#iteration, coordinates: this.coordinates, ...this.#descent.state };
  }
}
