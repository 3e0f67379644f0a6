// The browser of component and end-to-end tests.
import { chromium, type Browser } from 'playwright-core';
import { chromiumArguments, ensureChromium } from '../../scripts/lib/chromium.mjs';

/** A headless Chromium whose WebGPU offers the software adapter. Close it in the suite's `after`. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [...chromiumArguments],
    timeout: 60_000,
  });
}

/** Closes a browser without ever waiting for one that hangs. */
export async function closeChromium(browser: Browser | undefined): Promise<void> {
  if (!browser) return;
  await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
}
