// Activation of the packaged extension in the real VS Code, as the extension host itself measures it: loading the code
// and `activate` together, in wall time. The rival is an extension that does next to nothing, started in the same window
// (scripts/demo/companion): what is above it is ours. The window is loaded anew for each round.
import type { DemoWindow } from '../scripts/demo/window.mjs';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { inWindow } from './window.ts';

/** Milliseconds, as the list of running extensions shows them. */
async function shownTime({ workbench }: DemoWindow, name: string): Promise<number> {
  const { page } = workbench;
  const entry = page.locator('.runtime-extensions-editor .monaco-list-row', {
    has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }),
  });
  const text = await entry.locator('.activation-time').first().textContent();
  const [, milliseconds] = /(\d+)\s*ms/.exec(text ?? '') ?? [];
  if (milliseconds === undefined) throw new Error(`The window shows no activation time, but “${text}”.`);
  return Number(milliseconds);
}

export async function bench({ rounds = 5 }: BenchOptions): Promise<BenchResult> {
  const ours: number[] = [];
  const rival: number[] = [];
  const measure = async (window: DemoWindow): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await window.workbench.reload();
      await window.workbench.command('Developer: Show Running Extensions');
      ours.push(await shownTime(window, 'Latent Lens'));
      rival.push(await shownTime(window, 'companion'));
    }
  };
  // The list holds only the rows that are in sight.
  await inWindow('bench-activate', measure, { width: 1440, height: 2400 });
  return {
    table: [
      `Activation in the extension host, code loading and activate(): ms, median (range) of ${rounds} windows`,
      row('Latent Lens', ours),
      row('rival: next to nothing', rival),
    ].join('\n'),
    summary: {
      ours: rounded(median(ours)),
      rival: rounded(median(rival)),
      ratio: rounded(median(ratios(rival, ours))),
      unit: 'ms of activation',
      rounds,
    },
  };
}
