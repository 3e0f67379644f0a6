import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alignedDecimals,
  baseName,
  formatDate,
  formatDuration,
  formatTimeLeft,
} from '../../../src/webview/shared/format.ts';
import {
  calibrationSourceWords,
  calibrationWords,
  previousWords,
  shiftWarning,
} from '../../../src/webview/shared/calibration-words.ts';
import {
  corruptionWords,
  engineTitle,
  progressWords,
  rateWarning,
  specWords,
} from '../../../src/webview/shared/words.ts';
import { recalibrationOf, specOf } from '../../component/fakes/samples.ts';

describe('numbers as people read them', () => {
  it('never print NaN, infinity or a negative time', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      assert.equal(formatDuration(value), '–');
      assert.equal(formatTimeLeft(value), '–');
    }
  });

  it('name durations by their two largest units', () => {
    const cases = [0.44, 3.2, 59.4, 59.6, 200, 3599.7, 3661, 360000].map(formatDuration);
    assert.deepEqual(cases, [
      '0.4 s',
      '3 s',
      '59 s',
      '1 min 00 s',
      '3 min 20 s',
      '1 h 00 min',
      '1 h 01 min',
      '100 h 00 min',
    ]);
  });

  it('round the time left so that it does not flicker', () => {
    assert.deepEqual([3.1, 41, 170, 7200].map(formatTimeLeft), ['4 s', '45 s', '3 min', '2 h 00 min']);
  });

  it('align a column by its smallest value', () => {
    assert.equal(alignedDecimals([0.5, 0.0123]), 5);
    assert.equal(alignedDecimals([12]), 2);
    assert.equal(alignedDecimals([0, Number.NaN]), 4);
  });

  it('take names from URIs, however they are written', () => {
    assert.equal(baseName('file:///a/my%20model.lens.safetensors?x#y'), 'my model.lens.safetensors');
    assert.equal(baseName('a%zz'), 'a%zz');
    assert.equal(formatDate('yesterday'), 'yesterday');
  });
});

describe('facts as sentences', () => {
  it('promise no lower rate than the images allow', () => {
    assert.equal(rateWarning(99, 0.01), null);
    assert.match(rateWarning(60, 0.01) ?? '', /60 calibration images .* is 1\.64\u00a0%, not 1\u00a0%/);
    assert.match(rateWarning(0, 0.01) ?? '', /no verdict/);
    assert.match(
      rateWarning(400, 0.01, 0.2) ?? '',
      /400 calibration images, which count as about 80 .* is about 1\.23\u00a0%, .* More images that differ make/,
    );
    assert.equal(rateWarning(400, 0.01, 0.5), null);
    const calibration = {
      score: 'mse' as const,
      rule: 'split-conformal' as const,
      images: 60,
      requestedRate: 0.01,
      promisedRate: 1 / 61,
      threshold: 0.02,
      when: '',
    };
    assert.match(calibrationWords(calibration), /at most 1\.64\u00a0% are.*You asked for 1\u00a0%/);
    assert.doesNotMatch(calibrationWords({ ...calibration, promisedRate: 0.01 }), /You asked/);
  });

  it('say whose images a calibration rests on, and what was before it', () => {
    const again = recalibrationOf('digits');
    assert.match(
      calibrationSourceWords(again, 200),
      /^Calibrated on 150 images of samples\/digits\/evening, which count as 90: 30 clusters of near-duplicates, 2026-11-25.* 1 file could not be read\.$/,
    );
    assert.match(
      previousWords(again) ?? '',
      /was 0\.02, for 1\u00a0% by 200 images set aside from the data set .* flags 40\u00a0%/,
    );
    assert.match(shiftWarning(again) ?? '', /error 4\.3 spreads higher/);
    // Beside the sum, a shift says nothing of the verdict; small ones never do.
    const channel = { inSum: true, median: 0, spread: 1, threshold: 1, heatThreshold: 1 };
    const summed = { ...again, channels: [{ ...channel, name: 'structure' as const }] };
    assert.equal(shiftWarning(summed), null);
    const { source, previous, ...first } = again;
    assert.ok(source && previous);
    assert.equal(
      shiftWarning({ ...again, source: { ...source, shifts: [{ name: 'error', spreads: -2.9 }] } }),
      null,
    );
    assert.match(
      calibrationSourceWords(first, 90),
      /^Calibrated on 90 images set aside from the data set, 2026/,
    );
    assert.match(
      calibrationSourceWords(first, 400),
      /^Calibrated on 400 images set aside from the data set, which count as 90: near-duplicates count once, 2026/,
    );
    assert.equal(previousWords(first), null);
  });

  it('say where training stands', () => {
    const progress = { state: 'stopped' as const, epoch: 6, step: 12, stepsPerEpoch: 25 };
    assert.equal(progressWords(progress, 20), 'Stopped in epoch 7 of 20');
    assert.equal(progressWords({ ...progress, step: 0 }, 20), 'Stopped after epoch 6 of 20');
    assert.equal(
      progressWords({ ...progress, state: 'training' }, 20),
      'Not finished: last saved in epoch 7 of 20',
    );
    assert.equal(
      progressWords({ ...progress, state: 'finished', epoch: 1, step: 0 }, 1),
      'Finished after 1 epoch',
    );
  });

  it('describe model, corruption and engine', () => {
    assert.match(specWords(specOf('parts')), /64 × 64 gray \(4,096 numbers\) through a latent of 20/);
    assert.equal(corruptionWords({ noise: 0, erase: 0 }), 'none');
    assert.equal(corruptionWords({ noise: 0.2, erase: 1 }), 'Gaussian noise σ = 0.2 and 1 erased rectangle');
    assert.equal(
      engineTitle({ kind: 'webgpu', build: 'x', adapter: 'nvidia ampere', reason: '' }),
      'WebGPU on nvidia ampere',
    );
    assert.equal(engineTitle({ kind: 'wasm', build: 'x', reason: '' }), 'WASM');
  });
});
