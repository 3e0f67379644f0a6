// The command: options → data sets → browser → result.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LensError, type ErrorCode } from '../../src/shared/errors.ts';
import type { EvaluateRequest } from '../../src/shared/protocol/engine.ts';
import { root } from '../lib/paths.mjs';
import { runInChromium } from './browser.ts';
import { builtFiles, bundlePage } from './build.ts';
import { parseOptions, type Options } from './options.ts';
import { Progress } from './progress.ts';
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
  const sets = new EvaluationSets(signal, (text) => progress.say(text));
  try {
    const request = await makeRequest(options, sets);
    const [built, page] = [await build((text) => progress.say(text)), await bundlePage()];
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const task = { choice: options.engine, writtenBy: `evaluate ${manifest.version}`, request };
    const pull = sets.pull.bind(sets);
    return printedResult(await runInChromium({ built, page, task, pull }, progress, signal), options);
  } finally {
    sets.close();
    progress.end();
  }
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
    const options = parseOptions(args);
    const result = await evaluate(options, progress, abort.signal);
    for (const line of summaryLines(result)) progress.say(line);
    const json = JSON.stringify(result);
    if (options.out !== null) await writeResult(options.out, json);
    await new Promise((resolve) => process.stdout.write(`${json}\n`, resolve));
    return exitCodes.success;
  } catch (error) {
    progress.end();
    if (abort.signal.aborted) return exitCodes.interrupted;
    return explain(error);
  }
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
