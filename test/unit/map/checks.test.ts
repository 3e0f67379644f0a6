import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import type { Verdict } from '../../../src/shared/verdict.ts';
import { PointChecks, tally } from '../../../src/webview/map/checks.ts';

const verdict = (score: number): Verdict => ({
  score,
  anomalous: score > 5,
  threshold: 5,
  pValue: 0.5,
  calibrationImages: 9,
  higher: 1,
  falsePositiveRate: 0.1,
});

test('checks one after the other, tells how far it is, and goes on after an image that fails', async () => {
  let under = 0;
  const seen: number[] = [];
  const checks = new PointChecks(async (point) => {
    assert.equal(++under, 1, 'one at a time');
    await Promise.resolve();
    under--;
    if (point === 2) throw new LensError('not-found', 'The image is no longer there.');
    return verdict(point);
  });
  checks.store.subscribe(() => seen.push(checks.store.value.done));
  await checks.start([1, 2, 9]);
  const { results, running, total } = checks.store.value;
  assert.deepEqual([running, total], [false, 3]);
  assert.deepEqual(
    [...results],
    [
      [1, { score: 1, anomalous: false }],
      [2, { failure: 'The image is no longer there.' }],
      [9, { score: 9, anomalous: true }],
    ],
  );
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.deepEqual(tally(results, [1, 2, 9, 4]), { anomalous: [9], checked: 2, failed: 1 });
});

test('stopped: what was found stays, nothing is checked any more', async () => {
  let release: (() => void) | undefined;
  const asked: number[] = [];
  const checks = new PointChecks(async (point) => {
    asked.push(point);
    if (point === 1) await new Promise<void>((resolve) => (release = resolve));
    return verdict(point);
  });
  const round = checks.start([0, 1, 2]);
  while (release === undefined) await Promise.resolve();
  checks.stop();
  release();
  await round;
  assert.deepEqual(asked, [0, 1]);
  assert.deepEqual([...checks.store.value.results.keys()], [0]);
  assert.equal(checks.store.value.running, false);
  // A later round keeps what is known of others.
  await checks.start([5]);
  assert.deepEqual([...checks.store.value.results.keys()], [0, 5]);
});

test('no points: nothing runs', async () => {
  const checks = new PointChecks(() => Promise.reject(new Error('not asked')));
  await checks.start([]);
  assert.equal(checks.store.value.running, false);
});
