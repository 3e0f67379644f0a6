// t-SNE on the GPU against the same on WASM: its neighbours, its forces, its steps, and what a whole map is worth.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test, type TestContext } from 'node:test';
import type { ProjectionProgram } from '../../../src/engine/projection/kernels.ts';
import { exactKl, neighbourQuality } from '../../../src/engine/projection/metrics.ts';
import { nearestNeighbours } from '../../../src/engine/projection/neighbours.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import { atRest, prepareTsne, type Preparation } from '../../../src/engine/projection/preparation.ts';
import { startTsne } from '../../../src/engine/projection/run.ts';
import { checkIteration } from '../../../src/engine/projection/webgpu/check.ts';
import { gpuNeighbours } from '../../../src/engine/projection/webgpu/neighbours.ts';
import { GpuTsne } from '../../../src/engine/projection/webgpu/run.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';
import { readSafetensors } from '../../../src/shared/safetensors.ts';
import { requireOrSkip } from '../../support/data.ts';
import { builds, cloud, gradientAt, program } from '../projection/support.ts';
import { relativeError } from '../support/compare.ts';
import { trainedFile } from '../support/oracle.ts';
import { countCommands, type Commands } from './counting.ts';
import { openProjection, spoiling } from './open-projection.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

const prepared = (kernels: ProjectionProgram, set: PointSet, perplexity: number): Promise<Preparation> =>
  prepareTsne({ ...set, seed: 7, perplexity }, (points, k, hooks) =>
    nearestNeighbours(kernels, points, k, hooks),
  );

/** A run of points on the GPU, and what it was prepared with. */
async function openRun(
  t: TestContext,
  set: PointSet,
  perplexity: number,
  prepare?: (device: GPUDevice) => void,
): Promise<{ run: GpuTsne; preparation: Preparation; kernels: ProjectionProgram } | undefined> {
  const gpu = await openProjection(t, prepare);
  if (!gpu) return undefined;
  const kernels = await program('fma');
  const preparation = await prepared(kernels, set, perplexity);
  return { run: await GpuTsne.create(gpu, preparation), preparation, kernels };
}

/** Normal places of a deviation. */
function places(count: number, deviation: number): Float32Array {
  const next = keyedRandom(2, count);
  return Float32Array.from({ length: 2 * count }, () => deviation * normalPair(next)[0]);
}

const twins: PointSet = {
  points: Float32Array.from({ length: 60 * 3 }, (_, i) => Math.floor(i / 60) + (i % 3)),
  count: 60,
  dimensions: 3,
};

const searches: readonly (readonly [string, PointSet, number, typeof builds])[] = [
  ['1,000 points', cloud(1_000, 20, 8, 1), 91, builds],
  ['a number of points that fills no panel', cloud(203, 7, 3, 2), 1, builds],
  ['all others', cloud(9, 3, 2, 3), 8, builds],
  ['twins', twins, 25, builds],
  ['several blocks and slices', cloud(2_110, 64, 5, 4), 2_000, ['fma']],
];

for (const [name, set, k, wanted] of searches) {
  test(`the neighbours are those of WASM to the bit: ${name}`, async (t) => {
    const gpu = await openProjection(t);
    if (!gpu) return;
    for (const build of wanted) {
      const kernels = await program(build);
      const reports: number[] = [];
      const found = await gpuNeighbours(gpu, kernels, set, k, { onProgress: (done) => reports.push(done) });
      assert.deepEqual(found, await nearestNeighbours(kernels, set, k));
      assert.equal(reports.at(-1), set.count);
      assert.deepEqual(
        reports,
        [...reports].sort((a, b) => a - b),
      );
    }
  });
}

test('the search for neighbours stops when cancelled', async (t) => {
  const gpu = await openProjection(t);
  if (!gpu) return;
  const controller = new AbortController();
  const stopped = gpuNeighbours(gpu, await program('fma'), cloud(300, 4, 2, 5), 20, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await assert.rejects(stopped, (error) => error instanceof LensError && error.code === 'cancelled');
});

for (const [name, deviation] of [
  ['a collapsed map', 1e-4],
  ['a dense map', 0.5],
  ['a map half-way', 4],
  ['a spread map', 30],
] as const) {
  test(`the gradient of ${name} is that over all pairs`, async (t) => {
    const opened = await openRun(t, cloud(1_001, 6, 4, 6), 15);
    if (!opened) return;
    const { run, preparation, kernels } = opened;
    const map = places(1_001, deviation);
    await run.load(atRest(map));
    const { forces, normaliser } = await run.gradient();
    const exact = gradientAt(kernels, preparation.affinities, map, 0);
    const half = (first: 0 | 2): Float64Array =>
      Float64Array.from({ length: map.length }, (_, i) => forces[4 * (i >> 1) + first + (i & 1)] ?? NaN);
    const errors = [
      relativeError(half(0), exact.attractive),
      relativeError(
        half(2).map((force) => force / normaliser),
        exact.repulsive,
      ),
      Math.abs(normaliser / exact.normaliser - 1),
    ];
    t.diagnostic(errors.map((error) => error.toExponential(1)).join(', '));
    assert.ok(Math.max(...errors) < 1e-5, errors.join(', '));
    assert.ok(
      Math.abs((await run.divergence()) / (await exactKl(kernels, preparation.affinities, map)) - 1) < 1e-5,
    );
  });
}

test('its steps are those of WASM, before and after the exaggeration ends', async (t) => {
  const opened = await openRun(t, cloud(300, 6, 4, 8), 15);
  if (!opened) return;
  const { run, preparation, kernels } = opened;
  for (const iteration of [0, 248]) {
    const start = { ...atRest(places(300, 3)), iteration };
    await run.load(start);
    const right = startTsne(kernels, { ...preparation, start });
    await run.step(5);
    right.step(5);
    const found = await run.state();
    assert.equal(found.iteration, iteration + 5);
    const expected = right.exportState();
    assert.ok(relativeError(found.velocities, expected.velocities) < 1e-4);
    assert.ok(relativeError(found.gains, expected.gains) < 1e-3);
    // The GPU centres its map a step later.
    assert.ok(relativeError(found.coordinates, expected.coordinates) < 1e-2);
  }
});

test('the same map however the run is cut, stopped and continued', async (t) => {
  const set = cloud(301, 5, 4, 9);
  const whole = await openRun(t, set, 10);
  if (!whole) return;
  await whole.run.step(270);
  const unbroken = await whole.run.state();
  assert.equal(unbroken.iteration, 270);
  assert.ok(Math.abs(mean(unbroken.coordinates)) < 0.05, `centred at ${mean(unbroken.coordinates)}`);

  const cut = await openRun(t, set, 10);
  for (let i = 0; i < 90; i++) await cut?.run.step(3);
  assert.deepEqual(await cut?.run.state(), unbroken);

  const second = await openRun(t, set, 10);
  await second?.run.step(101);
  const half = await second?.run.state();
  assert.ok(half);
  const third = await openRun(t, set, 10);
  await third?.run.load(half);
  await third?.run.step(169);
  assert.deepEqual(await third?.run.state(), unbroken);
});

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function compareMaps(t: TestContext, set: PointSet): Promise<void> {
  const opened = await openRun(t, set, 30);
  if (!opened) return;
  const { run, preparation, kernels } = opened;
  await run.step(1_000);
  const right = startTsne(kernels, preparation);
  right.step(1_000);
  const judge = async (map: Float32Array): Promise<{ kl: number; recall: number }> => ({
    kl: await exactKl(kernels, preparation.affinities, map),
    recall: (await neighbourQuality(kernels, set, map, 1)).recall,
  });
  const [found, expected] = [await judge((await run.state()).coordinates), await judge(right.coordinates)];
  const kl = found.kl / expected.kl;
  const recall = found.recall / expected.recall;
  t.diagnostic(
    `KL ${found.kl.toFixed(4)} (${kl.toFixed(4)}×), recall ${found.recall.toFixed(4)} (${recall.toFixed(4)}×)`,
  );
  assert.ok(Math.abs(kl - 1) < 0.02, `KL ${found.kl} for ${expected.kl}`);
  assert.ok(Math.abs(recall - 1) < 0.02, `recall ${found.recall} for ${expected.recall}`);
}

test('a map of 1,000 points in clusters is as good as WASM’s', (t) =>
  compareMaps(t, cloud(1_000, 20, 8, 10)));

test('a map of 1,000 of the notebook’s latents is as good as WASM’s', async (t) => {
  if (!requireOrSkip(t, trainedFile)) return;
  const latents = readSafetensors(readFileSync(trainedFile)).tensors.get('oracle.latents');
  assert.ok(latents?.data instanceof Float32Array);
  const dimensions = latents.shape[1] ?? 0;
  await compareMaps(t, { points: latents.data.slice(0, 1_000 * dimensions), count: 1_000, dimensions });
});

test('an iteration is four dispatches; fifty of them are one submission, and make nothing anew', async (t) => {
  let count: Commands | undefined;
  const opened = await openRun(t, cloud(120, 4, 3, 11), 10, (device) => (count = countCommands(device)));
  if (!opened) return;
  await opened.run.step(1);
  assert.ok(count);
  const before = { ...count };
  await opened.run.step(50);
  const cost = (name: keyof Commands): number => (count?.[name] ?? NaN) - before[name];
  assert.deepEqual([cost('dispatches'), cost('submissions')], [200, 1]);
  assert.equal(cost('pipelines') + cost('buffers') + cost('groups'), 0);
});

test('four points, identical points and points on a line make finite maps in the plane', async (t) => {
  const line = Float32Array.from({ length: 200 * 3 }, (_, i) => Math.floor(i / 3) * 0.1);
  const sets: PointSet[] = [
    cloud(4, 2, 1, 12),
    { points: new Float32Array(15).fill(0.25), count: 5, dimensions: 3 },
    { points: line, count: 200, dimensions: 3 },
  ];
  for (const set of sets) {
    const opened = await openRun(t, set, 30);
    if (!opened) return;
    await opened.run.step(300);
    const { coordinates } = await opened.run.state();
    assert.ok(coordinates.some((value, i) => i % 2 === 1 && Math.abs(value) > 1e-3));
  }
});

test('a map that flies off is an error, not a picture', async (t) => {
  const opened = await openRun(t, cloud(50, 3, 2, 13), 10);
  if (!opened) return;
  const start = atRest(places(50, 1));
  await opened.run.load({ ...start, velocities: start.velocities.fill(3e38) });
  await opened.run.step(3);
  await assert.rejects(
    opened.run.state(),
    (error) => error instanceof LensError && error.code === 'diverged',
  );
});

test('the check passes a right GPU, and finds each thing that is wrong', async (t) => {
  const set = cloud(150, 4, 3, 14);
  const sound = await openRun(t, set, 10);
  if (!sound) return;
  await checkIteration(sound.run, sound.preparation);
  for (const [label, from, to, words] of [
    ['repel', 'square * dx', 'w * dx', /repulsion/],
    ['gather', 'values[e] /', '2.0 * values[e] /', /attraction/],
    ['gather', 'repulsion.z - 1.0', 'repulsion.z', /repulsion/],
    ['sum', 'vec3f(weights[i]', 'vec3f(2.0 * weights[i]', /normaliser/],
    ['move', 'gain * 0.8', 'gain * 0.9', /gains/],
    ['move', 'learningRate * adapted', 'learningRate', /velocities/],
    ['move', '+ moved;', ';', /places/],
  ] as const) {
    const spoiled = await openRun(t, set, 10, spoiling(label, from, to));
    assert.ok(spoiled);
    await assert.rejects(
      checkIteration(spoiled.run, spoiled.preparation),
      (error) =>
        error instanceof LensError && error.code === 'engine-failed' && words.test(error.detail ?? ''),
      `${label}: ${from}`,
    );
  }
});

test('wrong neighbours are found out', async (t) => {
  const gpu = await openProjection(t, spoiling('neighbours', 'index != own', 'index != own + 1u'));
  if (!gpu) return;
  await assert.rejects(
    gpuNeighbours(gpu, await program('fma'), cloud(200, 4, 2, 15), 10),
    (error) =>
      error instanceof LensError && error.code === 'engine-failed' && /neighbours/.test(error.message),
  );
});
