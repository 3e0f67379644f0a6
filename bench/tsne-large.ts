// t-SNE of more points: 1,000 iterations of 10,000 to 70,000, CPU time and memory. The points are the notebook's latents,
// each taken as often as needed with a little noise of its own. No rival: scikit-learn's would take a quarter of an hour.
import type { ProjectionProgram } from '../src/engine/projection/kernels.ts';
import type { PointSet } from '../src/engine/projection/points.ts';
import { createTsne } from '../src/engine/projection/run.ts';
import { keyedRandom, normalPair } from '../src/shared/random.ts';
import { projectionProgram, readLatents } from './latents.ts';
import { rounded, type BenchOptions, type BenchResult } from './report.ts';

const sizes = [10_000, 35_000, 70_000] as const;
const iterations = 1_000;
/** In deviations of all latents: well within a cluster. */
const noise = 0.1;

/** @param count a multiple of the points that there are, or fewer */
function enlarged({ points, count: there, dimensions }: PointSet, count: number): PointSet {
  const next = keyedRandom(1, count);
  const deviation = Math.sqrt(points.reduce((sum, value) => sum + value * value, 0) / points.length);
  const all = Float32Array.from({ length: count * dimensions }, (_, i) => {
    const value = points[i % (there * dimensions)] ?? 0;
    return i < there * dimensions ? value : value + noise * deviation * normalPair(next)[0];
  });
  return { points: all, count, dimensions };
}

interface Run {
  readonly count: number;
  /** Of CPU time. */
  readonly preparationSeconds: number;
  readonly iterationMilliseconds: number;
  readonly bytes: number;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measure(kernels: ProjectionProgram, set: PointSet): Promise<Run> {
  const start = cpuSeconds();
  const run = await createTsne({ ...set, perplexity: 30, seed: 1, kernels });
  const prepared = cpuSeconds();
  run.step(iterations);
  const end = cpuSeconds();
  if (!run.coordinates.every(Number.isFinite)) throw new Error(`The map of ${set.count} points fell apart.`);
  const { affinities, neighbours, bytes } = run;
  const arrays = [affinities.starts, affinities.columns, affinities.values];
  const kept = [...arrays, neighbours.indices, neighbours.squared].reduce(
    (sum, a) => sum + a.byteLength,
    bytes,
  );
  return {
    count: set.count,
    preparationSeconds: prepared - start,
    iterationMilliseconds: ((end - prepared) / iterations) * 1000,
    bytes: kept,
  };
}

export async function bench(_options: BenchOptions): Promise<BenchResult> {
  const kernels = await projectionProgram('fma');
  const latents = readLatents();
  const runs: Run[] = [];
  for (const count of sizes) runs.push(await measure(kernels, enlarged(latents, count)));
  const total = ({ preparationSeconds, iterationMilliseconds }: Run): number =>
    preparationSeconds + (iterationMilliseconds * iterations) / 1000;
  const lines = runs.map((run) =>
    [
      `  ${run.count.toLocaleString('en-US')} points`.padEnd(18),
      `${total(run).toFixed(1)} s`.padStart(8),
      `${run.preparationSeconds.toFixed(1)} s to prepare, ${run.iterationMilliseconds.toFixed(1)} ms an iteration`.padStart(
        46,
      ),
      `${(run.bytes / 1e6).toFixed(0)} MB`.padStart(8),
      `${(run.bytes / run.count / 1000).toFixed(2)} kB a point`.padStart(18),
    ].join(''),
  );
  const largest = runs.at(-1);
  const peak = process.resourceUsage().maxRSS / 1000;
  return {
    table: [
      `t-SNE, ${iterations} iterations, perplexity 30: CPU time and memory kept, one run each`,
      ...lines,
      `  Peak of the whole process, in the largest run's preparation or later: ${peak.toFixed(0)} MB`,
    ].join('\n'),
    summary: {
      ours: rounded(largest ? total(largest) : NaN),
      rival: null,
      ratio: null,
      unit: `s CPU for ${sizes.at(-1)} points`,
      rounds: 1,
    },
  };
}
