// @ts-check
// Child processes that never outlive us and never hang: each in a process group of its own, each with a budget.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';

/** Process groups that are alive and ours. @type {Set<number>} */
const groups = new Set();
let handlersInstalled = false;

/**
 * @typedef {object} Child
 * @property {number} pid process id, and id of its group
 * @property {Promise<{code: number | null, signal: NodeJS.Signals | null, error?: Error}>} exited never rejects
 * @property {() => Promise<void>} stop SIGTERM to the group, SIGKILL after five seconds; resolves when it is gone
 */

/**
 * Starts a process in a group of its own, stdin closed, which is killed when this process ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.logFile] both outputs go into this file
 * @param {(text: string) => void} [options.onOutput] receives both outputs instead
 * @returns {Child}
 */
export function startChild(command, args, { cwd, env, logFile, onOutput } = {}) {
  installHandlers();
  const log = logFile === undefined ? undefined : openSync(logFile, 'w');
  const sink = log ?? (onOutput ? 'pipe' : 'inherit');
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    detached: true,
    stdio: ['ignore', sink, sink],
  });
  if (log !== undefined) closeSync(log);
  const pid = child.pid ?? -1;
  if (pid > 0) groups.add(pid);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text) => onOutput?.(text));
  }
  /** @type {Child['exited']} */
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    // "close", not "exit": the last output has been read by then.
    child.once(onOutput ? 'close' : 'exit', (code, signal) => resolve({ code, signal }));
  });
  const stop = async () => {
    signalGroup(pid, 'SIGTERM');
    const gone = await Promise.race([exited.then(() => true), sleep(5000).then(() => false)]);
    // The leader may be gone and its children not: the group is signalled either way.
    signalGroup(pid, 'SIGKILL');
    if (!gone) await Promise.race([exited, sleep(2000)]);
    groups.delete(pid);
  };
  void exited.then(() => {
    if (!groupAlive(pid)) groups.delete(pid);
  });
  return { pid, exited, stop };
}

/**
 * Runs a command to its end and returns its exit code and output (both streams in one text).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} options
 * @param {number} options.budgetMs after this it is killed and the code is 124
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.echo] also pass the output on to our stdout
 * @returns {Promise<{code: number, output: string}>}
 */
export async function runCommand(command, args, { budgetMs, cwd, env, echo = false }) {
  let output = '';
  const child = startChild(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    onOutput: (text) => {
      output += text;
      if (echo) process.stdout.write(text);
    },
  });
  const result = await Promise.race([child.exited, sleep(budgetMs).then(() => undefined)]);
  if (result === undefined) {
    await child.stop();
    return { code: 124, output: `${output}\n${command} was stopped after ${budgetMs / 1000} s.\n` };
  }
  if (result.error) return { code: 127, output: `${output}\n${command}: ${result.error.message}\n` };
  return { code: result.code ?? 1, output };
}

/**
 * Kills what a test left behind: every process that carries our mark in its environment (Linux only; elsewhere
 * nothing happens). The mark is what makes them ours: no process is chosen by its name.
 * @param {string} mark `NAME=value`, unique to this run
 * @returns {{pid: number, command: string}[]} the processes that were killed
 */
export function killMarked(mark) {
  if (process.platform !== 'linux') return [];
  const killed = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      process.kill(pid, 'SIGKILL');
      killed.push({ pid, command });
    } catch {
      // Gone in the meantime, or not ours to read.
    }
  }
  return killed;
}

/** @param {number} ms @returns {Promise<void>} a pause that does not keep the process alive by itself */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  if (pid <= 0) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

/** @param {number} pid */
function groupAlive(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function installHandlers() {
  if (handlersInstalled) return;
  handlersInstalled = true;
  process.on('exit', () => groups.forEach((pid) => signalGroup(pid, 'SIGKILL')));
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]))
    process.on(signal, () => process.exit(code));
}
