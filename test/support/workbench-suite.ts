// A suite of end-to-end tests: one VS Code server with the packaged extension, one browser; a new window for each test.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { outPath } from '../../scripts/lib/paths.mjs';
import { installVsix, startVscode, type RunningVscode } from '../../scripts/vscode-runtime.mjs';
import { closeChromium, launchChromium } from './chromium.ts';
import { Workbench } from './vscode.ts';

/** One attempt of a test; a test has two. */
const ATTEMPT_MS = 120_000;
const START_MS = 180_000;

export interface SuiteOptions {
  /** Fills the workspace folder before the server starts. */
  readonly workspace?: (folder: string) => void | Promise<void>;
  /** User settings, over the quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `ask` leaves Workspace Trust on, so that the window opens restricted. Default: granted. */
  readonly trust?: 'granted' | 'ask';
  /** Variables that the extension host sees. */
  readonly env?: Readonly<Record<string, string>>;
  /** Size of the window in CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Suite {
  /** Absolute path of the workspace folder, once the suite has begun. */
  readonly workspace: string;
  /**
   * A test in a new window on the same server. A failing test is tried once more in another window; what the first
   * attempt saw goes into `out/test-failures/`. The workspace folder is not put back in between.
   */
  test(
    name: string,
    body: (window: Workbench, t: TestContext) => Promise<void>,
    options?: { readonly attemptMs?: number },
  ): void;
}

/**
 * Defines a suite whose tests run one after the other.
 * @param name also names screenshots of failures
 */
export function workbenchSuite(name: string, options: SuiteOptions, define: (suite: Suite) => void): void {
  describe(name, () => {
    const home = mkdtempSync(path.join(tmpdir(), 'latent-lens-e2e-'));
    const workspace = path.join(home, 'workspace');
    let server: RunningVscode | undefined;
    let browser: Browser | undefined;

    before(
      async () => {
        mkdirSync(workspace, { recursive: true });
        await options.workspace?.(workspace);
        const folders = { dataDir: path.join(home, 'data'), extensionsDir: path.join(home, 'extensions') };
        await installVsix({ vsix: packagedExtension(), ...folders });
        server = await startVscode({
          ...folders,
          folder: workspace,
          // One row for each folder, so that the page objects can unfold them by name.
          settings: { 'explorer.compactFolders': false, ...options.settings },
          trust: options.trust ?? 'granted',
          env: options.env ?? {},
        });
        browser = await launchChromium();
      },
      { timeout: START_MS },
    );

    after(
      async () => {
        await closeChromium(browser);
        await server?.stop();
        rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      },
      { timeout: 60_000 },
    );

    /** One attempt in a browser profile of its own. */
    async function attempt(
      testName: string,
      number: number,
      body: (window: Workbench) => Promise<void>,
      budgetMs: number,
    ): Promise<void> {
      if (!server || !browser) throw new Error('The suite has not started.');
      const context = await browser.newContext({
        viewport: options.viewport ?? { width: 1400, height: 900 },
      });
      const messages: string[] = [];
      try {
        const page = await context.newPage();
        page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
        page.on('pageerror', (error) => messages.push(`uncaught: ${error.message}`));
        const window = new Workbench(page, server.url);
        await withinBudget(
          window.open().then(() => body(window)),
          budgetMs,
        );
      } catch (error) {
        await keepEvidence(context, `${name}-${testName}-${number}`, messages, server.log);
        throw error;
      } finally {
        await Promise.race([context.close(), pause(10_000)]);
      }
    }

    define({
      workspace,
      test(testName, body, { attemptMs = ATTEMPT_MS } = {}) {
        it(testName, { timeout: 2 * attemptMs + 60_000 }, async (t) => {
          try {
            await attempt(testName, 1, (window) => body(window, t), attemptMs);
          } catch (error) {
            // Said aloud: a test that needs its second attempt is a weak one.
            t.diagnostic(
              `first attempt failed: ${testName}: ${error instanceof Error ? error.message : String(error)}`,
            );
            await attempt(testName, 2, (window) => body(window, t), attemptMs);
          }
        });
      },
    });
  });
}

/** The package under test: made by the build stage, named by the runner. */
function packagedExtension(): string {
  const vsix = process.env['LATENT_LENS_VSIX'] ?? outPath('latent-lens.vsix');
  if (!existsSync(vsix)) throw new Error('out/latent-lens.vsix is missing; `npm run package` makes it.');
  return vsix;
}

/** Screenshot, the page's messages and the server's log of a failure. */
async function keepEvidence(
  context: BrowserContext,
  name: string,
  messages: readonly string[],
  log: string,
): Promise<void> {
  const base = outPath('test-failures', name.replace(/[^\w.-]+/g, '-').slice(0, 120));
  mkdirSync(path.dirname(base), { recursive: true });
  writeFileSync(`${base}.console.txt`, messages.slice(-500).join('\n'));
  copyFileSync(log, `${base}.server.log`);
  // A page that hangs gives no screenshot; the failure itself is what counts.
  await context
    .pages()
    .at(0)
    ?.screenshot({ path: `${base}.png`, timeout: 10_000 })
    .catch(() => undefined);
}

async function withinBudget<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const spent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The attempt did not end within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, spent]);
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
