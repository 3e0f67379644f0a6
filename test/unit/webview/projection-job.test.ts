import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import type { ProjectionOutcome, ProjectionSnapshot } from '../../../src/shared/protocol/engine.ts';
import type { ProjectionProposal, ProjectionStatus } from '../../../src/shared/protocol/projection.ts';
import type { EngineWorker } from '../../../src/webview/studio/engine-link.ts';
import { ProjectionJob, type ProjectionSeam } from '../../../src/webview/studio/projection-job.ts';
import { secondsLeft, withProjectionSnapshot } from '../../../src/webview/studio/projection-state.ts';
import { projectionProgress, recallWarning } from '../../../src/webview/shared/projection-words.ts';

const proposal: ProjectionProposal = {
  jobId: 'p',
  model: 'memory:/m/digits',
  name: 'digits',
  points: 'held-out',
  perplexity: 30,
  iterations: 1000,
  seed: 42,
  continue: false,
};
const snapshot = (change: Partial<ProjectionSnapshot> = {}): ProjectionSnapshot => ({
  jobId: 'p',
  name: 'digits',
  phase: 'embedding',
  share: 0.1,
  iteration: 100,
  of: 1000,
  coordinates: Float32Array.of(1, 2, 3, 4),
  count: 2,
  total: 10,
  kl: 1.93,
  engine: 'WASM: chosen in settings',
  ...change,
});
const outcome = (change: Partial<ProjectionOutcome> = {}): ProjectionOutcome => ({
  jobId: 'p',
  state: 'finished',
  error: null,
  savedAs: 'latent-lens/digits',
  card: null,
  coordinates: Float32Array.of(1, 2),
  ...change,
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(change: Partial<ProjectionSeam> = {}) {
  const calls: { method: string; params: unknown }[] = [];
  const told: ProjectionStatus[] = [];
  let finish: (outcome: ProjectionOutcome) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<ProjectionOutcome>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const worker = {
    call: (method: string, params: unknown) => {
      calls.push({ method, params });
      return method === 'project' ? ended : Promise.resolve();
    },
  } as unknown as EngineWorker;
  let now = 0;
  const seam: ProjectionSeam = {
    run: (call) => call(worker),
    readFile: async () => Uint8Array.of(1, 2, 3),
    kernels: async () => ({ simd: new ArrayBuffer(1), fma: new ArrayBuffer(2) }),
    tell: async (status) => void told.push(status),
    onChange: () => undefined,
    now: () => now,
    ...change,
  };
  const job = new ProjectionJob(proposal, seam);
  return { job, calls, told, finish, fail, at: (ms: number) => void (now = ms) };
}

describe('a t-SNE in the Studio', () => {
  it('is run with what was asked for on the bytes of the file, and ends without its coordinates', async () => {
    const { job, calls, finish } = setUp();
    await turn();
    const { jobId, name, points, perplexity, iterations, seed } = proposal;
    assert.deepEqual(calls, [
      {
        method: 'project',
        params: {
          ...{ jobId, name, points, perplexity, iterations, seed, continue: false },
          kernels: { simd: new ArrayBuffer(1), fma: new ArrayBuffer(2) },
          model: Uint8Array.of(1, 2, 3),
        },
      },
    ]);
    finish(outcome());
    assert.deepEqual(await job.end, {
      ...{ jobId: 'p', state: 'finished', error: null },
      ...{ savedAs: 'latent-lens/digits', card: null },
    });
  });

  it('tells the host of each picture with the model it is of, and none of another job', async () => {
    const { job, told, at } = setUp();
    await turn();
    assert.deepEqual(
      told.map(({ phase, iteration, coordinates }) => [phase, iteration, coordinates]),
      [['neighbours', 0, null]],
    );
    job.take(snapshot({ jobId: 'other' }));
    at(1000);
    job.take(snapshot());
    await turn();
    at(2000);
    job.take(snapshot({ iteration: 300 }));
    await turn();
    const last = told.at(-1);
    assert.equal(told.length, 3);
    assert.deepEqual([last?.kind, last?.model, last?.iteration], ['projection', proposal.model, 300]);
    // 200 iterations took a second, and 700 are left.
    assert.equal(last?.secondsLeft, 3.5);
  });

  it('does not flood a host that is slow: what comes meanwhile is the newest picture alone', async () => {
    let free: () => void = () => undefined;
    const seen: number[] = [];
    const { job } = setUp({
      tell: (status) => {
        seen.push(status.iteration);
        return new Promise((resolve) => (free = resolve));
      },
    });
    for (let iteration = 1; iteration <= 50; iteration++) job.take(snapshot({ iteration }));
    await turn();
    assert.deepEqual(seen, [0]);
    free();
    await turn();
    assert.deepEqual(seen, [0, 50]);
  });

  it('is stopped in the worker; before that has it, at once', async () => {
    const running = setUp();
    await turn();
    const stopped = running.job.stop();
    assert.deepEqual(running.calls.at(-1), { method: 'stop', params: { jobId: 'p' } });
    assert.equal(running.told.at(-1)?.stopping, true);
    running.finish(outcome({ state: 'stopped' }));
    assert.equal((await stopped).state, 'stopped');

    let give: (bytes: Uint8Array) => void = () => undefined;
    const early = setUp({ readFile: () => new Promise((resolve) => (give = resolve)) });
    const end = early.job.stop();
    give(Uint8Array.of(1));
    assert.deepEqual([(await end).state, (await end).error], ['stopped', null]);
    assert.deepEqual(early.calls, []);
  });

  it('whose worker dies has failed, and says where it was last saved', async () => {
    const { job, fail, told } = setUp();
    await turn();
    job.saved('latent-lens/digits');
    fail(new LensError('engine-failed', 'The worker stopped.'));
    const end = await job.end;
    assert.deepEqual(
      [end.state, end.error?.code, end.savedAs],
      ['failed', 'engine-failed', 'latent-lens/digits'],
    );
    const before = told.length;
    job.take(snapshot());
    await turn();
    assert.equal(told.length, before, 'a snapshot after the end is none');
  });
});

describe('the time left of a t-SNE', () => {
  it('is measured from the first iteration on, and unknown before and after', () => {
    const fresh = { proposal, stopping: false, snapshot: null, began: null };
    assert.equal(secondsLeft(fresh, 5), null);
    const searching = withProjectionSnapshot(fresh, snapshot({ phase: 'neighbours', iteration: 0 }), 1000);
    assert.equal(searching.began, null);
    const first = withProjectionSnapshot(searching, snapshot({ iteration: 500 }), 2000);
    assert.equal(secondsLeft(first, 2000), null);
    const later = withProjectionSnapshot(first, snapshot({ iteration: 750 }), 4000);
    assert.equal(secondsLeft(later, 4000), 2);
    const measuring = withProjectionSnapshot(later, snapshot({ phase: 'measuring', iteration: 1000 }), 5000);
    assert.equal(secondsLeft(measuring, 5000), null);
  });
});

describe('a t-SNE in words', () => {
  it('says its iteration and divergence', () => {
    assert.equal(projectionProgress(snapshot({ iteration: 300 })), 'Iteration 300 of 1,000 · KL 1.93');
    assert.equal(projectionProgress(snapshot({ kl: null })), 'Iteration 100 of 1,000');
    assert.equal(
      projectionProgress(snapshot({ phase: 'neighbours', share: 0.456, kl: null })),
      'Finding neighbours · 45 %',
    );
    assert.equal(projectionProgress(snapshot({ phase: 'measuring' })), 'Measuring the map · KL 1.93');
  });

  it('warns of a map that keeps few neighbours, and of no other', () => {
    assert.match(recallWarning({ recall: 0.21 }) ?? '', /of 10 nearest 2\.1 on average/);
    assert.equal(recallWarning({ recall: 0.3 }), null);
    assert.equal(recallWarning({ recall: null }), null);
  });
});
