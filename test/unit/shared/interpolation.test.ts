import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interpolate } from '../../../src/shared/interpolation.ts';

const row = (rows: Float32Array, size: number, n: number): number[] => [
  ...rows.subarray(n * size, (n + 1) * size),
];
const near = (actual: readonly number[], expected: readonly number[]): void =>
  expected.forEach((value, i) =>
    assert.ok(Math.abs((actual[i] ?? NaN) - value) < 1e-6, `${actual.join()} is not ${expected.join()}`),
  );

test('linear: even steps, both ends exactly', () => {
  const start = Float32Array.of(0.1, -1, 4);
  const end = Float32Array.of(0.7, 1, 0);
  const rows = interpolate(start, end, 5, 'linear');
  assert.deepEqual(row(rows, 3, 0), [...start]);
  assert.deepEqual(row(rows, 3, 4), [...end]);
  near(row(rows, 3, 1), [0.25, -0.5, 3]);
  near(row(rows, 3, 2), [0.4, 0, 2]);
});

test('spherical: on the circle through both, at even angles', () => {
  const rows = interpolate(Float32Array.of(2, 0), Float32Array.of(0, 2), 4, 'spherical');
  for (let n = 0; n < 4; n++) {
    const angle = (n * Math.PI) / 6;
    near(row(rows, 2, n), [2 * Math.cos(angle), 2 * Math.sin(angle)]);
  }
});

test('spherical: between one direction, opposite ones or from zero it is the line, without a NaN', () => {
  const start = Float32Array.of(1, 2);
  for (const end of [Float32Array.of(3, 6), Float32Array.of(-1, -2), Float32Array.of(0, 0), start]) {
    assert.deepEqual(interpolate(start, end, 7, 'spherical'), interpolate(start, end, 7, 'linear'));
  }
});

test('3 to 50 steps, and ends of one size', () => {
  const [a, b] = [Float32Array.of(0), Float32Array.of(1)];
  assert.equal(interpolate(a, b, 3, 'linear').length, 3);
  assert.equal(interpolate(a, b, 50, 'spherical').length, 50);
  for (const steps of [2, 51, 4.5, NaN]) assert.throws(() => interpolate(a, b, steps, 'linear'), RangeError);
  assert.throws(() => interpolate(a, Float32Array.of(1, 2), 5, 'linear'), RangeError);
});
