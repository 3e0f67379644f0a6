// The exact neighbour search against a plain search in float64.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestNeighbours } from '../../../src/engine/projection/neighbours.ts';
import { everyPoint, PanelledPoints } from '../../../src/engine/projection/panels.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { builds, cloud, program } from './support.ts';

function squaredDistance({ points, dimensions }: PointSet, i: number, j: number): number {
  let sum = 0;
  for (let l = 0; l < dimensions; l++) {
    sum += ((points[i * dimensions + l] ?? NaN) - (points[j * dimensions + l] ?? NaN)) ** 2;
  }
  return sum;
}

/** Squared distances of the k nearest others, ascending. */
function plainSearch(set: PointSet, query: number, k: number): number[] {
  const distances: number[] = [];
  for (let i = 0; i < set.count; i++) if (i !== query) distances.push(squaredDistance(set, query, i));
  return distances.sort((a, b) => a - b).slice(0, k);
}

for (const build of builds) {
  for (const [count, dimensions, k] of [
    [4, 1, 3],
    [9, 3, 8],
    [65, 2, 10],
    [130, 20, 91],
    [203, 7, 1],
  ] as const) {
    test(`${build}: ${k} neighbours of ${count} points in ${dimensions} dimensions`, async () => {
      const set = cloud(count, dimensions, 3, 1);
      const { indices, squared, scale } = await nearestNeighbours(await program(build), set, k);
      for (let i = 0; i < count; i++) {
        const row = indices.subarray(i * k, (i + 1) * k);
        assert.equal(new Set(row).size, k);
        assert.ok(!row.includes(i), 'a point is not its own neighbour');
        plainSearch(set, i, k).forEach((expected, j) => {
          const found = (squared[i * k + j] ?? NaN) / scale ** 2;
          assert.ok(Math.abs(found - expected) <= 1e-5 * expected, `${found} for ${expected}`);
          const named = squaredDistance(set, i, row[j] ?? 0);
          assert.ok(Math.abs(named - expected) <= 1e-5 * expected, 'the index is that of the distance');
        });
      }
    });
  }
}

test('twins are at distance 0, and the lower index goes first', async () => {
  const points = Float32Array.from({ length: 40 * 3 }, (_, i) => Math.floor(i / 60) + (i % 3));
  const { indices, squared } = await nearestNeighbours(
    await program('fma'),
    { points, count: 40, dimensions: 3 },
    5,
  );
  assert.deepEqual([...indices.subarray(0, 5)], [1, 2, 3, 4, 5]);
  assert.deepEqual([...indices.subarray(35 * 5, 36 * 5)], [20, 21, 22, 23, 24]);
  assert.ok(squared.every((distance) => distance === 0));
});

test('coordinates near the ends of float32 lose no neighbours', async () => {
  const set = cloud(50, 4, 2, 2);
  const kernels = await program('fma');
  const plain = await nearestNeighbours(kernels, set, 6);
  for (const factor of [2 ** 110, 2 ** -110]) {
    const scaled = { ...set, points: set.points.map((value) => value * factor) };
    assert.deepEqual((await nearestNeighbours(kernels, scaled, 6)).indices, plain.indices);
  }
});

test('a far-off origin does not blur small distances', async () => {
  const set = cloud(60, 3, 2, 3);
  const kernels = await program('simd');
  // Steps of 1/64 are exact in float32 up to 2¹⁷.
  const grid = { ...set, points: set.points.map((value) => Math.round(value * 64) / 64) };
  const far = { ...set, points: grid.points.map((value) => value + 65536) };
  const near = await nearestNeighbours(kernels, grid, 5);
  assert.deepEqual((await nearestNeighbours(kernels, far, 5)).indices, near.indices);
});

test('a few points can be asked, in any order', async () => {
  const set = cloud(150, 5, 3, 4);
  const panelled = new PanelledPoints(await program('fma'), set);
  const all = await panelled.nearest(everyPoint(150), 7);
  const some = await panelled.nearest(Uint32Array.of(149, 3, 77), 7);
  [149, 3, 77].forEach((point, q) => {
    assert.deepEqual(some.indices.subarray(q * 7, q * 7 + 7), all.indices.subarray(point * 7, point * 7 + 7));
  });
});

test('counts how many are closer than a named point', async () => {
  const set = cloud(90, 4, 2, 5);
  const panelled = new PanelledPoints(await program('fma'), set);
  const queries = everyPoint(90);
  const named = Uint32Array.from({ length: 90 * 3 }, (_, i) => (Math.floor(i / 3) + 1 + 20 * (i % 3)) % 90);
  const closer = await panelled.closerThan(queries, named, 3);
  named.forEach((other, i) => {
    const query = Math.floor(i / 3);
    const limit = squaredDistance(set, query, other);
    let expected = 0;
    for (let j = 0; j < 90; j++) if (j !== query && squaredDistance(set, query, j) < limit) expected++;
    assert.equal(closer[i], expected);
  });
});

test('reports progress to the end, and stops between blocks when cancelled', async () => {
  const set = cloud(3_000, 8, 3, 6);
  const kernels = await program('fma');
  const reports: number[] = [];
  await nearestNeighbours(kernels, set, 10, { onProgress: (done) => reports.push(done) });
  assert.equal(reports.at(-1), 3_000);
  assert.ok(reports.length > 2, 'a block of the whole set is not a block');
  const controller = new AbortController();
  let blocks = 0;
  const stopped = nearestNeighbours(kernels, set, 10, {
    signal: controller.signal,
    onProgress: () => {
      if (++blocks === 2) controller.abort();
    },
  });
  await assert.rejects(stopped, (error) => error instanceof LensError && error.code === 'cancelled');
  assert.equal(blocks, 2);
});
