// Training in two workers against one: wall time of the median step, batch 64. A core that is wanted elsewhere, or
// shares its units with the other, has less to give: so each round also measures two threads with half a batch each and
// nothing to exchange, the most that two workers could reach at that moment.
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';
import { bundleForNode } from '../scripts/lib/test-bundle.mjs';
import { corruptionOf, type ModelSpec } from '../src/shared/model-spec.ts';
import { batchSize, enableRelaxedSimd, specOf, stepTimes, wasmSteps, type Steps } from './contestants.ts';
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

const halfBatches = 'bench/half-batches.ts';

/** Two threads with half a batch each, this one among them; answers with the slower one's median step. */
class Apart {
  readonly #spec: ModelSpec;
  readonly #own: Steps;
  readonly #other: Worker;

  private constructor(spec: ModelSpec, own: Steps, other: Worker) {
    this.#spec = spec;
    this.#own = own;
    this.#other = other;
  }

  static async start(spec: ModelSpec): Promise<Apart> {
    const bundle = (await bundleForNode([halfBatches])).get(halfBatches) ?? '';
    return new Apart(spec, await wasmSteps(spec, 'fma', { images: batchSize / 2 }), new Worker(bundle));
  }

  async run(steps: number): Promise<number> {
    const answer = once(this.#other, 'message') as Promise<[number[]]>;
    this.#other.postMessage({ spec: this.#spec, steps });
    const own = await stepTimes(this.#own, steps);
    const [other] = await answer;
    return Math.max(median(own), median(other));
  }

  async stop(): Promise<void> {
    await this.#other.terminate();
  }
}

interface Times {
  readonly one: number[];
  readonly two: number[];
  readonly apart: number[];
}

async function measure(spec: ModelSpec, steps: number, rounds: number): Promise<Times> {
  const one = await wasmSteps(spec, 'fma');
  const two = await wasmSteps(spec, 'fma', { workers: 2 });
  const apart = await Apart.start(spec);
  const times: Times = { one: [], two: [], apart: [] };
  for (const warmUp of [one, two, (count: number) => apart.run(count)]) await warmUp(steps);
  for (let round = 0; round < rounds; round++) {
    times.one.push(median(await stepTimes(one, steps)));
    times.two.push(median(await stepTimes(two, steps)));
    times.apart.push(await apart.run(steps));
  }
  await apart.stop();
  return times;
}

export async function bench({ rounds = 9 }: BenchOptions): Promise<BenchResult> {
  enableRelaxedSimd();
  const load = loadavg()[0] ?? NaN;
  const lines = [
    `Training step of 64 images: ms of wall time of the median step, median (range) of ${rounds} rounds; ${cpus().length} processors, load ${load.toFixed(2)} at the start`,
  ];
  let notebook: Times | undefined;
  for (const { spec, name, steps } of models) {
    const times = await measure(spec, steps, rounds);
    notebook ??= times;
    const gain = (contestant: readonly number[]): string =>
      `${median(ratios(times.one, contestant)).toFixed(2)}× one`;
    lines.push(
      name,
      row('two workers', times.two, gain(times.two)),
      row('two threads, nothing to exchange', times.apart, gain(times.apart)),
      row('one worker', times.one),
    );
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
