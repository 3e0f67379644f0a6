// t-SNE of 10,000 latents of the notebook's trained model: ours in Node against scikit-learn's Barnes-Hut, both on one
// thread, 1,000 iterations from the principal components, perplexity 30. CPU time, so that a busy machine does not
// decide; both maps are judged by the same exact divergence and the same neighbours.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { jointAffinities } from '../src/engine/projection/affinities.ts';
import type { ProjectionProgram } from '../src/engine/projection/kernels.ts';
import { exactKl, neighbourQuality, type NeighbourQuality } from '../src/engine/projection/metrics.ts';
import { nearestNeighbours, neighbourCount } from '../src/engine/projection/neighbours.ts';
import type { PointSet } from '../src/engine/projection/points.ts';
import { createTsne } from '../src/engine/projection/run.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { startPython } from './python.ts';
import { projectionProgram, readLatents } from './latents.ts';

const perplexity = 30;
const iterations = 1_000;

interface Run {
  /** Seconds of CPU time, from the points to the finished map. */
  readonly seconds: number;
  /** `[count, 2]`. */
  readonly map: Float32Array;
}

/** One contestant; rounds differ by their seed. */
type Contestant = (seed: number) => Promise<Run>;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const ours =
  (kernels: ProjectionProgram, latents: PointSet): Contestant =>
  async (seed) => {
    const before = cpuSeconds();
    const run = await createTsne({ ...latents, perplexity, seed, kernels });
    run.step(iterations);
    const map = run.coordinates;
    return { seconds: cpuSeconds() - before, map };
  };

type Quality = NeighbourQuality & { readonly kl: number };

interface Rounds {
  readonly seconds: number[];
  readonly kl: number[];
  readonly recall: number[];
  readonly trustworthiness: number[];
}

const noRounds = (): Rounds => ({ seconds: [], kl: [], recall: [], trustworthiness: [] });

async function measure(
  run: Run,
  judge: (map: Float32Array) => Promise<Quality>,
  rounds: Rounds,
): Promise<void> {
  const { kl, recall, trustworthiness } = await judge(run.map);
  rounds.seconds.push(run.seconds);
  rounds.kl.push(kl);
  rounds.recall.push(recall);
  rounds.trustworthiness.push(trustworthiness);
}

const describe = (name: string, rounds: Rounds): string =>
  row(
    name,
    rounds.seconds,
    `KL ${median(rounds.kl).toFixed(4)}, 10-NN recall ${median(rounds.recall).toFixed(4)}, ` +
      `trustworthiness ${median(rounds.trustworthiness).toFixed(4)}`,
  );

function verdict(own: Rounds, rival: Rounds): string {
  const parts = [
    `CPU time ${median(ratios(own.seconds, rival.seconds)).toFixed(3)}× (bar 0.35×)`,
    `exact KL ${median(ratios(own.kl, rival.kl)).toFixed(4)}× (bar 1.02×)`,
    `10-NN recall ${median(ratios(own.recall, rival.recall)).toFixed(4)}× (bar 0.98×)`,
  ];
  return `  Ours, fused, against scikit-learn: ${parts.join(', ')}`;
}

export async function bench({ rounds = 1 }: BenchOptions): Promise<BenchResult> {
  const latents = readLatents();
  const fused = await projectionProgram('fma');
  const plain = await projectionProgram('simd');
  const neighbours = await nearestNeighbours(fused, latents, neighbourCount(latents.count, perplexity));
  const affinities = await jointAffinities(neighbours, perplexity);
  const judge = async (map: Float32Array): Promise<Quality> => ({
    ...(await neighbourQuality(fused, latents, map, 1)),
    kl: await exactKl(fused, affinities, map),
  });

  const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-bench-'));
  const python = await startPython(path.join(root, 'bench/tsne-rival.py'));
  const results = { fused: noRounds(), plain: noRounds(), rival: noRounds() };
  try {
    const input = path.join(folder, 'points.f32');
    const output = path.join(folder, 'map.f32');
    writeFileSync(input, latents.points);
    for (let seed = 1; seed <= rounds; seed++) {
      await measure(await ours(fused, latents)(seed), judge, results.fused);
      if (python) {
        const { count, dimensions } = latents;
        const task = { input, output, count, dimensions, perplexity, iterations, seed };
        const seconds = Number(await python.ask(JSON.stringify(task)));
        const map = new Float32Array(new Uint8Array(readFileSync(output)).buffer);
        await measure({ seconds, map }, judge, results.rival);
      }
      await measure(await ours(plain, latents)(seed), judge, results.plain);
    }
  } finally {
    python?.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  const lines = [
    `t-SNE of ${latents.count} × ${latents.dimensions} latents, ${iterations} iterations: seconds of CPU time, median (range) of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    describe('wasm, fused (what Chromium runs)', results.fused),
    describe('wasm, plain SIMD', results.plain),
    python
      ? describe(`scikit-learn ${python.greeting}, one thread`, results.rival)
      : '  scikit-learn is not installed for /usr/bin/python3 (Debian: python3-sklearn): no rival to measure.',
    ...(python ? [verdict(results.fused, results.rival)] : []),
  ];
  return {
    table: lines.join('\n'),
    summary: {
      ours: rounded(median(results.fused.seconds)),
      rival: python ? rounded(median(results.rival.seconds)) : null,
      ratio: python ? rounded(median(ratios(results.rival.seconds, results.fused.seconds))) : null,
      unit: 's CPU per map',
      rounds,
    },
  };
}
