import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrainingJob } from '../../../src/engine/training/job.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { tensorNames, type ModelFile } from '../../../src/shared/model-file.ts';
import { conformalThreshold } from '../../../src/shared/verdict.ts';
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

test('a job ends with a complete, calibrated model file', async () => {
  const file = await unbroken();
  const { card } = file;
  assert.equal(card.progress.state, 'finished');
  assert.deepEqual(
    card.history.map((record) => record.epoch),
    [1, 2, 3],
  );
  assert.ok((card.history[2]?.train ?? 1) < (card.history[0]?.train ?? 0), 'the loss falls');
  const scores = file.tensors.get(tensorNames.calibrationScores)?.data;
  assert.ok(scores instanceof Float64Array);
  assert.equal(scores.length, card.dataset.split.calibration);
  assert.equal(card.calibration?.threshold, conformalThreshold(scores, 0.05).threshold);
  assert.equal(file.tensors.has(tensorNames.adamStep), false, 'a finished model carries no optimiser state');
  const { fit, validation, calibration, test: unseen } = card.dataset.split;
  assert.equal(fit + validation + calibration + unseen, 180);
  const epochs = file.tensors.get(tensorNames.exampleEpochs)?.data;
  assert.deepEqual([...(epochs ?? [])], [0, 3]);
});

test('snapshots are complete, go through the phases in order, and count up', async () => {
  const run = makeRun();
  await runTrainingJob(plan, run.environment, new AbortController().signal);
  const phases = run.snapshots.map((snapshot) => snapshot.phase);
  assert.deepEqual([...new Set(phases)], ['reading', 'training', 'calibrating', 'saving']);
  const last = run.snapshots.at(-1);
  assert.equal(last?.card?.progress.state, 'finished');
  assert.equal(last?.examples?.count, 8);
  assert.equal(last?.reconstructions?.length, 8 * 12 * 9);
  assert.match(last?.engine?.build ?? '', /^wasm-simd/);
});

test('stopped in mid-epoch and resumed, the parameters are bit for bit those of the unbroken run', async () => {
  const whole = await unbroken();
  for (const steps of [3, whole.card.progress.stepsPerEpoch, whole.card.progress.stepsPerEpoch + 4]) {
    const checkpoint = await stoppedAfter(steps);
    assert.equal(checkpoint.card.progress.state, 'stopped');
    const { epoch, step, stepsPerEpoch } = checkpoint.card.progress;
    assert.ok(epoch * stepsPerEpoch + step >= steps);
    const run = makeRun();
    const outcome = await runTrainingJob(
      { ...plan, checkpoint },
      run.environment,
      new AbortController().signal,
    );
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    assert.equal(outcome.resumeNote, null);
    const resumed = lastFile(run);
    assertSameParameters(resumed, whole);
    assert.deepEqual(
      resumed.card.history.map(({ train, validation }) => [train, validation]),
      whole.card.history.map(({ train, validation }) => [train, validation]),
    );
  }
});

test('a stopped model shows its examples as it left them, and going on forgets that picture again', async () => {
  const { stepsPerEpoch } = (await unbroken()).card.progress;
  const checkpoint = await stoppedAfter(2 * stepsPerEpoch);
  const epochsOf = ({ tensors }: ModelFile): number[] => [
    ...(tensors.get(tensorNames.exampleEpochs)?.data ?? []),
  ];
  assert.deepEqual(epochsOf(checkpoint), [0, 2]);
  const pictures = checkpoint.tensors.get(tensorNames.exampleReconstructions)?.data ?? [];
  const half = pictures.length / 2;
  assert.notDeepEqual([...pictures.slice(0, half)], [...pictures.slice(half)]);
  const run = makeRun();
  await runTrainingJob({ ...plan, checkpoint }, run.environment, new AbortController().signal);
  assert.deepEqual(epochsOf(lastFile(run)), [0, 3]);
});

test('a stopped model is calibrated too, so that it can be used', async () => {
  const checkpoint = await stoppedAfter(2);
  assert.ok(checkpoint.card.calibration);
  assert.ok(checkpoint.tensors.has(tensorNames.adamStep));
});

test('resumed on changed images or another build, the outcome says why it is not the unbroken run', async () => {
  const checkpoint = await stoppedAfter(5);
  const changed = makeRun({ load: async () => spots(10) });
  const outcome = await runTrainingJob(
    { ...plan, checkpoint },
    changed.environment,
    new AbortController().signal,
  );
  assert.equal(outcome.state, 'finished');
  assert.match(outcome.resumeNote ?? '', /images have changed/);
  const other = {
    ...checkpoint,
    card: { ...checkpoint.card, engine: { ...checkpoint.card.engine, build: 'wasm-x' } },
  };
  const rebuilt = await runTrainingJob(
    { ...plan, checkpoint: other },
    makeRun().environment,
    new AbortController().signal,
  );
  assert.match(rebuilt.resumeNote ?? '', /made by wasm-x/);
});

for (const code of ['device-lost', 'engine-failed'] as const) {
  test(`a GPU's end (${code}) costs nothing but time: the fallback goes on from the last checkpoint`, async () => {
    const whole = await unbroken();
    const run = makeRun({
      chooseEngine: async () => ({
        engine: counting(
          await wasmEngine('simd'),
          (step) => {
            if (step === 12) throw new LensError(code, 'The GPU was lost.');
          },
          'webgpu',
        ),
        reason: 'WebGPU: in a test',
      }),
    });
    const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    assertSameParameters(lastFile(run), whole);
    assert.equal(lastFile(run).card.engine.reason, 'WASM: the GPU was lost');
    assert.ok(run.log.some((line) => /Going on with WASM/.test(line)));
  });
}

test('a checkpoint that cannot be saved at the end fails the job with its sentence', async () => {
  const run = makeRun({
    save: async () => {
      throw new LensError('disk-full', 'The disk is full.');
    },
  });
  const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'failed');
  assert.equal(outcome.error?.code, 'disk-full');
  assert.equal(outcome.savedAs, null);
});

test('a loss that is no number stops the job in words', async () => {
  const diverging = { ...plan, training: { ...plan.training, learningRate: 1, epochs: 50 } };
  const run = makeRun({
    chooseEngine: async () => ({
      engine: replacing(await wasmEngine('simd'), { takeLosses: async () => [Number.NaN] }),
      reason: 'WASM: in a test',
    }),
  });
  const outcome = await runTrainingJob(diverging, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'failed');
  assert.equal(outcome.error?.code, 'diverged');
  assert.match(outcome.error?.message ?? '', /epoch 1.*learning rate/);
});

test('stopped while reading, nothing is written', async () => {
  const abort = new AbortController();
  const run = makeRun({
    load: async (_plan, signal) => {
      abort.abort();
      assert.ok(signal.aborted);
      throw new LensError('cancelled', 'Cancelled.');
    },
  });
  const outcome = await runTrainingJob(plan, run.environment, abort.signal);
  assert.equal(outcome.state, 'stopped');
  assert.equal(outcome.savedAs, null);
  assert.equal(run.saved.length, 0);
});
