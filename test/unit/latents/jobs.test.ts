// The two ways in which a worker keeps its work apart: a queue of short calls, one long job.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExclusive } from '../../../src/engine/exclusive.ts';
import { createQueue } from '../../../src/engine/queue.ts';
import { LensError } from '../../../src/shared/errors.ts';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('queued work never overlaps, keeps its order, and goes on after a failure', async () => {
  const queued = createQueue();
  const events: string[] = [];
  const work = (name: string, turns: number) => async (): Promise<string> => {
    events.push(`${name} begins`);
    for (let i = 0; i < turns; i++) await pause();
    events.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const results = await Promise.allSettled([
    queued(work('a', 3)),
    queued(work('b', 1)),
    queued(work('c', 0)),
    queued(() => 'd'),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ['a', 'Error: b failed', 'c', 'd'],
  );
  assert.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a second job is refused while one runs; stop reaches the running one alone', async () => {
  const job = createExclusive();
  const training = job.run('training', async (signal) => {
    while (!signal.aborted) await pause();
    return 'stopped';
  });
  await assert.rejects(
    job.run('projection', async () => 'never'),
    (error) => error instanceof LensError && /already running/.test(error.message),
  );
  job.stop('projection');
  await pause();
  job.stop('training');
  assert.equal(await training, 'stopped');
  await assert.rejects(job.run('broken', () => Promise.reject(new Error('no'))));
  assert.equal(await job.run('projection', async (signal) => signal.aborted), false);
});
