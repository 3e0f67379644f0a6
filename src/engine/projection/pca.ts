/**
 * The two leading principal components of latents: a map of its own, and the start of t-SNE.
 * The covariance is formed exactly; its leading eigenvectors by subspace iteration with Rayleigh–Ritz (Golub & Van
 * Loan, Matrix Computations, §8.2.4), which is one exact step where the latent has few dimensions.
 */
import { symmetricEigenvectors } from '../scoring/pca.ts';
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import { pause, type StageHooks } from './hooks.ts';
import { checkNumbers, unitScale, type PointSet } from './points.ts';

export interface PrincipalPlane {
  /** `[count, 2]`, centred: the points on the first and second component, in the points' own units. */
  readonly coordinates: Float32Array;
  /** `[2, dimensions]`, orthonormal rows; the largest loading of each is positive. Row 2 is 0 for one dimension. */
  readonly axes: Float64Array;
  /** `[dimensions]`. */
  readonly mean: Float64Array;
  /** Share of the variance along each axis, 0–1; 0 where nothing varies. */
  readonly explained: readonly [number, number];
}

/** Dimensions up to which Rayleigh–Ritz takes the whole space at once. */
const wholeSpace = 32;
/** More would only tell apart directions of nearly equal variance. */
const mostIterations = 60;
const convergence = 1e-12;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Modified Gram–Schmidt, twice for orthogonality to working precision; rows that vanish become 0. */
function orthonormalise(rows: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) {
    rows.forEach((row, r) => {
      for (const other of rows.slice(0, r)) {
        const overlap = dot(row, other);
        for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) - overlap * (other[i] ?? 0);
      }
      const length = Math.sqrt(dot(row, row));
      for (let i = 0; i < row.length; i++) row[i] = length < 1e-150 ? 0 : (row[i] ?? 0) / length;
    });
  }
}

/** Eigenvectors of a symmetric `[size, size]` matrix with the largest eigenvalues, as two rows. */
function leadingPair(matrix: Float64Array, size: number): [Float64Array, Float64Array] {
  const next = keyedRandom(0, streams.projection);
  const rank = Math.min(size, wholeSpace);
  let basis: Float64Array[] = Array.from({ length: rank }, (_, r) =>
    Float64Array.from({ length: size }, (_, i) =>
      size <= wholeSpace ? Number(i === r) : normalPair(next)[0],
    ),
  );
  orthonormalise(basis);
  let before = NaN;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const images = basis.map((row) =>
      Float64Array.from({ length: size }, (_, i) => dot(row, matrix.subarray(i * size, (i + 1) * size))),
    );
    const small = Float64Array.from({ length: rank * rank }, (_, at) => {
      const [r, q] = [Math.floor(at / rank), at % rank];
      // Both halves from the same product, so that the matrix is symmetric to the last bit.
      const [row, image] = [basis[Math.min(r, q)], images[Math.max(r, q)]];
      return row && image ? dot(row, image) : 0;
    });
    const rotation = symmetricEigenvectors(small, rank);
    const ritz = [0, 1].map((r) => energy(small, rotation.subarray(r * rank, (r + 1) * rank), rank));
    const captured = (ritz[0] ?? 0) + (ritz[1] ?? 0);
    const done = rank === size || Math.abs(captured - before) <= convergence * captured;
    before = captured;
    const rotated = rotate(done ? basis : images, rotation, done ? Math.min(2, rank) : rank);
    if (done) return [rotated[0] ?? new Float64Array(size), rotated[1] ?? new Float64Array(size)];
    basis = rotated;
    orthonormalise(basis);
  }
  return [basis[0] ?? new Float64Array(size), basis[1] ?? new Float64Array(size)];
}

/** vᵀ·M·v. */
function energy(matrix: Float64Array, vector: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++)
    sum += (vector[i] ?? 0) * dot(vector, matrix.subarray(i * size, (i + 1) * size));
  return sum;
}

function rotate(rows: readonly Float64Array[], rotation: Float64Array, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, r) => {
    const result = new Float64Array(rows[0]?.length ?? 0);
    rows.forEach((row, q) => {
      const weight = rotation[r * rows.length + q] ?? 0;
      for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) + weight * (row[i] ?? 0);
    });
    return result;
  });
}

/** The sign rule: the loading of largest size is positive; of equal ones the first decides. */
function orient(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const loading of axis) if (Math.abs(loading) > Math.abs(largest) * (1 + 1e-9)) largest = loading;
  return largest < 0 ? axis.map((loading) => -loading) : axis;
}

/**
 * @param set any number of points, of at least one
 * @throws LensError `diverged` (points that are not finite), `internal` (sizes that disagree), `cancelled`
 */
export async function principalPlane(set: PointSet, hooks: StageHooks = {}): Promise<PrincipalPlane> {
  const { points, count, dimensions } = set;
  checkNumbers(set);
  const scale = unitScale(points);
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < points.length; i++) {
    const l = i % dimensions;
    mean[l] = (mean[l] ?? 0) + ((points[i] ?? 0) * scale) / count;
  }
  const covariance = await scatter(set, scale, mean, hooks);
  let trace = 0;
  for (let l = 0; l < dimensions; l++) trace += covariance[l * dimensions + l] ?? 0;
  const [first, second] = leadingPair(covariance, dimensions);
  const axes = [orient(first), orient(second)] as const;

  const coordinates = new Float64Array(2 * count);
  for (let i = 0; i < points.length; i++) {
    const l = i % dimensions;
    const at = 2 * ((i - l) / dimensions);
    const centred = (points[i] ?? 0) * scale - (mean[l] ?? 0);
    coordinates[at] = (coordinates[at] ?? 0) + centred * (axes[0][l] ?? 0);
    coordinates[at + 1] = (coordinates[at + 1] ?? 0) + centred * (axes[1][l] ?? 0);
  }
  const shares = axes.map((axis) => (trace > 0 ? energy(covariance, axis, dimensions) / trace : 0));
  return {
    coordinates: Float32Array.from(coordinates, (value) => value / scale),
    axes: Float64Array.from([...axes[0], ...axes[1]]),
    mean: mean.map((value) => value / scale),
    explained: [shares[0] ?? 0, shares[1] ?? 0],
  };
}

/** Sum of the outer products of the scaled, centred points: `[dimensions, dimensions]`. */
async function scatter(
  { points, count, dimensions }: PointSet,
  scale: number,
  mean: Float64Array,
  hooks: StageHooks,
): Promise<Float64Array> {
  const matrix = new Float64Array(dimensions * dimensions);
  const row = new Float64Array(dimensions);
  const rowsPerPause = Math.max(1, Math.round(1e7 / (dimensions * dimensions)));
  for (let i = 0; i < count; i++) {
    for (let l = 0; l < dimensions; l++) row[l] = (points[i * dimensions + l] ?? 0) * scale - (mean[l] ?? 0);
    for (let r = 0; r < dimensions; r++) {
      const weight = row[r] ?? 0;
      const base = r * dimensions;
      for (let c = r; c < dimensions; c++)
        matrix[base + c] = (matrix[base + c] ?? 0) + weight * (row[c] ?? 0);
    }
    if (i % rowsPerPause === rowsPerPause - 1) await pause(hooks, i + 1, count);
  }
  await pause(hooks, count, count);
  for (let r = 0; r < dimensions; r++) {
    for (let c = 0; c < r; c++) matrix[r * dimensions + c] = matrix[c * dimensions + r] ?? 0;
  }
  return matrix;
}
