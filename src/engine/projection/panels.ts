/** Points in the kernels' memory, in panels of eight (assembly/panels.ts), and the blocks in which they are queried. */
import { Workspace, type Pointer, type ProjectionKernels, type ProjectionProgram } from './kernels.ts';
import { pause, type StageHooks } from './hooks.ts';
import { unitScale, type PointSet } from './points.ts';

const panel = 8;
/** Queries of one block: their heaps stay in the cache while all points stream by. */
const blockQueries = 64;
const tileFloats = 32;

/** `k` nearest points of each of Q queries. */
export interface Neighbours {
  readonly k: number;
  /** `[Q, k]`, nearest first; of two at the same distance the lower index goes first. */
  readonly indices: Uint32Array;
  /** `[Q, k]`, squared distances times `scale²`. */
  readonly squared: Float32Array;
  /** Distance between the given points = √squared / scale. */
  readonly scale: number;
}

/** Points to be queried for their neighbours; Euclidean distances. */
export class PanelledPoints {
  readonly count: number;
  readonly dimensions: number;
  readonly scale: number;
  readonly #workspace: Workspace;
  readonly #kernels: ProjectionKernels;
  readonly #panels: Pointer;
  readonly #queries: Pointer;
  readonly #self: Pointer;
  readonly #tile: Pointer;

  /** @throws LensError `out-of-memory` */
  constructor(program: ProjectionProgram, { points, count, dimensions }: PointSet) {
    this.count = count;
    this.dimensions = dimensions;
    this.scale = unitScale(points);
    this.#workspace = new Workspace(program);
    this.#kernels = this.#workspace.kernels;
    const floats = Math.ceil(count / panel) * panel * dimensions;
    this.#panels = this.#workspace.reserve(floats);
    this.#queries = this.#workspace.reserve(blockQueries * dimensions);
    this.#self = this.#workspace.reserve(blockQueries);
    this.#tile = this.#workspace.reserve(tileFloats);
    const target = this.#workspace.floats(this.#panels, floats).fill(NaN);
    for (let i = 0; i < count; i++) {
      const base = this.#lane(i);
      for (let l = 0; l < dimensions; l++) {
        target[base + l * panel] = (points[i * dimensions + l] ?? NaN) * this.scale;
      }
    }
  }

  /**
   * The `k` nearest neighbours of the points `queries` (each without itself), k ≤ count − 1.
   * @throws LensError `cancelled`, `out-of-memory`
   */
  async nearest(queries: Uint32Array, k: number, hooks: StageHooks = {}): Promise<Neighbours> {
    const keys = this.#workspace.reserve(blockQueries * k * 2);
    const indices = new Uint32Array(queries.length * k);
    const squared = new Float32Array(queries.length * k);
    await this.#blocks(queries, hooks, (first, length, padded) => {
      // prettier-ignore
      this.#kernels.nearest(
        this.#queries, padded, this.#self, this.#panels,
        this.count, this.dimensions, k, keys, this.#tile,
      );
      const found = this.#workspace.integers(keys, 2 * length * k);
      const distances = this.#workspace.floats(keys, 2 * length * k);
      for (let i = 0; i < length * k; i++) {
        indices[first * k + i] = found[2 * i] ?? 0;
        squared[first * k + i] = distances[2 * i + 1] ?? 0;
      }
    });
    return { k, indices, squared, scale: this.scale };
  }

  /**
   * Squared distances (times `scale²`) of each query to its `k` named points, rounded as {@link nearest} rounds them:
   * `[Q, k]`.
   * @param named `[Q, k]`
   * @throws LensError `cancelled`, `out-of-memory`
   */
  async distances(
    queries: Uint32Array,
    named: Uint32Array,
    k: number,
    hooks: StageHooks = {},
  ): Promise<Float32Array> {
    const indices = this.#workspace.reserve(blockQueries * k);
    const squared = this.#workspace.reserve(blockQueries * k);
    const result = new Float32Array(queries.length * k);
    await this.#blocks(queries, hooks, (first, length, padded) => {
      this.#nameTo(indices, named.subarray(first * k, (first + length) * k), padded * k);
      // prettier-ignore
      this.#kernels.pairDistances(
        this.#queries, padded, this.#panels, this.dimensions, k, indices, squared,
      );
      result.set(this.#workspace.floats(squared, length * k), first * k);
    });
    return result;
  }

  /**
   * For each query and each of its `k` named points, how many others are strictly closer to the query: `[Q, k]`.
   * @param named `[Q, k]`
   * @throws LensError `cancelled`, `out-of-memory`
   */
  async closerThan(
    queries: Uint32Array,
    named: Uint32Array,
    k: number,
    hooks: StageHooks = {},
  ): Promise<Uint32Array> {
    const indices = this.#workspace.reserve(blockQueries * k);
    const thresholds = this.#workspace.reserve(blockQueries * k);
    const counts = this.#workspace.reserve(blockQueries * k);
    const result = new Uint32Array(queries.length * k);
    await this.#blocks(queries, hooks, (first, length, padded) => {
      const { kernels } = this.#workspace;
      this.#nameTo(indices, named.subarray(first * k, (first + length) * k), padded * k);
      const context = [this.#queries, padded, this.#panels] as const;
      kernels.pairDistances(...context, this.dimensions, k, indices, thresholds);
      kernels.countCloser(...context, this.count, this.dimensions, k, thresholds, counts, this.#tile);
      const limits = this.#workspace.floats(thresholds, length * k);
      const found = this.#workspace.integers(counts, length * k);
      // The query itself, at distance 0, is closer than anything that is not its twin.
      for (let i = 0; i < length * k; i++) {
        result[first * k + i] = (found[i] ?? 0) - ((limits[i] ?? 0) > 0 ? 1 : 0);
      }
    });
    return result;
  }

  /** Puts the points' names where the kernels read them, filled up with the first point. */
  #nameTo(target: Pointer, named: Uint32Array, length: number): void {
    this.#workspace.integers(target, length).fill(0).set(named);
  }

  /** Offset of a point's first coordinate, in floats. */
  #lane(i: number): number {
    return Math.floor(i / panel) * panel * this.dimensions + (i % panel);
  }

  /** Runs `work` for each block of queries, gathered into panels and padded to a multiple of 4. */
  async #blocks(
    queries: Uint32Array,
    hooks: StageHooks,
    work: (first: number, length: number, padded: number) => void,
  ): Promise<void> {
    // A pause after about 10 ms: 64 queries against 10,000 points of 20 dimensions take 4 ms.
    const blocksPerPause = Math.max(1, Math.round(3e7 / (blockQueries * this.count * (this.dimensions + 4))));
    let block = 0;
    for (let first = 0; first < queries.length; first += blockQueries) {
      const length = Math.min(blockQueries, queries.length - first);
      const padded = Math.ceil(length / 4) * 4;
      this.#gather(queries.subarray(first, first + length), padded);
      work(first, length, padded);
      if (++block % blocksPerPause === 0) await pause(hooks, first + length, queries.length);
    }
    await pause(hooks, queries.length, queries.length);
  }

  #gather(queries: Uint32Array, padded: number): void {
    const source = this.#workspace.floats(
      this.#panels,
      Math.ceil(this.count / panel) * panel * this.dimensions,
    );
    const target = this.#workspace.floats(this.#queries, blockQueries * this.dimensions);
    const self = this.#workspace.integers(this.#self, blockQueries);
    for (let q = 0; q < padded; q++) {
      // A block is padded with its last query.
      const index = queries[Math.min(q, queries.length - 1)] ?? 0;
      self[q] = index;
      const from = this.#lane(index);
      const to = this.#lane(q);
      for (let l = 0; l < this.dimensions; l++) target[to + l * panel] = source[from + l * panel] ?? NaN;
    }
  }
}

/** 0 … count − 1. */
export const everyPoint = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
