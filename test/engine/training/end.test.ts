// What the end of a training adds to the file: points of the map, their principal projection, the baseline. And the
// variants, whose resumption is held to the same bits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrainingJob, type JobPlan } from '../../../src/engine/training/job.ts';
import { pointSets, readPoints, readProjection } from '../../../src/shared/map-points.ts';
import { klWeightAt, type ModelSpec } from '../../../src/shared/model-spec.ts';
import {
  assertSameParameters,
  counting,
  lastFile,
  makeRun,
  plan,
  replacing,
  spots,
  stoppedAfter,
  unbroken,
} from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

const variant = (change: Partial<ModelSpec>, klAnnealEpochs?: number): JobPlan => ({
  ...plan,
  spec: { ...plan.spec, ...change },
  training: { ...plan.training, ...(klAnnealEpochs === undefined ? {} : { klAnnealEpochs }) },
});

test('every image is a point: those never trained on first, with class, set, error, name and picture', async () => {
  const { images, split } = spots();
  const file = await unbroken();
  const points = readPoints(file);
  assert.ok(points);
  const heldOut = split.validation.length + split.calibration.length;
  assert.deepEqual([points.count, points.total, points.heldOut], [180, 180, heldOut]);
  const order = [...split.validation, ...split.calibration, ...split.test, ...split.fit];
  assert.deepEqual(
    [...points.labels],
    order.map((image) => images.labels[image]),
  );
  assert.deepEqual(
    Array.from(points.files, (path) => points.paths[path]),
    order.map((image) => images.paths[image]),
  );
  const setOf = Array.from(points.sets, (code) => pointSets[code] ?? '');
  assert.deepEqual(
    setOf.slice(0, split.validation.length),
    Array(split.validation.length).fill('validation'),
  );
  assert.deepEqual(new Set(setOf.slice(heldOut)), new Set(['fit']));

  const { thumbnails } = points;
  assert.ok(thumbnails);
  assert.deepEqual(
    [thumbnails.count, thumbnails.height, thumbnails.width, thumbnails.channels],
    [180, 12, 9, 1],
  );
  const first = order[0] ?? 0;
  assert.deepEqual(
    thumbnails.pixels.subarray(0, 108),
    images.pixels.subarray(first * 108, (first + 1) * 108),
  );

  // The calibration images' scores are those of their points.
  const calibration = points.scores.slice(split.validation.length, heldOut).sort();
  assert.deepEqual(calibration, file.tensors.get('calibration.scores')?.data);
});

test('by the notebook’s recipe the mean squared error is the verdict’s score, and the points’', async () => {
  const { split } = spots();
  const { card, tensors } = await unbroken(
    variant({ recipe: 'notebook', corruption: { noise: 0, erase: 0 } }),
  );
  assert.equal(card.calibration?.score, 'mse');
  assert.equal(card.calibration.autoencoder, undefined);
  assert.deepEqual(
    card.calibration.channels?.map(({ name, inSum }) => [name, inSum]),
    [['error', false]],
  );
  const points = readPoints({ card, tensors });
  assert.deepEqual(points?.scores.slice(0, split.validation.length), tensors.get('validation.scores')?.data);
  assert.deepEqual(tensors.get('calibration.errors')?.data, tensors.get('calibration.scores')?.data);
});

test('the principal projection is centred, uncorrelated, and its first axis is the longer one', async () => {
  const projection = readProjection(await unbroken(), 'pca');
  assert.ok(projection);
  assert.equal(projection.card.count, 180);
  const sums = [0, 0, 0, 0, 0];
  for (let n = 0; n < 180; n++) {
    const [x, y] = [projection.coordinates[2 * n] ?? 0, projection.coordinates[2 * n + 1] ?? 0];
    [x, y, x * x, y * y, x * y].forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value / 180));
  }
  const [x = 1, y = 1, xx = 0, yy = 1, xy = 1] = sums;
  assert.ok(Math.abs(x) < 1e-5 && Math.abs(y) < 1e-5);
  assert.ok(xx > yy && yy > 0);
  assert.ok(Math.abs(xy) < 1e-4 * xx);
});

test('as many principal components stand beside the model', async () => {
  const { card } = await unbroken();
  assert.equal(card.pcaBaseline?.components, 6);
  assert.equal(card.pcaBaseline.images, card.dataset.split.fit);
  assert.equal(card.pcaBaseline.skipped, null);
  assert.ok((card.pcaBaseline.validation ?? 0) > 0);
});

test('a checkpoint on the way has no points yet, a stopped model has', async () => {
  const run = makeRun();
  const abort = new AbortController();
  const stopping = makeRun({
    chooseEngine: async () => ({
      engine: counting(await wasmEngine('simd'), (step) => step === 3 && abort.abort()),
      reason: 'WASM: in a test',
    }),
    save: run.environment.save,
  });
  await runTrainingJob(plan, stopping.environment, abort.signal);
  assert.equal(run.saved.length, 2);
  assert.equal(readPoints(lastFile({ ...run, saved: run.saved.slice(0, 1) })), null);
  assert.equal(readPoints(lastFile(run))?.count, 180);
});

for (const [name, changed] of [
  ['linear', variant({ variant: 'linear' })],
  ['variational', variant({ variant: 'variational', beta: 2 }, 2)],
] as const) {
  test(`a ${name} model stopped in mid-epoch ends bit for bit as the unbroken one`, async () => {
    const whole = await unbroken(changed);
    for (const steps of [3, whole.card.progress.stepsPerEpoch + 2]) {
      const checkpoint = await stoppedAfter(steps, changed);
      const run = makeRun();
      const outcome = await runTrainingJob(
        { ...changed, checkpoint },
        run.environment,
        new AbortController().signal,
      );
      assert.equal(outcome.state, 'finished', outcome.error?.message);
      assertSameParameters(lastFile(run), whole);
      assert.deepEqual(readPoints(lastFile(run))?.latents, readPoints(whole)?.latents);
    }
  });
}

test('a variational model is trained with β, annealed over the epochs, per pixel; a plain one without', async () => {
  const weights = async (of: JobPlan): Promise<(number | undefined)[]> => {
    const seen: (number | undefined)[] = [];
    const run = makeRun({
      chooseEngine: async () => {
        const engine = await wasmEngine('simd');
        return {
          engine: replacing(engine, {
            trainStep: async (batch, optimizer) => {
              if (seen.at(-1) !== batch.klWeight || seen.length === 0) seen.push(batch.klWeight);
              await engine.trainStep(batch, optimizer);
            },
          }),
          reason: 'WASM: in a test',
        };
      },
    });
    await runTrainingJob(of, run.environment, new AbortController().signal);
    return seen;
  };
  const annealed = variant({ variant: 'variational', beta: 2 }, 2);
  assert.deepEqual(await weights(annealed), [0, 1 / 108, 2 / 108]);
  assert.equal(klWeightAt(annealed.spec, annealed.training, 7), 2 / 108);
  assert.deepEqual(await weights(variant({ variant: 'variational' })), [1 / 108]);
  assert.deepEqual(await weights(plan), [undefined]);
});

test('the divergence pulls the latents to the standard normal distribution', async () => {
  const spread = async (of: JobPlan): Promise<number> => {
    const points = readPoints(await unbroken(of));
    assert.ok(points);
    return Math.sqrt(points.latents.reduce((sum, value) => sum + value * value, 0) / points.latents.length);
  };
  const long = (of: JobPlan): JobPlan => ({ ...of, training: { ...of.training, epochs: 12 } });
  const free = await spread(long(variant({ variant: 'variational', beta: 0 })));
  const held = await spread(long(variant({ variant: 'variational', beta: 20 })));
  assert.ok(held < 0.5 * free, `${held} against ${free}`);
});
