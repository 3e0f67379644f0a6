// What suites over whole pages have in common: one browser and one server of pages, and a page of its own for each test.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import {
  startPageHarness,
  type OpenedPage,
  type OpenPageOptions,
  type PageHarness,
  type PageName,
} from '../support/page-harness.ts';

export type PageTest = (
  name: string,
  body: (opened: OpenedPage, page: Page) => Promise<void>,
  options?: OpenPageOptions,
) => void;

export interface PageSuite {
  /** A page that the test closes itself. */
  readonly open: (page: PageName, options?: OpenPageOptions) => Promise<OpenedPage>;
  /**
   * Defines tests on pages of one name; afterwards neither the policy nor the console may have complained.
   * @param options of every page; a test's own come on top
   * @param prepare brings the page to where the tests begin
   */
  readonly tests: (
    page: PageName,
    options?: OpenPageOptions,
    prepare?: (page: Page) => Promise<unknown>,
  ) => PageTest;
}

/** To be called within a suite. */
export function pageSuite(): PageSuite {
  let browser: Browser | undefined;
  let harness: PageHarness | undefined;
  before(
    async () => {
      browser = await launchChromium();
      harness = await startPageHarness(browser);
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await harness?.close();
    await closeChromium(browser);
  });

  const open: PageSuite['open'] = (page, options) => {
    assert.ok(harness);
    return harness.open(page, options);
  };
  return {
    open,
    tests: (page, options, prepare) => (name, body, own) =>
      void it(name, async () => {
        const opened = await open(page, { ...options, ...own });
        await prepare?.(opened.page);
        await body(opened, opened.page);
        assert.deepEqual(await opened.violations(), []);
        assert.deepEqual(opened.errors, []);
        await opened.close();
      }),
  };
}
