// Training the notebook's model, batch 64: our wasm engine in Node against PyTorch on one thread. CPU time, so that a
// busy machine does not decide.
import { setFlagsFromString } from 'node:v8';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { kernelFiles } from '../scripts/build-kernels.mjs';
import { root } from '../scripts/lib/paths.mjs';
import type { Batch } from '../src/engine/backends/engine.ts';
import { createWasmEngine, type KernelBuild } from '../src/engine/backends/wasm/engine.ts';
import { buildNetwork } from '../src/engine/model/network.ts';
import { initialParameters } from '../src/engine/model/parameters.ts';
import { notebookSpec, notebookTraining } from '../src/shared/model-spec.ts';
import { keyedRandom, uniform } from '../src/shared/random.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { startPython } from './python.ts';

const warmUpSteps = 60;
const stepsPerRound = 100;

/** One contestant: runs steps, returns milliseconds of CPU time per step. */
type Contestant = (steps: number) => Promise<number>;

async function ours(build: KernelBuild): Promise<Contestant> {
  const modules = {
    simd: new Uint8Array(readFileSync(kernelFiles.simd)),
    fma: new Uint8Array(readFileSync(kernelFiles.fma)),
  };
  const engine = await createWasmEngine(modules, { build });
  const network = buildNetwork(notebookSpec);
  await engine.load(network, initialParameters(network, 1));
  const next = keyedRandom(1, 1);
  const input = Float32Array.from({ length: 64 * 28 * 28 }, () => uniform(next));
  const batch: Batch = { count: 64, input, target: input };
  return async (steps) => {
    const before = process.cpuUsage();
    for (let i = 0; i < steps; i++) await engine.trainStep(batch, notebookTraining);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / steps;
  };
}

export async function bench({ rounds = 7 }: BenchOptions): Promise<BenchResult> {
  // Node 20 has relaxed SIMD behind a flag; later versions and Chromium have it on.
  if (Number(process.versions.node.split('.')[0]) < 22) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  const fused = await ours('fma');
  const plain = await ours('simd');
  const python = await startPython(path.join(root, 'bench/train-rival.py'));
  const rival: Contestant | undefined = python && (async (steps) => Number(await python.ask(String(steps))));

  const times = { fused: [] as number[], plain: [] as number[], rival: [] as number[] };
  await fused(warmUpSteps);
  await plain(warmUpSteps);
  await rival?.(warmUpSteps);
  for (let round = 0; round < rounds; round++) {
    times.fused.push(await fused(stepsPerRound));
    if (rival) times.rival.push(await rival(stepsPerRound));
    times.plain.push(await plain(stepsPerRound));
  }
  python?.stop();

  const ratio = rival ? median(ratios(times.rival, times.fused)) : null;
  const against = (values: readonly number[]): string =>
    rival ? `${median(ratios(times.rival, values)).toFixed(2)}× PyTorch` : '';
  const lines = [
    `Training step of the notebook's model, batch 64: ms of CPU time, median (range) of ${rounds} rounds of ${stepsPerRound} steps`,
    row('wasm, fused (what Chromium runs)', times.fused, against(times.fused)),
    row('wasm, plain SIMD', times.plain, against(times.plain)),
    rival
      ? row(`PyTorch ${python?.greeting ?? ''}, one thread`, times.rival)
      : '  PyTorch is not installed for /usr/bin/python3 (Debian: python3-torch): no rival to measure.',
  ];
  return {
    table: lines.join('\n'),
    summary: {
      ours: rounded(median(times.fused)),
      rival: rival ? rounded(median(times.rival)) : null,
      ratio: ratio === null ? null : rounded(ratio),
      unit: 'ms CPU per step of 64',
      rounds,
    },
  };
}
