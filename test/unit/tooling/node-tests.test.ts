import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../../scripts/lib/paths.mjs';
import { runCommand } from '../../../scripts/lib/processes.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-runner-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const IMPORTS =
  "import { test, describe, it, before } from 'node:test'; import assert from 'node:assert/strict';\n";

/** Runs test files through the runner in a process of its own, and returns what it printed. */
async function run(files: Record<string, string>, fileBudgetMs = 60_000): Promise<string[]> {
  const home = mkdtempSync(path.join(folder, 'run-'));
  const bundles = Object.entries(files).map(([name, body]) => {
    const bundle = path.join(home, `${name}.test.mjs`);
    writeFileSync(bundle, IMPORTS + body);
    return [`test/${name}`, bundle];
  });
  const library = (name: string): string => pathToFileURL(path.join(root, 'scripts/lib', name)).href;
  const driver = path.join(home, 'driver.mjs');
  writeFileSync(
    driver,
    `import { runNodeTests } from ${JSON.stringify(library('node-tests.mjs'))};
     import { Tally } from ${JSON.stringify(library('tally.mjs'))};
     const tally = new Tally();
     const bundles = new Map(${JSON.stringify(bundles)});
     await runNodeTests({ stage: 's', bundles, concurrency: 2, fileBudgetMs: ${fileBudgetMs}, budgetMs: 100_000, tally });
     tally.printSummary();`,
  );
  // Within a test Node would take the inner run for a part of the outer one.
  const env = { ...process.env };
  Reflect.deleteProperty(env, 'NODE_TEST_CONTEXT');
  const { output } = await runCommand(process.execPath, [driver], { budgetMs: 110_000, cwd: root, env });
  return output.trimEnd().split('\n');
}

test('counts passed, failed and skipped tests, and names the skipped ones with their reasons', async () => {
  const lines = await run({
    a: `test('good', () => {});
        test('bad', () => assert.equal(1, 2));
        test('without data', { skip: 'mnist is missing' }, () => {});
        test('skips itself', (t) => t.skip('no torch'));
        test('later', { todo: 'not yet' }, () => assert.ok(false));`,
  });
  assert.equal(lines.at(-1), '1 passed, 1 failed, 3 skipped');
  assert.ok(lines.includes('  [s] test/a: without data: mnist is missing'));
  assert.ok(lines.includes('  [s] test/a: skips itself: no torch'));
  assert.ok(lines.includes('  [s] test/a: later: to do: not yet'));
  assert.ok(lines.includes('  [s] test/a: bad'));
});

test('counts a suite by its tests, and a failing child once', async () => {
  const lines = await run({
    a: `describe('suite', () => { it('good', () => {}); it('bad', () => { throw new Error('boom'); }); });
        test('parent', async (t) => { await t.test('child', () => { throw new Error('bang'); }); });`,
  });
  assert.equal(lines.at(-1), '1 passed, 2 failed, 0 skipped');
  assert.ok(lines.includes('  [s] test/a: suite › bad'));
  assert.ok(lines.includes('  [s] test/a: parent › child'));
});

test('a hook that fails is a failure', async () => {
  const lines = await run({
    a: `describe('suite', () => { before(() => { throw new Error('no server'); }); it('never', () => {}); });`,
  });
  assert.match(lines.at(-1) ?? '', /^0 passed, [12] failed, 0 skipped$/);
  assert.ok(lines.some((line) => line.includes('no server')));
});

test('what did not run is never counted as passed', async () => {
  const lines = await run({
    empty: 'export {};',
    broken: "import './nowhere.mjs';",
    leaves: `test('leaves', async () => { await new Promise((go) => setTimeout(go, 50)); process.exit(0); });
             test('after', () => {});`,
  });
  assert.equal(lines.at(-1), '0 passed, 3 failed, 0 skipped');
});

test('a file that hangs is killed, and the test that hung is named', async () => {
  const lines = await run(
    { hangs: `test('good', () => {}); test('hangs', () => new Promise((go) => setTimeout(go, 1e9)));` },
    5000,
  );
  assert.equal(lines.at(-1), '1 passed, 1 failed, 0 skipped');
  assert.ok(lines.some((line) => line.includes('unfinished: hangs')));
});

test('names the tests that say that they were tried again', async () => {
  const lines = await run({
    a: `test('weak', (t) => { t.diagnostic('first attempt failed: weak: too slow'); });`,
  });
  assert.equal(lines.at(-1), '1 passed, 0 failed, 0 skipped');
  assert.ok(lines.includes('  [s] test/a: first attempt failed: weak: too slow'), lines.join('\n'));
});
