import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionalWeights, jointAffinities } from '../../../src/engine/projection/affinities.ts';
import type { Neighbours } from '../../../src/engine/projection/panels.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { LensError } from '../../../src/shared/errors.ts';

const perplexityOf = (weights: Float64Array): number =>
  Math.exp(-weights.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0));

function weightsOf(squared: Float32Array, perplexity: number): Float64Array {
  const weights = new Float64Array(squared.length);
  conditionalWeights(squared, perplexity, weights);
  return weights;
}

const sorted = (length: number, seed: number): Float32Array => {
  const next = keyedRandom(seed);
  return Float32Array.from({ length }, () => 0.5 + uniform(next) ** 3).sort();
};

test('a row has the perplexity that was asked, and the order of its distances', () => {
  for (const [k, perplexity] of [
    [91, 30],
    [16, 5],
    [7, 6.9],
    [31, 1.5],
  ] as const) {
    const weights = weightsOf(sorted(k, k), perplexity);
    assert.ok(Math.abs(perplexityOf(weights) - perplexity) < 1e-4 * perplexity);
    assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
    assert.ok(weights.every((weight, j) => j === 0 || weight <= (weights[j - 1] ?? 0)));
  }
});

test('the unit of the distances does not matter', () => {
  const squared = sorted(40, 3);
  const expected = weightsOf(squared, 12);
  for (const factor of [2 ** -100, 2 ** 100]) {
    const found = weightsOf(
      squared.map((value) => value * factor),
      12,
    );
    found.forEach((weight, j) => assert.ok(Math.abs(weight - (expected[j] ?? NaN)) < 1e-9));
  }
});

test('one neighbour far beyond the others, and one far nearer, are found', () => {
  const far = Float32Array.of(1, 1.1, 1.2, 1.3, 1.4, 1e12);
  assert.ok(Math.abs(perplexityOf(weightsOf(far, 3)) - 3) < 1e-3);
  const near = Float32Array.of(1e-12, 1, 1.1, 1.2, 1.3, 1.4);
  assert.ok(Math.abs(perplexityOf(weightsOf(near, 3)) - 3) < 1e-3);
});

test('more twins than the perplexity share evenly, and leave nothing to the rest', () => {
  const weights = weightsOf(Float32Array.of(0, 0, 0, 0, 0, 1, 2), 3);
  weights.forEach((weight, j) => assert.ok(Math.abs(weight - (j < 5 ? 0.2 : 0)) < 1e-9));
  assert.deepEqual(
    [...weightsOf(new Float32Array(4).fill(2), 1.2)],
    [0.25, 0.25, 0.25, 0.25],
    'all at one distance',
  );
});

test('perplexity 1 leaves the nearest alone', () => {
  const [first = NaN, second = NaN] = weightsOf(Float32Array.of(1, 2, 3), 1);
  assert.ok(first > 0.999999 && second < 1e-6);
});

/** Points on a circle of uneven steps: neighbours that are not mutual. */
function circle(count: number, k: number): Neighbours {
  const at = Float64Array.from({ length: count }, (_, i) => (i / count) ** 1.5);
  const indices = new Uint32Array(count * k);
  const squared = new Float32Array(count * k);
  for (let i = 0; i < count; i++) {
    const distance = (j: number): number => ((at[i] ?? NaN) - (at[j] ?? NaN)) ** 2;
    const others = Array.from({ length: count }, (_, j) => j).filter((j) => j !== i);
    others.sort((a, b) => distance(a) - distance(b));
    others.slice(0, k).forEach((j, n) => {
      indices[i * k + n] = j;
      squared[i * k + n] = distance(j);
    });
  }
  return { k, indices, squared, scale: 1 };
}

test('the joint matrix is (P + Pᵀ)/2N: symmetric, ordered, and sums to 1', async () => {
  const [count, k] = [60, 10];
  const neighbours = circle(count, k);
  const { starts, columns, values } = await jointAffinities(neighbours, 3);
  const expected = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const weights = weightsOf(neighbours.squared.subarray(i * k, (i + 1) * k), 3);
    weights.forEach((weight, n) => {
      const j = neighbours.indices[i * k + n] ?? 0;
      for (const at of [i * count + j, j * count + i]) {
        expected[at] = (expected[at] ?? NaN) + weight / (2 * count);
      }
    });
  }
  const found = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let e = starts[i] ?? 0; e < (starts[i + 1] ?? 0); e++) {
      const column = columns[e] ?? 0;
      if (e > (starts[i] ?? 0)) assert.ok(column > (columns[e - 1] ?? 0), 'columns ascend');
      found[i * count + column] = values[e] ?? NaN;
    }
  }
  found.forEach((value, at) => assert.ok(Math.abs(value - (expected[at] ?? NaN)) < 1e-9));
  assert.ok(Math.abs(found.reduce((a, b) => a + b) - 1) < 1e-6);
  assert.equal(starts[count], columns.length);
});

test('stops when cancelled', async () => {
  const stopped = jointAffinities(circle(30, 5), 2, { signal: AbortSignal.abort() });
  await assert.rejects(stopped, (error) => error instanceof LensError && error.code === 'cancelled');
});
