// Metrics against their definitions, worked out by hand or by brute force.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bootstrapAuroc } from '../../../src/engine/scoring/metrics/bootstrap.ts';
import {
  averagePrecision,
  bestF1,
  precisionRecallCurve,
  rocCurve,
} from '../../../src/engine/scoring/metrics/curves.ts';
import { connectedParts, PixelEvaluation } from '../../../src/engine/scoring/metrics/pixels.ts';
import { auroc } from '../../../src/engine/scoring/statistics.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';

const draws = (count: number, seed: number, shift: number): number[] => {
  const next = keyedRandom(seed);
  return Array.from({ length: count }, () => normalPair(next)[0] + shift);
};

describe('curves', () => {
  test('equal scores enter together, good and bad', () => {
    assert.deepEqual(rocCurve([1, 2, 2, 3], [2, 4]), [
      { threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 4, falsePositiveRate: 0, truePositiveRate: 0.5 },
      { threshold: 3, falsePositiveRate: 0.25, truePositiveRate: 0.5 },
      { threshold: 2, falsePositiveRate: 0.75, truePositiveRate: 1 },
      { threshold: 1, falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
    assert.deepEqual(precisionRecallCurve([1], [1]).at(-1), { threshold: 1, precision: 0.5, recall: 1 });
  });

  test('the area under the ROC points is the AUROC', () => {
    const round = (value: number): number => Math.round(value * 4) / 4;
    const [good, bad] = [draws(300, 1, 0).map(round), draws(80, 2, 1).map(round)];
    let area = 0;
    const points = rocCurve(good, bad);
    points.slice(1).forEach((point, i) => {
      const before = points[i];
      assert.ok(before);
      area +=
        ((point.falsePositiveRate - before.falsePositiveRate) *
          (point.truePositiveRate + before.truePositiveRate)) /
        2;
    });
    assert.ok(Math.abs(area - auroc(good, bad)) < 1e-12);
  });

  test('average precision and the best F1 of a small example', () => {
    // From the top: bad 4, good 3, bad 2, good 1.
    assert.ok(Math.abs(averagePrecision([3, 1], [4, 2]) - (0.5 * 1 + 0.5 * (2 / 3))) < 1e-12);
    assert.deepEqual(bestF1([3, 1], [4, 2]), { threshold: 2, f1: 4 / 5 });
    assert.equal(averagePrecision([1, 2], [3]), 1);
  });

  test('a score that is not a number is an error, not an endless loop', () => {
    assert.throws(() => rocCurve([Number.NaN], [1]), /not a number/);
  });
});

describe('bootstrap', () => {
  test('the interval holds the AUROC, narrows with more images, and depends on the seed alone', () => {
    const [good, bad] = [draws(200, 3, 0), draws(200, 4, 1)];
    const area = auroc(good, bad);
    const few = bootstrapAuroc(good.slice(0, 30), bad.slice(0, 30), 1);
    const many = bootstrapAuroc(good, bad, 1);
    assert.ok(many.low < area && area < many.high);
    assert.ok(many.high - many.low < 0.7 * (few.high - few.low));
    assert.deepEqual(bootstrapAuroc(good, bad, 1), many);
    assert.notDeepEqual(bootstrapAuroc(good, bad, 2), many);
    // Hanley & McNeil's standard error for this area and size is about 0.021.
    assert.ok(Math.abs((many.high - many.low) / 3.92 - 0.021) < 0.006);
  });

  test('separated classes leave no doubt', () => {
    assert.deepEqual(bootstrapAuroc([1, 2], [3, 4], 1, 50), { low: 1, high: 1 });
  });
});

describe('pixels', () => {
  test('parts touch by corners', () => {
    const mask = Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    const { labels, sizes } = connectedParts(mask, 3, 4);
    assert.deepEqual([...labels], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2]);
    assert.deepEqual(sizes, [2, 1]);
    assert.deepEqual(connectedParts(Uint8Array.from([1, 0, 0, 1]), 2, 2).sizes, [2]);
  });

  test('pixel AUROC is that of the values', () => {
    const next = keyedRandom(9);
    const evaluation = new PixelEvaluation();
    const good: number[] = [];
    const bad: number[] = [];
    for (let image = 0; image < 5; image++) {
      const mask = Uint8Array.from({ length: 400 }, () => Number(uniform(next) < 0.1));
      const map = Float64Array.from(mask, (m) => uniform(next) + 0.3 * m);
      map.forEach((value, i) => (mask[i] ? bad : good).push(value));
      evaluation.add(map, 20, 20, mask);
    }
    assert.ok(Math.abs((evaluation.auroc() ?? 0) - auroc(good, bad)) < 1e-3);
  });

  test('AUPRO counts parts, not pixels, up to 30 % of good pixels', () => {
    // A part of one pixel that is found first, and one of eight that is found last of all.
    const mask = new Uint8Array(100);
    mask[0] = 1;
    mask.fill(1, 40, 48);
    const map = Float64Array.from({ length: 100 }, (_, i) => (i === 0 ? 10 : mask[i] ? 0 : 1));
    const half = new PixelEvaluation();
    half.add(map, 10, 10, mask);
    // All good pixels come at once: the line from overlap ½ to ½, cut at 0.3.
    assert.ok(Math.abs((half.aupro() ?? 0) - 0.5) < 1e-12);
    const perfect = new PixelEvaluation();
    perfect.add(Float64Array.from(mask), 10, 10, mask);
    assert.equal(perfect.aupro(), 1);
    const blind = new PixelEvaluation();
    blind.add(new Float64Array(100).fill(1), 10, 10, mask);
    // Everything ties: the overlap rises with the rate, 0.3 / 2 of it under the limit.
    assert.ok(Math.abs((blind.aupro() ?? 0) - 0.15) < 1e-12);
  });

  test('without defects or good pixels there is no number', () => {
    const evaluation = new PixelEvaluation();
    evaluation.add([1, 2], 1, 2);
    assert.equal(evaluation.auroc(), null);
    assert.equal(evaluation.aupro(), null);
  });
});
