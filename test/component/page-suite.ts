// What suites over whole pages have in common: one browser and one server of pages, and a page of its own for each test.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import {
  startPageHarness,
  type OpenedPage,
  type OpenPageOptions,
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

/**
 * Starts what a suite's tests share, and ends it. To be called within a suite.
 * @returns what was started; once the tests run
 */
export function sharedHarness<H extends { close(): Promise<void> }>(
  start: (browser: Browser) => Promise<H>,
): () => H {
  let browser: Browser | undefined;
  let harness: H | undefined;
  before(
    async () => {
      browser = await launchChromium();
      harness = await start(browser);
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await harness?.close();
    await closeChromium(browser);
  });
  return () => {
    assert.ok(harness);
    return harness;
  };
}

/** A test on a page of its own; afterwards neither the policy nor the console may have complained. */
export function testPage(
  name: string,
  open: () => Promise<OpenedPage>,
  body: (opened: OpenedPage, page: Page) => Promise<void>,
): void {
  void it(name, async () => {
    const opened = await open();
    await body(opened, opened.page);
    assert.deepEqual(await opened.violations(), []);
    assert.deepEqual(opened.errors, []);
    await opened.close();
  });
}

/** To be called within a suite. */
export function pageSuite(): PageSuite {
  const harness = sharedHarness(startPageHarness);
  const open: PageSuite['open'] = (page, options) => harness().open(page, options);
  return {
    open,
    tests: (page, options, prepare) => (name, body, own) =>
      testPage(
        name,
        () => open(page, { ...options, ...own }),
        async (opened) => {
          await prepare?.(opened.page);
          await body(opened, opened.page);
        },
      ),
  };
}
