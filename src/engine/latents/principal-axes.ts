/** The directions in which latents vary most: eigenvectors of their covariance, by subspace iteration. */
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import type { PrincipalDirections } from '../../shared/protocol/forward.ts';
import { orthonormalise, symmetricEigenvectors } from '../scoring/pca.ts';

const oversampling = 6;
/** The leading directions of k ≤ 1024 dimensions settle far sooner; the cost is nothing beside the covariance. */
const iterations = 60;

function meanOf(latents: Float32Array, count: number, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (latents[n * size + i] as number);
  }
  return mean.map((sum) => sum / Math.max(1, count));
}

/** F64 `[k, k]`, divided by n. */
function covarianceOf(latents: Float32Array, count: number, mean: Float64Array): Float64Array {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) row[i] = (latents[n * size + i] as number) - (mean[i] as number);
    for (let i = 0; i < size; i++) {
      const value = row[i] as number;
      for (let j = i; j < size; j++) {
        covariance[i * size + j] = (covariance[i * size + j] as number) + value * (row[j] as number);
      }
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = (covariance[i * size + j] as number) / Math.max(1, count);
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return covariance;
}

/** Rows of `[rows, k]` times a symmetric `[k, k]`. */
function multiply(rows: Float64Array, matrix: Float64Array, size: number): Float64Array {
  const product = new Float64Array(rows.length);
  for (let r = 0; r * size < rows.length; r++) {
    const target = product.subarray(r * size, (r + 1) * size);
    for (let i = 0; i < size; i++) {
      const weight = rows[r * size + i] as number;
      for (let j = 0; j < size; j++)
        target[j] = (target[j] as number) + weight * (matrix[i * size + j] as number);
    }
  }
  return product;
}

/** Turns a row so that its largest entry is positive: a rule that does not depend on how it was found. */
function fixSign(row: Float64Array): void {
  let largest = 0;
  for (const value of row) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let i = 0; i < row.length; i++) row[i] = -(row[i] as number);
}

/**
 * @param latents F32 `[n, k]`
 * @param wanted number of directions, cut to k
 */
export function principalAxes(
  latents: Float32Array,
  count: number,
  size: number,
  wanted: number,
): PrincipalDirections {
  const mean = meanOf(latents, count, size);
  const covariance = covarianceOf(latents, count, mean);
  const directions = Math.min(wanted, size);
  const rows = Math.min(directions + oversampling, size);
  const next = keyedRandom(0, streams.projection);
  let basis: Float64Array = Float64Array.from({ length: rows * size }, () => normalPair(next)[0]);
  orthonormalise(basis, rows, size);
  for (let iteration = 0; iteration < iterations; iteration++) {
    basis = multiply(basis, covariance, size);
    orthonormalise(basis, rows, size);
  }
  const image = multiply(basis, covariance, size);
  const small = new Float64Array(rows * rows);
  for (let r = 0; r < rows; r++) {
    for (let q = 0; q < rows; q++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (image[r * size + i] as number) * (basis[q * size + i] as number);
      small[r * rows + q] = sum;
    }
  }
  const rotation = symmetricEigenvectors(small, rows);
  const leading = new Float32Array(directions * size);
  const deviations = new Float32Array(directions);
  for (let d = 0; d < directions; d++) {
    const row = new Float64Array(size);
    for (let q = 0; q < rows; q++) {
      const weight = rotation[d * rows + q] as number;
      for (let i = 0; i < size; i++) row[i] = (row[i] as number) + weight * (basis[q * size + i] as number);
    }
    fixSign(row);
    const variance = multiply(row, covariance, size).reduce(
      (sum, value, i) => sum + value * (row[i] as number),
      0,
    );
    leading.set(row, d * size);
    deviations[d] = Math.sqrt(Math.max(0, variance));
  }
  return { mean: Float32Array.from(mean), directions: leading, deviations };
}
