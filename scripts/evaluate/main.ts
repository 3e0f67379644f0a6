// The command: options → data sets → browser → result.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LensError, type ErrorCode } from '../../src/shared/errors.ts';
import type {
  EngineChoice,
  EvaluateRequest,
  EvaluateResult,
  ProtocolRequest,
  ProtocolResult,
} from '../../src/shared/protocol/engine.ts';
import { root } from '../lib/paths.mjs';
import { runInChromium, type PageResult } from './browser.ts';
import { builtFiles, bundlePage } from './build.ts';
import { parseOptions, type Options } from './options.ts';
import type { PageTask } from './page-contract.ts';
import { Progress } from './progress.ts';
import { parseProtocolOptions, type ProtocolOptions } from './protocol/options.ts';
import { protocolRequest } from './protocol/request.ts';
import { printedProtocol, protocolLines, type PrintedProtocol } from './protocol/result.ts';
import { printedResult, summaryLines, type PrintedResult } from './result.ts';
import type { BuiltFiles } from './server.ts';
import { EvaluationSets } from './sets.ts';
import { usage, UsageError } from './usage.ts';

/** What the data or the request cannot give, as against something that broke. */
const requestCodes: readonly ErrorCode[] = [
  'invalid-dataset',
  'too-few-images',
  'not-found',
  'no-permission',
  'empty-file',
];

const exitCodes = { success: 0, failure: 1, request: 2, interrupted: 130 } as const;

/** Where the build under test comes from; tests put another one in its place. */
export type BuildSource = (say: (text: string) => void) => Promise<BuiltFiles>;

/** Opens sets, builds what is under test and runs the request in the browser. */
async function runRequest(
  engine: EngineChoice,
  makeTask: (sets: EvaluationSets) => Promise<PageTask['request']>,
  progress: Progress,
  signal: AbortSignal,
  build: BuildSource,
): Promise<PageResult> {
  const sets = new EvaluationSets(signal, (text) => progress.say(text));
  try {
    const request = await makeTask(sets);
    const [built, page] = [await build((text) => progress.say(text)), await bundlePage()];
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const task = { choice: engine, writtenBy: `evaluate ${manifest.version}`, request };
    const pull = sets.pull.bind(sets);
    return await runInChromium({ built, page, task, pull }, progress, signal);
  } finally {
    sets.close();
    progress.end();
  }
}

/**
 * Runs one evaluation.
 * @throws UsageError, LensError, or the reason of `signal`
 */
export async function evaluate(
  options: Options,
  progress: Progress,
  signal: AbortSignal,
  build: BuildSource = builtFiles,
): Promise<PrintedResult> {
  const make = (sets: EvaluationSets): Promise<EvaluateRequest> => makeRequest(options, sets);
  // A request without a protocol is answered by an evaluation's result.
  const result = (await runRequest(options.engine, make, progress, signal, build)) as EvaluateResult;
  return printedResult(result, options);
}

/** Runs one protocol. @throws UsageError, LensError, or the reason of `signal` */
export async function evaluateProtocol(
  options: ProtocolOptions,
  progress: Progress,
  signal: AbortSignal,
  build: BuildSource = builtFiles,
): Promise<PrintedProtocol> {
  const make = (sets: EvaluationSets): Promise<ProtocolRequest> => protocolRequest(options, sets);
  const result = (await runRequest(options.engine, make, progress, signal, build)) as ProtocolResult;
  return printedProtocol(result, options);
}

async function makeRequest(options: Options, sets: EvaluationSets): Promise<EvaluateRequest> {
  const { size, channels, latent, recipe, variant, beta } = options;
  const train = await sets.open(options.train);
  const validation = options.validation && (await sets.open(options.validation));
  const good = options.good && (await sets.open(options.good));
  const bad = [];
  for (const argument of options.bad) bad.push(await sets.open(argument));
  return {
    train,
    validation,
    good,
    bad,
    notebook: options.notebook,
    spec: {
      ...(size === null ? {} : { height: size, width: size }),
      ...(channels === null ? {} : { channels }),
      ...(latent === null ? {} : { latent }),
      ...(recipe === null ? {} : { recipe }),
      ...(variant === null ? {} : { variant }),
      ...(beta === null ? {} : { beta }),
    },
    noise: options.noise,
    denoise: options.denoise,
    synthetic: options.synthetic,
    epochs: options.epochs,
    seed: options.seed,
    falseAlarmRate: options.rate,
    memoryBudget: options.memoryBudget,
  };
}

/** The command with its arguments; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage);
    return exitCodes.success;
  }
  const progress = new Progress(process.stderr);
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());
  try {
    const { json, lines, out } = await answer(args, progress, abort.signal);
    for (const line of lines) progress.say(line);
    if (out !== null) await writeResult(out, json);
    await new Promise((resolve) => process.stdout.write(`${json}\n`, resolve));
    return exitCodes.success;
  } catch (error) {
    progress.end();
    if (abort.signal.aborted) return exitCodes.interrupted;
    return explain(error);
  }
}

async function answer(
  args: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<{ readonly json: string; readonly lines: readonly string[]; readonly out: string | null }> {
  if (args.some((arg) => /^--protocol(=|$)/.test(arg))) {
    const options = parseProtocolOptions(args);
    const result = await evaluateProtocol(options, progress, signal);
    return { json: JSON.stringify(result), lines: protocolLines(result), out: options.out };
  }
  const options = parseOptions(args);
  const result = await evaluate(options, progress, signal);
  return { json: JSON.stringify(result), lines: summaryLines(result), out: options.out };
}

/** One sentence on stderr; the stack of what should not happen. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(error.message);
    return exitCodes.request;
  }
  if (error instanceof LensError) {
    const request = requestCodes.includes(error.code);
    console.error(
      request || error.detail === undefined ? error.message : `${error.message}\n${error.detail}`,
    );
    return request ? exitCodes.request : exitCodes.failure;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  return exitCodes.failure;
}

async function writeResult(file: string, json: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${json}\n`);
}
