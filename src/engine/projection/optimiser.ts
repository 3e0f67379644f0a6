/** Fifth stage: gradient descent. It knows a gradient in two halves and nothing of how they were found. */
import type { Pointer, Workspace } from './kernels.ts';

export interface StepSettings {
  readonly exaggeration: number;
  readonly momentum: number;
  readonly learningRate: number;
}

/** Iterations with exaggerated attraction (van der Maaten 2014, §4). */
export const exaggeratedIterations = 250;
const exaggeration = 12;

/**
 * The settings of one iteration, counted from 0. The learning rate is N / 12, at least 200 (Belkina et al. 2019);
 * scikit-learn's max(N / 48, 50) is the same, for its gradient holds the factor 4 that ours leaves out.
 */
export function schedule(iteration: number, count: number): StepSettings {
  const early = iteration < exaggeratedIterations;
  return {
    exaggeration: early ? exaggeration : 1,
    momentum: early ? 0.5 : 0.8,
    learningRate: Math.max(200, count / exaggeration),
  };
}

/** What a step remembers for the next one; with the positions it is the whole state of the descent. */
export interface DescentState {
  /** `[count, 2]`. */
  readonly velocities: Float32Array;
  /** `[count, 2]`, at least 0.01. */
  readonly gains: Float32Array;
}

export class Descent {
  readonly #workspace: Workspace;
  readonly #count: number;
  readonly #positions: Pointer;
  readonly #velocities: Pointer;
  readonly #gains: Pointer;

  /**
   * @param positions `[count, 2]` float32 in the workspace, with room for one point more
   * @throws LensError `out-of-memory`
   */
  constructor(workspace: Workspace, count: number, positions: Pointer, state?: DescentState) {
    this.#workspace = workspace;
    this.#count = count;
    this.#positions = positions;
    this.#velocities = workspace.reserve(2 * count + 2);
    this.#gains = workspace.reserve(2 * count + 2);
    if (state) workspace.floats(this.#velocities, 2 * count).set(state.velocities);
    if (state) workspace.floats(this.#gains, 2 * count).set(state.gains);
    else workspace.floats(this.#gains, 2 * count).fill(1);
  }

  /** Moves the positions once (assembly/optimiser.ts); `normaliser` divides the repulsive half. */
  step(attractive: Pointer, repulsive: Pointer, normaliser: number, settings: StepSettings): void {
    // prettier-ignore
    this.#workspace.kernels.descend(
      this.#count, this.#positions, this.#velocities, this.#gains, attractive, repulsive,
      settings.exaggeration, 1 / normaliser, settings.learningRate, settings.momentum,
    );
  }

  /** A copy. */
  get state(): DescentState {
    return {
      velocities: this.#workspace.floats(this.#velocities, 2 * this.#count).slice(),
      gains: this.#workspace.floats(this.#gains, 2 * this.#count).slice(),
    };
  }
}
