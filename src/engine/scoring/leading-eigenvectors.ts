/** The leading eigenpairs of a symmetric positive matrix: subspace iteration with Rayleigh–Ritz. */
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import { orthonormalise, symmetricEigenvectors } from './pca.ts';

export interface EigenPairs {
  /** F64 `[k]`, falling, none below 0. */
  readonly values: Float64Array;
  /** F64 `[k, n]`, orthonormal rows. */
  readonly vectors: Float64Array;
}

const oversampling = 12;
const productsPerRound = 4;
const mostRounds = 25;

/** `rows · matrix` for `rows` `[r, n]`, r a multiple of four, and a symmetric matrix `[n, n]`. */
function product(rows: Float64Array, count: number, matrix: Float64Array, n: number): Float64Array {
  const out = new Float64Array(count * n);
  for (let r = 0; r < count; r += 4) {
    const [a, b, c, d] = [r * n, (r + 1) * n, (r + 2) * n, (r + 3) * n];
    for (let i = 0; i < n; i++) {
      const [p, q, s, t] = [
        rows[a + i] as number,
        rows[b + i] as number,
        rows[c + i] as number,
        rows[d + i] as number,
      ];
      const row = i * n;
      for (let j = 0; j < n; j++) {
        const m = matrix[row + j] as number;
        out[a + j] = (out[a + j] as number) + p * m;
        out[b + j] = (out[b + j] as number) + q * m;
        out[c + j] = (out[c + j] as number) + s * m;
        out[d + j] = (out[d + j] as number) + t * m;
      }
    }
  }
  return out;
}

/** The rows turned by the eigenvectors of the small matrix `[rows, rows]`, and its eigenvalues. */
function ritz(
  basis: Float64Array,
  image: Float64Array,
  rows: number,
  n: number,
): { readonly values: Float64Array; readonly turned: Float64Array } {
  const small = new Float64Array(rows * rows);
  for (let r = 0; r < rows; r++) {
    for (let q = r; q < rows; q++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (basis[r * n + i] as number) * (image[q * n + i] as number);
      small[r * rows + q] = sum;
      small[q * rows + r] = sum;
    }
  }
  const rotation = symmetricEigenvectors(small, rows);
  const turned = new Float64Array(rows * n);
  const values = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let value = 0;
    for (let q = 0; q < rows; q++) {
      const weight = rotation[r * rows + q] as number;
      for (let i = 0; i < n; i++) {
        turned[r * n + i] = (turned[r * n + i] as number) + weight * (basis[q * n + i] as number);
      }
      for (let p = 0; p < rows; p++) {
        value += weight * (rotation[r * rows + p] as number) * (small[q * rows + p] as number);
      }
    }
    values[r] = Math.max(0, value);
  }
  return { values, turned };
}

/**
 * @param matrix F64 `[n, n]`, symmetric, no negative eigenvalue
 * @param k at most n
 * @param tolerance relative change of the sum of the k eigenvalues at which it ends
 */
export async function leadingEigenpairs(
  matrix: Float64Array,
  n: number,
  k: number,
  breathe: () => Promise<void>,
  tolerance = 1e-7,
): Promise<EigenPairs> {
  const used = Math.min(n, k + oversampling);
  const rows = 4 * Math.ceil(used / 4);
  const next = keyedRandom(n, streams.projection, k);
  let basis = new Float64Array(rows * n);
  for (let i = 0; i < used * n; i++) basis[i] = normalPair(next)[0];
  orthonormalise(basis, rows, n);
  let before = 0;
  for (let round = 0; ; round++) {
    for (let i = 0; i < productsPerRound; i++) {
      basis = product(basis, rows, matrix, n) as Float64Array<ArrayBuffer>;
      orthonormalise(basis, rows, n);
      await breathe();
    }
    const { values, turned } = ritz(basis, product(basis, rows, matrix, n), rows, n);
    let sum = 0;
    for (let r = 0; r < k; r++) sum += values[r] as number;
    if (Math.abs(sum - before) <= tolerance * sum || round === mostRounds - 1) {
      return { values: values.slice(0, k), vectors: turned.slice(0, k * n) };
    }
    before = sum;
    basis = turned as Float64Array<ArrayBuffer>;
  }
}
