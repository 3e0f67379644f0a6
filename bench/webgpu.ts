// What a training step on the GPU costs the page in JavaScript, whatever the GPU: the notebook's model, batch 64 and its
// upload included, against tfjs with its stock optimizer. Runs on Chromium's software adapter, whose own time is not
// counted: only what is spent until the step is submitted.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { NamedTensor } from '@tensorflow/tfjs-core/dist/tensor_types';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { requestDevice } from '../src/engine/backends/webgpu/device.ts';
import { decode, encode } from '../src/engine/backends/webgpu/forward.ts';
import { flatLayout, toFlat } from '../src/engine/backends/webgpu/prebuilt/layout.ts';
import { createVectors, PrebuiltStep } from '../src/engine/backends/webgpu/prebuilt/step.ts';
import { engineShape, toEngineLayout } from '../src/engine/model/layouts.ts';
import { buildNetwork } from '../src/engine/model/network.ts';
import { initialParameters, parameterInfos } from '../src/engine/model/parameters.ts';
import { notebookSpec, notebookTraining } from '../src/shared/model-spec.ts';
import { keyedRandom, uniform } from '../src/shared/random.ts';
import { countCommands } from '../test/engine/webgpu/counting.ts';
import { softwareGpu, releaseSoftwareGpu } from '../test/engine/webgpu/software-gpu.ts';
import { batchSize } from './contestants.ts';
import { median, rounded, row, type BenchOptions, type BenchResult } from './report.ts';

const ourSteps = 200;
/** tfjs's shaders take seconds a step on the software adapter with more images; its JavaScript does not depend on them. */
const rivalBatch = 1;
const rivalSteps = 5;

const network = buildNetwork(notebookSpec);
const parameters = initialParameters(network, 1);
const pixels = notebookSpec.height * notebookSpec.width;

const images = (count: number): Float32Array => {
  const next = keyedRandom(1, 1);
  return Float32Array.from({ length: count * pixels }, () => uniform(next));
};

interface Cost {
  /** Milliseconds of JavaScript per step. */
  readonly times: readonly number[];
  readonly dispatches: number;
  readonly submissions: number;
}

async function costOf(device: GPUDevice, steps: number, step: () => void): Promise<Cost> {
  step();
  await device.queue.onSubmittedWorkDone();
  const count = countCommands(device);
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    step();
    times.push(performance.now() - start);
    await device.queue.onSubmittedWorkDone();
  }
  return { times, dispatches: count.dispatches / steps, submissions: count.submissions / steps };
}

async function ours(adapter: GPUAdapter): Promise<Cost> {
  const device = await requestDevice(adapter);
  const layout = flatLayout(network);
  const vectors = createVectors(device, layout);
  device.queue.writeBuffer(vectors.parameters, 0, toFlat(layout, parameters));
  const step = new PrebuiltStep(device, network, layout, vectors, {
    capacity: batchSize,
    ownTarget: false,
  });
  const input = images(batchSize);
  const batch = { count: batchSize, input, target: input };
  let number = 0;
  const cost = await costOf(device, ourSteps, () => {
    const encoder = device.createCommandEncoder();
    step.recordTraining(encoder, batch, notebookTraining, ++number);
    device.queue.submit([encoder.finish()]);
  });
  device.destroy();
  return cost;
}

async function stock(adapter: GPUAdapter): Promise<Cost> {
  const device = await requestDevice(adapter);
  const backend = new WebGPUBackend(device, adapter.info);
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend);
  await tf.setBackend('webgpu');
  const variables = new Map(
    parameterInfos(network).map((info) => {
      const values = toEngineLayout(info, parameters.get(info.name) ?? new Float32Array(0));
      return [info.name, tf.variable(tf.tensor(values, [...engineShape(info)]))];
    }),
  );
  const optimizer = tf.train.adam(notebookTraining.learningRate);
  const input = images(rivalBatch);
  const decay = notebookTraining.weightDecay;
  const cost = await costOf(device, rivalSteps, () => {
    tf.tidy(() => {
      const batch = tf.tensor4d(input, [rivalBatch, notebookSpec.height, notebookSpec.width, 1]);
      const { grads } = tf.variableGrads(() =>
        tf.mean(tf.square(tf.sub(decode(network, variables, encode(network, variables, batch)), batch))),
      );
      const decayed: NamedTensor[] = Object.entries(grads).map(([name, gradient]) => {
        const weight = [...variables.values()].find((variable) => variable.name === name);
        return { name, tensor: weight ? tf.add(gradient, tf.mul(weight, decay)) : gradient };
      });
      optimizer.applyGradients(decayed);
    });
    backend.endComputePassEncoder();
    backend.submitQueue();
  });
  backend.dispose();
  return cost;
}

export async function bench(_options: BenchOptions): Promise<BenchResult> {
  const software = await softwareGpu();
  if ('missing' in software) throw new Error(`There is no GPU to measure on: ${software.missing}.`);
  const adapterOf = async (): Promise<GPUAdapter> => {
    const adapter = await software.gpu.requestAdapter();
    if (!adapter) throw new Error('There is no adapter any more.');
    return adapter;
  };
  const our = await ours(await adapterOf());
  const rival = await stock(await adapterOf());
  releaseSoftwareGpu();
  const commands = ({ dispatches, submissions }: Cost): string =>
    `${dispatches.toFixed(0)} dispatches, ${submissions.toFixed(1)} submissions`;
  return {
    table: [
      `JavaScript of a training step on WebGPU, ms, median (range); ours ${ourSteps} steps of ${batchSize}, tfjs ${rivalSteps} of ${rivalBatch}`,
      row('prebuilt step', our.times, commands(our)),
      row('tfjs with its Adam', rival.times, commands(rival)),
    ].join('\n'),
    summary: {
      ours: rounded(median(our.times)),
      rival: rounded(median(rival.times)),
      ratio: rounded(median(rival.times) / median(our.times)),
      unit: 'ms of JavaScript per step',
      rounds: ourSteps,
    },
  };
}
