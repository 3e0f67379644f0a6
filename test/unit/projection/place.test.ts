import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionalWeights } from '../../../src/engine/projection/affinities.ts';
import { placePoints } from '../../../src/engine/projection/place.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';

const clusters = 4;
const perCluster = 50;
const count = clusters * perCluster;

/** Clusters at 10·e_c in four dimensions, and a map with each at its own corner. */
function clustered(): { set: PointSet; map: Float32Array } {
  const next = keyedRandom(1, 2);
  const points = new Float32Array(count * clusters);
  const map = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const cluster = i % clusters;
    for (let l = 0; l < clusters; l++) {
      points[i * clusters + l] = (l === cluster ? 10 : 0) + normalPair(next)[0];
    }
    const [x, y] = normalPair(next);
    map[2 * i] = (cluster % 2 === 0 ? -20 : 20) + 3 * x;
    map[2 * i + 1] = (cluster < 2 ? -20 : 20) + 3 * y;
  }
  return { set: { points, count, dimensions: clusters }, map };
}

const centre = (cluster: number): [number, number] => [cluster % 2 === 0 ? -20 : 20, cluster < 2 ? -20 : 20];

test('a new point lands in the corner of its cluster', async () => {
  const { set, map } = clustered();
  const added = Float32Array.from({ length: clusters * clusters }, (_, i) =>
    i % clusters === Math.floor(i / clusters) ? 10 : 0,
  );
  const { coordinates, nearest, distance } = await placePoints(set, map, added, 10);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const [x, y] = centre(cluster);
    const off = Math.hypot((coordinates[2 * cluster] ?? NaN) - x, (coordinates[2 * cluster + 1] ?? NaN) - y);
    // The clouds are about 8 wide, the corners 40 apart; the middle of a cloud pushes a newcomer to its rim.
    assert.ok(off < 12, `cluster ${cluster} is missed by ${off}`);
    const closest = nearest[cluster] ?? NaN;
    assert.equal(closest % clusters, cluster);
    let squared = 0;
    for (let l = 0; l < clusters; l++) {
      squared += ((set.points[closest * clusters + l] ?? NaN) - (l === cluster ? 10 : 0)) ** 2;
    }
    assert.ok(Math.abs((distance[cluster] ?? NaN) - Math.sqrt(squared)) < 1e-5);
  }
});

test('the descent ends where the slope of the point’s own divergence is flat', async () => {
  const { set, map } = clustered();
  const added = set.points.slice(0, clusters).map((value) => value * 0.97);
  const { coordinates } = await placePoints(set, map, added, 10);
  // The loss with the same weights, sampled around the place: no neighbour 0.05 away is clearly lower.
  const loss = lossAround(set, map, added);
  const [x = NaN, y = NaN] = coordinates;
  const here = loss(x, y);
  for (const [dx, dy] of [
    [0.05, 0],
    [-0.05, 0],
    [0, 0.05],
    [0, -0.05],
  ] as const) {
    assert.ok(loss(x + dx, y + dy) > here - 1e-6);
  }
});

/** The divergence of one new point as a function of its place, by its definition. */
function lossAround(set: PointSet, map: Float32Array, added: Float32Array): (x: number, y: number) => number {
  const distances = Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let l = 0; l < clusters; l++) {
      sum += ((set.points[i * clusters + l] ?? NaN) - (added[l] ?? NaN)) ** 2;
    }
    return { i, sum };
  }).sort((a, b) => a.sum - b.sum);
  const near = distances.slice(0, 31);
  const weights = new Float64Array(31);
  conditionalWeights(
    Float32Array.from(near, ({ sum }) => sum),
    10,
    weights,
  );
  return (x, y) => {
    const spread = (i: number): number =>
      1 + (x - (map[2 * i] ?? NaN)) ** 2 + (y - (map[2 * i + 1] ?? NaN)) ** 2;
    const pull = near.reduce((sum, { i }, j) => sum + (weights[j] ?? NaN) * Math.log(spread(i)), 0);
    let normaliser = 0;
    for (let i = 0; i < count; i++) normaliser += 1 / spread(i);
    return pull + Math.log(normaliser);
  };
}

test('each point is placed for itself', async () => {
  const { set, map } = clustered();
  const added = set.points.slice(0, 3 * clusters).map((value, i) => value + 0.1 * (i % 3));
  const together = await placePoints(set, map, added, 10);
  for (let m = 0; m < 3; m++) {
    const alone = await placePoints(set, map, added.slice(m * clusters, (m + 1) * clusters), 10);
    assert.deepEqual(alone.coordinates, together.coordinates.subarray(2 * m, 2 * m + 2));
  }
});

test('a twin of a mapped point lies among that point’s neighbours; a point from nowhere is finite', async () => {
  const { set, map } = clustered();
  const twin = await placePoints(set, map, set.points.slice(0, clusters), 5);
  assert.equal(twin.nearest[0], 0);
  assert.equal(twin.distance[0], 0);
  const stranger = await placePoints(set, map, new Float32Array(clusters).fill(1e20), 5);
  assert.ok(stranger.coordinates.every(Number.isFinite));
});

test('refuses a latent that is not finite, and sizes that disagree', async () => {
  const { set, map } = clustered();
  const code = (wanted: string) => (error: unknown) => error instanceof LensError && error.code === wanted;
  await assert.rejects(placePoints(set, map, Float32Array.of(1, NaN, 0, 0), 5), code('diverged'));
  await assert.rejects(placePoints(set, map, new Float32Array(3), 5), code('internal'));
  await assert.rejects(placePoints(set, map.slice(2), new Float32Array(4), 5), code('internal'));
});

test('stops when cancelled', async () => {
  const { set, map } = clustered();
  const stopped = placePoints(set, map, new Float32Array(8), 5, { signal: AbortSignal.abort() });
  await assert.rejects(stopped, (error) => error instanceof LensError && error.code === 'cancelled');
});
