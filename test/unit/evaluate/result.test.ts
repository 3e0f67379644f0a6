// The printed result: its form is a promise to programs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../scripts/evaluate/options.ts';
import { printedResult, summaryLines } from '../../../scripts/evaluate/result.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import type { EvaluateResult } from '../../../src/shared/protocol/engine.ts';

const result: EvaluateResult = {
  engine: { kind: 'wasm', build: 'wasm-fma-1', reason: 'asked for' },
  spec: notebookSpec,
  training: { ...notebookTraining, epochs: 2, seed: 7 },
  counts: { fit: 160, validation: 20, calibration: 20, test: 0, good: 50, bad: 10 },
  calibrationImages: 20,
  score: 'combined',
  seconds: { load: 0.5, train: 2, score: 0.25 },
  loss: { train: [0.05, 0.02], validation: [0.03, 0.01] },
  baseline: { model: 0.01, pca: 0.012, components: 20, images: 160 },
  denoise: null,
  synthetic: null,
  threshold: 0.0123,
  falsePositiveRate: 0.04,
  notebookRule: { threshold: 0.008, flagged: 0.3623 },
  bad: [
    {
      path: 'scratches',
      count: 10,
      auroc: { combined: 0.9, mse: 0.8 },
      tprAt1Fpr: 0.5,
      caught: 0.6,
      pca: { components: 20, auroc: 0.7 },
    },
  ],
};

const withPreset = parseOptions(['--preset', 'notebook', '--train', 'a', '--validation', 'b']);
const without = parseOptions(['--train', 'a']);

test('the JSON has every promised member, and says what 20 calibration images can promise', () => {
  const printed = printedResult(result, without);
  const members =
    'engine adapter spec counts seconds loss threshold falsePositiveRate bad recipe seed calibration baseline';
  for (const member of members.split(' ')) assert.ok(member in printed, member);
  assert.equal(printed.engine, 'wasm');
  assert.equal(printed.adapter, null);
  assert.equal(printed.seed, 7);
  assert.deepEqual(printed.calibration, { images: 20, requestedRate: 0.01, promisedRate: 1 / 21 });
  assert.deepEqual(JSON.parse(JSON.stringify(printed)), printed);
});

test('the notebook’s rule is printed with its preset alone', () => {
  assert.equal('notebookRule' in printedResult(result, without), false);
  const printed = printedResult({ ...result, threshold: null, falsePositiveRate: null }, withPreset);
  assert.deepEqual(printed.notebookRule, { threshold: 0.008, flagged: 0.3623 });
  assert.equal(printed.calibration, null);
  assert.ok(summaryLines(printed).some((line) => /0\.008 flags 36\.2 %/.test(line)));
});

test('synthetic defects are printed by kind, and only where they were asked for', () => {
  assert.equal('synthetic' in printedResult(result, without), false);
  const kinds = [{ kind: 'blob', count: 50, auroc: 0.91, tprAt1Fpr: 0.4 }] as const;
  const printed = printedResult({ ...result, synthetic: { drawnInto: 'good', kinds } }, without);
  assert.deepEqual([printed.syntheticOn, printed.synthetic], ['good', kinds]);
  assert.ok(
    summaryLines(printed).some((line) => line.startsWith('synthetic blob (50 good images): AUROC 0.9100')),
  );
});

test('people read rates with what can be promised, and a dash where there is nothing', () => {
  const lines = summaryLines(printedResult(result, without)).join('\n');
  assert.match(lines, /28 × 28 gray, latent 20, notebook recipe, seed 7/);
  assert.match(lines, /validation error: model 0\.01, PCA-20 0\.012/);
  assert.match(lines, /4\.76 %, the least that 20 images can promise/);
  assert.match(lines, /false-positive rate on 50 good images: 4 %/);
  assert.match(
    lines,
    /scratches \(10\): AUROC combined 0\.9000, mse 0\.8000; 50 % found .* PCA-20 AUROC 0\.7000/,
  );
  const [bare] = result.bad.map((each) => ({
    ...each,
    auroc: null,
    tprAt1Fpr: null,
    caught: null,
    pca: null,
  }));
  assert.ok(bare);
  const dashes = summaryLines(printedResult({ ...result, bad: [bare] }, without)).at(-1);
  assert.equal(dashes, 'scratches (10): AUROC –; – found at 1 % false positives; – above the threshold');
});
