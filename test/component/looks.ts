/** The looks of one page: every state in four themes, at two more widths, without a serious accessibility violation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import {
  changeTheme,
  screenshotPath,
  seriousViolations,
  themes,
  type PageName,
} from '../support/page-harness.ts';
import { scenes } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

const widths = [300, 1400];

/** With the caret as it is: hiding it takes an inline style, which the policy refuses. */
const screenshot = (page: Page, folder: string, name: string): Promise<unknown> =>
  page.screenshot({ path: screenshotPath(folder, name), fullPage: true, caret: 'initial' });

/** @param only which of the page's scenes, by their names: a file of tests has a budget of time */
export function testLooks(page: PageName, only: (name: string) => boolean = () => true): void {
  describe(`looks of the ${page} page`, () => {
    const { open } = pageSuite();

    for (const scene of scenes.filter((one) => one.page === page && only(one.name))) {
      it(`${scene.name}: readable in every theme, at every width, within the content policy`, async () => {
        const opened = await open(page, { width: 900, height: 700 });
        await scene.play(opened.page);
        for (const theme of themes) {
          await changeTheme(opened.page, theme);
          await screenshot(opened.page, theme, scene.name);
        }
        await changeTheme(opened.page, 'dark');
        for (const width of widths) {
          await opened.page.setViewportSize({ width, height: 700 });
          await screenshot(opened.page, `dark-${width}`, scene.name);
          const overflow = await opened.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(overflow, 0, `scrolls sideways at ${width} px`);
        }
        // Before axe, which puts styles of its own on the page.
        assert.deepEqual(await opened.violations(), []);
        assert.deepEqual(opened.errors, []);
        await opened.page.setViewportSize({ width: 900, height: 700 });
        assert.deepEqual(await seriousViolations(opened.page), []);
        for (const theme of themes) {
          await changeTheme(opened.page, theme);
          assert.deepEqual(await seriousViolations(opened.page, ['color-contrast']), [], theme);
        }
        await opened.close();
      });
    }
  });
}
