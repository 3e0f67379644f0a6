/** What a projection job needs of the mathematics of t-SNE (projection/); tests put a small one in its place. */

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
  /** The one in use: the asked one, or less where there are few points. */
  readonly perplexity: number;
  /** Iterations done. */
  readonly iteration: number;
  /** F32 `[count, 2]`, a copy. */
  readonly coordinates: Float32Array;
  /** Runs iterations without a pause. @throws LensError `diverged` */
  step(iterations: number): void;
  estimateKl(): number;
  exactKl(hooks?: ProjectorHooks): Promise<number>;
  exportState(): ProjectorState;
}

export interface ProjectorOptions extends LatentSet, ProjectorHooks {
  readonly perplexity: number;
  readonly seed: number;
  /** Goes on from here. */
  readonly state: ProjectorState | undefined;
  /** Share of the preparation that is done, 0–1. */
  readonly onProgress: (share: number) => void;
}

export interface Projection {
  /** What computes, as kept in the card. */
  readonly engine: string;
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
