import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  conformalRank,
  conformalThreshold,
  countAtLeast,
  formatPercent,
  formatScore,
  judge,
  smallestRate,
  verdictSentence,
} from '../../../src/shared/verdict.ts';

const ascending = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

test('the threshold is the ⌈(n+1)(1−α)⌉-th smallest score, by exact ranks', () => {
  // Worked by hand: n = 99, α = 1 %: ⌈100 · 0.99⌉ = 99th; n = 1000: ⌈1001 · 0.99⌉ = ⌈990.99⌉ = 991st.
  assert.equal(conformalRank(99, 0.01), 98);
  assert.equal(conformalRank(1000, 0.01), 990);
  assert.equal(conformalRank(199, 0.05), 189);
  assert.equal(conformalThreshold(ascending(1000), 0.01).threshold, 991);
});

test('too few images promise the smallest rate that they can, and say so', () => {
  const fifty = conformalThreshold(ascending(50), 0.01);
  assert.equal(fifty.requestedRate, 0.01);
  assert.equal(fifty.promisedRate, 1 / 51);
  assert.equal(fifty.threshold, 50);
  assert.equal(smallestRate(99), 0.01);
  assert.equal(conformalThreshold(ascending(99), 0.01).promisedRate, 0.01);
  assert.throws(() => conformalThreshold([], 0.01), RangeError);
});

test('of exchangeable scores at most α exceed the threshold, whatever n and α', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      (n, rate) => {
        const { threshold, promisedRate } = conformalThreshold(ascending(n), rate);
        // Of n + 1 exchangeable ranks, those above the threshold's rank are flagged.
        const flagged = (n + 1 - threshold) / (n + 1);
        assert.ok(flagged <= promisedRate + 1e-9);
        assert.ok(flagged > promisedRate - 1 / (n + 1) - 1e-9, 'and the threshold is not looser than needed');
      },
    ),
  );
});

test('counts scores at least as high by binary search as a plain loop does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      (values, value) => {
        const sorted = values.sort((a, b) => a - b);
        assert.equal(countAtLeast(sorted, value), sorted.filter((s) => s >= value).length);
      },
    ),
  );
});

test('the p-value counts the image itself, and a tie with the threshold is not anomalous', () => {
  const sorted = ascending(99);
  const threshold = conformalThreshold(sorted, 0.05);
  assert.equal(threshold.threshold, 95);
  const tie = judge(95, sorted, threshold);
  assert.equal(tie.anomalous, false);
  assert.equal(tie.pValue, (1 + 5) / 100);
  assert.equal(judge(95.01, sorted, threshold).anomalous, true);
  assert.equal(judge(1000, sorted, threshold).pValue, 1 / 100);
});

test('says the verdict in words with its evidence', () => {
  const sorted = ascending(1999);
  const threshold = conformalThreshold(sorted, 0.01);
  const bad = verdictSentence(judge(1997, sorted, threshold));
  assert.equal(bad.evidence, 'Score 1997. Of 1,999 good images 3 score as high or higher (p = 0.2 %).');
  assert.equal(bad.conclusion, 'Anomalous at a false-alarm rate of 1 %.');
  const none = verdictSentence(judge(1e9, sorted, threshold));
  assert.match(none.evidence, /none scores as high or higher \(p = 0\.05 %\)/);
  assert.match(verdictSentence(judge(5, sorted, threshold)).conclusion, /^Not anomalous/);
});

test('numbers are shown with sensible precision, and never NaN', () => {
  assert.equal(formatPercent(0.0164), '1.64 %');
  assert.equal(formatPercent(0.01), '1 %');
  assert.equal(formatScore(0.0123456), '0.01235');
  assert.equal(formatScore(3e-9), '3.00e-9');
  assert.equal(formatScore(-1.0836), '−1.084');
  assert.equal(formatScore(Number.NaN), '–');
});
