import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitPca, pcaScores, symmetricEigenvectors } from '../../../src/engine/scoring/pca.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';

const breathe = (): Promise<void> => Promise.resolve();

test('eigenvectors of a symmetric matrix: A v = λ v, largest first', () => {
  const n = 6;
  const next = keyedRandom(5);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) matrix[i * n + j] = matrix[j * n + i] = uniform(next) - 0.5;
  }
  const vectors = symmetricEigenvectors(matrix, n);
  let last = Infinity;
  for (let r = 0; r < n; r++) {
    const v = vectors.subarray(r * n, (r + 1) * n);
    const image = Array.from({ length: n }, (_, i) =>
      v.reduce((sum, value, j) => sum + (matrix[i * n + j] ?? 0) * value, 0),
    );
    const lambda = v.reduce((sum, value, i) => sum + value * (image[i] ?? 0), 0);
    v.forEach((value, i) => assert.ok(Math.abs((image[i] ?? 0) - lambda * value) < 1e-10));
    assert.ok(lambda <= last + 1e-12);
    last = lambda;
  }
});

test('images in a plane of three dimensions leave no residual after three components, others do', async () => {
  const size = 64;
  const count = 120;
  const next = keyedRandom(9);
  const directions = Array.from({ length: 3 }, () => Array.from({ length: size }, () => normalPair(next)[0]));
  const pixels = new Uint8Array(count * size);
  for (let n = 0; n < count; n++) {
    const weights = directions.map(() => (uniform(next) - 0.5) * 40);
    for (let i = 0; i < size; i++) {
      const value = 128 + directions.reduce((sum, d, k) => sum + (weights[k] ?? 0) * (d[i] ?? 0), 0);
      pixels[n * size + i] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  const images = { shape: { height: 8, width: 8, channels: 1 as const }, count, pixels };
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const three = pcaScores(await fitPca(images, all, 3, 1, breathe), images, all);
  const one = pcaScores(await fitPca(images, all, 1, 1, breathe), images, all);
  const worst = Math.max(...three);
  // Rounding to bytes leaves about (1/255)²/12 of residual.
  assert.ok(worst < 5e-6, `worst residual ${worst}`);
  assert.ok(Math.max(...one) > 100 * worst);
});

test('the total residual equals the energy in the discarded eigenvalues', async () => {
  const [size, count] = [16, 400];
  const next = keyedRandom(77);
  const pixels = Uint8Array.from(
    { length: size * count },
    (_, i) => (uniform(next) * 255) / (1 + (i % size)),
  );
  const images = { shape: { height: 4, width: 4, channels: 1 as const }, count, pixels };
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const mean = Array.from({ length: size }, (_, j) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += (pixels[n * size + j] ?? 0) / 255;
    return sum / count;
  });
  const covariance = new Float64Array(size * size);
  for (let n = 0; n < count; n++) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        const x = (pixels[n * size + a] ?? 0) / 255 - (mean[a] ?? 0);
        const y = (pixels[n * size + b] ?? 0) / 255 - (mean[b] ?? 0);
        covariance[a * size + b] = (covariance[a * size + b] ?? 0) + x * y;
      }
    }
  }
  const vectors = symmetricEigenvectors(covariance, size);
  const eigenvalue = (r: number): number => {
    let sum = 0;
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        sum += (vectors[r * size + a] ?? 0) * (covariance[a * size + b] ?? 0) * (vectors[r * size + b] ?? 0);
      }
    }
    return sum;
  };
  const k = 5;
  const discarded = Array.from({ length: size - k }, (_, i) => eigenvalue(k + i)).reduce((a, b) => a + b);
  const residuals = pcaScores(await fitPca(images, all, k, 3, breathe), images, all);
  const total = residuals.reduce((a, b) => a + b) * size;
  assert.ok(Math.abs(total - discarded) < 1e-3 * discarded, `${total} against ${discarded}`);
});
