import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notebookRule, validationBatchLosses } from '../../../src/engine/training/checkpoint.ts';
import { freshState } from '../../../src/engine/training/state.ts';
import { mean, standardDeviation } from '../../../src/engine/scoring/statistics.ts';
import { notebookTraining } from '../../../src/shared/model-spec.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

const next = keyedRandom(3);
const scores = Float64Array.from({ length: 9_984 }, () => 0.002 + 0.01 * uniform(next));
const stateOf = (validationScores: Float64Array): ReturnType<typeof freshState> => ({
  ...freshState(),
  validationScores,
});

test('the notebook’s threshold lies σ/8 above the mean, also where the files are sorted by difficulty', () => {
  const expected = mean(scores) + standardDeviation(scores) / 8;
  for (const order of [scores, scores.toSorted(), scores.toSorted().reverse()]) {
    const rule = notebookRule(stateOf(order), notebookTraining);
    assert.ok(
      Math.abs((rule?.threshold ?? 0) / expected - 1) < 0.02,
      `${rule?.threshold} against ${expected}`,
    );
  }
});

test('the batches are those of the seed, and all images are in them', () => {
  const losses = validationBatchLosses(stateOf(scores), notebookTraining);
  assert.equal(losses.length, 156);
  assert.deepEqual(validationBatchLosses(stateOf(scores), notebookTraining), losses);
  assert.ok(Math.abs(mean(losses) - mean(scores)) < 1e-12);
});

test('without validation images there is no rule', () => {
  assert.equal(notebookRule(freshState(), notebookTraining), null);
});
