// One verdict whatever engine made the reconstruction: scores are computed once, in double precision.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ScoredPixels } from '../../../src/engine/scoring/score-model.ts';
import { fitScoreModel } from '../../../src/engine/scoring/score-model.ts';
import { combined } from '../../../src/engine/scoring/combination.ts';
import { scoreSet } from '../../../src/engine/scoring/score-set.ts';
import { calibrate } from '../../../src/engine/training/calibrate.ts';
import { requireOrSkip } from '../../support/data.ts';
import { mnistTest, readMnist } from '../support/mnist.ts';
import { notebookNetwork, Oracle, trainedFile } from '../support/oracle.ts';
import { wasmEngine } from '../support/wasm.ts';
import { openEngine } from '../webgpu/open-engine.ts';
import { releaseSoftwareGpu } from '../webgpu/software-gpu.ts';

after(releaseSoftwareGpu);

const breathe = async (): Promise<void> => undefined;
const numbers = (from: number, count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => from + i);

test('scores of WebGPU’s and WASM’s reconstructions agree, and so do verdicts', async (t) => {
  if (!requireOrSkip(t, trainedFile, mnistTest)) return;
  const open = await openEngine(t);
  if (!open) return;
  const wasm = await wasmEngine('simd');
  t.after(() => wasm.dispose());
  const parameters = new Oracle(trainedFile).parameters();
  await wasm.load(notebookNetwork, parameters);
  await open.engine.load(notebookNetwork, parameters);
  const pixels = Uint8Array.from(readMnist(mnistTest, 0, 900), (value) => Math.round(255 * value));
  const images: ScoredPixels = { shape: { height: 28, width: 28, channels: 1 }, count: 900, pixels };
  const spec = { ...images.shape, recipe: 'detector' as const };
  const model = await fitScoreModel(images, numbers(0, 500), spec, 1, breathe);
  const { combination, card } = await calibrate(
    wasm,
    {
      ...{ images, calibration: numbers(500, 200), group: null, model, pca: null },
      ...{ latent: 20, rate: 0.05, seed: 1, when: '' },
    },
    breathe,
  );
  assert.ok(card);
  const tested = numbers(700, 192);
  const [ours, theirs] = [
    await scoreSet(wasm, model, images, tested, 20, { breathe }),
    await scoreSet(open.engine, model, images, tested, 20, { breathe }),
  ];
  for (const [name, scores] of ours.scores) {
    const other = theirs.scores.get(name);
    const worst = scores.reduce((most, score, n) => Math.max(most, Math.abs(score - (other?.[n] ?? NaN))), 0);
    t.diagnostic(`${name}: at most ${worst} apart`);
    assert.ok(worst <= 1e-3, `${name}: ${worst}`);
  }
  const [a, b] = [combined(combination, ours.scores), combined(combination, theirs.scores)];
  const apart = a.reduce((most, score, n) => Math.max(most, Math.abs(score - (b[n] ?? NaN))), 0);
  let different = 0;
  a.forEach((score, n) => {
    if (score > card.threshold === (b[n] ?? NaN) > card.threshold) return;
    different++;
    assert.ok(Math.abs(score - card.threshold) <= 1e-3);
  });
  t.diagnostic(`the verdict's score: at most ${apart} apart; ${different} of 192 verdicts differ`);
  assert.ok(apart <= 1e-3, `${apart}`);
});
