// What goes wrong on a GPU must be said: tfjs keeps it to itself.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DeviceGuard } from '../../../src/engine/backends/webgpu/device.ts';
import { createWebgpuEngine } from '../../../src/engine/backends/webgpu/engine.ts';
import * as tf from '@tensorflow/tfjs-core';
import { LossLog } from '../../../src/engine/backends/webgpu/loss-log.ts';
import type { TfjsBackend } from '../../../src/engine/backends/webgpu/tfjs.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import { skipOrFail } from '../../support/data.ts';
import { cases } from './cases.ts';
import { openEngine } from './open-engine.ts';
import { releaseSoftwareGpu, softwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

const optimizer = { learningRate: 1e-3, weightDecay: 1e-5 };
const chosen = cases[1];
if (!chosen) throw new Error('There are no cases.');
const { network, parameters, batch } = chosen;

const withCode =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    error instanceof LensError && error.code === code;

test('a lost device rejects what waits and all that follows', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const { engine, device } = open;
  await engine.load(network, parameters);
  await engine.trainStep(batch, optimizer);
  const waiting = [engine.trainStep(batch, optimizer), engine.takeLosses(), engine.readParameters()];
  device.destroy();
  for (const call of waiting) await assert.rejects(call, withCode('device-lost'));
  await assert.rejects(engine.trainStep(batch, optimizer), withCode('device-lost'));
  await assert.rejects(engine.takeLosses(), withCode('device-lost'));
  await assert.rejects(engine.encode(batch.input, batch.count), withCode('device-lost'));
  await assert.rejects(engine.load(network, parameters), withCode('device-lost'));
  engine.dispose();

  const next = await openEngine(t);
  assert.ok(next, 'a new engine opens after the loss');
  await next.engine.load(network, parameters);
  assert.equal((await next.engine.reconstruct(batch.input, batch.count)).latents.length, batch.count * 3);
});

test('a device lost in the middle of a wait does not leave the wait hanging', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const { engine, device } = open;
  await engine.load(network, parameters);
  const losses = engine.trainStep(batch, optimizer).then(() => engine.takeLosses());
  setTimeout(() => {
    device.destroy();
  }, 1);
  await assert.rejects(losses, withCode('device-lost'));
});

/** Makes every shader of a label worthless; counts them. */
const spoiling =
  (label: RegExp, count: { spoiled: number }) =>
  (device: GPUDevice): void => {
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      if (!label.test(descriptor.label ?? '')) return create(descriptor);
      count.spoiled++;
      return create({ ...descriptor, code: `${descriptor.code} nonsense` });
    };
  };

test('a shader of the training step that does not compile is an error, not a wrong number', async (t) => {
  const count = { spoiled: 0 };
  const open = await openEngine(t, spoiling(/ parameters$/, count));
  if (!open) return;
  const { engine } = open;
  await engine.load(network, parameters);
  await engine.reconstruct(batch.input, batch.count);
  assert.equal(count.spoiled, 0);

  const step = engine.trainStep(batch, optimizer);
  await assert.rejects(
    step.then(() => engine.takeLosses()),
    withCode('engine-failed'),
  );
  assert.ok(count.spoiled > 0);
  await assert.rejects(engine.readParameters(), withCode('engine-failed'), 'nothing is read after a failure');
  await engine.load(network, parameters);
  await assert.rejects(engine.gradients(batch), withCode('engine-failed'), 'it does not heal by itself');
});

test('a shader of tfjs that does not compile is an error, too', async (t) => {
  const count = { spoiled: 0 };
  const open = await openEngine(t, spoiling(/^Conv2D/, count));
  const affected = cases[0];
  if (!open || !affected) return;
  const { engine } = open;
  // The smallest map has no strided convolution: it is not affected.
  await engine.load(network, parameters);
  await engine.reconstruct(batch.input, batch.count);
  assert.equal(count.spoiled, 0);

  await engine.load(affected.network, affected.parameters);
  const { input, count: images } = affected.batch;
  await assert.rejects(engine.reconstruct(input, images), withCode('engine-failed'));
  assert.ok(count.spoiled > 0);
});

test('an error outside of any scope reaches the next call', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const { engine, device } = open;
  await engine.load(network, parameters);
  device.createShaderModule({ code: 'fn nonsense' });
  await device.queue.onSubmittedWorkDone();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await assert.rejects(engine.takeLosses(), withCode('engine-failed'));
  await engine.load(network, parameters);
  assert.deepEqual(await engine.takeLosses(), [], 'loading anew is a fresh start');
});

test('a batch that no buffer can hold is refused before the device has to', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const large = buildNetwork({ ...notebookSpec, height: 256, width: 256 });
  await open.engine.load(large, initialParameters(large, 1));
  const empty = new Float32Array(0);
  await assert.rejects(
    open.engine.trainStep({ count: 1e6, input: empty, target: empty }, optimizer),
    withCode('out-of-memory'),
  );
  assert.deepEqual(await open.engine.takeLosses(), [], 'and the engine goes on');
});

test('before anything is loaded, and beside another engine, it says so', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  await assert.rejects(open.engine.takeLosses(), withCode('engine-failed'));
  const software = await softwareGpu();
  assert.ok('gpu' in software);
  await assert.rejects(
    createWebgpuEngine({ gpu: software.gpu, allowFallbackAdapter: true }),
    withCode('engine-failed'),
  );
});

test('without leave, a software adapter is refused; without an adapter, nothing opens', async (t) => {
  const software = await softwareGpu();
  if ('missing' in software) {
    skipOrFail(t, software.missing);
    return;
  }
  const { gpu } = software;
  await assert.rejects(
    createWebgpuEngine({ gpu, allowFallbackAdapter: false }),
    withCode('engine-unavailable'),
  );
  const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
  await assert.rejects(
    createWebgpuEngine({ gpu: none, allowFallbackAdapter: true }),
    withCode('engine-unavailable'),
  );
});

test('tensors and GPU memory do not grow', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const { engine } = open;
  const round = async (): Promise<tf.MemoryInfo> => {
    for (const count of [batch.count, batch.count, 2]) await engine.trainStep({ ...batch, count }, optimizer);
    await engine.takeLosses();
    await engine.gradients(batch);
    await engine.reconstruct(batch.input, batch.count);
    await engine.readParameters();
    return tf.memory();
  };
  await engine.load(network, parameters);
  await round();
  const early = await round();
  for (let i = 0; i < 3; i++) await round();
  assert.deepEqual(await round(), early);
  for (let i = 0; i < 3; i++) await engine.load(network, parameters);
  await round();
  assert.deepEqual(await round(), early, 'nor over loads');
});

test('more steps than the log of losses holds lose none', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const { device } = open;
  const backend: TfjsBackend = {
    device,
    record(commands) {
      const encoder = device.createCommandEncoder();
      commands(encoder);
      device.queue.submit([encoder.finish()]);
    },
    bufferOf: () => assert.fail('no tensors here'),
    trim: () => undefined,
    dispose: () => undefined,
  };
  const guard = new DeviceGuard(device);
  const log = new LossLog(device, 2);
  const count = 1024 + 3;
  for (let i = 0; i < count; i++) {
    const loss = device.createBuffer({ size: 8, usage: GPUBufferUsage.COPY_SRC, mappedAtCreation: true });
    new Float32Array(loss.getMappedRange()).set([i - 0.5, 0.5]);
    loss.unmap();
    assert.equal(log.full, i === 1024);
    if (log.full) await log.flush(backend, guard);
    backend.record((encoder) => {
      log.record(encoder, loss);
    });
  }
  assert.deepEqual(
    await log.take(backend, guard),
    Array.from({ length: count }, (_, i) => i),
  );
  assert.deepEqual(await log.take(backend, guard), []);
  log.dispose();
});
