// Scoring images with the notebook's model: reconstruction and mean squared error of 2,000 images in our wasm engine in
// Node, against PyTorch on one thread. CPU time.
import path from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { initialParameters } from '../src/engine/model/parameters.ts';
import { buildNetwork } from '../src/engine/model/network.ts';
import { scoreImages } from '../src/engine/scoring/reconstruction-error.ts';
import { notebookSpec } from '../src/shared/model-spec.ts';
import { keyedRandom } from '../src/shared/random.ts';
import { enableRelaxedSimd, forwardGigaflop, wasmEngine } from './contestants.ts';
import { peakGigaflops } from './peak.ts';
import { startPython } from './python.ts';
import { median, ratios, rounded, row, speedWords, type BenchOptions, type BenchResult } from './report.ts';

const count = 2000;

/** Milliseconds of CPU time per 1,000 images. */
type Contestant = () => Promise<number>;

async function ours(build: 'fma' | 'simd'): Promise<Contestant> {
  const { height, width, channels, latent } = notebookSpec;
  const engine = await wasmEngine(build);
  const network = buildNetwork(notebookSpec);
  await engine.load(network, initialParameters(network, 1));
  const next = keyedRandom(1, 1);
  const images = {
    shape: { height, width, channels },
    count,
    pixels: Uint8Array.from({ length: count * height * width }, () => next() & 255),
  };
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return async () => {
    const before = process.cpuUsage();
    await scoreImages(engine, images, all, latent, { breathe: () => Promise.resolve() });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  };
}

export async function bench({ rounds = 7 }: BenchOptions): Promise<BenchResult> {
  enableRelaxedSimd();
  const fused = await ours('fma');
  const plain = await ours('simd');
  const { height, width, channels, latent } = notebookSpec;
  const shape = [height, width, channels, latent].map(String);
  const python = await startPython(path.join(root, 'bench/torch-rival.py'), [...shape, 'score']);
  const rival: Contestant | undefined = python && (async () => Number(await python.ask(String(count))));

  const times = { fused: [] as number[], plain: [] as number[], rival: [] as number[] };
  for (const contestant of [fused, plain, rival]) await contestant?.();
  for (let round = 0; round < rounds; round++) {
    times.fused.push(await fused());
    if (rival) times.rival.push(await rival());
    times.plain.push(await plain());
  }
  python?.stop();
  const speed = (values: readonly number[], build: 'fma' | 'simd'): string => {
    const against = rival ? `, ${median(ratios(times.rival, values)).toFixed(2)}× PyTorch` : '';
    return speedWords(1000 * forwardGigaflop(notebookSpec), median(values), peakGigaflops(build)) + against;
  };
  return {
    table: [
      `Scores of 1,000 images with the notebook's model: ms of CPU time, median (range) of ${rounds} rounds of ${count}`,
      row('wasm, fused (what Chromium runs)', times.fused, speed(times.fused, 'fma')),
      row('wasm, plain SIMD', times.plain, speed(times.plain, 'simd')),
      rival
        ? row(`PyTorch ${python?.greeting ?? ''}, one thread`, times.rival)
        : '  PyTorch is not installed for /usr/bin/python3 (Debian: python3-torch): no rival to measure.',
    ].join('\n'),
    summary: {
      ours: rounded(median(times.fused)),
      rival: rival ? rounded(median(times.rival)) : null,
      ratio: rival ? rounded(median(ratios(times.rival, times.fused))) : null,
      unit: 'ms CPU per 1,000 images',
      rounds,
    },
  };
}
