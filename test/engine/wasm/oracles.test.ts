// The wasm engine against PyTorch: the notebook's model, trained and while training.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../../src/engine/backends/engine.ts';
import { notebookTraining } from '../../../src/shared/model-spec.ts';
import { requireOrSkip } from '../../support/data.ts';
import { largestDifference, relativeError } from '../support/compare.ts';
import { mnistTest, mnistTrain, readMnist } from '../support/mnist.ts';
import { notebookNetwork, Oracle, tenStepsFile, trainedFile } from '../support/oracle.ts';
import { kernelBuilds, wasmEngine } from '../support/wasm.ts';

const pixels = 28 * 28;

for (const build of kernelBuilds) {
  test(`${build}: the trained notebook model scores all test images as PyTorch does`, async (t) => {
    if (!requireOrSkip(t, trainedFile, mnistTest)) return;
    const oracle = new Oracle(trainedFile);
    const engine = await wasmEngine(build);
    await engine.load(notebookNetwork, oracle.parameters());
    const images = readMnist(mnistTest, 0, 10_000);
    const { images: reconstructions, latents } = await engine.reconstruct(images, 10_000);

    const scores = Float64Array.from({ length: 10_000 }, (_, image) => {
      let sum = 0;
      for (let i = image * pixels; i < (image + 1) * pixels; i++) {
        sum += ((reconstructions[i] ?? NaN) - (images[i] ?? NaN)) ** 2;
      }
      return sum / pixels;
    });
    const scoreError = largestDifference(scores, oracle.floats('oracle.scores'));
    const latentError = largestDifference(latents, oracle.floats('oracle.latents'));
    t.diagnostic(`largest error of scores ${scoreError}, of latents ${latentError}`);
    assert.ok(scoreError <= 1e-7, `scores differ by ${scoreError}`);
    assert.ok(latentError <= 1e-4, `latents differ by ${latentError}`);
    assert.deepEqual(await engine.encode(images, 10_000), latents);
    engine.dispose();
  });

  test(`${build}: ten training steps give PyTorch's losses, gradients and weights`, async (t) => {
    if (!requireOrSkip(t, tenStepsFile, mnistTrain)) return;
    const oracle = new Oracle(tenStepsFile);
    const engine = await wasmEngine(build);
    await engine.load(notebookNetwork, oracle.parameters('initial.'));
    const images = readMnist(mnistTrain, 0, 640);
    const batch = (step: number): Batch => {
      const input = images.subarray(step * 64 * pixels, (step + 1) * 64 * pixels);
      return { count: 64, input, target: input };
    };

    const first = await engine.reconstruct(batch(0).input, 64);
    assert.ok(relativeError(first.images, oracle.floats('step1.reconstruction')) <= 1e-6);
    assert.ok(relativeError(first.latents, oracle.floats('step1.latent')) <= 1e-5);

    const { gradients } = await engine.gradients(batch(0));
    assert.equal(gradients.size, 16);
    let worst = 0;
    for (const [name, values] of gradients) {
      const error = relativeError(values, oracle.floats(`step1.grad.${name}`));
      worst = Math.max(worst, error);
      assert.ok(error <= 1e-5, `the gradient of ${name} is off by ${error}`);
    }
    t.diagnostic(`worst relative error of a gradient ${worst}`);

    for (let step = 0; step < 10; step++) {
      await engine.trainStep(batch(step), notebookTraining);
      if (step !== 0 && step !== 9) continue;
      let worstWeight = 0;
      for (const [name, values] of await engine.readParameters()) {
        const error = relativeError(values, oracle.floats(`after${step + 1}.${name}`));
        worstWeight = Math.max(worstWeight, error);
        assert.ok(error <= 1e-4, `${name} is off by ${error} after step ${step + 1}`);
      }
      t.diagnostic(`worst relative error of weights after step ${step + 1}: ${worstWeight}`);
    }
    const lossError = relativeError(await engine.takeLosses(), oracle.floats('losses'));
    t.diagnostic(`relative error of the ten losses ${lossError}`);
    assert.ok(lossError <= 1e-5, `losses are off by ${lossError}`);
    assert.equal((await engine.readAdam()).step, 10);
    engine.dispose();
  });
}
