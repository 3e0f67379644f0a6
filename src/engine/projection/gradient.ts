/**
 * Fourth stage: the two halves of the gradient (van der Maaten 2014, eq. 8)
 *   ∂KL/∂y_i = 4·(Σ_j p_ij·w_ij·(y_i − y_j) − Σ_j w_ij²·(y_i − y_j) / Z),  w = 1 / (1 + |y_i − y_j|²), Z = Σ w:
 * attraction over the affinities; repulsion by Barnes-Hut, or over all pairs where there are few points.
 */
import type { Affinities } from './affinities.ts';
import type { Pointer, Workspace } from './kernels.ts';

/** Up to so many points all pairs are summed: about as fast as the tree, and exact. */
export const exactUpTo = 1_500;

/** Opening angle of the tree, as assembly/repulsion.ts reads it. */
export const defaultTheta = 0.5;

export interface GradientOptions {
  /** Opening angle; 0 sums all pairs. Without it {@link defaultTheta}, and all pairs up to {@link exactUpTo} points. */
  readonly theta?: number | undefined;
}

const nodeFloats = 8;
const boxFloats = 4;
const histogramFloats = 3 * 2048;
/** Far away, where a filling point weighs nothing (assembly/exact.ts). */
const nowhere = 1e18;

/** The affinities in the kernels' memory: rows of a multiple of four entries (assembly/attraction.ts). */
class PackedAffinities {
  readonly starts: Pointer;
  readonly columns: Pointer;
  readonly values: Pointer;
  readonly length: number;

  constructor(workspace: Workspace, { count, starts, columns, values }: Affinities) {
    const offsets = new Uint32Array(count + 1);
    for (let i = 0; i < count; i++) {
      const entries = (starts[i + 1] ?? 0) - (starts[i] ?? 0);
      offsets[i + 1] = (offsets[i] ?? 0) + Math.ceil(entries / 4) * 4;
    }
    this.length = offsets[count] ?? 0;
    this.starts = workspace.reserve(count + 1);
    this.columns = workspace.reserve(this.length);
    this.values = workspace.reserve(this.length);
    workspace.integers(this.starts, count + 1).set(offsets);
    const packedColumns = workspace.integers(this.columns, this.length);
    const packedValues = workspace.floats(this.values, this.length);
    for (let i = 0; i < count; i++) {
      const from = starts[i] ?? 0;
      const to = starts[i + 1] ?? 0;
      packedColumns.set(columns.subarray(from, to), offsets[i]);
      packedValues.set(values.subarray(from, to), offsets[i]);
    }
  }
}

/** The gradient at positions that lie in the kernels' memory; the halves stay apart, for the optimiser to weigh. */
export class Gradient {
  /** `[count, 2]` float32, Σ_j p_ij·w_ij·(y_i − y_j). */
  readonly attractive: Pointer;
  /** `[count, 2]` float32, Σ_j w_ij²·(y_i − y_j), not yet divided by Z. */
  readonly repulsive: Pointer;
  readonly #workspace: Workspace;
  readonly #affinities: PackedAffinities;
  readonly #count: number;
  readonly #positions: Pointer;
  readonly #theta: number;
  readonly #xs: Pointer;
  readonly #ys: Pointer;
  readonly #tree:
    { order: Pointer; nodes: Pointer; boxes: Pointer; lists: Pointer; scratch: Pointer } | undefined;

  /**
   * @param positions `[count, 2]` float32 in the workspace
   * @throws LensError `out-of-memory`
   */
  constructor(
    workspace: Workspace,
    affinities: Affinities,
    positions: Pointer,
    { theta }: GradientOptions = {},
  ) {
    const { count } = affinities;
    this.#workspace = workspace;
    this.#count = count;
    this.#positions = positions;
    this.#theta = theta ?? (count <= exactUpTo ? 0 : defaultTheta);
    this.#affinities = new PackedAffinities(workspace, affinities);
    this.attractive = workspace.reserve(2 * count + 2);
    this.repulsive = workspace.reserve(2 * count + 2);
    this.#xs = workspace.reserve(count + 4);
    this.#ys = workspace.reserve(count + 4);
    if (this.#theta > 0) {
      this.#tree = {
        order: workspace.reserve(count),
        nodes: workspace.reserve(2 * count * nodeFloats),
        boxes: workspace.reserve(2 * count * boxFloats),
        lists: workspace.reserve(6 * (count + 4)),
        scratch: workspace.reserve(4 * count + histogramFloats),
      };
    }
  }

  /** Writes both halves; returns Z, without the pairs of a point with itself. */
  evaluate(): number {
    const { kernels } = this.#workspace;
    const { starts, columns, values } = this.#affinities;
    kernels.attraction(this.#positions, this.#count, starts, columns, values, this.attractive);
    if (!this.#tree) {
      splitCoordinates(this.#workspace, this.#positions, this.#count, this.#xs, this.#ys);
      return kernels.exactRepulsion(this.#positions, this.#count, this.#xs, this.#ys, this.repulsive);
    }
    const { order, nodes, boxes, lists, scratch } = this.#tree;
    const sorted = [order, this.#xs, this.#ys, nodes, boxes] as const;
    kernels.buildTree(this.#positions, this.#count, ...sorted, scratch);
    return kernels.treeRepulsion(this.#count, ...sorted, lists, this.#theta, this.repulsive);
  }

  /** Σ p·ln(p / q) over the affinities' entries, q = w / `normaliser`, at the present positions. */
  divergence(normaliser: number): number {
    const { starts, columns, values, length } = this.#affinities;
    const y = this.#workspace.floats(this.#positions, 2 * this.#count);
    return sparseDivergence(
      {
        count: this.#count,
        starts: this.#workspace.integers(starts, this.#count + 1),
        columns: this.#workspace.integers(columns, length),
        values: this.#workspace.floats(values, length),
      },
      y,
      normaliser,
    );
  }
}

/** The coordinates apart, filled up to whole vectors with points that weigh nothing. */
export function splitCoordinates(
  workspace: Workspace,
  positions: Pointer,
  count: number,
  xs: Pointer,
  ys: Pointer,
): void {
  const from = workspace.floats(positions, 2 * count);
  const x = workspace.floats(xs, count + 4);
  const y = workspace.floats(ys, count + 4);
  for (let i = 0; i < count; i++) {
    x[i] = from[2 * i] ?? 0;
    y[i] = from[2 * i + 1] ?? 0;
  }
  x.fill(nowhere, count);
  y.fill(nowhere, count);
}

/**
 * KL(P‖Q) = Σ p·ln(p·Z / w) over the entries of P above 0 (van der Maaten & Hinton 2008, eq. 2); entries of 0 add 0.
 * @param positions `[count, 2]`
 * @param normaliser Z = Σ_{i≠j} w_ij
 */
export function sparseDivergence(
  { count, starts, columns, values }: Affinities,
  positions: Float32Array,
  normaliser: number,
): number {
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < count; i++) {
    const x = positions[2 * i] ?? 0;
    const y = positions[2 * i + 1] ?? 0;
    const end = starts[i + 1] ?? 0;
    for (let e = starts[i] ?? 0; e < end; e++) {
      const p = values[e] ?? 0;
      if (p === 0) continue;
      const j = 2 * (columns[e] ?? 0);
      const dx = x - (positions[j] ?? 0);
      const dy = y - (positions[j + 1] ?? 0);
      sum += p * Math.log(p * (1 + dx * dx + dy * dy));
      mass += p;
    }
  }
  return sum + mass * Math.log(normaliser);
}
