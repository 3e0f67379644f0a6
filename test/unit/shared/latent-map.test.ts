import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latentAt, nearestRows } from '../../../src/shared/latent-map.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

test('the nearest rows are those of a sort by distance, earlier rows first where equal', () => {
  const next = keyedRandom(1);
  const [count, size] = [300, 5];
  // Coarse values: many equal distances.
  const rows = Float32Array.from({ length: count * size }, () => Math.floor(uniform(next) * 3));
  const target = [1, 0, 2, 1, 1];
  const distance = (n: number): number =>
    Math.sqrt(target.reduce((sum, value, i) => sum + ((rows[n * size + i] ?? 0) - value) ** 2, 0));
  const sorted = Array.from({ length: count }, (_, n) => n).sort(
    (a, b) => distance(a) - distance(b) || a - b,
  );
  const { points, distances } = nearestRows(rows, count, target, 40);
  assert.deepEqual([...points], sorted.slice(0, 40));
  assert.deepEqual([...distances], sorted.slice(0, 40).map(distance));
  const even = nearestRows(rows, count, target, 10, (n) => n % 2 === 0);
  assert.deepEqual([...even.points], sorted.filter((n) => n % 2 === 0).slice(0, 10));
});

test('asked for more than there are, for none, or among none', () => {
  const rows = Float32Array.of(0, 1, 2);
  assert.deepEqual([...nearestRows(rows, 3, [1.6], 10).points], [2, 1, 0]);
  assert.equal(nearestRows(rows, 3, [1], 0).points.length, 0);
  assert.equal(nearestRows(rows, 3, [1], 2, () => false).points.length, 0);
  assert.equal(nearestRows(new Float32Array(0), 0, [1], 2).points.length, 0);
});

const map = {
  coordinates: Float32Array.of(0, 0, 4, 0, 0, 4),
  latents: Float32Array.of(1, 10, 2, 20, 3, 30, 99, 99),
  latent: 2,
};

test('on a point the latent is its own, between two it is their mean, elsewhere weighted by inverse squares', () => {
  assert.deepEqual(latentAt(map, 4, 0), Float32Array.of(2, 20));
  assert.deepEqual(latentAt(map, 2, 0, 2), Float32Array.of(1.5, 15));
  // Squared distances 1 and 9: weights 9 to 1.
  const mixed = latentAt(map, 1, 0, 2);
  assert.ok(Math.abs((mixed?.[0] ?? 0) - 1.1) < 1e-6 && Math.abs((mixed?.[1] ?? 0) - 11) < 1e-5);
});

test('all points speak where there are fewer than asked for; no point, no latent; far away still finite', () => {
  const centre = latentAt(map, 2, 2);
  assert.ok(Math.abs((centre?.[0] ?? 0) - 2) < 1e-6);
  assert.equal(latentAt({ ...map, coordinates: new Float32Array(0) }, 0, 0), null);
  const far = latentAt(map, 1e30, -1e30);
  assert.ok(far?.every(Number.isFinite));
  const close = latentAt({ ...map, coordinates: Float32Array.of(0, 0, 1e-30, 0, 1, 1) }, 5e-31, 0, 2);
  assert.deepEqual(close, Float32Array.of(1.5, 15));
});
