import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobOutcome } from '../../../src/shared/protocol/engine.ts';
import type { ProjectionEnd, ProjectionStatus } from '../../../src/shared/protocol/projection.ts';
import type { JobStatus, TrainingStatus } from '../../../src/shared/protocol/studio.ts';
import { memoryKeys } from '../../../src/extension/core/memory-keys.ts';
import { Jobs } from '../../../src/extension/jobs/jobs.ts';
import { JobRecords } from '../../../src/extension/jobs/record.ts';
import { FakeMemory } from './support/memory.ts';

const status = (changes: Partial<TrainingStatus> = {}): TrainingStatus => ({
  kind: 'training',
  jobId: 'j',
  name: 'digits',
  phase: 'training',
  done: 0,
  total: 10,
  engine: null,
  secondsLeft: null,
  epoch: 0,
  epochs: 20,
  dataset: 'set',
  ...changes,
});
const outcome = (changes: Partial<JobOutcome> = {}): JobOutcome => ({
  jobId: 'j',
  state: 'finished',
  error: null,
  savedAs: 'x',
  card: null,
  resumeNote: null,
  ...changes,
});

const projecting = (changes: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  kind: 'projection',
  jobId: 'p',
  model: 'memory:/m/digits',
  name: 'digits',
  phase: 'embedding',
  share: 0.3,
  iteration: 300,
  of: 1000,
  coordinates: Float32Array.of(1, 2),
  count: 1,
  total: 2,
  kl: 1.9,
  engine: 'WASM: chosen in settings',
  perplexity: 30,
  seed: 42,
  stopping: false,
  secondsLeft: null,
  ...changes,
});
const projectionEnd = (changes: Partial<ProjectionEnd> = {}): ProjectionEnd => ({
  jobId: 'p',
  state: 'finished',
  error: null,
  savedAs: 'x',
  card: null,
  ...changes,
});

function setUp(memory = new FakeMemory(), session = 'now') {
  const records = new JobRecords(memory);
  let names = 0;
  const jobs = new Jobs({
    records,
    session,
    newTarget: (name) => Promise.resolve(`memory:/m/${name} ${++names}`),
    datasetUri: (id) => (id === 'set' ? 'memory:/d' : undefined),
  });
  return { memory, records, jobs };
}

describe('a job', () => {
  it('names the engine of the last job, also of one that ended before its first notice', async () => {
    const { jobs } = setUp();
    const engine = { kind: 'wasm', build: 'wasm-simd-1', reason: 'WASM: in a test' } as const;
    await jobs.finished(outcome({ card: { engine } as JobOutcome['card'] }));
    assert.deepEqual(jobs.engine, engine);
    await jobs.changed(status({ jobId: 'next', engine: { ...engine, kind: 'webgpu' } }));
    assert.equal(jobs.engine?.kind, 'webgpu');
  });

  it('is remembered from its first notice on, and forgotten at its end', async () => {
    const { jobs, records } = setUp();
    await jobs.changed(status());
    assert.deepEqual(records.read(), {
      kind: 'training',
      jobId: 'j',
      session: 'now',
      name: 'digits',
      model: null,
      dataset: 'memory:/d',
    });
    await jobs.saved('j', await jobs.targetOf('j', 'digits'));
    assert.equal(records.read()?.model, 'memory:/m/digits 1');
    await jobs.finished(outcome());
    assert.equal(records.read(), undefined);
    assert.equal(jobs.current, null);
  });

  it('writes its record only when it changes', async () => {
    const { jobs, memory } = setUp();
    for (let done = 0; done < 10; done++) await jobs.changed(status({ done }));
    assert.equal(memory.updates, 1);
  });

  it('is not brought back by a notice that its end overtook', async () => {
    const { jobs, records } = setUp();
    await jobs.changed(status());
    await jobs.finished(outcome());
    await jobs.changed(status());
    assert.equal(jobs.current, null);
    assert.equal(records.read(), undefined);
  });

  it('keeps its file for all its saves, another job has another', async () => {
    const { jobs } = setUp();
    assert.equal(await jobs.targetOf('j', 'digits'), 'memory:/m/digits 1');
    assert.equal(await jobs.targetOf('j', 'digits'), 'memory:/m/digits 1');
    assert.equal(await jobs.targetOf('k', 'digits'), 'memory:/m/digits 2');
    jobs.adopt('resumed', 'memory:/m/old');
    assert.equal(await jobs.targetOf('resumed', 'digits'), 'memory:/m/old');
    await jobs.saved('j', 'memory:/m/digits 1');
    jobs.moved('memory:/m/digits 1', 'memory:/m/renamed');
    assert.equal(await jobs.targetOf('j', 'digits'), 'memory:/m/renamed');
    assert.equal(jobs.fileOf('j'), 'memory:/m/renamed');
  });

  it('tells whoever waits for its end, also when its panel is closed', async () => {
    const { jobs } = setUp();
    const first = jobs.nextEnd();
    await jobs.changed(status());
    await jobs.finished(outcome());
    assert.equal((await first).state, 'finished');
    const second = jobs.nextEnd();
    await jobs.changed(status({ jobId: 'k' }));
    await jobs.saved('k', 'memory:/m/k');
    const record = jobs.abandoned();
    assert.equal(record?.model, 'memory:/m/k');
    const lost = await second;
    assert.equal(lost.error?.code, 'disconnected');
    assert.match(lost.error?.message ?? '', /can be resumed/);
  });

  it('that is resumed counts as running again', async () => {
    const { jobs } = setUp();
    await jobs.changed(status());
    jobs.forget();
    assert.equal(jobs.current, null);
    jobs.adopt('j', 'memory:/m/j');
    await jobs.changed(status());
    const current = (): JobStatus | null => jobs.current;
    assert.equal(current()?.jobId, 'j');
  });
});

describe('a t-SNE', () => {
  it('writes the file of its model, is remembered as what it is, and ends for those who wait for one', async () => {
    const { jobs, records } = setUp();
    jobs.adopt('p', 'memory:/m/digits');
    const training = jobs.nextEnd();
    let trained = false;
    void training.then(() => (trained = true));
    const ended = jobs.nextProjectionEnd();
    await jobs.changed(projecting());
    assert.equal(jobs.projection?.iteration, 300);
    assert.equal(jobs.dataset, undefined);
    assert.equal(jobs.engine, null);
    assert.equal(await jobs.targetOf('p', 'another name'), 'memory:/m/digits');
    const expected = { kind: 'projection', jobId: 'p', session: 'now', name: 'digits' };
    assert.deepEqual(records.read(), { ...expected, model: 'memory:/m/digits', dataset: '' });
    await jobs.projected(projectionEnd());
    assert.equal((await ended).state, 'finished');
    assert.equal(jobs.current, null);
    assert.equal(records.read(), undefined);
    await jobs.changed(projecting({ iteration: 301 }));
    assert.equal(jobs.projection, null, 'a notice that its end overtook does not bring it back');
    assert.equal(trained, false, 'whoever waits for a training waits on');
  });

  it('writes its record once, however often it reports', async () => {
    const { jobs, memory } = setUp();
    for (let iteration = 0; iteration < 10; iteration++) await jobs.changed(projecting({ iteration }));
    assert.equal(memory.updates, 1);
  });

  it('that ends with its panel is told as lost, with its record to go on from', async () => {
    const { jobs } = setUp();
    jobs.adopt('p', 'memory:/m/digits');
    const ended = jobs.nextProjectionEnd();
    await jobs.changed(projecting());
    const record = jobs.abandoned();
    assert.deepEqual([record?.kind, record?.model], ['projection', 'memory:/m/digits']);
    const lost = await ended;
    assert.equal(lost.error?.code, 'disconnected');
    assert.match(lost.error?.message ?? '', /t-SNE of “digits”.*can be gone on with/);
    assert.equal(jobs.current, null);
  });
});

describe('the record of a job', () => {
  it('of an earlier window is an interrupted one, of this window not', async () => {
    const memory = new FakeMemory();
    const before = setUp(memory, 'before');
    await before.jobs.changed(status());
    assert.equal(before.records.interrupted('before'), undefined);
    assert.equal(new JobRecords(memory).interrupted('after')?.name, 'digits');
  });

  it('of a version that knew no t-SNE is one of a training', () => {
    const memory = new FakeMemory();
    const old = { jobId: 'j', session: 's', name: 'n', model: null, dataset: 'memory:/d' };
    memory.values.set(memoryKeys.job, old);
    assert.deepEqual(new JobRecords(memory).read(), { kind: 'training', ...old });
  });

  it('that does not hold is none', () => {
    const memory = new FakeMemory();
    for (const value of [
      null,
      3,
      'x',
      {},
      { jobId: 1 },
      { jobId: 'j', session: 's', name: 'n', model: 3, dataset: '' },
    ]) {
      memory.values.set(memoryKeys.job, value);
      assert.equal(new JobRecords(memory).read(), undefined);
    }
  });
});
