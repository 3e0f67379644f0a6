// On which engine a t-SNE runs, and a projection job on the GPU: stopped, continued, and when the GPU is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { projectionFiles } from '../../../scripts/build-kernels.mjs';
import { runProjection, type ProjectPlan } from '../../../src/engine/latents/project.ts';
import type { Projector, ProjectorOptions } from '../../../src/engine/latents/projector.ts';
import { startProjector, type TsneEngines } from '../../../src/engine/latents/start-projector.ts';
import { tsneProjection } from '../../../src/engine/latents/tsne.ts';
import { createTsne } from '../../../src/engine/projection/run.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { readModelFile, writeModelFile } from '../../../src/shared/model-file.ts';
import { readProjection } from '../../../src/shared/map-points.ts';
import type { ProjectionOutcome, ProjectionSnapshot } from '../../../src/shared/protocol/engine.ts';
import { cloud, program } from '../projection/support.ts';
import { unbroken } from '../support/spots-job.ts';
import { spoiling, watchedGpu } from './open-projection.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

const set = cloud(200, 5, 3, 1);

interface Started {
  readonly projector: Projector;
  readonly log: readonly string[];
}

async function start(
  engines: Partial<TsneEngines>,
  options: Partial<ProjectorOptions> = {},
): Promise<Started> {
  const log: string[] = [];
  const projector = await startProjector(
    await program('fma'),
    { choice: 'auto', gpu: undefined, log: (text) => log.push(text), ...engines },
    {
      ...set,
      ...{ perplexity: 10, seed: 1, state: undefined, begunOn: undefined, onProgress: () => undefined },
      ...options,
    },
  );
  return { projector, log };
}

/** The map of WASM after some iterations. */
async function wasmMap(iterations: number): Promise<Float32Array> {
  const run = await createTsne({ ...set, perplexity: 10, seed: 1, kernels: await program('fma') });
  run.step(iterations);
  return run.coordinates;
}

const asking = (): GPU => ({ requestAdapter: () => assert.fail('nobody asked for a GPU') }) as unknown as GPU;
const without = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
const hardware = { vendor: 'nvidia', architecture: 'ampere' };

/** A clock that gives these times, one after another. */
const clock = (...times: number[]): (() => number) => {
  let next = 0;
  return () => times[next++] ?? NaN;
};

test('without a GPU it is WASM, and the reason says why', async () => {
  for (const [engines, reason] of [
    [{ choice: 'wasm', gpu: asking() }, 'WASM: chosen in settings'],
    [{ gpu: undefined }, 'WASM: this window has no WebGPU (not supported or switched off)'],
    [{ gpu: without }, 'WASM: this window has no GPU adapter'],
    [
      { choice: 'webgpu', gpu: without },
      'WASM: WebGPU was asked for (chosen in settings), but this window has no GPU adapter',
    ],
  ] as const) {
    const { projector, log } = await start(engines);
    assert.equal(projector.reason, reason);
    assert.equal(projector.engine, 'wasm-fma');
    assert.deepEqual(log, [`t-SNE on ${reason}`]);
  }
});

test('what began on WASM stays there, unless the setting says otherwise', async (t) => {
  const { projector } = await start({ gpu: asking() }, { begunOn: 'wasm' });
  assert.equal(projector.reason, 'WASM: this map began on it');
  const gpu = await watchedGpu(t);
  if (!gpu) return;
  const forced = await start({ gpu, choice: 'webgpu' }, { begunOn: 'wasm' });
  assert.match(forced.projector.reason, /^WebGPU: chosen in settings/);
  forced.projector.dispose();
  const pinned = await start({ gpu }, { begunOn: 'webgpu' });
  assert.match(pinned.projector.reason, /^WebGPU: this map began on it \(.*, a software adapter/);
  pinned.projector.dispose();
});

test('more points than WebGPU is for: nobody asks for a GPU', async () => {
  const controller = new AbortController();
  controller.abort();
  // Cancelled, for the map itself would take its time.
  const many = start(
    { choice: 'webgpu', gpu: asking() },
    { ...cloud(30_001, 2, 5, 2), signal: controller.signal },
  );
  await assert.rejects(many, (error) => error instanceof LensError && error.code === 'cancelled');
});

test('by itself it takes a hardware adapter, and that only where it is faster', async (t) => {
  const software = await watchedGpu(t);
  if (!software) return;
  const slow = await start({ gpu: software });
  assert.equal(slow.projector.reason, 'WASM: the only adapter is a software one');

  const gpu = await watchedGpu(t, { info: hardware });
  const fast = await start({ gpu, now: clock(0, 4, 10, 50) });
  assert.equal(fast.projector.reason, 'WebGPU: 1.0 ms per iteration on nvidia ampere, WASM 10 ms');
  assert.equal(fast.projector.engine, 'webgpu-tsne-1');
  assert.equal(fast.projector.iteration, 0, 'what was tried leaves no trace');
  assert.equal((await fast.projector.exportState()).gains[0], 1);
  fast.projector.dispose();

  const slower = await start({ gpu, now: clock(0, 50, 60, 64) });
  assert.equal(slower.projector.reason, 'WASM: 1.0 ms per iteration, WebGPU 13 ms on nvidia ampere');
  await slower.projector.step(30);
  assert.deepEqual(await slower.projector.coordinates(), await wasmMap(30));
});

for (const [label, from, to, words] of [
  ['neighbours', 'fn main', 'fn nonsense', 'refused a part of the computation'],
  ['neighbours', 'index != own', 'index != own + 1u', 'found other neighbours than the WASM engine'],
  ['gather', 'repulsion.xy', 'repulsion.yx', 'computes other forces on a map than the formula has'],
] as const) {
  test(`a GPU that fails at “${from}” is not used, and the map is that of WASM`, async (t) => {
    const gpu = await watchedGpu(t, { info: hardware, prepare: spoiling(label, from, to) });
    if (!gpu) return;
    const { projector, log } = await start({ gpu });
    assert.equal(projector.reason, `WASM: the GPU ${words}`);
    assert.ok(log[0]?.startsWith('t-SNE on WebGPU failed: '));
    await projector.step(30);
    assert.deepEqual(await projector.coordinates(), await wasmMap(30));
  });
}

test('bad points are bad on every engine, and a cancel is none of the GPU’s failures', async (t) => {
  const gpu = await watchedGpu(t);
  if (!gpu) return;
  const broken = { ...set, points: set.points.map((value, i) => (i === 7 ? NaN : value)) };
  const code =
    (wanted: string) =>
    (error: unknown): boolean =>
      error instanceof LensError && error.code === wanted;
  await assert.rejects(start({ gpu, choice: 'webgpu' }, broken), code('diverged'));
  const controller = new AbortController();
  const onProgress = (): void => controller.abort();
  const cancelled = start({ gpu, choice: 'webgpu' }, { signal: controller.signal, onProgress });
  await assert.rejects(cancelled, code('cancelled'));
});

// — jobs —

let model: Uint8Array;
before(async () => {
  model = writeModelFile(await unbroken());
});

interface Job {
  readonly outcome: ProjectionOutcome;
  readonly snapshots: readonly ProjectionSnapshot[];
  readonly saved: readonly Uint8Array[];
  readonly log: readonly string[];
}

/** @param onSnapshot may stop the job, or do worse */
async function runJob(
  gpu: GPU,
  change: Partial<ProjectPlan> = {},
  onSnapshot: (snapshot: ProjectionSnapshot, abort: AbortController) => void = () => undefined,
): Promise<Job> {
  const abort = new AbortController();
  const snapshots: ProjectionSnapshot[] = [];
  const saved: Uint8Array[] = [];
  const log: string[] = [];
  const kernels = {
    simd: new Uint8Array(readFileSync(projectionFiles.simd)).buffer,
    fma: new Uint8Array(readFileSync(projectionFiles.fma)).buffer,
  };
  const plan: ProjectPlan = {
    ...{ jobId: 'map', name: 'spots', model, points: 'all', perplexity: 20, iterations: 1_500, seed: 3 },
    ...{ continue: false, ...change },
  };
  const outcome = await runProjection(
    plan,
    {
      projection: await tsneProjection(kernels, { choice: 'webgpu', gpu, log: (text) => log.push(text) }),
      now: () => '2026-01-01T00:00:00.000Z',
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      save: async (bytes) => {
        saved.push(bytes);
        return { savedAs: 'spots.lens.safetensors' };
      },
      publish: (snapshot) => {
        snapshots.push(snapshot);
        onSnapshot(snapshot, abort);
      },
      log: (_level, text) => log.push(text),
    },
    abort.signal,
  );
  return { outcome, snapshots, saved, log };
}

test('a job on the GPU: stopped and continued it ends bit for bit as the unbroken run', async (t) => {
  const gpu = await watchedGpu(t);
  if (!gpu) return;
  const whole = await runJob(gpu);
  assert.equal(whole.outcome.state, 'finished', whole.outcome.error?.message);
  const card = whole.outcome.card?.projections.at(-1);
  assert.equal(card?.engine, 'webgpu-tsne-1');
  assert.ok((card?.recall ?? 0) > 0.4 && (card?.kl ?? 9) < 2, `recall ${card?.recall}, KL ${card?.kl}`);
  assert.match(whole.snapshots.at(-1)?.engine ?? '', /^WebGPU: chosen in settings \(.*software adapter/);

  const first = await runJob(gpu, {}, ({ iteration }, abort) => {
    if (iteration > 0) abort.abort();
  });
  assert.equal(first.outcome.state, 'stopped');
  const stopped = first.saved.at(-1) ?? new Uint8Array(0);
  const done = readProjection(readModelFile(stopped), 'begun')?.card.iterations ?? 0;
  assert.ok(done > 0 && done < 1_500, `${done} iterations`);
  const rest = await runJob(gpu, { model: stopped, continue: true });
  assert.equal(rest.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, done);
  assert.deepEqual(rest.outcome.coordinates, whole.outcome.coordinates);
});

test('a GPU that is lost on the way: the job goes on with WASM from what was read last, and says so', async (t) => {
  const devices: GPUDevice[] = [];
  const gpu = await watchedGpu(t, { prepare: (device) => devices.push(device) });
  if (!gpu) return;
  let lostAt = 0;
  const { outcome, snapshots, log } = await runJob(gpu, {}, ({ iteration }) => {
    if (iteration === 0 || lostAt > 0) return;
    lostAt = iteration;
    devices[0]?.destroy();
  });
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  const card = outcome.card?.projections.at(-1);
  assert.match(card?.engine ?? '', /^webgpu-tsne-1, then wasm-/);
  assert.equal(card?.iterations, 1_500);
  assert.ok((card?.recall ?? 0) > 0.4, `recall ${card?.recall}`);
  assert.equal(snapshots.at(-1)?.engine, 'WASM: the GPU was lost during this map');
  assert.ok(
    log.some((line) => line.endsWith(`it goes on with WASM from iteration ${lostAt}.`)),
    log.join('\n'),
  );
});
