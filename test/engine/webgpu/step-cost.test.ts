// What a training step costs the page: commands of one step of the notebook's model, counted on the device itself.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { notebookTraining } from '../../../src/shared/model-spec.ts';
import { randomBatch } from '../support/cases.ts';
import { notebookNetwork } from '../support/oracle.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { openEngine } from './open-engine.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

test('a step is at most 40 dispatches and one submission, and makes nothing anew', async (t) => {
  const count = { dispatches: 0, submissions: 0, pipelines: 0, buffers: 0, groups: 0 };
  const open = await openEngine(t, (device) => {
    const { queue } = device;
    const submit = queue.submit.bind(queue);
    queue.submit = (commands) => {
      count.submissions++;
      submit(commands);
    };
    const makeEncoder = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => {
      const encoder = makeEncoder(descriptor);
      const begin = encoder.beginComputePass.bind(encoder);
      encoder.beginComputePass = (options) => {
        const pass = begin(options);
        const dispatch = pass.dispatchWorkgroups.bind(pass);
        pass.dispatchWorkgroups = (...groups) => {
          count.dispatches++;
          dispatch(...groups);
        };
        return pass;
      };
      return encoder;
    };
    const makePipeline = device.createComputePipeline.bind(device);
    device.createComputePipeline = (descriptor) => {
      count.pipelines++;
      return makePipeline(descriptor);
    };
    const makeBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      count.buffers++;
      return makeBuffer(descriptor);
    };
    const makeGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      count.groups++;
      return makeGroup(descriptor);
    };
  });
  if (!open) return;
  const { engine } = open;
  await engine.load(notebookNetwork, initialParameters(notebookNetwork, 1));
  const batch = randomBatch(notebookNetwork, 8, 1);
  await engine.trainStep(batch, notebookTraining);
  await engine.takeLosses();

  const before = { ...count };
  const steps = 3;
  for (let step = 0; step < steps; step++) await engine.trainStep(batch, notebookTraining);
  const cost = (name: keyof typeof count): number => (count[name] - before[name]) / steps;
  t.diagnostic(`${cost('dispatches')} dispatches, ${cost('submissions')} submissions a step`);
  assert.ok(cost('dispatches') > 0 && cost('dispatches') <= 40, `${cost('dispatches')} dispatches`);
  assert.equal(cost('submissions'), 1);
  assert.equal(cost('pipelines') + cost('buffers') + cost('groups'), 0);
});
