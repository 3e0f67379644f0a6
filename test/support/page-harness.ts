// Whole pages of the webview room, bundled as shipped, served with the extension's own HTML and content policy. The
// host and the workers behind them are fakes (test/component/fakes); the page cannot tell.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { outPath, root } from '../../scripts/lib/paths.mjs';
import { contentSecurityPolicy, pageHtml } from '../../src/extension/views/html.ts';
import type {} from '../component/fakes/page-seam.ts';
import type {} from '../component/fakes/theme.ts';
import type { Theme } from './component.ts';

export { themes } from './component.ts';

export type PageName = 'studio' | 'report' | 'model-card';

const pages: readonly PageName[] = ['studio', 'report', 'model-card'];
const fakes = ['engine-worker', 'forward-worker', 'host', 'theme'] as const;

const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/codicon.css': { file: 'node_modules/@vscode/codicons/dist/codicon.css', type: 'text/css' },
  '/codicon.ttf': { file: 'node_modules/@vscode/codicons/dist/codicon.ttf', type: 'font/ttf' },
};

/** An entry of ours or of the webview room as a script that a page loads, bundled as shipped. */
export async function pageScript(entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    mainFields: ['module', 'main'],
    tsconfig: path.join(root, 'tsconfig.webview.json'),
    minify: true,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** @param entries by the path under which they are served */
export async function pageScripts(entries: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const built = Object.entries(entries).map(async ([url, entry]) => [url, await pageScript(entry)] as const);
  return new Map(await Promise.all(built));
}

const entries = Object.fromEntries([
  ...pages.map((name) => [`/${name}.js`, `src/webview/${name}/main.ts`]),
  ...fakes.map((name) => [`/fake/${name}.js`, `test/component/fakes/${name}.ts`]),
]) as Readonly<Record<string, string>>;

export interface OpenPageOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  /** Uncaught errors and `console.error` of the page. */
  readonly errors: readonly string[];
  /** What the content policy has refused so far. */
  violations(): Promise<readonly string[]>;
  /** Calls of the page to its host with this name, oldest first. */
  calls(method: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface PageHarness {
  open(name: PageName, options?: OpenPageOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

const themeFile = (theme: string): string =>
  readFileSync(path.join(root, `test/fixtures/themes/${theme}.json`), 'utf8');

/** The script that `fakes/theme.ts` finds its theme by. @param pathname `/theme/NAME.js` */
export const themeScript = (pathname: string): string =>
  `globalThis.capturedTheme = ${themeFile(path.basename(pathname, '.js'))};`;

/** A server on a port of its own. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts the server of pages; close it in the suite's `after`. */
export async function startPageHarness(browser: Browser): Promise<PageHarness> {
  const served = await pageScripts(entries);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    const name = pages.find((one) => pathname === `/${one}`);
    const script = served.get(pathname);
    const file = files[pathname];
    if (name) {
      // The policy stands in the HTML; as a header too, it also covers what the HTML could lose.
      response.setHeader('content-security-policy', contentSecurityPolicy(`'self'`));
      send('text/html; charset=utf-8', html(name, (searchParams.get('theme') ?? 'dark') as Theme));
    } else if (pathname.startsWith('/theme/')) {
      send('text/javascript; charset=utf-8', themeScript(pathname));
    } else if (pathname.startsWith('/wasm/')) send('application/wasm', Buffer.alloc(16));
    else if (script !== undefined) send('text/javascript; charset=utf-8', script);
    else if (file && existsSync(path.join(root, file.file))) {
      send(file.type, readFileSync(path.join(root, file.file)));
    } else {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404);
      response.end();
    }
  };
  const { origin, close } = await listen(answer);
  return {
    open: (name, options = {}) => openPage(browser, `${origin}/${name}`, options),
    close,
  };
}

/** The extension's own HTML, with the fakes before the page's script. */
function html(name: PageName, theme: Theme): string {
  const own = pageHtml({
    title: 'Latent Lens',
    language: 'en',
    cspSource: `'self'`,
    script: `/${name}.js`,
    codicons: '/codicon.css',
    assets: {
      engineWorker: '/fake/engine-worker.js',
      forwardWorker: '/fake/forward-worker.js',
      shardWorker: '/fake/engine-worker.js',
      kernelsSimd: '/wasm/kernels-simd.wasm',
      kernelsFma: '/wasm/kernels-fma.wasm',
      projectionSimd: '/wasm/projection-simd.wasm',
      projectionFma: '/wasm/projection-fma.wasm',
    },
  });
  const before = ['/fake/host.js', `/theme/${theme}.js`, '/fake/theme.js'];
  const scripts = before.map((source) => `<script src="${source}"></script>`).join('\n');
  return own.replace('<script', `${scripts}\n<script`);
}

/** Opens a page whose host is a `RecordingHost`, and waits until it has said that it is ready. */
export async function openPage(browser: Browser, url: string, options: OpenPageOptions): Promise<OpenedPage> {
  const { theme = 'dark', width = 1000, height = 800 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme.endsWith('light') ? 'light' : 'dark',
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(`${url}?theme=${theme}`);
  await page.waitForFunction(() => globalThis.recordingHost.calls.some(({ method }) => method === 'ready'));
  return {
    page,
    errors,
    violations: () => page.evaluate(() => globalThis.recordingHost.violations),
    calls: (method) =>
      page.evaluate(
        (wanted) =>
          globalThis.recordingHost.calls
            .filter((call) => call.method === wanted)
            .map(({ params }) => params as Record<string, unknown>),
        method,
      ),
    close: () => context.close(),
  };
}

/**
 * What axe-core calls serious or critical in the page as it stands: one line for each element.
 * @param rules only these, by id; all where left out
 */
export async function seriousViolations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  const loaded = await page.evaluate(() => 'axe' in globalThis);
  if (!loaded) await page.evaluate(axe.source);
  return page.evaluate(async (rules) => {
    const options: axe.RunOptions = { resultTypes: ['violations'] };
    if (rules.length > 0) options.runOnly = { type: 'rule', values: [...rules] };
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, options);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${id}: ${target.flat().join(' ')} ${failureSummary ?? ''}`,
        ),
      );
  }, rules);
}

/** Puts another theme on an open page, as VS Code does when the user changes it. */
export async function changeTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate((captured) => globalThis.applyTheme(captured), JSON.parse(themeFile(theme)));
}

/** Where a screenshot of a state goes: `out/component/THEME/STATE.png`. */
export function screenshotPath(theme: string, state: string): string {
  const folder = outPath('component', theme);
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${state}.png`);
}
