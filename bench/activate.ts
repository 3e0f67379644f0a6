// Activation of the packaged extension in the real VS Code, as the extension host itself measures it: loading the code
// and `activate` together. The window is loaded anew for each round.
import type { DemoWindow } from '../scripts/demo/window.mjs';
import { median, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { inWindow } from './window.ts';

/** Milliseconds, as the list of running extensions shows them. */
async function shownTime({ workbench }: DemoWindow): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const entry = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', {
    has: workbench.page.locator('.name', { hasText: /^Latent Lens$/ }),
  });
  const text = await entry.locator('.activation-time').textContent();
  const [, milliseconds] = /(\d+)\s*ms/.exec(text ?? '') ?? [];
  if (milliseconds === undefined) throw new Error(`The window shows no activation time, but “${text}”.`);
  return Number(milliseconds);
}

export async function bench({ rounds = 5 }: BenchOptions): Promise<BenchResult> {
  const times: number[] = [];
  await inWindow('bench-activate', async (window) => {
    for (let round = 0; round < rounds; round++) {
      times.push(await shownTime(window));
      await window.workbench.reload();
    }
  });
  return {
    table: [
      `Activation in the extension host, code loading and activate(): ms, median (range) of ${rounds} windows`,
      row('Latent Lens', times),
    ].join('\n'),
    summary: { ours: rounded(median(times)), rival: null, ratio: null, unit: 'ms of activation', rounds },
  };
}
