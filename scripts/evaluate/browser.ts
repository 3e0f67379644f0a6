// One evaluation in a headless Chromium, from the page's start to its result.
import { chromium, type Browser } from 'playwright-core';
import { LensError, fromWireError } from '../../src/shared/errors.ts';
import { chromiumArguments, ensureChromium } from '../lib/chromium.mjs';
import { reportFunction, type PageReport } from './page-contract.ts';

/** What the page answers, as the request asked for it. */
export type PageResult = Extract<PageReport, { kind: 'result' }>['result'];
import type { Progress } from './progress.ts';
import { startServer, type ServerOptions } from './server.ts';

const launchMs = 60_000;
/** A browser that hangs while closing is left to be killed when this process ends. */
const closeMs = 10_000;

/**
 * Runs the page until it has a result.
 * @param signal ends it: browser and server are closed and it rejects
 * @throws LensError as the worker or the page put it; `engine-failed` where the browser died
 */
export async function runInChromium(
  options: ServerOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<PageResult> {
  const server = await startServer(options);
  let browser: Browser | undefined;
  try {
    signal.throwIfAborted();
    browser = await chromium.launch({
      executablePath: await ensureChromium(),
      args: [...chromiumArguments],
      timeout: launchMs,
      // The command ends by its own signal handler, in order: page, browser, server.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return await evaluateIn(browser, server.url, progress, signal);
  } finally {
    if (browser) await Promise.race([browser.close(), pause(closeMs)]);
    await server.close();
  }
}

async function evaluateIn(
  browser: Browser,
  url: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<PageResult> {
  const page = await browser.newPage();
  return new Promise<PageResult>((resolve, reject) => {
    const died = (what: string): void =>
      reject(
        new LensError(
          'engine-failed',
          `The browser of the evaluation ${what}, most likely for want of memory.`,
        ),
      );
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    page.on('crash', () => died('crashed'));
    browser.on('disconnected', () => died('ended'));
    page.on('pageerror', (error) => reject(error));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        progress.say(`browser: ${message.text()}`);
    });
    const receive = (report: PageReport): void => {
      switch (report.kind) {
        case 'progress':
          progress.update(report.text, report.done, report.total);
          break;
        case 'log':
          progress.say(report.level === 'info' ? report.text : `${report.level}: ${report.text}`);
          break;
        case 'result':
          resolve(report.result);
          break;
        case 'failed':
          reject(fromWireError(report.error));
          break;
      }
    };
    page
      .exposeFunction(reportFunction, receive)
      .then(() => page.goto(url))
      .catch(reject);
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
