import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readModelFile } from '../../../src/shared/model-file.ts';
import { readPoints } from '../../../src/shared/map-points.ts';
import { axisOf, binsOf } from '../../../src/webview/components/histogram-bins.ts';
import { latentAlong } from '../../../src/webview/studio/pages/directions.ts';
import { drawPoints, evenly, latentsOf, thumbnailOf } from '../../../src/webview/studio/pages/draw.ts';
import { latestOnly } from '../../../src/webview/shared/latest.ts';
import {
  deviationOf,
  flaggedShare,
  meanOf,
  medianOf,
  ruleDataOf,
  rulesOf,
} from '../../../src/webview/studio/pages/rules.ts';
import { cardOf, modelFileOf, recalibrationOf } from '../../component/fakes/samples.ts';

describe('points drawn at random', () => {
  const points = readPoints(readModelFile(modelFileOf('digits')));
  assert.ok(points);

  it('are different ones, held out, the same for the same seed and draw', () => {
    const drawn = drawPoints(points, 8, 42, 0);
    assert.equal(new Set(drawn).size, 8);
    assert.ok(drawn.every((point) => point < points.heldOut));
    assert.deepEqual(drawPoints(points, 8, 42, 0), drawn);
    assert.notDeepEqual(drawPoints(points, 8, 42, 1), drawn);
  });

  it('are all there are where more are asked for, from everywhere where nothing is held out', () => {
    assert.deepEqual([...drawPoints({ count: 3, heldOut: 0 }, 8, 1, 0)].sort(), [0, 1, 2]);
    assert.deepEqual(drawPoints({ count: 0, heldOut: 0 }, 8, 1, 0), []);
  });

  it('bring their latents and small pictures', () => {
    const rows = latentsOf(points, [9, 0]);
    assert.equal(rows.length, 40);
    assert.equal(rows[1], 1);
    assert.equal(rows[20], 1);
    assert.equal(thumbnailOf(points, 5)?.width, 28);
    assert.equal(thumbnailOf(points, 48), undefined);
  });

  it('rows of a long list are spread evenly with both ends', () => {
    assert.deepEqual(evenly(3, 8), [0, 1, 2]);
    assert.deepEqual(evenly(51, 6), [0, 10, 20, 30, 40, 50]);
  });
});

describe('rules for a threshold', () => {
  const scores = Float64Array.from({ length: 100 }, (_, index) => (index + 1) / 100);

  it('rest on the moments that their names say', () => {
    assert.equal(meanOf([1, 2, 6]), 3);
    assert.equal(deviationOf([1, 3]), 1);
    assert.equal(medianOf(Float64Array.of(9, 1, 5)), 5);
    assert.equal(medianOf(Float64Array.of(4, 1, 2, 3)), 2.5);
    assert.ok(Number.isNaN(meanOf([])));
    assert.ok(Number.isNaN(medianOf(new Float64Array())));
  });

  it('flag exactly what lies above their line', () => {
    assert.equal(flaggedShare(scores, 0.9), 0.1);
    assert.equal(flaggedShare(new Float64Array(), 0.9), null);
    const rules = rulesOf({
      scores,
      calibration: Float64Array.of(0.2, 0.75, 0.795, 0.95),
      calibrated: 0.99,
      batchLosses: Float64Array.of(0.5, 0.7),
      deviations: 1,
      quantile: 0.9,
    });
    assert.deepEqual(
      rules.map((rule) => [
        rule.id,
        Number(rule.threshold.toFixed(4)),
        rule.flagged,
        rule.flaggedCalibration,
      ]),
      [
        ['calibrated', 0.99, 0.01, 0],
        ['deviation', 0.7937, 0.21, 0.5],
        ['quantile', 0.91, 0.09, 0.25],
        ['notebook', 0.7, 0.3, 0.75],
      ],
    );
  });

  it('are left out where their numbers are missing', () => {
    const empty = new Float64Array();
    const none = { scores: empty, calibration: empty, calibrated: null, batchLosses: empty };
    assert.deepEqual(rulesOf({ ...none, deviations: 2, quantile: 0.99 }), []);
  });

  it('are about the squared error, and about the verdict’s score where that is another', () => {
    const source = {
      card: cardOf('digits'),
      validationScores: Float64Array.of(0.1, 0.2),
      validationBatchLosses: Float64Array.of(0.15),
      calibrationScores: Float64Array.of(1, 2, 3),
      calibrationErrors: Float64Array.of(0.1, 0.3),
      points: { sets: Uint8Array.of(1, 2, 0, 1), scores: Float64Array.of(5, 6, 7, 8) },
    };
    const alone = ruleDataOf(source);
    assert.equal(alone.verdict, null);
    assert.equal(alone.error?.calibration, source.calibrationScores);
    const combined = {
      ...recalibrationOf('digits'),
      score: 'combined' as const,
      autoencoder: { threshold: 0.25 },
    };
    const both = ruleDataOf({ ...source, card: { calibration: combined } });
    assert.equal(both.error?.calibrated, 0.25);
    assert.equal(both.error.calibration, source.calibrationErrors);
    assert.deepEqual(both.verdict, {
      ...{ scores: Float64Array.of(5, 8), calibration: source.calibrationScores },
      ...{ calibrated: combined.threshold, batchLosses: new Float64Array() },
    });
    const none = ruleDataOf({
      ...source,
      card: { calibration: combined },
      points: null,
      validationScores: new Float64Array(),
    });
    assert.deepEqual(none, { error: null, verdict: null });
  });
});

describe('a latent along principal directions', () => {
  it('is the mean moved by deviations', () => {
    const directions = {
      mean: Float32Array.of(1, 2, 3),
      directions: Float32Array.of(1, 0, 0, 0, 0.6, 0.8),
      deviations: Float32Array.of(2, 10),
    };
    assert.deepEqual([...latentAlong(directions, [0, 0])], [1, 2, 3]);
    assert.deepEqual([...latentAlong(directions, [-0.5, 1])], [0, 8, 11]);
    assert.deepEqual([...directions.mean], [1, 2, 3]);
  });
});

describe('the axis of a distribution', () => {
  it('holds every line and cuts a long tail', () => {
    const values = Float64Array.from({ length: 1000 }, (_, index) => (index === 999 ? 1000 : index / 1000));
    const { low, high } = axisOf([values], [1.2]);
    assert.equal(low, 0);
    assert.ok(high > 1.2 && high < 2, String(high));
    assert.ok(axisOf([values], [50]).high > 50);
  });

  it('counts every value once, those beyond at the ends', () => {
    assert.deepEqual(binsOf([-1, 0, 0.5, 0.99, 7, Number.NaN], { low: 0, high: 1 }, 2), [2, 3]);
    assert.deepEqual(axisOf([[]], []), { low: 0, high: 1 });
  });
});

describe('work that follows a slider', () => {
  it('does the first and the newest, never two at once', async () => {
    const done: number[] = [];
    let finish: () => void = () => undefined;
    const ask = latestOnly<number>(async (value) => {
      done.push(value);
      await new Promise<void>((resolve) => (finish = resolve));
    });
    ask(1);
    ask(2);
    ask(3);
    assert.deepEqual(done, [1]);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(done, [1, 3]);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    ask(4);
    assert.deepEqual(done, [1, 3, 4]);
    finish();
  });
});
