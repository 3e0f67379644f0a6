// The gradient against finite differences of the divergence, and the tree against all pairs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointAffinities, type Affinities } from '../../../src/engine/projection/affinities.ts';
import { nearestNeighbours } from '../../../src/engine/projection/neighbours.ts';
import { exactKl } from '../../../src/engine/projection/metrics.ts';
import { createTsne } from '../../../src/engine/projection/run.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';
import { relativeError } from '../support/compare.ts';
import { builds, cloud, derivative, gradientAt, program } from './support.ts';

async function affinitiesOf(count: number, seed: number): Promise<Affinities> {
  return jointAffinities(await nearestNeighbours(await program('fma'), cloud(count, 6, 4, seed), 46), 15);
}

/** Normal places of a deviation. */
function places(count: number, deviation: number, seed: number): Float32Array {
  const next = keyedRandom(seed, count);
  return Float32Array.from({ length: 2 * count }, () => deviation * normalPair(next)[0]);
}

/** The divergence by its definition, in float64, over all pairs. */
function plainDivergence({ count, starts, columns, values }: Affinities, map: Float64Array): number {
  const weight = (i: number, j: number): number => {
    const dx = (map[2 * i] ?? NaN) - (map[2 * j] ?? NaN);
    const dy = (map[2 * i + 1] ?? NaN) - (map[2 * j + 1] ?? NaN);
    return 1 / (1 + dx * dx + dy * dy);
  };
  let normaliser = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) if (i !== j) normaliser += weight(i, j);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let e = starts[i] ?? 0; e < (starts[i + 1] ?? 0); e++) {
      const p = values[e] ?? NaN;
      if (p > 0) sum += p * Math.log((p * normaliser) / weight(i, columns[e] ?? 0));
    }
  }
  return sum;
}

for (const build of builds) {
  test(`${build}: the gradient is the slope of the divergence`, async () => {
    const affinities = await affinitiesOf(121, 1);
    const map = places(121, 2, 2);
    const found = derivative(gradientAt(await program(build), affinities, map, 0));
    const step = 1e-4;
    const expected = Float64Array.from(found, (_, i) => {
      const [up, down] = [Float64Array.from(map), Float64Array.from(map)];
      up[i] = (map[i] ?? NaN) + step;
      down[i] = (map[i] ?? NaN) - step;
      return (plainDivergence(affinities, up) - plainDivergence(affinities, down)) / (2 * step);
    });
    assert.ok(relativeError(found, expected) < 1e-4, `${relativeError(found, expected)}`);
  });

  test(`${build}: the exact divergence is that of the definition`, async () => {
    const affinities = await affinitiesOf(123, 3);
    const map = places(123, 5, 4);
    const found = await exactKl(await program(build), affinities, map);
    assert.ok(Math.abs(found / plainDivergence(affinities, Float64Array.from(map)) - 1) < 1e-6);
  });

  for (const [name, deviation] of [
    ['a collapsed map', 1e-4],
    ['a dense map', 0.5],
    ['a map half-way', 4],
    ['a spread map', 30],
  ] as const) {
    test(`${build}: the tree's repulsion in ${name} is within 1.5 % of all pairs'`, async () => {
      const count = 3_001;
      const kernels = await program(build);
      const affinities = await affinitiesOf(count, 5);
      const map = places(count, deviation, 6);
      const exact = gradientAt(kernels, affinities, map, 0);
      const tree = gradientAt(kernels, affinities, map, 0.5);
      const error = relativeError(tree.repulsive, exact.repulsive);
      assert.ok(error < 0.015, `repulsion is off by ${error}`);
      const excess = Math.abs(tree.normaliser / exact.normaliser - 1);
      assert.ok(excess < 0.002, `the normaliser is off by ${excess}`);
      assert.deepEqual(tree.attractive, exact.attractive);
    });
  }
}

test('a finer opening angle brings the tree nearer to all pairs', async () => {
  const count = 2_500;
  const kernels = await program('fma');
  const affinities = await affinitiesOf(count, 7);
  const map = places(count, 12, 8);
  const exact = gradientAt(kernels, affinities, map, 0).repulsive;
  const errors = [1, 0.5, 0.25].map((theta) =>
    relativeError(gradientAt(kernels, affinities, map, theta).repulsive, exact),
  );
  const [coarse = NaN, usual = NaN, fine = NaN] = errors;
  assert.ok(coarse > 2 * usual && usual > 2 * fine, errors.join(', '));
});

test('points in one place, in two places and far from the rest', async () => {
  const count = 2_000;
  const kernels = await program('fma');
  const affinities = await affinitiesOf(count, 9);
  const apart = places(count, 1, 10);
  apart.set([4000, -4000], 0);
  const maps = {
    one: new Float32Array(2 * count).fill(3),
    two: Float32Array.from({ length: 2 * count }, (_, i) => (i < count ? 0 : 1)),
    apart,
  };
  for (const [name, map] of Object.entries(maps)) {
    const exact = gradientAt(kernels, affinities, map, 0);
    const tree = gradientAt(kernels, affinities, map, 0.5);
    assert.ok(Math.abs(tree.normaliser / exact.normaliser - 1) < 1e-3, name);
    const error = relativeError(tree.repulsive, exact.repulsive);
    assert.ok(error < 0.015, `${name}: ${error}`);
  }
});

test('the tree leads to as good a map as all pairs', async () => {
  const set = cloud(1_600, 8, 6, 11);
  const kernels = await program('fma');
  const found: number[] = [];
  for (const theta of [0, 0.5]) {
    const run = await createTsne({ ...set, seed: 1, kernels, theta });
    run.step(500);
    found.push(await run.exactKl());
  }
  const [exact = NaN, tree = NaN] = found;
  assert.ok(Math.abs(tree / exact - 1) < 0.01, `${tree} against ${exact}`);
});
