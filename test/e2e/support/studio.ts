// The Studio as a user sees it. Its page may be recreated at any time, so every step finds the frame anew.
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../../support/vscode.ts';

/** Training takes its time on a loaded machine. */
const TRAINING_MS = 90_000;

export class Studio {
  constructor(private readonly window: Workbench) {}

  /** The page once it shows one of its faces, by the name of its element. */
  face(
    name: 'empty' | 'proposal' | 'running' | 'ended' | 'model' | 'recalibrated',
    timeout = TRAINING_MS,
  ): Promise<Frame> {
    return this.window.webview(`ll-${name}-page`, timeout);
  }

  /** The proposal with its form, ready to be trained. */
  async proposal(): Promise<Proposal> {
    const frame = await this.window.webview('ll-proposal-page ll-training-form', TRAINING_MS);
    return new Proposal(frame);
  }

  /** Waits until this many epochs are complete, and the job still runs. */
  async epochsDone(least: number): Promise<Frame> {
    const frame = await this.face('running');
    // The tile shows the epoch under way, which is one more.
    const tile = frame.locator('ll-running-page dl.tiles > div', { hasText: 'Epoch' }).locator('dd');
    await poll(async () => {
      const text = await tile.textContent({ timeout: 5000 }).catch(() => '');
      return Number(/^\s*([\d,]+) of/.exec(text ?? '')?.[1]?.replace(',', '') ?? 0) > least;
    }, `epoch ${least} to end`);
    return frame;
  }

  /** Waits until the job has ended in this way; answers with the page. */
  async ended(state: 'finished' | 'stopped' | 'failed'): Promise<Frame> {
    const frame = await this.face('ended');
    await frame.locator(`ll-ended-page .title.${state}`).waitFor({ timeout: TRAINING_MS });
    return frame;
  }

  async press(button: string, face: 'running' | 'ended' | 'model' | 'proposal' | 'empty'): Promise<void> {
    await (await this.face(face)).getByRole('button', { name: button, exact: true }).click();
  }
}

/** A data set that waits for the user's word. */
export class Proposal {
  constructor(readonly frame: Frame) {}

  /** The value beside a term, e.g. `Images`. */
  async fact(term: string): Promise<string> {
    const page = this.frame.locator('ll-proposal-page');
    const text = await page
      .locator('dl.facts dt', { hasText: new RegExp(`^${term}$`) })
      .first()
      .locator('xpath=following-sibling::dd[1]')
      .textContent();
    return (text ?? '').replace(/\s+/g, ' ').trim();
  }

  /** Number of images in each set: `Fit`, `Validation`, `Calibration`, `Test`. */
  async split(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const row of await this.frame.locator('ll-proposal-page table tbody tr').all()) {
      const name = (await row.locator('th').textContent())?.trim() ?? '';
      counts[name] = Number((await row.locator('td').first().textContent())?.replace(',', ''));
    }
    return counts;
  }

  field(label: string): Locator {
    return this.frame.locator('ll-training-form').getByLabel(label, { exact: true });
  }

  async fill(values: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [label, value] of Object.entries(values)) await this.field(label).fill(String(value));
  }

  async train(): Promise<void> {
    await this.frame.getByRole('button', { name: 'Train', exact: true }).click();
  }
}

/** Waits for a condition that Playwright cannot express. */
export async function poll(
  condition: () => boolean | Promise<boolean>,
  what: string,
  budgetMs = TRAINING_MS,
): Promise<void> {
  for (const end = Date.now() + budgetMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`Waited ${budgetMs / 1000} s in vain for ${what}.`);
  }
}
