// The looks of the map: its states in four themes and at two more widths, without a serious accessibility violation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { changeTheme, screenshotPath, seriousViolations, themes } from '../../support/page-harness.ts';
import { sharedHarness } from '../page-suite.ts';
import { showMap, startMapHarness } from './harness.ts';
import { digitsModel } from './model.ts';

const scenes: readonly { readonly name: string; readonly play: (page: Page) => Promise<void> }[] = [
  {
    name: 'map-none',
    play: async (page) => {
      await page.evaluate(() => globalThis.mapHost.page.call('showNone', { models: 0 }));
      await page.getByText('Train a model to see one').waitFor();
    },
  },
  { name: 'map-overview', play: (page) => showMap(page, 'digits') },
  {
    name: 'map-chosen',
    play: async (page) => {
      await showMap(page, 'digits', { dataset: 'missing' });
      await page.locator('ll-map-canvas canvas').focus();
      await page.keyboard.press('Enter');
      await page.getByText('Nearest by latent').waitFor();
      await page.getByLabel('Search by file name').fill('7/00');
      await page.getByLabel('Search by file name').press('Enter');
      await page.getByRole('heading', { name: '10 images selected' }).waitFor();
      await page.locator('ll-point-details ll-image').nth(1).waitFor();
    },
  },
  {
    name: 'map-table',
    play: async (page) => {
      await showMap(page, 'digits');
      await page.getByRole('button', { name: 'Show the images as a table' }).click();
      await page.getByRole('button', { name: 'Score' }).click();
      await page.locator('ll-point-table').getByRole('grid').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      await page.getByRole('heading', { name: '2 images selected' }).waitFor();
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'map-more',
    play: async (page) => {
      await showMap(page, 'digits');
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByLabel('Point size').waitFor();
    },
  },
  {
    name: 'map-decoded',
    play: async (page) => {
      await showMap(page, 'digits');
      await page.getByLabel('Colour').selectOption('score');
      await page.getByRole('button', { name: 'Show what the decoder makes' }).click();
      await page.locator('#probe').waitFor();
    },
  },
];

describe('looks of the map', () => {
  const harness = sharedHarness(async (browser) => {
    return startMapHarness(browser, { digits: await digitsModel() });
  });

  for (const { name, play } of scenes) {
    it(`${name}: readable in every theme, at every width, within the content policy`, async () => {
      const { page, errors, close } = await harness().open();
      await play(page);
      const screenshot = async (folder: string): Promise<void> => {
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 60)));
        await page.screenshot({ path: screenshotPath(folder, name), caret: 'initial' });
      };
      for (const theme of themes) {
        await changeTheme(page, theme);
        await screenshot(theme);
      }
      await changeTheme(page, 'dark');
      for (const [width, height] of [
        [250, 400],
        [300, 700],
        [1400, 700],
      ] as const) {
        await page.setViewportSize({ width, height });
        await screenshot(`dark-${width}`);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, `scrolls sideways at ${width} px`);
      }
      assert.deepEqual(await page.evaluate(() => globalThis.mapHost.violations), []);
      assert.deepEqual(errors, []);
      for (const [width, height] of [
        [250, 400],
        [300, 700],
        [1400, 700],
        [900, 700],
      ] as const) {
        await page.setViewportSize({ width, height });
        assert.deepEqual(await seriousViolations(page), [], `${width} px`);
      }
      for (const theme of themes) {
        await changeTheme(page, theme);
        assert.deepEqual(await seriousViolations(page, ['color-contrast']), [], theme);
      }
      await close();
    });
  }
});
