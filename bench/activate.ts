// Activation of the packaged extension in the real VS Code: loading its code and `activate`, in the CPU time of the
// extension host. The wall time beside it holds what else a starting window does on the same processors; so does the
// host's own figure. The rival is an extension with one command. The window is loaded anew for each round.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DemoWindow } from '../scripts/demo/window.mjs';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';
import { inWindow } from './window.ts';

/** The two sides: what the list of running extensions calls them, and where their main files lie. */
const sides = {
  ours: { shown: 'Latent Lens', folder: 'latent-lens.latent-lens-' },
  rival: { shown: 'next-to-nothing', folder: 'latent-lens.nothing-' },
} as const;
type Side = keyof typeof sides;

/** A line of the meter (activation/meter/main.cjs). */
interface Reading {
  readonly name: Side;
  readonly phase: 'load' | 'activate';
  /** Milliseconds. */
  readonly cpu: number;
  readonly wall: number;
}

const shownMilliseconds = /(\d+)\s*ms/;

/** Milliseconds, as the list of running extensions shows them. */
async function shownTime({ workbench }: DemoWindow, name: string): Promise<number> {
  const { page } = workbench;
  const entry = page.locator('.runtime-extensions-editor .monaco-list-row', {
    has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }),
  });
  // “Activating...” until it has one.
  const time = entry.locator('.activation-time').filter({ hasText: shownMilliseconds }).first();
  const [, milliseconds] = shownMilliseconds.exec((await time.textContent()) ?? '') ?? [];
  return Number(milliseconds);
}

export async function bench({ rounds = 7 }: BenchOptions): Promise<BenchResult> {
  const file = path.join(tmpdir(), `latent-lens-meter-${process.pid}.jsonl`);
  const shown: Record<Side, number[]> = { ours: [], rival: [] };
  const measure = async (window: DemoWindow): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await window.workbench.reload();
      await window.workbench.command('Developer: Show Running Extensions');
      for (const side of ['ours', 'rival'] as const) {
        shown[side].push(await shownTime(window, sides[side].shown));
      }
    }
  };
  const metered = Object.fromEntries(Object.entries(sides).map(([side, { folder }]) => [folder, side]));
  await inWindow('bench-activate', measure, {
    // The list holds only the rows that are in sight.
    viewport: { width: 1440, height: 2400 },
    extensions: ['bench/activation/meter', 'bench/activation/nothing'],
    env: { LATENT_LENS_METER: file, LATENT_LENS_METERED: JSON.stringify(metered) },
  });
  const readings = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Reading);
  rmSync(file);

  const of = (side: Side, phase: Reading['phase'], kind: 'cpu' | 'wall'): number[] =>
    readings.filter(({ name, phase: its }) => name === side && its === phase).map((reading) => reading[kind]);
  const whole = (side: Side, kind: 'cpu' | 'wall'): number[] => {
    const activated = of(side, 'activate', kind);
    return of(side, 'load', kind).map((load, i) => load + (activated[i] ?? NaN));
  };
  const [ours, rival] = [whole('ours', 'cpu'), whole('rival', 'cpu')];
  if (ours.length !== rounds || rival.length !== rounds) {
    throw new Error(`The meter saw ${ours.length} and ${rival.length} activations in ${rounds} windows.`);
  }
  return {
    table: [
      `Activation in the extension host, ms: median (range) of ${rounds} windows`,
      row('CPU time', ours),
      row('  loading the code', of('ours', 'load', 'cpu')),
      row('  activate()', of('ours', 'activate', 'cpu')),
      row('wall time', whole('ours', 'wall')),
      row('wall time as the host shows it', shown.ours),
      'An extension with one command',
      row('CPU time', rival),
      row('wall time', whole('rival', 'wall')),
      row('wall time as the host shows it', shown.rival),
    ].join('\n'),
    summary: {
      ours: rounded(median(ours)),
      rival: rounded(median(rival)),
      ratio: rounded(median(ratios(rival, ours))),
      unit: 'ms CPU of activation',
      rounds,
    },
  };
}
