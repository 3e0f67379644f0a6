/** t-SNE as an object that is stepped: prepares the stages once, then descends as far as the caller asks. */
import { LensError } from '../../shared/errors.ts';
import type { Affinities } from './affinities.ts';
import { Gradient, type GradientOptions } from './gradient.ts';
import type { StageHooks } from './hooks.ts';
import { Workspace, type Pointer, type ProjectionProgram } from './kernels.ts';
import { exactKl } from './metrics.ts';
import { nearestNeighbours } from './neighbours.ts';
import { Descent, schedule } from './optimiser.ts';
import type { Neighbours } from './panels.ts';
import { prepareTsne, type Preparation, type PrepareOptions, type TsneState } from './preparation.ts';

export interface TsneOptions extends PrepareOptions, GradientOptions {
  readonly kernels: ProjectionProgram;
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
  const { kernels } = options;
  const preparation = await prepareTsne(options, (set, k, hooks) =>
    nearestNeighbours(kernels, set, k, hooks),
  );
  return startTsne(kernels, preparation, options);
}

/** A run of points that are prepared. @throws LensError `out-of-memory` */
export const startTsne = (
  kernels: ProjectionProgram,
  preparation: Preparation,
  options: GradientOptions = {},
): Tsne => new TsneRun(kernels, preparation, options);

/** What a run throws whose points fly off. @param iteration the one that showed it, counted from 1 */
export const fellApart = (iteration: number): LensError =>
  new LensError(
    'diverged',
    `The map fell apart at iteration ${iteration}: its points are no longer finite. Compute it anew with a higher perplexity.`,
  );

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
    { count, perplexity, neighbours, affinities, start }: Preparation,
    options: GradientOptions,
  ) {
    this.count = count;
    this.perplexity = perplexity;
    this.neighbours = neighbours;
    this.affinities = affinities;
    this.#program = program;
    this.#workspace = new Workspace(program);
    // One point more than there are: the optimiser works on whole vectors.
    this.#positions = this.#workspace.reserve(2 * count + 2);
    this.#gradient = new Gradient(this.#workspace, affinities, this.#positions, options);
    this.#descent = new Descent(this.#workspace, count, this.#positions, start);
    this.#workspace.floats(this.#positions, 2 * count).set(start.coordinates);
    this.#iteration = start.iteration;
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
      if (!(normaliser > 0 && normaliser < Infinity)) throw fellApart(this.#iteration + 1);
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
