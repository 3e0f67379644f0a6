// Pages of the webview room without a VS Code: bundled on the spot, under the variables and default styles that real
// windows hand out (test/fixtures/themes, captured by scripts/capture-themes.mjs).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { root } from '../../scripts/lib/paths.mjs';

/** The four kinds of theme that VS Code has. */
export const themes = ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const;
export type Theme = (typeof themes)[number];

/** `localhost` makes it a secure context (WebGPU, OffscreenCanvas); every request is answered from here. */
const ORIGIN = 'http://localhost';

export interface ComponentOptions {
  /** TypeScript that runs in the page; imports are relative to the repository's root, e.g. `./src/webview/x.ts`. */
  readonly script: string;
  /** What stands in the body before the script runs. */
  readonly body?: string;
  readonly theme?: Theme;
  readonly reducedMotion?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface ComponentPage {
  readonly page: Page;
  /** What the page has said to the host by `acquireVsCodeApi().postMessage`, oldest first. */
  posted(): Promise<unknown[]>;
  /** Sends a message to the page as the host does. */
  send(message: unknown): Promise<void>;
  /** Uncaught errors and `console.error` of the page. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a page and waits until its script has run.
 * @throws {esbuild.BuildFailure} when the script does not build
 */
export async function openComponent(browser: Browser, options: ComponentOptions): Promise<ComponentPage> {
  const { theme = 'dark', body = '', viewport = { width: 900, height: 700 } } = options;
  const script = await bundle(options.script);
  const context = await browser.newContext({
    viewport,
    colorScheme: theme.endsWith('light') ? 'light' : 'dark',
    forcedColors: 'none',
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: html(theme, body) });
    else if (pathname === '/script.js')
      await route.fulfill({ contentType: 'text/javascript; charset=utf-8', body: script });
    else await route.fulfill({ status: 404, body: '' });
  });
  await page.goto(`${ORIGIN}/`);
  await page.addScriptTag({ url: '/script.js' });
  return {
    page,
    errors,
    posted: () => page.evaluate(() => (globalThis as unknown as Host).posted),
    send: (message) => page.evaluate((data) => postMessage(data, '*'), message),
    close: () => context.close(),
  };
}

/**
 * What axe-core finds wrong in the page as it stands.
 * @returns one line for each violation and element; empty when there is none
 */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    // A fragment in a test page is no whole document: its landmarks and headings are judged in the real window.
    const rules = Object.fromEntries(
      ['region', 'landmark-one-main', 'page-has-heading-one'].map((rule) => [rule, { enabled: false }]),
    );
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, { rules });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${help} (${target.join(' ')}) ${failureSummary ?? ''}`,
      ),
    );
  });
}

interface Host {
  posted: unknown[];
}

interface CapturedTheme {
  readonly variables: Readonly<Record<string, string>>;
  readonly bodyClass: string;
  readonly themeKind: string;
  readonly themeId: string;
  readonly defaultStyles: string;
}

function html(theme: Theme, body: string): string {
  const captured = JSON.parse(
    readFileSync(path.join(root, `test/fixtures/themes/${theme}.json`), 'utf8'),
  ) as CapturedTheme;
  const style = Object.entries(captured.variables).map(([name, value]) => `${name}: ${value};`);
  const attributes = [
    `class="${escape(captured.bodyClass)}"`,
    `data-vscode-theme-kind="${escape(captured.themeKind)}"`,
    `data-vscode-theme-id="${escape(captured.themeId)}"`,
  ];
  return `<!doctype html>
<html lang="en" style="${escape(style.join(' '))}">
<head>
<meta charset="utf-8"><title>Component</title>
<style id="_defaultStyles">${captured.defaultStyles}</style>
<style>/* The editor that lies under a webview. */ html { background: var(--vscode-editor-background); }</style>
<script>
  var posted = [];
  var acquireVsCodeApi = (function () {
    let state;
    const api = {
      postMessage: (message) => void posted.push(message),
      getState: () => state,
      setState: (next) => (state = next),
    };
    return () => api;
  })();
</script>
</head>
<body ${attributes.join(' ')}>${body}</body>
</html>`;
}

async function bundle(contents: string): Promise<string> {
  const result = await esbuild.build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts', sourcefile: 'component-test.ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    mainFields: ['module', 'main'],
    tsconfig: path.join(root, 'tsconfig.webview.json'),
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
