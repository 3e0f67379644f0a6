import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialPositions } from '../../../src/engine/projection/initialisation.ts';
import { principalPlane } from '../../../src/engine/projection/pca.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { symmetricEigenvectors } from '../../../src/engine/scoring/pca.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';

/** Normal points whose deviation along axis l is `deviations[l]`, around 5. */
function ellipsoid(count: number, deviations: readonly number[], seed: number): PointSet {
  const next = keyedRandom(seed, count);
  const dimensions = deviations.length;
  const points = Float32Array.from(
    { length: count * dimensions },
    (_, i) => 5 + (deviations[i % dimensions] ?? 0) * normalPair(next)[0],
  );
  return { points, count, dimensions };
}

function covariance({ points, count, dimensions }: PointSet): Float64Array {
  const mean = Float64Array.from({ length: dimensions }, (_, l) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += points[i * dimensions + l] ?? NaN;
    return sum / count;
  });
  return Float64Array.from({ length: dimensions * dimensions }, (_, at) => {
    const [r, c] = [Math.floor(at / dimensions), at % dimensions];
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum +=
        ((points[i * dimensions + r] ?? NaN) - (mean[r] ?? NaN)) *
        ((points[i * dimensions + c] ?? NaN) - (mean[c] ?? NaN));
    }
    return sum;
  });
}

const deviation = (coordinates: Float32Array, axis: number): number => {
  const own = coordinates.filter((_, i) => i % 2 === axis);
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
};

for (const dimensions of [2, 20, 33, 70]) {
  test(`the plane of ${dimensions} dimensions is that of the whole eigendecomposition`, async () => {
    const set = ellipsoid(
      400,
      Array.from({ length: dimensions }, (_, l) => 3 * 0.9 ** ((l * 7) % dimensions)),
      dimensions,
    );
    const { axes, explained } = await principalPlane(set);
    const matrix = covariance(set);
    const vectors = symmetricEigenvectors(matrix, dimensions);
    let trace = 0;
    for (let l = 0; l < dimensions; l++) trace += matrix[l * dimensions + l] ?? NaN;
    for (const axis of [0, 1] as const) {
      const found = axes.subarray(axis * dimensions, (axis + 1) * dimensions);
      const expected = vectors.subarray(axis * dimensions, (axis + 1) * dimensions);
      const overlap = found.reduce((sum, value, l) => sum + value * (expected[l] ?? NaN), 0);
      assert.ok(Math.abs(Math.abs(overlap) - 1) < 1e-6, `axis ${axis}: ${overlap}`);
      const largest = found.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
      assert.ok(largest > 0, 'the sign rule');
      const energy = expected.reduce((sum, value, r) => {
        const row = matrix.subarray(r * dimensions, (r + 1) * dimensions);
        return sum + value * row.reduce((inner, entry, c) => inner + entry * (expected[c] ?? NaN), 0);
      }, 0);
      assert.ok(Math.abs(explained[axis] - energy / trace) < 1e-6);
    }
  });
}

test('coordinates are the centred points along the axes, in their own units', async () => {
  const set = ellipsoid(50, [1e-20, 4e-20, 2e-20], 3);
  const moved = { ...set, points: set.points.map((value) => (value - 5) * 1e3) };
  const { coordinates, axes, mean } = await principalPlane(moved);
  for (let i = 0; i < 50; i++) {
    for (const axis of [0, 1]) {
      let expected = 0;
      for (let l = 0; l < 3; l++) {
        expected += ((moved.points[i * 3 + l] ?? NaN) - (mean[l] ?? NaN)) * (axes[axis * 3 + l] ?? NaN);
      }
      const found = coordinates[2 * i + axis] ?? NaN;
      assert.ok(Math.abs(found - expected) <= 1e-5 * Math.abs(expected) + 1e-22);
    }
  }
});

test('nothing varies: a plane of zeros that explains nothing', async () => {
  const { coordinates, explained } = await principalPlane({
    points: new Float32Array(12).fill(2),
    count: 4,
    dimensions: 3,
  });
  assert.deepEqual([...coordinates], new Array(8).fill(0));
  assert.deepEqual(explained, [0, 0]);
});

test('refuses points that are not finite', async () => {
  const set = ellipsoid(20, [1, 2], 5);
  set.points[9] = NaN;
  const refused = (error: unknown): boolean => error instanceof LensError && error.code === 'diverged';
  await assert.rejects(principalPlane(set), refused);
});

test('a start is the plane with deviation 1e-4 on its first axis, the same for any seed', async () => {
  const set = ellipsoid(300, [1, 5, 2], 4);
  const start = await initialPositions(set, 1);
  const { coordinates } = await principalPlane(set);
  assert.ok(Math.abs(deviation(start, 0) - 1e-4) < 1e-9);
  const ratio = (start[0] ?? NaN) / (coordinates[0] ?? NaN);
  start.forEach((value, i) => assert.ok(Math.abs(value - ratio * (coordinates[i] ?? NaN)) < 1e-9));
  assert.deepEqual(await initialPositions(set, 2), start);
});

test('an axis without variance is drawn from the seed', async () => {
  const line: PointSet = {
    points: Float32Array.from({ length: 600 }, (_, i) => Math.floor(i / 3)),
    count: 200,
    dimensions: 3,
  };
  const one = await initialPositions(line, 1);
  assert.deepEqual(await initialPositions(line, 1), one);
  const two = await initialPositions(line, 2);
  const axis = (positions: Float32Array, wanted: number): Float32Array =>
    positions.filter((_, i) => i % 2 === wanted);
  assert.deepEqual(axis(two, 0), axis(one, 0));
  assert.notDeepEqual(axis(two, 1), axis(one, 1));
  assert.ok(Math.abs(deviation(one, 1) / 1e-4 - 1) < 0.2);

  const same: PointSet = { points: new Float32Array(600).fill(1), count: 200, dimensions: 3 };
  const drawn = await initialPositions(same, 1);
  for (const wanted of [0, 1]) assert.ok(Math.abs(deviation(drawn, wanted) / 1e-4 - 1) < 0.2);
});
