// The main path with the keyboard alone.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { readModel, modelPath } from './support/files.ts';
import { Report } from './support/report.ts';
import { poll, Studio } from './support/studio.ts';

workbenchSuite(
  'keyboard',
  { workspace: (folder) => void writePracticeImages(path.join(folder, 'rings'), 40, { size: 12 }) },
  (suite) => {
    suite.test('trains and checks without a pointer', async (window) => {
      const { page } = window;
      const name = `typed${++runs}`;
      await fromPalette(page, 'Latent Lens: Train Autoencoder…');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'rings' }).first().waitFor();
      await page.keyboard.type('rings');
      await page.keyboard.press('Enter');

      const studio = new Studio(window);
      await studio.proposal();
      await tabTo(page, 'Name');
      await replaceText(page, name);
      await tabTo(page, 'Recipe');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await tabTo(page, 'Epochs');
      await replaceText(page, '2');
      await tabTo(page, 'Train');
      await page.keyboard.press('Enter');
      await studio.ended('finished');
      const card = readModel(modelPath(suite.workspace, name))?.card;
      assert.equal(card?.training.epochs, 2);
      assert.equal(card.progress.state, 'finished');

      await page.keyboard.press('Control+P');
      await page.locator('.quick-input-widget input[type=text]').first().waitFor();
      await page.keyboard.type('rings/ring-004.png');
      // Enter takes the row in focus, which for a moment is still one of an older search.
      await page
        .locator('.quick-input-list .monaco-list-row.focused', { hasText: 'ring-004.png' })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await window.tab('ring-004.png').waitFor();
      await window.imagePreview();
      await fromPalette(page, 'Latent Lens: Check for Anomaly');
      const { conclusion } = await new Report(window).verdict('ring-004.png');
      assert.match(conclusion, /anomalous at a false-alarm rate of/i);
    });
  },
);

/** A second attempt must not meet the first one's files. */
let runs = 0;

/** Runs a command by typing its title. */
async function fromPalette(page: Page, title: string): Promise<void> {
  const first = page.locator('.quick-input-list .monaco-list-row').first();
  // The extension's commands come some seconds after the window.
  await poll(async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input[type=text]').first().waitFor();
    await page.keyboard.type(title);
    await first.waitFor();
    if ((await first.locator('.label-name').first().textContent()) === title) return true;
    await page.keyboard.press('Escape');
    return false;
  }, `“${title}” in the palette`);
  await page.keyboard.press('Enter');
}

/**
 * Types over a field's text. Not by Ctrl+A: VS Code answers it with a second "select all" some time later, which would
 * take what was typed since.
 */
async function replaceText(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type(text);
}

/** Presses Tab until the control of this label has the focus. */
async function tabTo(page: Page, label: string): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const focused = await focusedLabel(page);
    if (focused === label) return;
    seen.push(focused);
  }
  assert.fail(`Tab never reached “${label}”; it went over ${seen.join(' → ')}`);
}

/** The label of the focused control, in whichever frame and shadow root it is. */
async function focusedLabel(page: Page): Promise<string> {
  for (const frame of page.frames()) {
    const label = await frame
      .evaluate(() => {
        if (!document.hasFocus()) return '';
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) {
          if (element.localName === 'vscode-button') break;
          element = element.shadowRoot.activeElement;
        }
        if (!element || element === document.body || element.localName === 'iframe') return '';
        const labels = (element as HTMLInputElement).labels;
        return (
          labels?.[0]?.textContent ??
          element.getAttribute('aria-label') ??
          element.textContent ??
          ''
        ).trim();
      })
      .catch(() => '');
    if (label !== '') return label;
  }
  return '';
}
