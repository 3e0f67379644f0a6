import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { runTrainingJob } from '../../../src/engine/training/job.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { readModelFile } from '../../../src/shared/model-file.ts';
import { assertSameParameters, counting, lastFile, makeRun, plan, unbroken } from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

/** Lets eleven seconds pass with every look at the clock, so that a checkpoint is due after every epoch. */
function hurry(t: TestContext): void {
  let now = 0;
  const clock = mock.method(performance, 'now', () => (now += 11_000));
  t.after(() => clock.mock.restore());
}

const longer = { ...plan, training: { ...plan.training, epochs: 6 } };
const unaborted = new AbortController().signal;

test('training goes on while a checkpoint is written, and the end waits for it', async (t) => {
  hurry(t);
  const whole = await unbroken();
  const epochsSeen: number[] = [];
  let release = (): void => undefined;
  const written: string[] = [];
  const run = makeRun({
    save: async (bytes) => {
      const { state } = readModelFile(bytes).card.progress;
      if (written.length === 0 && state === 'training')
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      written.push(state);
      run.saved.push(bytes);
      return { savedAs: 'spots.lens.safetensors' };
    },
    snapshot: (snapshot) => {
      epochsSeen.push(snapshot.history.length);
      if (snapshot.phase === 'calibrating') release();
    },
  });
  const outcome = await runTrainingJob(plan, run.environment, unaborted);
  assert.equal(outcome.state, 'finished');
  assert.deepEqual(written, ['training', 'finished']);
  assert.equal(Math.max(...epochsSeen), 3, 'all epochs ran while the first checkpoint was on its way');
  assertSameParameters(lastFile(run), whole);
});

test('a checkpoint that cannot be saved is a warning; the next one is tried and the job ends well', async (t) => {
  hurry(t);
  let attempts = 0;
  const run = makeRun({
    save: async (bytes) => {
      if (++attempts === 1) throw new LensError('disk-full', 'The disk is full.');
      run.saved.push(bytes);
      return { savedAs: 'spots.lens.safetensors' };
    },
  });
  const outcome = await runTrainingJob(longer, run.environment, unaborted);
  assert.equal(outcome.state, 'finished');
  assert.equal(outcome.error, null);
  assert.ok(run.snapshots.some(({ warning }) => warning?.code === 'disk-full'));
  assert.equal(run.snapshots.at(-1)?.warning, null, 'a later checkpoint takes the warning back');
  assert.ok(attempts > 2, `${attempts} attempts`);
});

test('a job that fails waits for the checkpoint that is on its way', async (t) => {
  hurry(t);
  const steps = (await unbroken()).card.progress.stepsPerEpoch;
  let finished = false;
  const run = makeRun({
    save: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      finished = true;
      return { savedAs: 'spots.lens.safetensors' };
    },
    chooseEngine: async () => {
      const engine = counting(await wasmEngine('simd'), (step) => {
        if (step === 2 * steps) throw new LensError('out-of-memory', 'Too little memory.');
      });
      return { engine, reason: 'WASM: in a test' };
    },
  });
  const outcome = await runTrainingJob(longer, run.environment, unaborted);
  assert.equal(outcome.state, 'failed');
  assert.ok(finished, 'the job ended before its checkpoint did');
  assert.equal(outcome.savedAs, 'spots.lens.safetensors');
});
