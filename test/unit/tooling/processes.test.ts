import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { killMarked, runCommand } from '../../../scripts/lib/processes.mjs';

const node = process.execPath;

test('a command’s output and exit code come back', async () => {
  const result = await runCommand(node, ['-e', 'console.log("out"); console.error("err"); process.exit(3)'], {
    budgetMs: 60_000,
  });
  assert.equal(result.code, 3);
  assert.match(result.output, /out/);
  assert.match(result.output, /err/);
});

test('a command that is not there is an answer, not a crash', async () => {
  const { code, output } = await runCommand('/nowhere/at/all', [], { budgetMs: 60_000 });
  assert.equal(code, 127);
  assert.match(output, /nowhere/);
});

test('a command that outlives its budget is killed together with what it started', async () => {
  const child = 'setInterval(() => {}, 1000)';
  const parent =
    `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]);` +
    'console.log("child", c.pid); setInterval(() => {}, 1000);';
  const { code, output } = await runCommand(node, ['-e', parent], { budgetMs: 3000 });
  assert.equal(code, 124);
  const pid = Number(/child (\d+)/.exec(output)?.[1]);
  assert.ok(pid > 0, output);
  await gone(pid);
});

test(
  'a marked process is found and killed, another is not',
  { skip: process.platform !== 'linux' },
  async () => {
    const mark = `LATENT_LENS_TEST_MARK=${randomUUID()}`;
    const [name = '', value = ''] = mark.split('=');
    const start = (env: NodeJS.ProcessEnv) =>
      spawn(node, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const [marked, other] = [start({ ...process.env, [name]: value }), start(process.env)];
    try {
      for (const { stdout } of [marked, other]) await new Promise((resolve) => stdout.once('data', resolve));
      assert.deepEqual(
        killMarked(mark).map(({ pid }) => pid),
        [marked.pid],
      );
      await new Promise((resolve) => marked.once('exit', resolve));
      assert.equal(other.exitCode, null);
    } finally {
      marked.kill('SIGKILL');
      other.kill('SIGKILL');
    }
  },
);

/** Waits until a process is no more; a wait that never ends is the runner's to cut off. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A killed process whose new parent does not reap it still has an id: on Linux its state says Z. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
