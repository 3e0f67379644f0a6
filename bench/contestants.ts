// Training on our wasm engine in Node, as the benches time it.
import { setFlagsFromString } from 'node:v8';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { kernelFiles } from '../scripts/build-kernels.mjs';
import { root } from '../scripts/lib/paths.mjs';
import type { Batch, Engine } from '../src/engine/backends/engine.ts';
import { createWasmEngine, type KernelBuild } from '../src/engine/backends/wasm/engine.ts';
import type { ShardApi } from '../src/engine/backends/wasm/shards/contract.ts';
import type { Helper } from '../src/engine/backends/wasm/shards/team.ts';
import { connectWorker } from '../src/engine/client.ts';
import { buildNetwork } from '../src/engine/model/network.ts';
import { initialParameters } from '../src/engine/model/parameters.ts';
import { notebookSpec, notebookTraining, type ModelSpec } from '../src/shared/model-spec.ts';
import { keyedRandom, uniform } from '../src/shared/random.ts';

export const batchSize = 64;

/** Runs steps of 64 images. */
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

async function steps(engine: Engine, spec: ModelSpec): Promise<Steps> {
  const network = buildNetwork(spec);
  await engine.load(network, initialParameters(network, 1));
  const next = keyedRandom(1, 1);
  const length = batchSize * spec.height * spec.width * spec.channels;
  const input = Float32Array.from({ length }, () => uniform(next));
  const batch: Batch = { count: batchSize, input, target: input };
  return async (count) => {
    for (let i = 0; i < count; i++) await engine.trainStep(batch, notebookTraining);
    await engine.takeLosses();
  };
}

/** @param workers that share each batch, this thread among them */
export async function wasmEngine(build: KernelBuild, workers = 1): Promise<Engine> {
  const modules = {
    simd: new Uint8Array(readFileSync(kernelFiles.simd)),
    fma: new Uint8Array(readFileSync(kernelFiles.fma)),
  };
  const helpers = { workers, start: startThread, log: () => undefined };
  return createWasmEngine(modules, { build, helpers });
}

/** Training steps of a model on {@link wasmEngine}. */
export const wasmSteps = async (spec: ModelSpec, build: KernelBuild, workers = 1): Promise<Steps> =>
  steps(await wasmEngine(build, workers), spec);

const bundle = path.join(root, 'dist/engine/shard-worker.js');

/** The product's own bundle, in a thread that looks to it like a browser's worker. */
const browserWorker = `
  const { parentPort } = require('node:worker_threads');
  globalThis.self = {
    postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
    addEventListener: (type, listener) => parentPort.on(type, (data) => listener({ data })),
  };
`;

function startThread(): Helper {
  const thread = new Worker(browserWorker + readFileSync(bundle, 'utf8'), { eval: true });
  const client = connectWorker<ShardApi, Record<string, never>>(
    {
      postMessage: (message, transfer) => thread.postMessage(message, transfer),
      addEventListener: (type, listener) => void thread.on(type, (data: unknown) => listener({ data })),
      removeEventListener: () => undefined,
      terminate: () => void thread.terminate(),
    },
    {},
  );
  return { call: client.call, send: client.send, terminate: client.terminate };
}
