// The index must find what comparing everything with everything finds, whatever lies where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NeighbourIndex } from '../../../src/engine/latents/neighbour-index.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';

function bruteForce(rows: Float32Array, count: number, size: number, k: number): Float64Array {
  return Float64Array.from({ length: count }, (_, a) => {
    const distances: number[] = [];
    for (let b = 0; b < count; b++) {
      if (a === b) continue;
      let square = 0;
      for (let i = 0; i < size; i++) square += ((rows[a * size + i] ?? 0) - (rows[b * size + i] ?? 0)) ** 2;
      distances.push(Math.sqrt(square));
    }
    const nearest = distances.sort((x, y) => x - y).slice(0, k);
    return nearest.reduce((sum, value) => sum + value, 0) / Math.max(1, nearest.length);
  });
}

/** Clusters of different widths, and a few rows far off. */
function clustered(count: number, size: number): Float32Array {
  const next = keyedRandom(5, 1, count);
  return Float32Array.from({ length: count * size }, (_, at) => {
    const row = Math.floor(at / size);
    const cluster = row % 7;
    const [noise] = normalPair(next);
    return (
      Math.sin(cluster * 12.9898 + (at % size) * 78.233) * 4 +
      noise * (0.1 + cluster / 4) * (row % 97 === 0 ? 9 : 1)
    );
  });
}

const close = (a: Float64Array, b: Float64Array): void => {
  assert.equal(a.length, b.length);
  a.forEach((value, i) => assert.ok(Math.abs(value - (b[i] ?? NaN)) < 1e-9, `row ${i}: ${value}, ${b[i]}`));
};

test('means of clustered rows are those of brute force, whole and in pieces', () => {
  const [count, size] = [900, 20];
  const rows = clustered(count, size);
  for (const k of [1, 10]) {
    const index = new NeighbourIndex(rows, count, size);
    const expected = bruteForce(rows, count, size, k);
    close(index.meanDistances(k, 0, count), expected);
    close(index.meanDistances(k, 250, 263), expected.slice(250, 263));
  }
});

test('twins, a single place for all, and fewer rows than neighbours', () => {
  const twins = clustered(60, 3);
  twins.copyWithin(9, 0, 3);
  const means = new NeighbourIndex(twins, 60, 3).meanDistances(1, 0, 60);
  assert.equal(means[0], 0);
  assert.equal(means[3], 0);
  close(means, bruteForce(twins, 60, 3, 1));
  const same = new Float32Array(50 * 4).fill(1.5);
  assert.deepEqual([...new NeighbourIndex(same, 50, 4).meanDistances(10, 0, 50)], new Array(50).fill(0));
  const three = Float32Array.of(0, 3, 7);
  assert.deepEqual([...new NeighbourIndex(three, 3, 1).meanDistances(10, 0, 3)], [5, 3.5, 5.5]);
  assert.deepEqual([...new NeighbourIndex(Float32Array.of(4), 1, 1).meanDistances(10, 0, 1)], [0]);
});

test('rows beyond the first `count` are no neighbours', () => {
  const rows = Float32Array.of(0, 10, 0.5, 10.5);
  assert.deepEqual([...new NeighbourIndex(rows, 2, 1).meanDistances(1, 0, 2)], [10, 10]);
});
