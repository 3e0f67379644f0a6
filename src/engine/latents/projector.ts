/** What a projection job needs of the mathematics of t-SNE (projection/); tests put a small one in its place. */
import type { EngineKind } from '../backends/engine.ts';

/** Where a run stands: enough to go on as if it had never stopped. F32 `[count, 2]` each. */
export interface ProjectorState {
  readonly iteration: number;
  readonly coordinates: Float32Array;
  readonly velocities: Float32Array;
  readonly gains: Float32Array;
}

/** F32 `[count, dimensions]`, row-major. */
export interface LatentSet {
  readonly points: Float32Array;
  readonly count: number;
  readonly dimensions: number;
}

export interface ProjectorHooks {
  readonly signal?: AbortSignal | undefined;
  readonly breathe?: (() => Promise<void>) | undefined;
}

/** One run, prepared. */
export interface Projector {
  /** What computes, as kept in the card, e.g. `wasm-fma`. */
  readonly engine: string;
  /** What computes and why, for the user: one sentence without a full stop. */
  readonly reason: string;
  /** The one in use: the asked one, or less where there are few points. */
  readonly perplexity: number;
  /** Iterations done. After the loss of a GPU it is that of the last state that was read. */
  readonly iteration: number;
  /**
   * Runs iterations without a pause; where the GPU is lost meanwhile, none or fewer.
   * @throws LensError `diverged`
   */
  step(iterations: number): Promise<void>;
  /** F32 `[count, 2]`, a copy. @throws LensError `diverged` */
  coordinates(): Promise<Float32Array>;
  estimateKl(): Promise<number>;
  exactKl(hooks?: ProjectorHooks): Promise<number>;
  /** A copy. @throws LensError `diverged` */
  exportState(): Promise<ProjectorState>;
  /** Gives back what it holds of a GPU. */
  dispose(): void;
}

export interface ProjectorOptions extends LatentSet, ProjectorHooks {
  readonly perplexity: number;
  readonly seed: number;
  /** Goes on from here. */
  readonly state: ProjectorState | undefined;
  /** What the state was computed on: the run stays on it where it can. */
  readonly begunOn: EngineKind | undefined;
  /** Share of the preparation that is done, 0–1. */
  readonly onProgress: (share: number) => void;
}

export interface Projection {
  /** @throws LensError `too-few-images`, `diverged`, `cancelled`, `out-of-memory` */
  create(options: ProjectorOptions): Promise<Projector>;
  /** How well a map keeps neighbours. @throws LensError `cancelled` */
  quality(
    set: LatentSet,
    coordinates: Float32Array,
    seed: number,
    hooks: ProjectorHooks,
  ): Promise<{ readonly recall: number; readonly trustworthiness: number }>;
}
