// Panning the Latent Map of 70,000 points in headless Chromium without a GPU: the shipped page, dragged by the pointer,
// against the same points drawn as arcs on a plain canvas in the same page. Frames in which the picture moved are
// counted; a frame in which nothing was drawn is none.
import type { Page } from 'playwright-core';
import { showMap, startMapHarness } from '../test/component/map/harness.ts';
import { largeModel } from '../test/component/map/large-model.ts';
import { closeChromium, launchChromium } from '../test/support/chromium.ts';
import type {} from './map-page.ts';
import { median, ratios, rounded, row, type BenchOptions, type BenchResult } from './report.ts';

const count = 70_000;
const secondsPerRound = 3;

/** Drags the pointer in circles for some seconds; answers with the milliseconds from drawn frame to drawn frame. */
async function drag(page: Page): Promise<readonly number[]> {
  const middle = { x: 650, y: 430 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.evaluate(() => globalThis.mapBench.start());
  const end = performance.now() + secondsPerRound * 1000;
  for (let step = 0; performance.now() < end; step++) {
    const angle = step / 14;
    await page.mouse.move(
      middle.x + 300 * Math.sin(angle),
      middle.y + 220 * (1 - Math.cos(angle)) - 220 * Math.sin(angle / 7),
    );
  }
  const times = await page.evaluate(() => globalThis.mapBench.stop());
  await page.mouse.up();
  return times;
}

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
};

/** Frames a second, of all rounds: the median, and what 95 % of the frames reach. */
const rates = (rounds: readonly (readonly number[])[]): string => {
  const all = rounds.flat();
  return `${(1000 / median(all)).toFixed(1)} frames/s, 5th percentile ${(1000 / percentile(all, 0.95)).toFixed(1)}`;
};

export async function bench({ rounds = 5 }: BenchOptions): Promise<BenchResult> {
  const browser = await launchChromium();
  try {
    const harness = await startMapHarness(browser, { large: largeModel(count) }, [
      { url: '/map-bench.js', entry: 'bench/map-page.ts' },
    ]);
    const { page } = await harness.open({ width: 1300, height: 860 });
    await showMap(page, 'large');
    const times = { ours: [] as (readonly number[])[], rival: [] as (readonly number[])[] };
    await drag(page);
    for (let round = 0; round < rounds; round++) {
      times.ours.push(await drag(page));
      await page.evaluate(() => globalThis.mapBench.showRival());
      times.rival.push(await drag(page));
      await page.evaluate(() => globalThis.mapBench.hideRival());
    }
    await harness.close();
    const ours = times.ours.map(median);
    const rival = times.rival.map(median);
    const lines = [
      `Panning ${count} points, ${secondsPerRound} s a round: milliseconds from drawn frame to drawn frame, median (range) of ${rounds} rounds`,
      row('Latent Map', ours, rates(times.ours)),
      row('arcs on a plain canvas', rival, rates(times.rival)),
    ];
    return {
      table: lines.join('\n'),
      summary: {
        ours: rounded(median(ours)),
        rival: rounded(median(rival)),
        ratio: rounded(median(ratios(rival, ours))),
        unit: 'ms per frame while panning',
        rounds,
      },
    };
  } finally {
    await closeChromium(browser);
  }
}
