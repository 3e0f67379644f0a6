import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  auroc,
  batchMeans,
  mean,
  notebookThreshold,
  shareAbove,
  standardDeviation,
  truePositiveRate,
} from '../../../src/engine/scoring/statistics.ts';

const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });

test('AUROC equals the count over all pairs, ties half', () => {
  fc.assert(
    fc.property(scores, scores, (good, bad) => {
      let wins = 0;
      for (const g of good) for (const b of bad) wins += b > g ? 1 : b === g ? 0.5 : 0;
      assert.ok(Math.abs(auroc(good, bad) - wins / (good.length * bad.length)) < 1e-12);
    }),
  );
  assert.equal(auroc([1, 2], [3, 4]), 1);
  assert.equal(auroc([3, 4], [1, 2]), 0);
});

test('TPR at 1 % FPR allows that share of good images and no more', () => {
  const good = Array.from({ length: 200 }, (_, i) => i);
  // Two of 200 may be flagged: the threshold is the third highest, 197.
  assert.equal(truePositiveRate(good, [196, 197, 198, 500], 0.01), 0.5);
  assert.equal(truePositiveRate([1, 2, 3], [3, 4], 0.01), 0.5, 'with three good images none may be flagged');
});

test('mean, population deviation and batch means', () => {
  assert.equal(mean([1, 2, 3, 6]), 3);
  assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 2);
  assert.deepEqual([...batchMeans(Float64Array.of(1, 3, 5, 7, 10), 2)], [2, 6, 10]);
  assert.equal(notebookThreshold([2, 4, 4, 4, 5, 5, 7, 9]), 7);
  assert.equal(shareAbove([1, 2, 3, 4], 3), 0.25);
});
