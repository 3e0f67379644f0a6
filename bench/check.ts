// One check in the real VS Code, from the command to its verdict: with the report open and the model loaded, against
// the first check, which opens the report and loads the model.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { writePracticeImages } from '../scripts/lib/practice-images.mjs';
import type { DemoWindow } from '../scripts/demo/window.mjs';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { file, inWindow } from './window.ts';

const checksPerRound = 20;

/** Milliseconds from the command to its verdict. */
async function check(window: DemoWindow, image: string): Promise<number> {
  const begin = performance.now();
  const verdict: unknown = await window.run('latentLens.check', file(image));
  if (verdict === null) throw new Error(`${path.basename(image)} got no verdict.`);
  return performance.now() - begin;
}

export async function bench({ rounds = 5 }: BenchOptions): Promise<BenchResult> {
  const first: number[] = [];
  const warm: number[] = [];
  await inWindow('bench-check', async (window) => {
    const folder = path.join(window.workspace, 'rings');
    const images = writePracticeImages(folder, 400);
    const overrides = { latent: 20, training: { epochs: 3 } };
    const outcome = (await window.run('latentLens.train', file(folder), { startNow: true, overrides })) as {
      readonly state: string;
    } | null;
    if (outcome?.state !== 'finished' || readdirSync(path.join(window.workspace, 'latent-lens')).length !== 1)
      throw new Error('There is no model to check with.');
    for (let round = 0; round < rounds; round++) {
      await window.run('workbench.action.closeAllEditors');
      first.push(await check(window, images[0] ?? ''));
      const times: number[] = [];
      for (const image of images.slice(1, 1 + checksPerRound)) times.push(await check(window, image));
      warm.push(median(times));
    }
  });
  return {
    table: [
      `One check of a 28 × 28 image, from the command to its verdict: ms, median (range) of ${rounds} rounds`,
      row('model loaded', warm, `each the median of ${checksPerRound} checks`),
      row('rival: the first check', first, 'opens the report and loads the model'),
    ].join('\n'),
    summary: {
      ours: rounded(median(warm)),
      rival: rounded(median(first)),
      ratio: rounded(median(ratios(first, warm))),
      unit: 'ms from request to verdict',
      rounds,
    },
  };
}
