// The build under test: the product's own worker and kernels, made anew where they are missing or stale.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../lib/paths.mjs';
import { runCommand } from '../lib/processes.mjs';
import type { BuiltFiles } from './server.ts';

const worker = path.join(root, 'dist/engine/worker.js');
const shardWorker = path.join(root, 'dist/engine/shard-worker.js');
const kernels = {
  kernelsSimd: path.join(root, 'dist/wasm/kernels-simd.wasm'),
  kernelsFma: path.join(root, 'dist/wasm/kernels-fma.wasm'),
};
const sources = ['src/engine', 'src/shared', 'esbuild.mjs', 'package-lock.json'];

const buildBudgetMs = 180_000;

/** The time of the newest file in it, in milliseconds since the epoch. */
function newest(place: string): number {
  const found = statSync(place);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(place).map((name) => newest(path.join(place, name))));
}

function isFresh(): boolean {
  if (![worker, shardWorker, ...Object.values(kernels)].every((file) => existsSync(file))) return false;
  return statSync(worker).mtimeMs >= Math.max(...sources.map((place) => newest(path.join(root, place))));
}

/**
 * The built worker and kernels.
 * @throws Error with the build's own words
 */
export async function builtFiles(say: (text: string) => void): Promise<BuiltFiles> {
  if (!isFresh()) {
    say('building …');
    const { code, output } = await runCommand(process.execPath, ['esbuild.mjs'], {
      cwd: root,
      budgetMs: buildBudgetMs,
    });
    if (code !== 0) throw new Error(`The build failed:\n${output.trimEnd()}`);
  }
  return {
    worker: readFileSync(worker),
    shardWorker: readFileSync(shardWorker),
    kernelsSimd: readFileSync(kernels.kernelsSimd),
    kernelsFma: readFileSync(kernels.kernelsFma),
  };
}

/** The evaluation page's script, bundled from its sources. */
export async function bundlePage(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['scripts/evaluate/page.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  const [script] = outputFiles;
  if (!script) throw new Error('The page of the evaluation was not built.');
  return script.contents;
}
