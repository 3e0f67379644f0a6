import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecalibrationOutcome } from '../../../src/shared/protocol/engine.ts';
import type {
  RecalibrationProposal,
  RecalibrationStatus,
} from '../../../src/shared/protocol/recalibration.ts';
import type { EngineWorker } from '../../../src/webview/studio/engine-link.ts';
import { RecalibrationJob } from '../../../src/webview/studio/recalibration-job.ts';

const proposal = { jobId: 'c', name: 'digits', model: 'memory:/m/digits' } as RecalibrationProposal;
const outcome: RecalibrationOutcome = {
  ...{ jobId: 'c', state: 'finished', error: null, savedAs: 'digits', calibration: null, skipped: [] },
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a calibration anew in the Studio', () => {
  it('tells its host how far it is, the newest only while that is slow, and nothing after its end', async () => {
    const told: RecalibrationStatus[] = [];
    let taken = (): void => undefined;
    let finish = (): void => undefined;
    const ended = new Promise<RecalibrationOutcome>((resolve) => (finish = () => resolve(outcome)));
    const worker = { call: () => ended } as unknown as EngineWorker;
    const job = new RecalibrationJob(proposal, {
      run: (call) => call(worker),
      readFile: async () => Uint8Array.of(1),
      tell: (status) => {
        told.push(status);
        return new Promise((resolve) => (taken = resolve));
      },
      onChange: () => undefined,
    });
    await turn();
    for (const done of [10, 20, 30]) job.take({ text: 'Scoring', done, total: 90 });
    taken();
    await turn();
    const status = { kind: 'calibration', jobId: 'c', name: 'digits', secondsLeft: null };
    assert.deepEqual(told, [
      { ...status, text: 'Reading the model', done: 0, total: 0 },
      { ...status, text: 'Scoring', done: 30, total: 90 },
    ]);
    job.take({ text: 'Scoring', done: 60, total: 90 });
    finish();
    assert.equal((await job.end).state, 'finished');
    taken();
    await turn();
    assert.equal(told.length, 2, 'what waited is not told any more');
  });
});
