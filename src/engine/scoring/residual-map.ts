/**
 * Channel C, worst place: what the principal components of good photos cannot explain of a photo's orientation
 * histograms, place by place (guide, §3.2).
 */
import { leadingEigenpairs } from './leading-eigenvectors.ts';
import { orientations } from './orientation.ts';

export interface ResidualModel {
  /** Cells along each side (32), numbers of a histogram D = cells² · 8, components k. */
  readonly cells: number;
  readonly size: number;
  readonly components: number;
  /** F32 `[D]`. */
  readonly mean: Float32Array;
  /** F32 `[D]`: 1 / (standard deviation + 1e-3). */
  readonly inverse: Float32Array;
  /** F32 `[k, D]`, orthonormal rows. */
  readonly basis: Float32Array;
}

const mostComponents = 80;
const imagesPerComponent = 5;
const deviationFloor = 1e-3;

/** Inner products of all pairs of rows, F64 `[n, n]`; four against four, for the memory's sake. */
async function gramOf(
  rows: Float32Array,
  count: number,
  size: number,
  breathe: () => Promise<void>,
): Promise<Float64Array> {
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const a = i * size;
    for (let j = i; j < count; j += 4) {
      const left = Math.min(4, count - j);
      const b = j * size;
      const c = left > 1 ? b + size : b;
      const d = left > 2 ? b + 2 * size : b;
      const e = left > 3 ? b + 3 * size : b;
      let [p, q, s, t] = [0, 0, 0, 0];
      for (let k = 0; k < size; k++) {
        const x = rows[a + k] as number;
        p += x * (rows[b + k] as number);
        q += x * (rows[c + k] as number);
        s += x * (rows[d + k] as number);
        t += x * (rows[e + k] as number);
      }
      const sums = [p, q, s, t];
      for (let k = 0; k < left; k++) {
        gram[i * count + j + k] = sums[k] as number;
        gram[(j + k) * count + i] = sums[k] as number;
      }
    }
    if (i % 8 === 0) await breathe();
  }
  return gram;
}

/**
 * Fits mean, spread and components.
 * @param rows F32 `[n, D]`: histograms of good photos; standardised in place
 */
export async function fitResidual(
  rows: Float32Array,
  count: number,
  cells: number,
  breathe: () => Promise<void>,
): Promise<ResidualModel> {
  const size = cells * cells * orientations;
  const sums = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) sums[i] = (sums[i] as number) + (rows[n * size + i] as number);
  }
  const mean = Float32Array.from(sums, (sum) => sum / count);
  const squares = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) {
      squares[i] = (squares[i] as number) + ((rows[n * size + i] as number) - (mean[i] as number)) ** 2;
    }
  }
  const inverse = Float32Array.from(squares, (sum) => 1 / (Math.sqrt(sum / count) + deviationFloor));
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) {
      const at = n * size + i;
      rows[at] = ((rows[at] as number) - (mean[i] as number)) * (inverse[i] as number);
    }
  }
  const components = Math.min(mostComponents, Math.floor(count / imagesPerComponent));
  const basis = new Float32Array(components * size);
  if (components > 0) {
    // The right singular vectors by way of the small Gram matrix: v = Xᵀu / σ.
    const gram = await gramOf(rows, count, size, breathe);
    const { values, vectors } = await leadingEigenpairs(gram, count, components, breathe, 1e-6);
    const sum = new Float64Array(size);
    for (let r = 0; r < components; r++) {
      const value = values[r] as number;
      // A direction that no photo has explains nothing.
      if (value <= 1e-9 * (values[0] as number)) break;
      sum.fill(0);
      for (let n = 0; n < count; n++) {
        const weight = (vectors[r * count + n] as number) / Math.sqrt(value);
        for (let i = 0; i < size; i++) {
          sum[i] = (sum[i] as number) + weight * (rows[n * size + i] as number);
        }
      }
      basis.set(sum, r * size);
      await breathe();
    }
  }
  return { cells, size, components, mean, inverse, basis };
}

/** Squared residual of every cell, summed over its orientations: F64 `[cells, cells]`. */
export function residualMap(model: ResidualModel, histogram: ArrayLike<number>, offset = 0): Float64Array {
  const { cells, size, components, mean, inverse, basis } = model;
  const standard = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    standard[i] = ((histogram[offset + i] as number) - (mean[i] as number)) * (inverse[i] as number);
  }
  const residual = standard.slice();
  for (let r = 0; r < components; r++) {
    let weight = 0;
    for (let i = 0, at = r * size; i < size; i++, at++) {
      weight += (basis[at] as number) * (standard[i] as number);
    }
    for (let i = 0, at = r * size; i < size; i++, at++) {
      residual[i] = (residual[i] as number) - weight * (basis[at] as number);
    }
  }
  const map = new Float64Array(cells * cells);
  for (let i = 0; i < size; i++) {
    const cell = Math.floor(i / orientations);
    map[cell] = (map[cell] as number) + (residual[i] as number) ** 2;
  }
  return map;
}

/** The score: the largest mean of 2 × 2 neighbouring cells. */
export function worstPlace(map: Float64Array, cells: number): number {
  let worst = 0;
  for (let y = 0; y + 1 < cells; y++) {
    for (let x = 0; x + 1 < cells; x++) {
      const at = y * cells + x;
      const sum =
        (map[at] as number) +
        (map[at + 1] as number) +
        (map[at + cells] as number) +
        (map[at + cells + 1] as number);
      worst = Math.max(worst, sum / 4);
    }
  }
  return worst;
}
