// The page Evaluate's table: what a threshold makes of an image, which images are listed and in which order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  countOutcomes,
  imageColumns,
  imageOrder,
  imageRanks,
  type ImageSort,
  type OutcomeFilter,
} from '../../../src/webview/studio/pages/evaluate/image-order.ts';
import { outcomeOf, outcomes } from '../../../src/webview/studio/pages/evaluate/outcome.ts';
import type {
  EvaluationResult,
  ScoredImage,
  UnreadImage,
} from '../../../src/webview/studio/pages/evaluate/result.ts';
import { placeOf, resultKey, thresholdOf } from '../../../src/webview/studio/pages/evaluate/view.ts';

const image = (path: string, kind: string | null, score: number, pValue = 1 - score): ScoredImage => ({
  ...{ folder: 0, index: 0, path, kind, mask: null, score, pValue, autoencoder: null, pca: null },
});
const images = [
  image('good/img10.png', null, 0.2),
  image('good/img2.png', null, 0.6),
  image('bent/a.png', 'bent', 0.5),
  image('bent/b.png', 'bent', 0.9),
  image('cut/c.png', 'cut', 0.6),
];
const broken = (path: string): UnreadImage => ({
  ...{ folder: 0, index: 0, path, kind: null, mask: null, reason: 'ends too early' },
});
// Kinds as they are listed, which is not the order of their names.
const result = { images, kinds: ['cut', 'bent'], unread: [] as UnreadImage[] };
const order = (sort: ImageSort, filter: OutcomeFilter = 'all', threshold = 0.5): number[] => [
  ...imageOrder(result, imageRanks(result), threshold, filter, sort),
];
const up = (column: ImageSort['column']): ImageSort => ({ column, descending: false });
const down = (column: ImageSort['column']): ImageSort => ({ column, descending: true });

describe('what a threshold makes of an image', () => {
  it('flags what is greater, never what is equal', () => {
    assert.deepEqual(
      images.map((each) => outcomeOf(each, 0.5)),
      ['passed', 'falseAlarm', 'missed', 'caught', 'caught'],
    );
    assert.deepEqual(countOutcomes(images, 0.5), { passed: 1, falseAlarm: 1, missed: 1, caught: 2 });
    assert.deepEqual(countOutcomes(images, 0.6), { passed: 2, falseAlarm: 0, missed: 2, caught: 1 });
    assert.deepEqual(countOutcomes([], 0.5), { passed: 0, falseAlarm: 0, missed: 0, caught: 0 });
  });
});

describe('the table of evaluated images', () => {
  it('is sorted by any column; equal images stand by name, whichever way it runs', () => {
    assert.deepEqual(order(up('name')), [2, 3, 4, 1, 0]);
    assert.deepEqual(order(down('name')), [0, 1, 4, 3, 2]);
    assert.deepEqual(order(down('score')), [3, 4, 1, 2, 0]);
    assert.deepEqual(order(up('p')), [3, 4, 1, 2, 0]);
    assert.deepEqual(
      order(up('set')),
      [1, 0, 4, 2, 3],
      'good images first, then the kinds as they are listed',
    );
    assert.deepEqual(order(down('verdict')), [3, 4, 1, 2, 0]);
    assert.deepEqual(order(up('outcome')), [2, 1, 3, 4, 0], 'mistakes first');
  });

  it('lists one outcome, which follows the threshold', () => {
    assert.deepEqual(order(down('score'), 'caught'), [3, 4]);
    assert.deepEqual(order(down('score'), 'falseAlarm'), [1]);
    assert.deepEqual(order(up('score'), 'missed', 0.8), [2, 4]);
    assert.deepEqual(order(down('score'), 'falseAlarm', 0.8), []);
    for (const threshold of [0, 0.5, 0.6, 1]) {
      const parts = outcomes.flatMap((outcome) => order(up('name'), outcome, threshold));
      assert.deepEqual(parts.sort(), [0, 1, 2, 3, 4], `at ${threshold}`);
    }
  });

  it('of a synthetic evaluation has one file several times, good one first', () => {
    const drawn = [image('a.png', null, 0.1), image('a.png', 'blob', 0.1), image('a.png', 'square', 0.1)];
    const listed = { images: drawn, kinds: ['square', 'blob'], unread: [] };
    const of = (sort: ImageSort): number[] => [...imageOrder(listed, imageRanks(listed), 0.5, 'all', sort)];
    assert.deepEqual(of(up('name')), [0, 1, 2]);
    assert.deepEqual(of(down('score')), [0, 1, 2]);
    assert.deepEqual(of(up('set')), [0, 2, 1]);
    assert.equal(placeOf(listed, { folder: 0, path: 'a.png', kind: 'square' }), 2);
    assert.equal(placeOf(listed, { folder: 1, path: 'a.png', kind: 'square' }), -1);
    assert.equal(placeOf(listed, null), -1);
  });

  it('has images that could not be read after all others, by name, and by themselves', () => {
    const listed = { ...result, unread: [broken('good/img3.png'), broken('bent/z.png')] };
    const ranks = imageRanks(listed);
    const of = (sort: ImageSort, filter: OutcomeFilter): number[] => [
      ...imageOrder(listed, ranks, 0.5, filter, sort),
    ];
    for (const column of imageColumns) {
      assert.deepEqual(of(up(column), 'all'), [...order(up(column)), 6, 5], column);
      const last = column === 'name' ? [5, 6] : [6, 5];
      assert.deepEqual(of(down(column), 'all'), [...order(down(column)), ...last], column);
    }
    assert.deepEqual(of(down('score'), 'unread'), [6, 5]);
    for (const outcome of outcomes)
      assert.deepEqual(of(up('name'), outcome), order(up('name'), outcome), outcome);
    assert.equal(placeOf(listed, { folder: 0, path: 'bent/z.png', kind: null }), 6);
  });
});

describe('a threshold that was moved', () => {
  const of = (good: readonly number[], threshold = 0.5): EvaluationResult =>
    ({
      ...{ title: 'screws', synthetic: false, terms: { threshold } },
      good: Float64Array.from(good),
      bad: Float64Array.of(1),
    }) as unknown as EvaluationResult;
  const first = of([0.1, 0.2]);
  const view = { threshold: { value: 0.15, of: resultKey(first) } };

  it('counts for the result that it was moved on, also when that was measured again', () => {
    assert.equal(thresholdOf(view, first, resultKey(first)), 0.15);
    const again = of([0.1, 0.2]);
    assert.equal(thresholdOf(view, again, resultKey(again)), 0.15);
    assert.equal(thresholdOf({ threshold: null }, first, resultKey(first)), 0.5);
  });

  it('gives way to the calibrated one for other scores, other images and another calibration', () => {
    for (const other of [of([0.1, 0.3]), of([0.3]), of([0.1, 0.2], 0.6), { ...first, title: 'nuts' }])
      assert.equal(thresholdOf(view, other, resultKey(other)), other.terms.threshold);
  });
});
