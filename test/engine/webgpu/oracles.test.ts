// The WebGPU engine against PyTorch and against the WASM engine: the notebook's model.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Batch } from '../../../src/engine/backends/engine.ts';
import { notebookTraining } from '../../../src/shared/model-spec.ts';
import { requireOrSkip } from '../../support/data.ts';
import { largestDifference, relativeError } from '../support/compare.ts';
import { mnistTest, mnistTrain, readMnist } from '../support/mnist.ts';
import { notebookNetwork, Oracle, tenStepsFile, trainedFile } from '../support/oracle.ts';
import { wasmEngine } from '../support/wasm.ts';
import { openEngine } from './open-engine.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

const pixels = 28 * 28;
const steps = 10;

test('the trained notebook model scores test images as PyTorch and the WASM engine do', async (t) => {
  if (!requireOrSkip(t, trainedFile, mnistTest)) return;
  const open = await openEngine(t);
  if (!open) return;
  const count = 64;
  const oracle = new Oracle(trainedFile);
  await open.engine.load(notebookNetwork, oracle.parameters());
  const images = readMnist(mnistTest, 0, count);
  const actual = await open.engine.reconstruct(images, count);

  const scores = Float64Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let i = n * pixels; i < (n + 1) * pixels; i++) {
      sum += ((actual.images[i] ?? NaN) - (images[i] ?? NaN)) ** 2;
    }
    return sum / pixels;
  });
  const scoreError = largestDifference(scores, oracle.floats('oracle.scores').subarray(0, count));
  const latentError = largestDifference(
    actual.latents,
    oracle.floats('oracle.latents').subarray(0, count * 20),
  );
  t.diagnostic(`largest error of scores ${scoreError}, of latents ${latentError}`);
  assert.ok(scoreError <= 1e-6, `scores differ by ${scoreError}`);
  assert.ok(latentError <= 1e-4, `latents differ by ${latentError}`);

  const wasm = await wasmEngine('simd');
  await wasm.load(notebookNetwork, oracle.parameters());
  const other = await wasm.reconstruct(images, count);
  wasm.dispose();
  const between = largestDifference(actual.images, other.images);
  t.diagnostic(`largest difference of a pixel from the WASM engine ${between}`);
  assert.ok(between <= 2e-5, `the engines' pixels differ by ${between}`);
});

test(`${steps} training steps give PyTorch's losses, gradients and weights`, async (t) => {
  if (!requireOrSkip(t, tenStepsFile, mnistTrain)) return;
  const open = await openEngine(t);
  if (!open) return;
  const { engine } = open;
  const oracle = new Oracle(tenStepsFile);
  await engine.load(notebookNetwork, oracle.parameters('initial.'));
  const images = readMnist(mnistTrain, 0, steps * 64);
  const batch = (step: number): Batch => {
    const input = images.subarray(step * 64 * pixels, (step + 1) * 64 * pixels);
    return { count: 64, input, target: input };
  };

  const { gradients } = await engine.gradients(batch(0));
  assert.equal(gradients.size, 16);
  let worst = 0;
  for (const [name, values] of gradients) {
    const error = relativeError(values, oracle.floats(`step1.grad.${name}`));
    worst = Math.max(worst, error);
    assert.ok(error <= 2e-5, `the gradient of ${name} is off by ${error}`);
  }
  t.diagnostic(`worst relative error of a gradient ${worst}`);

  const started = performance.now();
  for (let step = 1; step <= steps; step++) {
    await engine.trainStep(batch(step - 1), notebookTraining);
    if (step !== 1 && step !== 10) continue;
    let worstWeight = 0;
    for (const [name, values] of await engine.readParameters()) {
      const error = relativeError(values, oracle.floats(`after${step}.${name}`));
      worstWeight = Math.max(worstWeight, error);
      assert.ok(error <= 1e-4, `${name} is off by ${error} after step ${step}`);
    }
    t.diagnostic(`worst relative error of weights after step ${step}: ${worstWeight}`);
  }
  const losses = await engine.takeLosses();
  t.diagnostic(`${((performance.now() - started) / steps / 1000).toFixed(1)} s per step of 64`);
  const lossError = relativeError(losses, oracle.floats('losses').subarray(0, steps));
  t.diagnostic(`relative error of the losses ${lossError}`);
  assert.ok(lossError <= 1e-5, `losses are off by ${lossError}`);
});
