// The Anomaly Report as a user reads it.
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { Workbench } from '../../support/vscode.ts';

export interface ReadReport {
  readonly conclusion: string;
  readonly evidence: string;
  /** The threshold as it is printed. */
  readonly threshold: string;
  readonly model: string;
  readonly anomalous: boolean;
}

export class Report {
  constructor(private readonly window: Workbench) {}

  /** The report once it is about this image. */
  private async about(image: string): Promise<Frame> {
    const frame = await this.window.webview('ll-report');
    await frame.locator('ll-report h1').getByText(image, { exact: true }).waitFor();
    return frame;
  }

  /** Waits for the verdict on an image and reads it. */
  async verdict(image: string): Promise<ReadReport> {
    const frame = await this.about(image);
    const page = frame.locator('ll-report');
    await page.locator('.conclusion').waitFor();
    for (const picture of ['Input', 'Reconstruction', 'Difference'])
      await page.locator('ll-pictures figcaption', { hasText: picture }).first().waitFor();
    await page.locator('ll-histogram').waitFor();
    const text = async (selector: string): Promise<string> =>
      ((await page.locator(selector).first().textContent()) ?? '').replace(/\s+/g, ' ').trim();
    const fact = async (term: string): Promise<string> => {
      const value = page
        .locator('dl.facts dt', { hasText: new RegExp(`^${term}$`) })
        .locator('xpath=following-sibling::dd[1]');
      return ((await value.textContent()) ?? '').replace(/\s+/g, ' ').trim();
    };
    return {
      conclusion: await text('.conclusion'),
      evidence: await text('.conclusion + p'),
      threshold: (await fact('Threshold')).split(' ')[0] ?? '',
      model: (await fact('Model')).split(/ calibrated/)[0] ?? '',
      anomalous: (await page.locator('.verdict.anomalous').count()) > 0,
    };
  }

  /** Waits for the sentence that says why an image got no verdict. */
  async refusal(image: string): Promise<string> {
    const frame = await this.about(image);
    const sentence = frame.locator('ll-report ll-error p').first();
    await sentence.waitFor();
    return ((await sentence.textContent()) ?? '').trim();
  }

  /** Fails where the page shows anything that is no number. */
  async assertNoNaN(): Promise<void> {
    const frame = await this.window.webview('ll-report');
    assert.doesNotMatch((await frame.locator('ll-report').textContent()) ?? '', /NaN|undefined|Infinity/);
  }
}
