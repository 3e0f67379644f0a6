// Training in two workers against one: wall time of the notebook's step, batch 64. Says what the machine was doing, for
// on busy cores a second worker has nothing to run on.
import { cpus, loadavg } from 'node:os';
import { enableRelaxedSimd, specOf, wasmSteps, type Steps } from './contestants.ts';
import { corruptionOf, type ModelSpec } from '../src/shared/model-spec.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';

const models: readonly { readonly spec: ModelSpec; readonly name: string; readonly steps: number }[] = [
  { spec: specOf({ height: 28, width: 28, channels: 1 }), name: 'notebook, 28 × 28 gray', steps: 100 },
  { spec: specOf({ height: 64, width: 64, channels: 1 }), name: '64 × 64 gray', steps: 15 },
  {
    spec: {
      ...specOf({ height: 64, width: 64, channels: 1 }),
      recipe: 'detector',
      corruption: corruptionOf.detector,
    },
    name: '64 × 64 gray, its input corrupted',
    steps: 15,
  },
];

/** The median step: a core that is wanted elsewhere for a moment does not decide. */
async function wall(run: Steps, steps: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await run(1);
    times.push(performance.now() - start);
  }
  return median(times);
}

export async function bench({ rounds = 7 }: BenchOptions): Promise<BenchResult> {
  enableRelaxedSimd();
  const load = loadavg()[0] ?? NaN;
  const lines = [
    `Training step of 64 images: ms of wall time of the median step, median (range) of ${rounds} rounds; ${cpus().length} processors, load ${load.toFixed(2)} at the start`,
  ];
  let notebook: { one: number[]; two: number[] } | undefined;
  for (const { spec, name, steps } of models) {
    const one = await wasmSteps(spec, 'fma');
    const two = await wasmSteps(spec, 'fma', 2);
    const times: { one: number[]; two: number[] } = { one: [], two: [] };
    await one(steps);
    await two(steps);
    for (let round = 0; round < rounds; round++) {
      times.one.push(await wall(one, steps));
      times.two.push(await wall(two, steps));
    }
    notebook ??= times;
    const gain = median(ratios(times.one, times.two)).toFixed(2);
    lines.push(name, row('two workers', times.two, `${gain}× one`), row('one worker', times.one));
  }
  const { one, two } = notebook ?? { one: [], two: [] };
  return {
    table: lines.join('\n'),
    summary: {
      ours: rounded(median(two)),
      rival: rounded(median(one)),
      ratio: rounded(median(ratios(one, two))),
      unit: 'ms wall per step of 64',
      rounds,
    },
  };
}
