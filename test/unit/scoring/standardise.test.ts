import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combined } from '../../../src/engine/scoring/combination.ts';
import { isUsable, quantile, standardOf, standardScore } from '../../../src/engine/scoring/standardise.ts';

test('quantiles interpolate as numpy’s do', () => {
  const values = [1, 2, 4, 8];
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share)),
    [1, 1.75, 3, 5, 8],
  );
  assert.equal(quantile([7], 0.3), 7);
});

test('the standard is the median and the interquartile range over 1.349, whatever the order and the outliers', () => {
  const standard = standardOf([8, 1, 1000, 2, 4]);
  assert.equal(standard.median, 4);
  assert.ok(Math.abs(standard.spread - 6 / 1.349) < 1e-12);
  assert.ok(Math.abs(standardScore(10, standard) - 1.349) < 1e-9);
});

test('a channel without spread is no measure', () => {
  assert.equal(isUsable(standardOf([3, 3, 3, 3, 9])), false);
  assert.equal(isUsable(standardOf([5])), false);
  // Rounding is no spread either.
  assert.equal(isUsable({ median: 1e6, spread: 1e-8 }), false);
  assert.equal(isUsable(standardOf([1, 2, 3])), true);
  assert.equal(isUsable({ median: Number.NaN, spread: 1 }), false);
});

test('no channel makes up for another: an image is at most so ordinary', () => {
  const standards = new Map([
    ['structure', { median: 0.9, spread: 0.001 }],
    ['orientation', { median: 5, spread: 1 }],
  ] as const);
  const scores = new Map([
    ['error', Float64Array.of(0, 0, 0)],
    ['structure', Float64Array.of(0.9, 0.8, Number.NaN)],
    ['orientation', Float64Array.of(6, 17, 5)],
  ] as const);
  const [ordinary, empty, unknown] = combined({ standards }, scores);
  assert.ok(Math.abs((ordinary ?? NaN) - 1) < 1e-9);
  assert.ok(Math.abs((empty ?? NaN) - 9) < 1e-9, 'structure −100 counts −3, orientation 12');
  assert.ok(Number.isNaN(unknown), 'what is no number stays none');
});
