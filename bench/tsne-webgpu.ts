// An iteration of t-SNE over all pairs on the GPU against one of the tree on WASM, at 10,000 latents of the notebook's
// trained model half-way through a map: wall time, and what the page spends in JavaScript. Runs on Chromium's software
// adapter, which computes on the processor: only the JavaScript says something of a real GPU.
import { nearestNeighbours } from '../src/engine/projection/neighbours.ts';
import type { PointSet } from '../src/engine/projection/points.ts';
import { prepareTsne, type Preparation } from '../src/engine/projection/preparation.ts';
import { startTsne } from '../src/engine/projection/run.ts';
import { iterationMilliseconds, trialState } from '../src/engine/projection/trial.ts';
import { checkIteration } from '../src/engine/projection/webgpu/check.ts';
import { ProjectionGpu } from '../src/engine/projection/webgpu/gpu.ts';
import { GpuTsne } from '../src/engine/projection/webgpu/run.ts';
import { releaseSoftwareGpu, softwareGpu } from '../test/engine/webgpu/software-gpu.ts';
import { projectionProgram, readLatents } from './latents.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';

/** JavaScript does not depend on the number of points; few of them leave the adapter little to do. */
const scriptPoints = 200;
const scriptRounds = 100;
const scriptIterations = 10;

/** Milliseconds of JavaScript per iteration, until its commands are submitted. */
async function scriptTimes(run: GpuTsne): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < scriptRounds; round++) {
    const started = performance.now();
    const running = run.step(scriptIterations);
    times.push((performance.now() - started) / scriptIterations);
    await running;
  }
  return times;
}

export async function bench({ rounds = 3 }: BenchOptions): Promise<BenchResult> {
  const software = await softwareGpu();
  if ('missing' in software) throw new Error(`There is no GPU to measure on: ${software.missing}.`);
  const adapter = await software.gpu.requestAdapter();
  if (!adapter) throw new Error('There is no adapter any more.');
  const latents = readLatents();
  const kernels = await projectionProgram('fma');
  const prepare = (points: PointSet): Promise<Preparation> =>
    prepareTsne({ ...points, seed: 1 }, (set, k, hooks) => nearestNeighbours(kernels, set, k, hooks));
  const preparation = await prepare(latents);
  const trial = { ...preparation, start: trialState(latents.count) };
  const gpu = await ProjectionGpu.open(adapter);
  const onGpu = await GpuTsne.create(gpu, trial);
  await checkIteration(onGpu, trial);
  const onWasm = startTsne(kernels, trial);
  const { points, dimensions } = latents;
  const few = { points: points.slice(0, scriptPoints * dimensions), count: scriptPoints, dimensions };
  const script = await scriptTimes(await GpuTsne.create(gpu, await prepare(few)));
  const times = { gpu: [] as number[], wasm: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.gpu.push(await iterationMilliseconds((count) => onGpu.step(count)));
    times.wasm.push(await iterationMilliseconds((count) => onWasm.step(count)));
  }
  gpu.close();
  releaseSoftwareGpu();
  return {
    table: [
      `An iteration of t-SNE of ${latents.count} points, ms, median (range) of ${rounds} rounds; a software adapter`,
      row('WebGPU, all pairs', times.gpu),
      row('… of it JavaScript', script, `4 dispatches; of ${scriptIterations} iterations in one submission`),
      row('wasm, fused, the tree', times.wasm),
    ].join('\n'),
    summary: {
      ours: rounded(median(times.gpu)),
      rival: rounded(median(times.wasm)),
      ratio: rounded(median(ratios(times.wasm, times.gpu))),
      unit: 'ms per iteration on a software adapter',
      rounds,
    },
  };
}
