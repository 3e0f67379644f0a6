// What an evaluation measures, against counts by hand.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { measureScores } from '../../../src/engine/scoring/evaluation.ts';
import { MaskedPixels } from '../../../src/engine/scoring/masked-pixels.ts';
import type { Reading } from '../../../src/engine/scoring/readings.ts';
import { curvePoints } from '../../../src/shared/protocol/evaluate.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';

const draws = (count: number, seed: number, shift: number): Float64Array => {
  const next = keyedRandom(seed);
  return Float64Array.from({ length: count }, () => Math.round(4 * (normalPair(next)[0] + shift)) / 4);
};
const column = (score: Float64Array) => ({ score, autoencoder: null, pca: null });

describe('measures of an evaluation', () => {
  test('curves hold at every step of the grid what a count by hand gives', () => {
    const [good, bad] = [draws(57, 1, 0), draws(31, 2, 1)];
    const { combined } = measureScores({
      ...{ good: column(good), bad: column(bad), kindCount: 1, seed: 0 },
      kinds: new Int32Array(31),
    });
    const share = (values: Float64Array, threshold: number): number =>
      values.filter((value) => value >= threshold).length / values.length;
    const thresholds = [Infinity, ...new Set([...good, ...bad])].sort((a, b) => b - a);
    for (let step = 0; step < curvePoints; step++) {
      const at = step / (curvePoints - 1);
      const rates = thresholds
        .filter((each) => share(good, each) <= at + 1e-9)
        .map((each) => share(bad, each));
      assert.equal(combined.roc[step], Math.max(...rates), `ROC at ${at}`);
      const first = thresholds.find((each) => share(bad, each) >= at - 1e-9) ?? -Infinity;
      const flagged = [good, bad].map((values) => values.filter((value) => value >= first).length);
      const precision = first === Infinity ? 1 : (flagged[1] ?? 0) / ((flagged[0] ?? 0) + (flagged[1] ?? 0));
      assert.equal(combined.precision[step], precision, `precision at ${at}`);
    }
    let wins = 0;
    for (const b of bad) for (const g of good) wins += b > g ? 1 : b === g ? 0.5 : 0;
    assert.ok(Math.abs(combined.auroc - wins / (57 * 31)) < 1e-12);
    assert.ok(combined.interval.low <= combined.auroc && combined.auroc <= combined.interval.high);
  });

  test('kinds are measured apart, scores beside only where all images have them', () => {
    const good = Float64Array.of(0, 1, 2, 3);
    const measures = measureScores({
      good: { score: good, autoencoder: good, pca: null },
      bad: { score: Float64Array.of(4, 1.5), autoencoder: Float64Array.of(0, 0), pca: Float64Array.of(1, 1) },
      ...{ kinds: Int32Array.of(1, 0), kindCount: 2, seed: 0 },
    });
    assert.deepEqual(
      measures.kinds.map(({ auroc, tprAt1Fpr }) => [auroc, tprAt1Fpr]),
      [
        [0.5, 0],
        [1, 1],
      ],
    );
    assert.equal(measures.autoencoder?.auroc, 0.125);
    assert.equal(measures.pca, null);
  });

  test('refuses what has no good or no bad images, and scores that are no numbers', () => {
    const some = column(Float64Array.of(1));
    const none = column(new Float64Array());
    const rest = { kinds: new Int32Array(1), kindCount: 1, seed: 0 };
    assert.throws(() => measureScores({ good: none, bad: some, ...rest }), RangeError);
    assert.throws(() => measureScores({ good: some, bad: none, ...rest }), RangeError);
    assert.throws(
      () => measureScores({ good: some, bad: column(Float64Array.of(NaN)), ...rest }),
      RangeError,
    );
  });
});

describe('pixels against masks', () => {
  const view = { height: 8, width: 8, channels: 1, mode: 'contain' } as const;
  const image = (light: (y: number, x: number) => boolean) => ({
    ...{ height: 8, width: 8 },
    data: Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) => {
      const pixel = i >> 2;
      return i % 4 === 3 ? 255 : light(pixel >> 3, pixel % 8) ? 255 : 0;
    }),
  });
  const reading = (hot: (y: number, x: number) => boolean): Reading => ({
    ...{ name: 'error', score: 1 },
    map: () => ({
      ...{ height: 8, width: 8 },
      values: Float64Array.from({ length: 64 }, (_, i) => (hot(i >> 3, i % 8) ? 2 : 1)),
    }),
  });
  const corner = (y: number, x: number): boolean => y < 3 && x < 3;

  test('a map that is hot where the mask is light finds all, one that is hot elsewhere nothing', () => {
    for (const [hot, wanted] of [
      [corner, 1],
      [(y: number, x: number) => !corner(y, x), 0],
    ] as const) {
      const pixels = new MaskedPixels();
      pixels.add(
        [reading(hot)],
        image(() => false),
        view,
        image(corner),
      );
      const measures = pixels.measures();
      assert.equal(measures?.auroc, wanted);
      assert.deepEqual([measures?.good, measures?.masked], [0, 1]);
    }
  });

  test('without a mask there is nothing to say', () => {
    const pixels = new MaskedPixels();
    pixels.add(
      [reading(corner)],
      image(() => false),
      view,
      null,
    );
    assert.equal(pixels.measures(), null);
  });
});
