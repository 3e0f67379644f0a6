// Training on our wasm engine in Node, as the benches time it.
import { setFlagsFromString } from 'node:v8';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { kernelFiles } from '../scripts/build-kernels.mjs';
import { root } from '../scripts/lib/paths.mjs';
import * as esbuild from 'esbuild';
import type { Engine } from '../src/engine/backends/engine.ts';
import { createWasmEngine, type KernelBuild } from '../src/engine/backends/wasm/engine.ts';
import { geometryOf } from '../src/engine/backends/wasm/geometry.ts';
import type { ShardApi } from '../src/engine/backends/wasm/shards/contract.ts';
import type { Helper } from '../src/engine/backends/wasm/shards/team.ts';
import { connectWorker } from '../src/engine/client.ts';
import { buildNetwork, layersOf } from '../src/engine/model/network.ts';
import { initialParameters } from '../src/engine/model/parameters.ts';
import { BatchMaker } from '../src/engine/training/batches.ts';
import { notebookSpec, notebookTraining, type ModelSpec } from '../src/shared/model-spec.ts';
import { keyedRandom } from '../src/shared/random.ts';

export const batchSize = 64;

/** Runs steps on batches of 64 images, or of as many as it was made for. */
export type Steps = (steps: number) => Promise<void>;

export interface Sides {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export const specOf = ({ height, width, channels }: Sides): ModelSpec => ({
  ...notebookSpec,
  height,
  width,
  channels,
});

/** Node 20 has relaxed SIMD behind a flag; later versions and Chromium have it on. To be called before any engine is made. */
export function enableRelaxedSimd(): void {
  if (Number(process.versions.node.split('.')[0]) < 22) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
}

/** Multiply-adds of one image's way through each layer. */
const layerWork = (spec: ModelSpec): number[] =>
  layersOf(buildNetwork(spec)).map((layer) => {
    const { patch, small } = geometryOf(layer);
    return patch * small.channels * (layer.strided ? small.height * small.width : 1);
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Arithmetic of a reconstruction, in 10⁹ operations, a multiply-add counted as two. */
export const forwardGigaflop = (spec: ModelSpec): number => (2 * sum(layerWork(spec))) / 1e9;

/** Arithmetic of a training step of 64 images, counted the same way. */
export function stepGigaflop(spec: ModelSpec): number {
  const layers = layerWork(spec);
  // Backward, by weights and by input; nobody asks for the gradient by the images.
  return (2 * batchSize * (3 * sum(layers) - (layers[0] ?? 0))) / 1e9;
}

async function steps(engine: Engine, spec: ModelSpec, images: number): Promise<Steps> {
  const network = buildNetwork(spec);
  await engine.load(network, initialParameters(network, 1));
  const { height, width, channels } = spec;
  const next = keyedRandom(1, 1);
  const pixels = Uint8Array.from({ length: images * height * width * channels }, () => next() & 255);
  const packed = { shape: { height, width, channels }, count: images, pixels };
  const batches = new BatchMaker(packed, spec, images, 1);
  const all = Uint32Array.from({ length: images }, (_, i) => i);
  return async (count) => {
    for (let i = 0; i < count; i++) await engine.trainStep(batches.make(all, i), notebookTraining);
    await engine.takeLosses();
  };
}

/**
 * @param workers that share each batch, this thread among them. A team that breaks up ends the bench: one worker must
 * not pass for two.
 */
export async function wasmEngine(build: KernelBuild, workers = 1): Promise<Engine> {
  const modules = {
    simd: new Uint8Array(readFileSync(kernelFiles.simd)),
    fma: new Uint8Array(readFileSync(kernelFiles.fma)),
  };
  const code = workers > 1 ? await shardWorker() : '';
  const helpers = { workers, start: () => startThread(code), log: failOnOne };
  return createWasmEngine(modules, { build, helpers });
}

/** Training steps of a model on {@link wasmEngine}; `images` in each batch. */
export const wasmSteps = async (
  spec: ModelSpec,
  build: KernelBuild,
  { workers = 1, images = batchSize } = {},
): Promise<Steps> => steps(await wasmEngine(build, workers), spec, images);

/** Wall time of each of so many steps, in milliseconds. */
export async function stepTimes(run: Steps, steps: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await run(1);
    times.push(performance.now() - start);
  }
  return times;
}

function failOnOne(text: string): void {
  if (!text.includes('goes on in one worker')) return;
  console.error(text);
  process.exit(1);
}

/** The helpers' code, as the product bundles it. */
async function shardWorker(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(root, 'src/engine/shard-worker.ts')],
    ...{ bundle: true, minify: true, format: 'iife', target: 'es2022', write: false },
  });
  return outputFiles[0]?.text ?? '';
}

/** Makes a thread look to the product's own code like a browser's worker. */
const browserWorker = `
  const { parentPort } = require('node:worker_threads');
  globalThis.self = {
    postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
    addEventListener: (type, listener) => parentPort.on(type, (data) => listener({ data })),
  };
`;

function startThread(code: string): Helper {
  const thread = new Worker(browserWorker + code, { eval: true });
  const client = connectWorker<ShardApi, Record<string, never>>(
    {
      postMessage: (message, transfer) => thread.postMessage(message, transfer as ArrayBuffer[]),
      addEventListener: (type, listener) => void thread.on(type, (data: unknown) => listener({ data })),
      removeEventListener: () => undefined,
      terminate: () => void thread.terminate(),
    },
    {},
  );
  return { call: client.call, send: client.send, terminate: client.terminate };
}
