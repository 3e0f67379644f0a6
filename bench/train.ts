// Training, batch 64: our wasm engine in Node against PyTorch on one thread. CPU time, so that a busy machine does not
// decide. The notebook's model in both builds decides the ratio; larger models are told beside it.
import path from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { enableRelaxedSimd, specOf, stepGigaflop, wasmSteps, type Sides, type Steps } from './contestants.ts';
import { peakGigaflops } from './peak.ts';
import { startPython } from './python.ts';
import { median, ratios, rounded, row, speedWords, type BenchOptions, type BenchResult } from './report.ts';

const models: readonly { readonly sides: Sides; readonly name: string; readonly steps: number }[] = [
  { sides: { height: 28, width: 28, channels: 1 }, name: 'notebook, 28 × 28 gray', steps: 100 },
  { sides: { height: 64, width: 64, channels: 1 }, name: '64 × 64 gray', steps: 12 },
  { sides: { height: 128, width: 128, channels: 3 }, name: '128 × 128 RGB', steps: 3 },
];

/** One contestant: runs steps, returns milliseconds of CPU time per step. */
type Contestant = (steps: number) => Promise<number>;

const timed =
  (run: Steps): Contestant =>
  async (steps) => {
    const before = process.cpuUsage();
    await run(steps);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / steps;
  };

interface Times {
  readonly name: string;
  readonly fused: number[];
  readonly plain: number[];
  readonly rival: number[];
}

async function measure(
  { sides, name, steps }: (typeof models)[number],
  rounds: number,
): Promise<Times & { readonly version: string | null }> {
  const spec = specOf(sides);
  const fused = timed(await wasmSteps(spec, 'fma'));
  const plain = timed(await wasmSteps(spec, 'simd'));
  const shape = [spec.height, spec.width, spec.channels, spec.latent].map(String);
  const python = await startPython(path.join(root, 'bench/torch-rival.py'), shape);
  const rival: Contestant | undefined = python && (async (count) => Number(await python.ask(String(count))));

  const times: Times = { name, fused: [], plain: [], rival: [] };
  const warmUp = Math.ceil(steps / 2);
  await fused(warmUp);
  await plain(warmUp);
  await rival?.(warmUp);
  for (let round = 0; round < rounds; round++) {
    times.fused.push(await fused(steps));
    if (rival) times.rival.push(await rival(steps));
    times.plain.push(await plain(steps));
  }
  python?.stop();
  return { ...times, version: python?.greeting ?? null };
}

export async function bench({ rounds = 7 }: BenchOptions): Promise<BenchResult> {
  enableRelaxedSimd();
  const peak = { fused: peakGigaflops('fma'), plain: peakGigaflops('simd') };
  const lines = [
    `Training step of 64 images: ms of CPU time, median (range) of ${rounds} rounds`,
    `One core's limit here, multiply-adds on registers: ${peak.fused.toFixed(1)} GFLOP/s fused, ${peak.plain.toFixed(1)} plain`,
  ];
  let notebook: Times | undefined;
  for (const model of models) {
    const times = await measure(model, rounds);
    notebook ??= times;
    const gigaflop = stepGigaflop(specOf(model.sides));
    const speed = (values: readonly number[], limit?: number): string =>
      speedWords(gigaflop, median(values), limit);
    const against = (values: readonly number[]): string =>
      times.rival.length > 0 ? `, ${median(ratios(times.rival, values)).toFixed(2)}× PyTorch` : '';
    lines.push(
      `${times.name}, ${model.steps} steps a round of ${gigaflop.toFixed(2)} GFLOP`,
      row(
        'wasm, fused (what Chromium runs)',
        times.fused,
        speed(times.fused, peak.fused) + against(times.fused),
      ),
      row('wasm, plain SIMD', times.plain, speed(times.plain, peak.plain) + against(times.plain)),
      times.version === null
        ? '  PyTorch is not installed for /usr/bin/python3 (Debian: python3-torch): no rival to measure.'
        : row(`PyTorch ${times.version}, one thread`, times.rival, speed(times.rival)),
    );
  }
  const { fused, rival } = notebook ?? { fused: [], rival: [] };
  return {
    table: lines.join('\n'),
    summary: {
      ours: rounded(median(fused)),
      rival: rival.length > 0 ? rounded(median(rival)) : null,
      ratio: rival.length > 0 ? rounded(median(ratios(rival, fused))) : null,
      unit: 'ms CPU per step of 64',
      rounds,
    },
  };
}
