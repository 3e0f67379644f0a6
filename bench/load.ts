// Reading a data set in the real VS Code, up to pixels in the worker's memory: 60,000 IDX images, and 10,000 PNG files
// the first time and from the cache. The rival reads the same files in Python: numpy and gzip for IDX; Pillow for PNG,
// or numpy and zlib where it is not installed. IDX decides the ratio.
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { root } from '../scripts/lib/paths.mjs';
import type { DemoWindow } from '../scripts/demo/window.mjs';
import { dataPath } from '../test/support/data.ts';
import { blobImage } from './blobs.ts';
import { startPython } from './python.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { file, inWindow } from './window.ts';

const pngFiles = 10_000;
const side = 28;
const idxFiles = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'];
const readyMs = 300_000;

interface Loaded {
  /** Of the load alone, as the worker's log tells. */
  readonly seconds: number;
  readonly images: number;
  readonly fromCache: number;
  /** From the command to packed memory: listing, the Studio's page and the survey too. */
  readonly ready: number;
}

function writePngs(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < pngFiles; i++) {
    const bytes = encode({ width: side, height: side, channels: 1, depth: 8, data: blobImage(i, side) });
    writeFileSync(path.join(folder, `${String(i).padStart(5, '0')}.png`), bytes);
  }
}

/** Mirrors what the workers log to the console, where the page's owner hears it. */
function hearWorkers({ page }: DemoWindow): void {
  page.on('worker', (worker) => {
    // A worker that ended at once had nothing to say.
    void worker
      .evaluate(() => {
        const scope = self as unknown as { postMessage: (message: unknown, transfer?: unknown) => void };
        const post = scope.postMessage.bind(self);
        scope.postMessage = (message, transfer) => {
          const { method, params } = message as { method?: string; params?: { text?: string } };
          if (method === 'log') console.info(params?.text);
          post(message, transfer);
        };
      })
      .catch(() => undefined);
  });
}

/** Starts a training and stops it once its images are there. */
async function load(window: DemoWindow, folder: string): Promise<Loaded> {
  const begin = performance.now();
  const heard = window.page.waitForEvent('console', {
    predicate: (message) => /^Read .* images/.test(message.text()),
    timeout: readyMs,
  });
  const overrides = { latent: 4, recipe: 'notebook', training: { epochs: 2000 } };
  const training = window.run('latentLens.train', file(folder), { startNow: true, overrides });
  const text = (await heard).text();
  const ready = (performance.now() - begin) / 1000;
  const [, seconds, images] = /in ([\d.]+) s: (\d+) images/.exec(text) ?? [];
  const [, fromCache = '0'] = /(\d+) from the cache/.exec(text) ?? [];
  await window.run('latentLens.stopTraining');
  await training;
  return { seconds: Number(seconds), images: Number(images), fromCache: Number(fromCache), ready };
}

export async function bench({ rounds = 3 }: BenchOptions): Promise<BenchResult> {
  const python = await startPython(path.join(root, 'bench/load-rival.py'));
  const idx: Loaded[] = [];
  const cold: Loaded[] = [];
  const warm: Loaded[] = [];
  const rivalIdx: number[] = [];
  const rivalPng: number[] = [];
  const hasIdx = idxFiles.every((name) => existsSync(dataPath('mnist', name)));
  await inWindow('bench-load', async (window) => {
    hearWorkers(window);
    const digits = path.join(window.workspace, 'digits');
    let pngs = path.join(window.workspace, 'pngs');
    writePngs(pngs);
    if (hasIdx) {
      mkdirSync(digits);
      for (const name of idxFiles) copyFileSync(dataPath('mnist', name), path.join(digits, name));
      // Opens the Studio, so that no round pays for it.
      await load(window, digits);
    }
    for (let round = 0; round < rounds; round++) {
      if (hasIdx) {
        idx.push(await load(window, digits));
        if (python) rivalIdx.push(Number(await python.ask(`idx ${digits}`)));
      }
      // Under another name the folder is one that was never read.
      const fresh = path.join(window.workspace, `pngs-${round}`);
      renameSync(pngs, fresh);
      pngs = fresh;
      cold.push(await load(window, pngs));
      if (python) rivalPng.push(Number(await python.ask(`png ${pngs}`)));
      warm.push(await load(window, pngs));
    }
  });
  python?.stop();
  const expected = warm.every(({ fromCache }) => fromCache === pngFiles);
  if (!expected)
    throw new Error(`Not all of ${pngFiles} files came from the cache: the second load is no warm one.`);
  return told({ idx, cold, warm }, { idx: rivalIdx, png: rivalPng, name: python?.greeting }, rounds);
}

function told(
  ours: Readonly<Record<'idx' | 'cold' | 'warm', readonly Loaded[]>>,
  rival: {
    readonly idx: readonly number[];
    readonly png: readonly number[];
    readonly name: string | undefined;
  },
  rounds: number,
): BenchResult {
  const seconds = (loads: readonly Loaded[]): number[] => loads.map((each) => each.seconds);
  const line = (name: string, loads: readonly Loaded[]): string =>
    row(name, seconds(loads), `from the command on ${median(loads.map(({ ready }) => ready)).toFixed(2)} s`);
  const idx = seconds(ours.idx);
  const main = idx.length > 0 ? idx : seconds(ours.cold);
  const rivals = idx.length > 0 ? rival.idx : rival.png;
  const lines = [
    `Reading into the worker's memory, in the real VS Code: seconds, median (range) of ${rounds} rounds`,
    ...(idx.length > 0
      ? [line('60,000 IDX images (gzip)', ours.idx)]
      : ['  MNIST is not at hand: no IDX files']),
    line(`${pngFiles} PNG files`, ours.cold),
    line(`${pngFiles} PNG files, from the cache`, ours.warm),
    ...(rival.idx.length > 0 ? [row('rival: 60,000 IDX images', rival.idx, rival.name)] : []),
    ...(rival.png.length > 0 ? [row(`rival: ${pngFiles} PNG files`, rival.png, rival.name)] : []),
    ...(rival.name === undefined ? ['  no rival: Python has no numpy here'] : []),
  ];
  const measured = rivals.length > 0;
  return {
    table: lines.join('\n'),
    summary: {
      ours: rounded(median(main)),
      rival: measured ? rounded(median(rivals)) : null,
      ratio: measured ? rounded(median(ratios(rivals, main))) : null,
      unit: idx.length > 0 ? 's for 60,000 IDX images' : `s for ${pngFiles} PNG files`,
      rounds,
    },
  };
}
