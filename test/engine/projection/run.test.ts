// A run: deterministic, cut into steps at will, stopped and continued, and clear about what it cannot map.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactKl, neighbourQuality } from '../../../src/engine/projection/metrics.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import type { TsneState } from '../../../src/engine/projection/preparation.ts';
import { createTsne } from '../../../src/engine/projection/run.ts';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import { builds, cloud, program } from './support.ts';

const failsWith =
  (code: ErrorCode, words: RegExp) =>
  (error: unknown): boolean =>
    error instanceof LensError && error.code === code && words.test(error.message);

const identical = (count: number, dimensions: number): PointSet => ({
  points: new Float32Array(count * dimensions).fill(0.25),
  count,
  dimensions,
});

for (const build of builds) {
  for (const count of [301, 1_700]) {
    test(`${build}, ${count} points: the same map however the run is cut, stopped and continued`, async () => {
      const set = cloud(count, 5, 4, 1);
      const options = { ...set, seed: 7, perplexity: 10, kernels: await program(build) };
      const whole = await createTsne(options);
      whole.step(270);
      const cut = await createTsne(options);
      for (let i = 0; i < 90; i++) cut.step(3);
      assert.deepEqual(cut.coordinates, whole.coordinates);

      const first = await createTsne(options);
      first.step(251);
      const second = await createTsne({ ...options, state: first.exportState() });
      assert.equal(second.iteration, 251);
      assert.deepEqual(second.coordinates, first.coordinates);
      second.step(19);
      assert.equal(second.iteration, 270);
      assert.deepEqual(second.coordinates, whole.coordinates);
      assert.deepEqual(second.exportState(), whole.exportState());
    });
  }
}

test('memory grows with the number of points, not with its square', async () => {
  const kernels = await program('fma');
  const bytesOf = async (count: number): Promise<number> => {
    const run = await createTsne({ ...cloud(count, 4, 3, 1), seed: 1, perplexity: 5, kernels });
    run.step(2);
    return run.bytes + run.affinities.columns.byteLength + run.affinities.values.byteLength;
  };
  const [once, fourfold] = [await bytesOf(5_000), await bytesOf(20_000)];
  assert.ok(fourfold > 3 * once && fourfold < 5 * once, `${once} and ${fourfold} bytes`);
});

test('the exported state and the coordinates are copies', async () => {
  const run = await createTsne({ ...cloud(60, 3, 2, 2), seed: 1, kernels: await program('fma') });
  const before = run.exportState();
  const kept = structuredClone(before);
  const shown = run.coordinates;
  run.step(10);
  assert.deepEqual(before, kept);
  assert.notDeepEqual(run.coordinates, shown);
});

test('a map stays centred, and pulls clusters apart', async () => {
  const set = cloud(500, 10, 2, 3);
  const kernels = await program('fma');
  const run = await createTsne({ ...set, seed: 1, kernels });
  run.step(500);
  const map = run.coordinates;
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = axis; i < map.length; i += 2) sum += map[i] ?? NaN;
    assert.ok(Math.abs(sum / set.count) < 1e-3);
  }
  const { recall, trustworthiness, asked } = await neighbourQuality(kernels, set, map, 1);
  assert.equal(asked, 500);
  assert.ok(recall > 0.3 && trustworthiness > 0.9, `${recall}, ${trustworthiness}`);
});

test('the quick divergence is near the exact one, and falls as the run goes on', async () => {
  const run = await createTsne({ ...cloud(1_800, 6, 5, 4), seed: 1, kernels: await program('fma') });
  run.step(300);
  const early = await run.exactKl();
  run.step(200);
  const late = await run.exactKl();
  assert.ok(late < early);
  assert.ok(Math.abs(run.estimateKl() / late - 1) < 0.005);
});

test('estimating the divergence changes nothing', async () => {
  const options = { ...cloud(200, 4, 3, 5), seed: 1, kernels: await program('fma') };
  const [asked, silent] = [await createTsne(options), await createTsne(options)];
  for (let i = 0; i < 20; i++) {
    asked.step(1);
    asked.estimateKl();
  }
  silent.step(20);
  assert.deepEqual(asked.coordinates, silent.coordinates);
});

test('perplexity is cut to a third of the others', async () => {
  const kernels = await program('fma');
  const cut = await createTsne({ ...cloud(31, 3, 2, 6), seed: 1, kernels });
  assert.equal(cut.perplexity, 10);
  const kept = await createTsne({ ...cloud(31, 3, 2, 6), seed: 1, kernels, perplexity: 4 });
  assert.equal(kept.perplexity, 4);
  assert.equal(kept.neighbours.k, 13);
});

test('four points, identical points, points on a line and one dimension make finite maps in the plane', async () => {
  const kernels = await program('fma');
  const line = Float32Array.from({ length: 200 * 3 }, (_, i) => Math.floor(i / 3) * 0.1);
  const sets: PointSet[] = [
    cloud(4, 2, 1, 7),
    identical(5, 3),
    identical(1_600, 4),
    { points: line, count: 200, dimensions: 3 },
    { points: line.slice(0, 200), count: 200, dimensions: 1 },
  ];
  for (const set of sets) {
    const run = await createTsne({ ...set, seed: 1, kernels });
    run.step(300);
    const map = run.coordinates;
    assert.ok(map.every(Number.isFinite));
    assert.ok(
      map.some((value, i) => i % 2 === 1 && Math.abs(value) > 1e-3),
      'the second axis is used',
    );
    assert.ok(Number.isFinite(await exactKl(kernels, run.affinities, map)));
    const { recall, trustworthiness } = await neighbourQuality(kernels, set, map, 1);
    assert.ok(recall >= 0 && recall <= 1 && trustworthiness <= 1);
  }
});

test('refuses what has no map, with a sentence', async () => {
  const kernels = await program('fma');
  const three = cloud(3, 2, 1, 8);
  await assert.rejects(
    createTsne({ ...three, seed: 1, kernels }),
    failsWith('too-few-images', /at least 4 images; there are only 3/),
  );
  for (const value of [NaN, Infinity]) {
    const broken = cloud(20, 3, 1, 9);
    broken.points[7] = value;
    await assert.rejects(
      createTsne({ ...broken, seed: 1, kernels }),
      failsWith('diverged', /image 3 of 20 is not a finite number/),
    );
  }
  const short = { ...cloud(20, 3, 1, 10), count: 21 };
  await assert.rejects(createTsne({ ...short, seed: 1, kernels }), failsWith('internal', /60 numbers/));
  for (const perplexity of [0, NaN, -3]) {
    const wrong = createTsne({ ...cloud(20, 3, 1, 11), seed: 1, kernels, perplexity });
    await assert.rejects(wrong, failsWith('internal', /perplexity/));
  }
});

test('refuses a state of other images, or one that is not finite', async () => {
  const kernels = await program('fma');
  const run = await createTsne({ ...cloud(40, 3, 2, 12), seed: 1, kernels });
  run.step(5);
  const state = run.exportState();
  const wrong: TsneState[] = [
    { ...state, coordinates: state.coordinates.slice(2) },
    { ...state, gains: state.gains.map((gain, i) => (i === 3 ? NaN : gain)) },
    { ...state, iteration: -1 },
  ];
  for (const broken of wrong) {
    await assert.rejects(
      createTsne({ ...cloud(40, 3, 2, 12), seed: 1, kernels, state: broken }),
      failsWith('invalid-model-file', /does not belong to these 40 images/),
    );
  }
});

test('preparation reports its stages in order, breathes, and stops when cancelled', async () => {
  const set = cloud(3_000, 6, 3, 13);
  const kernels = await program('fma');
  const stages: string[] = [];
  let breaths = 0;
  await createTsne({
    ...set,
    seed: 1,
    kernels,
    onStage: (stage) => {
      if (stages.at(-1) !== stage) stages.push(stage);
    },
    breathe: () => {
      breaths++;
      return Promise.resolve();
    },
  });
  assert.deepEqual(stages, ['neighbours', 'affinities', 'initialisation']);
  assert.ok(breaths > 3);
  for (const wanted of stages) {
    const controller = new AbortController();
    const stopped = createTsne({
      ...set,
      seed: 1,
      kernels,
      signal: controller.signal,
      onStage: (stage) => {
        if (stage === wanted) controller.abort();
      },
    });
    await assert.rejects(stopped, failsWith('cancelled', /Cancelled/), wanted);
  }
});

test('measures of more than 20,000 points ask a sample, and say so', async () => {
  const set = cloud(20_500, 2, 5, 15);
  const kernels = await program('fma');
  // A map that is the points themselves keeps every neighbour.
  const perfect = await neighbourQuality(kernels, set, set.points, 1);
  assert.deepEqual(
    { recall: perfect.recall, trustworthiness: perfect.trustworthiness, asked: perfect.asked },
    { recall: 1, trustworthiness: 1, asked: 5_000 },
  );
  const shuffled = set.points.slice().reverse();
  const poor = await neighbourQuality(kernels, set, shuffled, 1);
  assert.ok(poor.recall < 0.05 && poor.trustworthiness < 0.7, `${poor.recall}, ${poor.trustworthiness}`);
});
