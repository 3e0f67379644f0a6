// @ts-check
// Runs bundled test files with node:test, one process per file, and counts what they report.
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { root } from './paths.mjs';

/** How a diagnostic begins that says that a test was tried again. */
const FIRST_ATTEMPT = 'first attempt failed';

/**
 * @typedef {object} Options
 * @property {string} stage
 * @property {ReadonlyMap<string, string>} bundles source (as it is named in the output) to bundle
 * @property {number} concurrency files at the same time
 * @property {number} fileBudgetMs after this a file's process is killed and counts as one failure
 * @property {number} budgetMs the same for the whole stage
 * @property {import('./tally.mjs').Tally} tally
 * @property {boolean} [echo] print what the files print, as it comes; else only with a failed file
 */

/**
 * @param {Options} options
 * @returns {Promise<void>} when all files have ended, or the budget has
 */
export async function runNodeTests({
  stage,
  bundles,
  concurrency,
  fileBudgetMs,
  budgetMs,
  tally,
  echo = false,
}) {
  const sources = new Map([...bundles].map(([source, bundle]) => [bundle, source]));
  const budget = AbortSignal.timeout(budgetMs);
  // Each file listens to it.
  setMaxListeners(0, budget);
  enableRelaxedSimd();
  const events = run({ files: [...bundles.values()], concurrency, timeout: fileBudgetMs, signal: budget });

  /** Names of the tests that have begun and not ended, by file. @type {Map<string, string[]>} */
  const running = new Map();
  /** The last output of each file, for the case that it fails. @type {Map<string, string>} */
  const output = new Map();
  /** Files with at least one reported test. @type {Set<string>} */
  const reported = new Set();
  /** Files that failed as a whole. @type {Set<string>} */
  const failedFiles = new Set();
  /** Names of the enclosing suites and tests, by file and nesting. @type {Map<string, string[]>} */
  const parents = new Map();

  const [onlySource] = bundles.size === 1 ? bundles.keys() : [];
  /** With source maps Node names the source itself, or what the source took its tests from. @param {string} [file] */
  const known = (file = '') => {
    if (onlySource !== undefined) return onlySource;
    const relative = path.relative(root, file).replaceAll('\\', '/');
    return sources.get(file) ?? (relative.startsWith('test/') ? relative : undefined);
  };
  const isFile = (/** @type {{name: string}} */ data) => sources.has(path.resolve(data.name));
  const sourceOf = (/** @type {{name: string, file?: string}} */ data) =>
    known(data.file) ?? sources.get(path.resolve(data.name)) ?? stage;

  events.on('test:dequeue', (data) => {
    if (!isFile(data)) running.set(sourceOf(data), [...(running.get(sourceOf(data)) ?? []), data.name]);
  });
  events.on('test:start', (data) => {
    if (isFile(data)) return;
    const names = parents.get(sourceOf(data)) ?? [];
    names.length = data.nesting;
    names[data.nesting] = data.name;
    parents.set(sourceOf(data), names);
  });
  const collect = (/** @type {{file?: string, message: string}} */ { file, message }) => {
    if (echo) process.stdout.write(message);
    const source = known(file) ?? stage;
    output.set(source, ((output.get(source) ?? '') + message).slice(-4000));
  };
  events.on('test:stdout', collect);
  events.on('test:stderr', collect);

  // A suite that tries a test twice says so.
  events.on('test:diagnostic', (data) => {
    if (data.message.startsWith(FIRST_ATTEMPT)) {
      console.log(`${sourceOf(/** @type {any} */ (data))}: ${data.message}`);
      tally.weak(stage, `${sourceOf(/** @type {any} */ (data))}: ${data.message}`);
    }
  });

  const ended = (/** @type {any} */ data) => {
    const source = sourceOf(data);
    const names = running.get(source) ?? [];
    const index = names.lastIndexOf(data.name);
    if (index >= 0) names.splice(index, 1);
    const title = [...(parents.get(source) ?? []).slice(0, data.nesting), data.name].join(' › ');
    return { source, name: `${source}: ${title}` };
  };

  events.on('test:pass', (data) => {
    const { source, name } = ended(data);
    if (isFile(data)) {
      // Node reports a file that defines no test as one passed test.
      failedFiles.add(source);
      if (!reported.has(source)) tally.fail(stage, source, 'This file reported no test.');
      return;
    }
    reported.add(source);
    if (data.skip !== undefined && data.skip !== false) tally.skip(stage, name, reason(data.skip));
    else if (data.todo !== undefined && data.todo !== false)
      tally.skip(stage, name, `to do: ${reason(data.todo)}`);
    else if (data.details?.type !== 'suite') tally.pass(stage, name);
  });

  events.on('test:fail', (data) => {
    const { source, name } = ended(data);
    const error = data.details?.error;
    const type = /** @type {any} */ (error)?.failureType;
    if (isFile(data)) {
      if (type === 'subtestsFailed' && reported.has(source)) return;
      const unfinished = (running.get(source) ?? []).map((test) => `\nunfinished: ${test}`).join('');
      const cause = budget.aborted ? `The stage's budget of ${budgetMs / 1000} s is spent.` : describe(error);
      failedFiles.add(source);
      tally.fail(stage, source, `${cause}${unfinished}\n${output.get(source) ?? ''}`);
      return;
    }
    reported.add(source);
    // The failing children have been counted already.
    if (type === 'subtestsFailed') return;
    if (data.todo !== undefined && data.todo !== false)
      return void tally.skip(stage, name, `to do: ${reason(data.todo)}`);
    // What was cancelled did not run; why is said by the hook or the parent that failed.
    tally.fail(stage, name, type === 'cancelledByParent' ? '' : describe(error));
  });

  events.resume();
  await finished(events);

  // A process that leaves with code 0 in mid-test is no failure to Node.
  for (const [source, names] of running)
    if (names.length > 0 && !failedFiles.has(source))
      tally.fail(stage, source, `The process ended before these tests did: ${names.join(', ')}`);
}

/** @param {unknown} given */
const reason = (given) => (typeof given === 'string' && given !== '' ? given : 'no reason given');

/** @param {unknown} error Node's own error about the test, with what the test threw as its cause */
function describe(error) {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (typeof cause === 'string') return cause;
  if (!(cause instanceof Error)) {
    // Not every thrown thing survives the way between the processes.
    const message = error instanceof Error ? error.message : '';
    return `${message} ${inspect(cause)}`.trim();
  }
  const stack = (cause.stack ?? '')
    .split('\n')
    .filter((line) => !/\bnode:internal\b|node:async_hooks/.test(line))
    .join('\n');
  return stack.trim() === '' ? cause.message : stack;
}

/**
 * Node 20 has relaxed SIMD behind a flag, which test processes inherit from here: set within a running process, it
 * comes after V8 has begun to compile.
 */
function enableRelaxedSimd() {
  const flag = '--experimental-wasm-relaxed-simd';
  if (Number(process.versions.node.split('.')[0]) < 22 && !process.execArgv.includes(flag)) {
    process.execArgv.push(flag);
  }
}
