import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { histogramOf, placeOf } from '../../../src/webview/components/histogram-bins.ts';
import {
  emptyTrace,
  extendTrace,
  hasPositive,
  lossColumns,
  lossRange,
  pointsPerEpoch,
  traceEpoch,
} from '../../../src/webview/components/loss-series.ts';
import { historyOf } from '../../component/fakes/samples.ts';

describe('the loss chart’s numbers', () => {
  it('thin an epoch’s batches to a few means', () => {
    const losses = Float32Array.from({ length: 938 }, (_, i) => i);
    const { at, loss } = traceEpoch(losses, 3, 938);
    assert.ok(at.length <= pointsPerEpoch && at.length > pointsPerEpoch / 2);
    assert.equal(loss[0], 7.5, 'the mean of the first 16');
    assert.ok(
      at.every((position, index) => position > 3 && position <= 4 && position > (at[index - 1] ?? 0)),
    );
  });

  it('show the very first batch, and leave out what is no number', () => {
    assert.deepEqual(traceEpoch([0.5], 0, 938), { at: [1 / 938], loss: [0.5] });
    assert.deepEqual(traceEpoch([Number.NaN], 0, 10), emptyTrace);
    assert.deepEqual(traceEpoch([], 0, 10), emptyTrace);
  });

  it('replace the running epoch and keep the ones before', () => {
    const first = extendTrace(emptyTrace, traceEpoch([1, 1], 0, 2), 0);
    const half = extendTrace(first, traceEpoch([3], 1, 2), 1);
    const whole = extendTrace(half, traceEpoch([3, 5], 1, 2), 1);
    assert.deepEqual(whole, { at: [0.5, 1, 1.5, 2], loss: [1, 1, 3, 5] });
  });

  it('join on one ascending axis with gaps', () => {
    const history = historyOf(2).map((record, index) =>
      index === 0 ? { ...record, validation: null } : record,
    );
    const columns = lossColumns(history, { at: [0.5, 1, 1.5], loss: [9, 8, 7] });
    assert.deepEqual(columns[0], [0.5, 1, 1.5, 2]);
    assert.deepEqual(columns[1], [9, 8, 7, null]);
    assert.deepEqual(columns[3], [null, null, null, history[1]?.validation]);
    assert.equal(hasPositive(columns), true);
  });

  it('give a range that holds every value, linear or logarithmic', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), { minLength: 1 }), (loss) => {
        const columns = lossColumns([], { at: loss.map((_, i) => i), loss });
        for (const logarithmic of [false, true]) {
          const [low, high] = lossRange(columns, logarithmic);
          assert.ok(low < high);
          assert.ok(loss.every((value) => value >= low && value <= high));
          if (logarithmic) assert.ok(low > 0);
        }
      }),
    );
    assert.deepEqual(lossRange(lossColumns([], emptyTrace), false), [0, 1]);
    const [low] = lossRange(lossColumns([], { at: [1, 2], loss: [0, 0.5] }), true);
    assert.ok(low > 0, 'zero has no place on a logarithmic axis');
  });
});

describe('a linear axis', () => {
  it('follows the epochs, not the first batches, once there are two', () => {
    const trace = { at: [0.1, 1.5], loss: [9, 0.02] };
    assert.ok(lossRange(lossColumns(historyOf(1), trace), false)[1] > 9);
    assert.ok(lossRange(lossColumns(historyOf(2), trace), false)[1] < 0.1);
    assert.ok(lossRange(lossColumns(historyOf(2), trace), true)[1] > 9);
  });
});

describe('the histogram’s numbers', () => {
  it('count every finite score once and keep threshold and mark on the axis', () => {
    const score = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(score, { minLength: 1 }), score, score, (scores, threshold, mark) => {
        const histogram = histogramOf(scores, threshold, mark, 40);
        assert.equal(
          histogram.counts.reduce((a, b) => a + b, 0),
          scores.length,
        );
        assert.ok(histogram.low >= 0 && histogram.low < histogram.high);
        for (const value of [threshold, mark]) {
          const place = placeOf(histogram, value);
          assert.ok(place >= 0 && place <= 1);
        }
      }),
    );
  });

  it('do not let a far score squeeze all others into one bar', () => {
    const scores = Array.from({ length: 100 }, (_, i) => i / 100);
    const far = histogramOf(scores, 0.98, 50, 40);
    assert.equal(far.markBeyond, 'right');
    assert.ok(far.high < 1.1);
    assert.equal(placeOf(far, 50), 1);
    const near = histogramOf(scores, 0.98, 1.9, 40);
    assert.equal(near.markBeyond, null);
    assert.ok(near.high > 1.9);
  });

  it('stand equal scores, no scores and scores that are no numbers', () => {
    assert.equal(Math.max(...histogramOf([1, 1, 1], 1, null, 10).counts), 3);
    const none = histogramOf([], 0, null, 10);
    assert.ok(none.low < none.high);
    const odd = histogramOf([Number.NaN, 1, Number.POSITIVE_INFINITY], 1, null, 10);
    assert.equal(
      odd.counts.reduce((a, b) => a + b, 0),
      1,
    );
  });
});
