// `npm test`: everything that CI checks, in stages. `node scripts/test.mjs STAGE [part of a path]` runs one of them.
// The last line is always `N passed, N failed, N skipped`.
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { ensureChromium, softwareVulkan } from './lib/chromium.mjs';
import { desktopProgram, findDesktopVscode } from './lib/desktop.mjs';
import { runInDesktop, runInServer } from './lib/extension-host-tests.mjs';
import { runNodeTests } from './lib/node-tests.mjs';
import { outPath, root } from './lib/paths.mjs';
import { killMarked, runCommand } from './lib/processes.mjs';
import { Tally } from './lib/tally.mjs';
import { bundleForNode, testFiles } from './lib/test-bundle.mjs';
import { runWindowTests } from './lib/window-tests.mjs';
import { packageExtension, vsixPath } from './package.mjs';
import { ensureVscode } from './vscode-runtime.mjs';

const MINUTE = 60_000;
/** The whole run stays below this; a CI job is given 25 minutes, installation included. */
const TOTAL_BUDGET_MS = 21 * MINUTE;

/** Every process that the tests start inherits this mark, so that what they leave behind can be told and killed. */
const MARK = 'LATENT_LENS_RUN_ID';
// The bundler's service is ours and stays: it starts before there is a mark.
await esbuild.transform('');
process.env[MARK] = randomUUID();
process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --enable-source-maps`.trim();

const tally = new Tally();
const started = Date.now();

/**
 * @typedef {object} Stage
 * @property {string} name also the folder below `test/`, where the stage runs test files
 * @property {number} budgetMs
 * @property {(context: {wanted: string, budgetMs: number, alone: boolean}) => Promise<void>} run
 */

/** @type {readonly Stage[]} */
const stages = [
  { name: 'typecheck', budgetMs: 5 * MINUTE, run: check('typecheck', [['scripts/typecheck.mjs']]) },
  {
    name: 'lint',
    budgetMs: 5 * MINUTE,
    run: check('lint', [
      ['node_modules/eslint/bin/eslint.js', '.'],
      ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
    ]),
  },
  { name: 'build', budgetMs: 5 * MINUTE, run: build },
  {
    name: 'unit',
    budgetMs: 5 * MINUTE,
    run: nodeStage('unit', { concurrency: 2, fileBudgetMs: 2 * MINUTE }),
  },
  {
    name: 'engine',
    budgetMs: 7 * MINUTE,
    run: nodeStage('engine', { concurrency: 2, fileBudgetMs: 4 * MINUTE }),
  },
  {
    name: 'component',
    budgetMs: 8 * MINUTE,
    run: nodeStage('component', { concurrency: 2, fileBudgetMs: 3 * MINUTE }),
  },
  { name: 'integration', budgetMs: 5 * MINUTE, run: integration },
  { name: 'e2e', budgetMs: 14 * MINUTE, run: endToEnd },
  { name: 'desktop', budgetMs: 5 * MINUTE, run: desktop },
];

/**
 * One check made of commands of Node; it passes when each exits with 0.
 * @param {string} name @param {readonly (readonly string[])[]} commands
 * @returns {Stage['run']}
 */
function check(name, commands) {
  return async ({ budgetMs }) => {
    for (const args of commands) {
      const { code, output } = await runCommand(process.execPath, args, { cwd: root, budgetMs });
      if (code !== 0) return tally.fail(name, args.join(' '), output);
    }
    tally.pass(name, name);
  };
}

/** Bundles, size budgets and the package: one check. */
async function build() {
  try {
    await packageExtension();
    tally.pass('build', 'build');
  } catch (error) {
    tally.fail('build', 'build', error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} name @param {{concurrency: number, fileBudgetMs: number}} limits
 * @returns {Stage['run']}
 */
function nodeStage(name, limits) {
  return async ({ wanted, budgetMs, alone }) => {
    const files = testFiles(name, wanted);
    if (files.length === 0) return console.log('no test files');
    if (alone) await buildKernels();
    const chromium = await ensureChromium();
    process.env['CHROMIUM_PATH'] = chromium;
    const bundles = await bundleOrFail(name, files);
    if (!bundles) return;
    // Dawn's package reads these; a browser or a server is better off without them.
    const before = { ...process.env };
    if (name === 'engine') Object.assign(process.env, softwareVulkan(chromium));
    await runNodeTests({ stage: name, bundles, ...limits, budgetMs, tally, echo: wanted !== '' });
    process.env = before;
  };
}

/** @type {Stage['run']} */
async function integration({ wanted, budgetMs, alone }) {
  const files = testFiles('integration', wanted);
  if (files.length === 0) return console.log('no test files');
  if (!(await built(alone, 'integration'))) return;
  await ensureVscode();
  await runInServer({ stage: 'integration', files, budgetMs, tally });
}

/** @type {Stage['run']} */
async function endToEnd(context) {
  if (testFiles('e2e', context.wanted).length === 0) return console.log('no test files');
  if (!(await built(context.alone, 'e2e'))) return;
  process.env['LATENT_LENS_VSIX'] = vsixPath;
  await ensureVscode();
  process.env['CHROMIUM_PATH'] = await ensureChromium();
  const bundles = await bundleOrFail('e2e', testFiles('e2e', context.wanted));
  if (!bundles) return;
  const end = Date.now() + context.budgetMs;
  const left = () => end - Date.now();
  await runWindowTests({
    files: [...bundles],
    // Much of a suite's time is a window's start and waiting: two at a time keep two cores busy.
    concurrency: 2,
    timeLeft: () => left() > MINUTE,
    runFile: ([source, bundle], counts) =>
      runNodeTests({
        stage: 'e2e',
        bundles: new Map([[source, bundle]]),
        concurrency: 1,
        fileBudgetMs: 8 * MINUTE,
        budgetMs: Math.max(1000, left()),
        tally: counts,
        echo: context.wanted !== '',
      }),
    tally,
  });
}

/** @type {Stage['run']} */
async function desktop({ wanted, budgetMs, alone }) {
  const files = testFiles('integration', wanted);
  const code = findDesktopVscode();
  if (!code)
    return tally.skip(
      'desktop',
      'integration suites in a desktop VS Code',
      'no VSCODE_EXECUTABLE and no `code` on the PATH',
    );
  if (files.length === 0) return console.log('no test files');
  if (!(await built(alone, 'desktop'))) return;
  await runInDesktop({ stage: 'desktop', files, budgetMs, tally, executable: desktopProgram(code) });
}

/**
 * Whether there is a build to test: a stage that runs alone makes it, in a whole run the build stage has.
 * @param {boolean} alone @param {string} stage
 */
async function built(alone, stage) {
  if (!alone && existsSync(vsixPath)) return true;
  if (alone) {
    try {
      await packageExtension();
      return true;
    } catch (error) {
      tally.fail(stage, 'build', error instanceof Error ? error.message : String(error));
      return false;
    }
  }
  tally.fail(stage, 'build', 'There is no packaged extension to test.');
  return false;
}

/** The kernels are generated, and tests read them: a stage that runs alone cannot count on the build stage. */
async function buildKernels() {
  const script = 'scripts/build-kernels.mjs';
  if (!existsSync(path.join(root, script))) return;
  const { buildKernels: make } = await import('./build-kernels.mjs');
  await make();
}

/** @param {string} stage @param {readonly string[]} files */
async function bundleOrFail(stage, files) {
  try {
    return await bundleForNode(files);
  } catch {
    // One broken file must not hide the others: each on its own.
    /** @type {Map<string, string>} */
    const bundles = new Map();
    for (const file of files) {
      try {
        for (const [source, bundle] of await bundleForNode([file])) bundles.set(source, bundle);
      } catch (error) {
        tally.fail(stage, file, error instanceof Error ? error.message : String(error));
      }
    }
    return bundles.size > 0 ? bundles : undefined;
  }
}

/** @param {Stage} stage @param {string} wanted @param {boolean} alone */
async function runStage(stage, wanted, alone) {
  const left = TOTAL_BUDGET_MS - (Date.now() - started);
  if (left < 5000) return tally.fail(stage.name, stage.name, 'No time was left for this stage.');
  const before = tally.counts;
  const begin = Date.now();
  console.log(`\n== ${stage.name}`);
  const budgetMs = Math.min(stage.budgetMs, left);
  try {
    await withinBudget(stage.run({ wanted, budgetMs, alone }), budgetMs + 20_000);
  } catch (error) {
    tally.fail(
      stage.name,
      stage.name,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
  const { passed, failed, skipped } = tally.counts;
  console.log(
    `   ${passed - before.passed} passed, ${failed - before.failed} failed, ${skipped - before.skipped} skipped ` +
      `in ${((Date.now() - begin) / 1000).toFixed(0)} s`,
  );
  const stray = killMarked(`${MARK}=${process.env[MARK]}`);
  for (const { pid, command } of stray)
    console.log(`   killed what the stage left running: ${pid} ${command.slice(0, 100)}`);
}

/** @param {Promise<void>} work @param {number} ms */
async function withinBudget(work, ms) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const spent = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The stage did not end within ${(ms / 1000).toFixed(0)} s.`)),
      ms,
    );
  });
  try {
    await Promise.race([work, spent]);
  } finally {
    clearTimeout(timer);
  }
}

const [only, wanted = ''] = process.argv.slice(2);
const chosen = only === undefined ? stages : stages.filter(({ name }) => name === only);
if (chosen.length === 0) {
  console.error(`There is no stage "${only}". Stages: ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
if (only === undefined) rmSync(outPath('test-failures'), { recursive: true, force: true });
if (only === undefined) rmSync(vsixPath, { force: true });
for (const stage of chosen) await runStage(stage, wanted, only !== undefined);
if (tally.counts.passed + tally.counts.failed + tally.counts.skipped === 0 && wanted !== '')
  tally.fail(only ?? 'all', wanted, 'No test file has this in its path.');
tally.printSummary();
process.exit(tally.counts.failed === 0 ? 0 : 1);
