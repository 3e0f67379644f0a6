import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighbourCount } from '../../../src/engine/projection/neighbours.ts';
import { schedule } from '../../../src/engine/projection/optimiser.ts';
import { neighbourRecall } from '../../../src/engine/projection/metrics.ts';
import type { Neighbours } from '../../../src/engine/projection/panels.ts';

test('250 exaggerated iterations with little momentum, then none with more', () => {
  for (const iteration of [0, 249]) {
    assert.deepEqual(schedule(iteration, 1_000), { exaggeration: 12, momentum: 0.5, learningRate: 200 });
  }
  assert.deepEqual(schedule(250, 1_000), { exaggeration: 1, momentum: 0.8, learningRate: 200 });
});

test('the learning rate grows with the points from 2,400 on', () => {
  assert.equal(schedule(0, 2_400).learningRate, 200);
  assert.equal(schedule(0, 12_000).learningRate, 1_000);
  assert.equal(schedule(999, 12_000).learningRate, 1_000);
});

test('three neighbours for each unit of perplexity and one more, at most all others', () => {
  assert.equal(neighbourCount(10_000, 30), 91);
  assert.equal(neighbourCount(10_000, 7.5), 23);
  assert.equal(neighbourCount(4, 1), 3);
  assert.equal(neighbourCount(50, 30), 49);
});

test('recall counts kept neighbours, whatever their order', () => {
  const rows = (k: number, indices: number[]): Neighbours => ({
    k,
    indices: Uint32Array.from(indices),
    squared: new Float32Array(indices.length),
    scale: 1,
  });
  const truth = rows(3, [1, 2, 9, 4, 5, 9]);
  assert.equal(neighbourRecall(truth, rows(2, [2, 1, 5, 4]), 2), 1);
  assert.equal(neighbourRecall(truth, rows(2, [2, 7, 9, 8]), 2), 0.25);
});
