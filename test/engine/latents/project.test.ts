// Projection jobs over a small model file: with our own t-SNE, and with a stand-in that counts.
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  runProjection,
  type ProjectEnvironment,
  type ProjectPlan,
} from '../../../src/engine/latents/project.ts';
import type { Projection } from '../../../src/engine/latents/projector.ts';
import { tsneProjection } from '../../../src/engine/latents/tsne.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { readPoints, readProjection, readTsne } from '../../../src/shared/map-points.ts';
import { readModelFile, writeModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import type { KernelFiles, ProjectionSnapshot } from '../../../src/shared/protocol/engine.ts';
import { projectionFiles } from '../../../scripts/build-kernels.mjs';
import { assertSameParameters, unbroken } from '../support/spots-job.ts';

const projectionModules = (): KernelFiles => ({
  simd: new Uint8Array(readFileSync(projectionFiles.simd)).buffer,
  fma: new Uint8Array(readFileSync(projectionFiles.fma)).buffer,
});

let trained: ModelFile;
let model: Uint8Array;

before(async () => {
  trained = await unbroken();
  model = writeModelFile(trained);
});

const planOf = (change: Partial<ProjectPlan> = {}): ProjectPlan => ({
  jobId: 'map',
  name: 'spots',
  model,
  points: 'all',
  perplexity: 20,
  iterations: 400,
  seed: 3,
  continue: false,
  ...change,
});

interface Run {
  readonly environment: ProjectEnvironment;
  readonly snapshots: ProjectionSnapshot[];
  readonly saved: Uint8Array[];
  readonly log: string[];
}

async function makeRun(projection?: Projection): Promise<Run> {
  const snapshots: ProjectionSnapshot[] = [];
  const saved: Uint8Array[] = [];
  const log: string[] = [];
  const environment: ProjectEnvironment = {
    projection: projection ?? (await tsneProjection(projectionModules())),
    now: () => '2026-01-01T00:00:00.000Z',
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    save: async (bytes) => {
      saved.push(bytes);
      return { savedAs: 'spots.lens.safetensors' };
    },
    publish: (snapshot) => snapshots.push(snapshot),
    log: (_level, text) => log.push(text),
  };
  return { environment, snapshots, saved, log };
}

const lastSaved = (run: Run): Uint8Array => run.saved.at(-1) ?? new Uint8Array(0);

const never = (): AbortSignal => new AbortController().signal;

/** The real mathematics, stopped from within at an iteration. */
async function stoppingAt(iteration: number, abort: AbortController): Promise<Projection> {
  const real = await tsneProjection(projectionModules());
  return {
    ...real,
    create: async (options) => {
      const projector = await real.create(options);
      return new Proxy(projector, {
        get: (target, key) => {
          if (key === 'step') {
            return async (count: number) => {
              const left = Math.max(1, Math.min(count, iteration - target.iteration));
              await target.step(left);
              if (target.iteration >= iteration) abort.abort();
            };
          }
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
}

test('a job ends with the coordinates in the model file, everything else as it was', async () => {
  const run = await makeRun();
  const outcome = await runProjection(planOf(), run.environment, never());
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  assert.equal(outcome.savedAs, 'spots.lens.safetensors');
  const file = readModelFile(lastSaved(run));
  assertSameParameters(file, trained);
  assert.deepEqual(readPoints(file), readPoints(trained));
  assert.deepEqual(readProjection(file, 'pca'), readProjection(trained, 'pca'));
  const projection = readProjection(file, 'tsne');
  assert.ok(projection);
  assert.deepEqual(projection.coordinates, outcome.coordinates);
  assert.deepEqual(file.card, outcome.card);
  const { card } = projection;
  assert.deepEqual(
    [card.count, card.perplexity, card.iterations, card.planned, card.seed],
    [180, 20, 400, 400, 3],
  );
  assert.ok((card.kl ?? 9) > 0 && (card.kl ?? 9) < 2, `KL ${card.kl}`);
  assert.ok((card.recall ?? 0) > 0.4, `recall ${card.recall}`);
  assert.ok((card.trustworthiness ?? 0) > 0.9, `trustworthiness ${card.trustworthiness}`);
  assert.match(card.engine, /^wasm-(simd|fma)$/);
});

test('snapshots are complete, in order, and end with the coordinates that are saved', async () => {
  const run = await makeRun();
  const outcome = await runProjection(planOf({ points: 'held-out' }), run.environment, never());
  const heldOut = trained.card.points?.heldOut ?? 0;
  const phases = run.snapshots.map(({ phase }) => phase);
  assert.deepEqual([...new Set(phases)], ['neighbours', 'embedding', 'measuring', 'saving']);
  const shown = run.snapshots.filter(({ coordinates }) => coordinates !== null);
  assert.ok(shown.length >= 2);
  for (const snapshot of run.snapshots) {
    assert.deepEqual([snapshot.count, snapshot.total, snapshot.of], [heldOut, 180, 400]);
    assert.ok(snapshot.share >= 0 && snapshot.share <= 1);
  }
  assert.ok(shown.every(({ coordinates }) => coordinates?.length === 2 * heldOut));
  const iterations = shown.map(({ iteration }) => iteration);
  assert.deepEqual(
    iterations,
    [...iterations].sort((a, b) => a - b),
  );
  assert.deepEqual(run.snapshots.at(-1)?.coordinates, outcome.coordinates);
});

test('stopped, what there is is kept; continued, it ends bit for bit as the unbroken run', async () => {
  const whole = await makeRun();
  const unbrokenMap = await runProjection(planOf(), whole.environment, never());

  const abort = new AbortController();
  const first = await makeRun(await stoppingAt(130, abort));
  const stopped = await runProjection(planOf(), first.environment, abort.signal);
  assert.equal(stopped.state, 'stopped');
  assert.equal(stopped.card?.projections.length, 1, 'the principal plane');
  const half = stopped.card.begunProjection;
  assert.deepEqual([half?.iterations, half?.planned, half?.recall], [130, 400, null]);
  assert.ok(Number.isFinite(half?.kl));

  const second = await makeRun();
  const rest = planOf({ model: lastSaved(first), continue: true });
  const finished = await runProjection(rest, second.environment, never());
  assert.equal(finished.state, 'finished', finished.error?.message);
  assert.equal(second.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, 130);
  assert.deepEqual(finished.coordinates, unbrokenMap.coordinates);
  assert.equal(finished.card?.projections.length, 2);
  assert.equal(finished.card.begunProjection, null);
});

/** Everything of a file that a t-SNE must leave alone: all but what is named as the one that was begun. */
const besidesBegun = ({ card, tensors }: ModelFile): unknown => ({
  ...{ ...card, begunProjection: null },
  tensors: [...tensors].filter(([name]) => !name.startsWith('projection.begun')),
});

test('a second run leaves the finished map to the bit until it reaches its end, and then takes its place', async () => {
  const first = await makeRun();
  await runProjection(planOf({ iterations: 60 }), first.environment, never());
  const finished = lastSaved(first);
  const before = besidesBegun(readModelFile(finished));
  const again = planOf({ model: finished, iterations: 60, perplexity: 10 });

  const abort = new AbortController();
  const second = await makeRun(await stoppingAt(40, abort));
  const everyTime = { ...second.environment, checkpointDue: () => true };
  const stopped = await runProjection(again, everyTime, abort.signal);
  assert.equal(stopped.state, 'stopped');
  const files = second.saved.map(readModelFile);
  assert.ok(files.length >= 2, 'on the way and at the end');
  for (const file of files) assert.deepEqual(besidesBegun(file), before);
  const begun = readTsne(readModelFile(lastSaved(second)), 'begun');
  assert.deepEqual([begun?.card.iterations, begun?.card.perplexity], [40, 10]);
  assert.deepEqual(begun?.coordinates, stopped.coordinates);

  const third = await makeRun();
  await runProjection({ ...again, model: lastSaved(second), continue: true }, third.environment, never());
  const whole = await makeRun();
  await runProjection(again, whole.environment, never());
  assert.equal(third.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, 40);
  assert.deepEqual(readModelFile(lastSaved(third)), readModelFile(lastSaved(whole)));
});

test('a finished map gone on with and stopped stays beside the longer one, which ends as the unbroken run', async () => {
  const first = await makeRun();
  await runProjection(planOf({ iterations: 60 }), first.environment, never());
  const finished = readModelFile(lastSaved(first));
  const further = planOf({ model: lastSaved(first), iterations: 100, continue: true });

  const abort = new AbortController();
  const second = await makeRun(await stoppingAt(80, abort));
  await runProjection(further, second.environment, abort.signal);
  assert.equal(second.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, 60);
  assert.deepEqual(besidesBegun(readModelFile(lastSaved(second))), besidesBegun(finished));

  const third = await makeRun();
  const longer = await runProjection({ ...further, model: lastSaved(second) }, third.environment, never());
  const whole = await makeRun();
  const unbrokenMap = await runProjection(planOf({ iterations: 100 }), whole.environment, never());
  assert.equal(third.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, 80);
  assert.deepEqual(longer.coordinates, unbrokenMap.coordinates);
});

/** As versions before kept a t-SNE that was stopped: among the projections. */
function asOfOld({ card, tensors }: ModelFile): Uint8Array {
  const begun = card.begunProjection;
  assert.ok(begun);
  return writeModelFile({
    card: { ...card, projections: [...card.projections, begun], begunProjection: null },
    tensors: new Map(
      [...tensors].map(([name, tensor]) => [name.replace('projection.begun', 'projection.tsne'), tensor]),
    ),
  });
}

test('what an earlier version stopped is gone on with bit for bit, and makes way for what is begun', async () => {
  const abort = new AbortController();
  const first = await makeRun(await stoppingAt(50, abort));
  await runProjection(planOf({ iterations: 100 }), first.environment, abort.signal);
  const old = asOfOld(readModelFile(lastSaved(first)));
  assert.equal(readProjection(readModelFile(old), 'tsne')?.card.iterations, 50);
  const rest = planOf({ model: old, iterations: 100, continue: true });

  const once = new AbortController();
  const second = await makeRun(await stoppingAt(70, once));
  await runProjection(rest, second.environment, once.signal);
  const file = readModelFile(lastSaved(second));
  assert.equal(readProjection(file, 'begun')?.card.iterations, 70);
  assert.equal(readProjection(file, 'tsne'), null);
  assert.ok(![...file.tensors.keys()].some((name) => name.startsWith('projection.tsne')));

  const third = await makeRun();
  const finished = await runProjection({ ...rest, model: lastSaved(second) }, third.environment, never());
  const whole = await makeRun();
  const unbrokenMap = await runProjection(planOf({ iterations: 100 }), whole.environment, never());
  assert.deepEqual(finished.coordinates, unbrokenMap.coordinates);
});

test('what was stopped with other points, perplexity or seed is begun anew, and the log says so', async () => {
  const abort = new AbortController();
  const first = await makeRun(await stoppingAt(50, abort));
  await runProjection(planOf({ iterations: 60 }), first.environment, abort.signal);
  const stopped = lastSaved(first);
  for (const change of [{ points: 'held-out' }, { perplexity: 10 }, { seed: 4 }] as const) {
    const run = await makeRun();
    const plan = planOf({ model: stopped, continue: true, iterations: 60, ...change });
    await runProjection(plan, run.environment, never());
    assert.equal(run.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, 0);
    assert.ok(run.log.some((line) => /starts anew/.test(line)));
  }
});

test('stopped while the neighbours are looked for, nothing is written', async () => {
  const abort = new AbortController();
  const real = await tsneProjection(projectionModules());
  const run = await makeRun({
    ...real,
    create: (options) => {
      abort.abort();
      return real.create(options);
    },
  });
  const outcome = await runProjection(planOf(), run.environment, abort.signal);
  assert.equal(outcome.state, 'stopped');
  assert.equal(outcome.savedAs, null);
  assert.equal(run.saved.length, 0);
});

test('a model without points, or a file that cannot be written, fails in words', async () => {
  const bare = writeModelFile({ ...trained, card: { ...trained.card, points: null } });
  const run = await makeRun();
  const without = await runProjection(planOf({ model: bare }), run.environment, never());
  assert.equal(without.state, 'failed');
  assert.match(without.error?.message ?? '', /keeps no latents yet/);

  const full = {
    ...run.environment,
    save: async () => {
      throw new LensError('disk-full', 'The disk is full.');
    },
  };
  const unsaved = await runProjection(planOf({ iterations: 20 }), full, never());
  assert.deepEqual([unsaved.state, unsaved.error?.code, unsaved.savedAs], ['failed', 'disk-full', null]);
});

test('on the way it is saved, and what was saved goes on bit for bit as the unbroken run', async () => {
  let asked = 0;
  const whole = await makeRun();
  // The first question only starts the clock.
  const environment = { ...whole.environment, checkpointDue: () => ++asked === 2 };
  const unbrokenMap = await runProjection(planOf(), environment, never());
  assert.equal(unbrokenMap.state, 'finished', unbrokenMap.error?.message);
  assert.equal(whole.saved.length, 2);
  const [checkpoint = new Uint8Array(0)] = whole.saved;
  const file = readModelFile(checkpoint);
  assertSameParameters(file, trained);
  const half = readProjection(file, 'begun')?.card;
  assert.ok(half && half.iterations > 0 && half.iterations < 400, `iteration ${half?.iterations}`);
  assert.deepEqual([half.planned, half.kl, half.recall], [400, null, null]);

  const second = await makeRun();
  const rest = planOf({ model: checkpoint, continue: true });
  const finished = await runProjection(rest, second.environment, never());
  assert.equal(second.snapshots.find(({ coordinates }) => coordinates !== null)?.iteration, half.iterations);
  assert.deepEqual(finished.coordinates, unbrokenMap.coordinates);
});

test('a checkpoint that cannot be written is a warning; a job that fails later says what is kept', async () => {
  const run = await makeRun();
  let saves = 0;
  const environment: ProjectEnvironment = {
    ...run.environment,
    checkpointDue: () => true,
    save: (bytes) => {
      if (++saves === 1) return Promise.reject(new LensError('disk-full', 'The disk is full.'));
      if (saves > 2) return Promise.reject(new LensError('write-failed', 'Now it cannot be written at all.'));
      return run.environment.save(bytes);
    },
  };
  const outcome = await runProjection(planOf(), environment, never());
  assert.ok(run.log.some((line) => line.includes('The disk is full.')));
  assert.deepEqual([outcome.state, outcome.error?.code], ['failed', 'write-failed']);
  assert.equal(outcome.savedAs, 'spots.lens.safetensors');
  const kept = readProjection(readModelFile(lastSaved(run)), 'begun');
  assert.ok(kept);
  assert.deepEqual(outcome.card?.begunProjection, kept.card);
});
