import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DatasetSummary } from '../../../src/shared/dataset.ts';
import { LensError } from '../../../src/shared/errors.ts';
import type { JobOutcome, JobSnapshot } from '../../../src/shared/protocol/engine.ts';
import type { TrainingStatus } from '../../../src/shared/protocol/studio.ts';
import type { EngineWorker } from '../../../src/webview/studio/engine-link.ts';
import type { RunningJob } from '../../../src/webview/studio/state.ts';
import { TrainingJob, type TrainingWork } from '../../../src/webview/studio/training-job.ts';

const dataset = { id: 'd', files: 200, classes: [{ name: 'good' }] } as unknown as DatasetSummary;
const outcome: JobOutcome = {
  ...{ jobId: 't', state: 'finished', error: null, savedAs: 'models/digits', card: null, resumeNote: null },
};
const file = { uri: 'memory:/models/digits', savedAs: 'models/digits' };
const epoch = { epoch: 1, train: 0.5, validation: null, seconds: 1, imagesPerSecond: 100 };
const snapshot = (change: Partial<JobSnapshot> = {}): JobSnapshot => ({
  ...{ jobId: 't', name: 'digits', phase: 'training', done: 10, total: 100, card: null, engine: null },
  ...{ imagesPerSecond: null, secondsLeft: null, history: [], runningLosses: new Float32Array() },
  ...{ examples: null, reconstructions: null, skipped: [], skippedCount: 0, warning: null },
  ...change,
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** @param work what the training does; in the engine until `finish` or `fail` where it is left out */
function setUp(work?: TrainingWork) {
  const calls: string[] = [];
  const told: TrainingStatus[] = [];
  const shown: RunningJob[] = [];
  let milestones = 0;
  let finish: (outcome: JobOutcome) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<JobOutcome>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const worker = { call: async (method: string) => void calls.push(method) } as unknown as EngineWorker;
  const inEngine: TrainingWork = (handle) => {
    handle.handOver();
    return ended;
  };
  const job = new TrainingJob({ jobId: 't', name: 'digits', dataset, resumed: false }, work ?? inEngine, {
    run: async (call) => call(worker),
    tell: (status) => void told.push(status),
    onChange: (running) => void shown.push(running),
    onMilestone: () => void milestones++,
  });
  return { job, calls, told, shown, finish, fail, milestones: () => milestones };
}

describe('a training in the Studio', () => {
  it('is shown and told at once, then follows its own snapshots alone', async () => {
    const { job, told, shown } = setUp();
    assert.deepEqual(
      told.map(({ phase, done, total }) => [phase, done, total]),
      [['reading', 0, 200]],
    );
    assert.equal(shown[0]?.before.text, 'Starting the engine');
    job.take(snapshot({ jobId: 'other' }));
    assert.equal(job.running.snapshot, null);
    job.take(snapshot({ done: 20 }));
    assert.equal(shown.at(-1)?.snapshot?.done, 20);
  });

  it('has something to remember when an epoch is done and when it is saved, not at each snapshot', () => {
    const { job, milestones } = setUp();
    job.take(snapshot({ done: 10 }));
    job.take(snapshot({ done: 20 }));
    assert.equal(milestones(), 0);
    job.take(snapshot({ history: [epoch] }));
    assert.equal(milestones(), 1);
    job.saved(file);
    assert.equal(milestones(), 2);
    assert.deepEqual(job.file, file);
  });

  it('is stopped by the engine once that has it, and ends with what that says', async () => {
    const { job, calls, finish, shown } = setUp();
    await turn();
    const stopped = job.stop();
    await turn();
    assert.deepEqual(calls, ['stop']);
    assert.equal(shown.at(-1)?.stopping, true);
    finish({ ...outcome, state: 'stopped' });
    assert.equal((await stopped).state, 'stopped');
  });

  it('that is stopped before the engine has it never gets there', async () => {
    let read: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (read = resolve));
    let reached = false;
    const { job, calls } = setUp(async (handle) => {
      await reading;
      handle.handOver();
      reached = true;
      return outcome;
    });
    await turn();
    const stopped = job.stop();
    read();
    assert.deepEqual(await stopped, { ...outcome, state: 'stopped', savedAs: null });
    assert.equal(reached, false);
    assert.deepEqual(calls, []);
  });

  it('whose worker dies fails with the cause, and says where it was saved', async () => {
    const { job, fail } = setUp();
    await turn();
    job.saved(file);
    fail(new LensError('engine-failed', 'The engine stopped working.'));
    const { state, error, savedAs } = await job.end;
    assert.deepEqual([state, error?.code, savedAs], ['failed', 'engine-failed', 'models/digits']);
  });
});
