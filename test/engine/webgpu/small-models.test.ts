// The WebGPU engine on models of every kind, against the same mathematics in double precision.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parameterInfos } from '../../../src/engine/model/parameters.ts';
import { relativeError } from '../support/compare.ts';
import { cases } from './cases.ts';
import { openEngine } from './open-engine.ts';
import { doubles, lossAndGradients, reconstruct, train } from './reference-network.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

const optimizer = { learningRate: 1e-3, weightDecay: 1e-5 };

for (const { name, network, parameters, batch } of cases) {
  test(`${name}: forward pass, gradients and three Adam steps`, async (t) => {
    const open = await openEngine(t);
    if (!open) return;
    const { engine } = open;
    const weights = doubles(parameters);
    await engine.load(network, parameters);

    const expected = reconstruct(network, weights, batch.input, batch.count);
    const actual = await engine.reconstruct(batch.input, batch.count);
    assert.ok(relativeError(actual.images, expected.images) <= 2e-6);
    assert.ok(relativeError(actual.latents, expected.latents) <= 5e-6);
    assert.deepEqual(await engine.encode(batch.input, batch.count), actual.latents);
    assert.deepEqual(await engine.decode(actual.latents, batch.count), actual.images);

    const wanted = lossAndGradients(network, weights, batch);
    const { loss, gradients } = await engine.gradients(batch);
    assert.ok(relativeError([loss], [wanted.loss]) <= 1e-6);
    assert.deepEqual(
      [...gradients.keys()],
      parameterInfos(network).map((info) => info.name),
    );
    let worst = 0;
    for (const [parameter, values] of gradients) {
      const error = relativeError(values, wanted.gradients.get(parameter) ?? []);
      worst = Math.max(worst, error);
      assert.ok(error <= 1e-5, `the gradient of ${parameter} is off by ${error}`);
    }
    t.diagnostic(`worst relative error of a gradient ${worst}`);

    const trained = train(network, weights, batch, optimizer, 3);
    for (let step = 0; step < 3; step++) await engine.trainStep(batch, optimizer);
    assert.ok(relativeError(await engine.takeLosses(), trained.losses) <= 1e-5);
    let worstWeight = 0;
    for (const [parameter, values] of await engine.readParameters()) {
      const error = relativeError(values, trained.weights.get(parameter) ?? []);
      worstWeight = Math.max(worstWeight, error);
      assert.ok(error <= 1e-4, `${parameter} is off by ${error} after three steps`);
    }
    t.diagnostic(`worst relative error of weights after three steps ${worstWeight}`);
  });
}

test('the reference itself: gradients agree with finite differences', () => {
  for (const { name, network, parameters, batch } of cases.filter(({ batch }) => batch.count <= 3)) {
    const weights = doubles(parameters);
    const { gradients } = lossAndGradients(network, weights, batch);
    for (const { name: parameter } of parameterInfos(network)) {
      const values = weights.get(parameter);
      const gradient = gradients.get(parameter);
      assert.ok(values && gradient);
      // The element with the largest gradient, so that a dead unit does not pass for a right one.
      const index = gradient.reduce(
        (best, g, i) => (Math.abs(g) > Math.abs(gradient[best] ?? 0) ? i : best),
        0,
      );
      const original = values[index] ?? 0;
      const lossAt = (value: number): number => {
        values[index] = value;
        return lossAndGradients(network, weights, batch).loss;
      };
      const step = 1e-6;
      const difference = (lossAt(original + step) - lossAt(original - step)) / (2 * step);
      values[index] = original;
      const error = relativeError([gradient[index] ?? 0], [difference]);
      assert.ok(error <= 1e-4, `${name}, ${parameter}: off by ${error}`);
    }
  }
});

test('a batch gives the same result run to run, and so does a run resumed from what was read', async (t) => {
  const open = await openEngine(t);
  const [chosen] = cases;
  if (!open || !chosen) return;
  const { engine } = open;
  const { network, parameters, batch } = chosen;
  const steps = async (count: number): Promise<void> => {
    for (let step = 0; step < count; step++) await engine.trainStep(batch, optimizer);
  };
  await engine.load(network, parameters);
  await steps(4);
  const unbroken = { weights: await engine.readParameters(), adam: await engine.readAdam() };
  const losses = await engine.takeLosses();
  assert.equal(unbroken.adam.step, 4);

  await engine.load(network, parameters);
  await steps(2);
  const [weights, adam] = [await engine.readParameters(), await engine.readAdam()];
  assert.deepEqual(await engine.takeLosses(), losses.slice(0, 2));
  await engine.load(network, weights, adam);
  await steps(2);
  assert.deepEqual(await engine.readParameters(), unbroken.weights);
  assert.deepEqual(await engine.readAdam(), unbroken.adam);
  assert.deepEqual(await engine.takeLosses(), losses.slice(2));
});

test('parameters and moments come back as they were loaded', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  for (const { network, parameters } of cases) {
    const adam = {
      step: 3,
      first: parameters,
      second: new Map([...parameters].map(([n, v]) => [n, v.map(Math.abs)])),
    };
    await open.engine.load(network, parameters, adam);
    assert.deepEqual(await open.engine.readParameters(), parameters);
    assert.deepEqual(await open.engine.readAdam(), adam);
  }
});

test('many images go through in chunks, in order', async (t) => {
  const open = await openEngine(t);
  const chosen = cases[1];
  if (!open || !chosen) return;
  const { network, parameters, batch } = chosen;
  await open.engine.load(network, parameters);
  const copies = 60;
  const pixels = batch.input.length;
  const many = Float32Array.from({ length: copies * pixels }, (_, i) => batch.input[i % pixels] ?? 0);
  const one = await open.engine.reconstruct(batch.input, batch.count);
  const all = await open.engine.reconstruct(many, copies * batch.count);
  assert.equal(all.images.length, copies * pixels);
  for (const copy of [0, 51, 52, 59]) {
    const images = all.images.subarray(copy * pixels, (copy + 1) * pixels);
    assert.ok(relativeError(images, one.images) <= 1e-6, `copy ${copy}`);
  }
  assert.deepEqual(await open.engine.encode(new Float32Array(0), 0), new Float32Array(0));
});
