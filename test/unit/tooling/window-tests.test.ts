import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from '../../../scripts/lib/tally.mjs';
import { runWindowTests } from '../../../scripts/lib/window-tests.mjs';

type Outcome = 'pass' | 'fail';

/** Runs files that pass or fail by a script, an outcome a run, and tells in which order and how many at once. */
async function play(
  script: Record<string, Outcome[]>,
  timeLeft = true,
): Promise<{ tally: Tally; runs: string[]; most: number; mostAgain: number }> {
  const tally = new Tally();
  const runs: string[] = [];
  let under = 0;
  let most = 0;
  let mostAgain = 0;
  await runWindowTests({
    files: Object.keys(script),
    concurrency: 2,
    timeLeft: () => timeLeft,
    tally,
    async runFile(file, counts) {
      const again = runs.includes(file);
      runs.push(file);
      under++;
      if (again) mostAgain = Math.max(mostAgain, under);
      else most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      counts.pass('e2e', `${file}: always`);
      if (script[file]?.shift() === 'pass') counts.pass('e2e', file);
      else counts.fail('e2e', file, 'why');
    },
  });
  return { tally, runs, most, mostAgain };
}

test('a file that fails beside another runs once more alone, and that run counts', async () => {
  const { tally, runs, most, mostAgain } = await play({
    a: ['pass'],
    b: ['fail', 'pass'],
    c: ['fail', 'fail'],
    d: ['pass'],
  });
  assert.deepEqual(tally.counts, { passed: 7, failed: 1, skipped: 0 });
  assert.deepEqual(
    tally.failures.map(({ name }) => name),
    ['c'],
  );
  assert.deepEqual(
    tally.weaknesses.map(({ name }) => name),
    ['b', 'c'],
  );
  assert.deepEqual(runs, ['a', 'b', 'c', 'd', 'b', 'c']);
  assert.equal(most, 2);
  assert.equal(mostAgain, 1);
});

test('a failure stands where no time is left for another run', async () => {
  const { tally, runs } = await play({ a: ['fail', 'pass'] }, false);
  assert.deepEqual(tally.counts, { passed: 1, failed: 1, skipped: 0 });
  assert.deepEqual(runs, ['a']);
});
