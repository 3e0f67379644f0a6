// The same seed gives the same bits, resumed is unbroken, and what is computed together makes no difference.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { buildNetwork, type Network } from '../../../src/engine/model/network.ts';
import { initialParameters, type Parameters } from '../../../src/engine/model/parameters.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import { randomBatch } from '../support/cases.ts';
import { kernelBuilds, wasmEngine } from '../support/wasm.ts';

const train = async (engine: Engine, network: Network, first: number, steps: number): Promise<void> => {
  for (let step = first; step < first + steps; step++) {
    await engine.trainStep(randomBatch(network, 21, step), notebookTraining);
  }
};

const networks = [
  buildNetwork({ ...notebookSpec, height: 14, width: 11, latent: 6 }),
  buildNetwork({ ...notebookSpec, height: 9, width: 9, channels: 3, variant: 'variational', latent: 5 }),
];

for (const build of kernelBuilds) {
  for (const network of networks) {
    const { variant } = network.spec;

    test(`${build}, ${variant}: two runs agree in every bit`, async () => {
      const runs = [await wasmEngine(build), await wasmEngine(build)] as const;
      for (const engine of runs) {
        await engine.load(network, initialParameters(network, 3));
        await train(engine, network, 0, 6);
      }
      assert.deepEqual(await runs[0].readParameters(), await runs[1].readParameters());
      assert.deepEqual(await runs[0].readAdam(), await runs[1].readAdam());
      assert.deepEqual(await runs[0].takeLosses(), await runs[1].takeLosses());
      assert.notDeepEqual(await runs[0].readParameters(), initialParameters(network, 3));
    });

    test(`${build}, ${variant}: a run resumed from what was read is the unbroken one`, async () => {
      const unbroken = await wasmEngine(build);
      await unbroken.load(network, initialParameters(network, 3));
      await train(unbroken, network, 0, 3);
      const parameters = await unbroken.readParameters();
      const adam = await unbroken.readAdam();
      assert.equal(adam.step, 3);

      const resumed = await wasmEngine(build);
      await resumed.load(network, parameters, adam);
      assert.deepEqual(await resumed.readParameters(), parameters);
      assert.deepEqual(await resumed.readAdam(), adam);
      for (const engine of [unbroken, resumed]) await train(engine, network, 3, 3);
      assert.deepEqual(await resumed.readParameters(), await unbroken.readParameters());
      assert.deepEqual(await resumed.readAdam(), await unbroken.readAdam());
    });
  }

  test(`${build}: an image's result does not depend on its company`, async () => {
    const network = networks[0] as Network;
    const engine = await wasmEngine(build);
    await engine.load(network, initialParameters(network, 3));
    const { input } = randomBatch(network, 37, 5);
    const together = await engine.reconstruct(input, 37);
    const pixels = 14 * 11;
    for (const i of [0, 15, 16, 30, 36]) {
      const alone = await engine.reconstruct(input.subarray(i * pixels, (i + 1) * pixels), 1);
      assert.deepEqual(alone.images, together.images.slice(i * pixels, (i + 1) * pixels));
      assert.deepEqual(alone.latents, together.latents.slice(i * 6, (i + 1) * 6));
      assert.deepEqual(await engine.decode(alone.latents, 1), alone.images);
    }
  });

  test(`${build}: the gradient is the sum of the shards in pairs, each computed apart`, async () => {
    const network = networks[0] as Network;
    const engine = await wasmEngine(build);
    await engine.load(network, initialParameters(network, 3));
    // Four images are four shards of one. A quarter scales the mean exactly, so the sums must agree in every bit.
    const { input } = randomBatch(network, 4, 5);
    const whole = await engine.gradients({ count: 4, input, target: input });
    const pixels = 14 * 11;
    const shards: Parameters[] = [];
    for (let s = 0; s < 4; s++) {
      const image = input.slice(s * pixels, (s + 1) * pixels);
      shards.push((await engine.gradients({ count: 1, input: image, target: image })).gradients);
    }
    for (const [name, values] of whole.gradients) {
      const of = (s: number, i: number): number => (shards[s]?.get(name)?.[i] ?? NaN) / 4;
      const sums = values.map((_, i) => Math.fround(of(0, i) + of(1, i)) + Math.fround(of(2, i) + of(3, i)));
      assert.deepEqual(values, sums, name);
    }
  });
}
