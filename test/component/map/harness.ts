// The map's page as shipped: its own HTML and content policy, the real forward worker with the real kernels. Only the
// host is a stand-in.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { kernelFiles } from '../../../scripts/build-kernels.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { contentSecurityPolicy, pageHtml } from '../../../src/extension/views/html.ts';
import type { ShownMap } from '../../../src/shared/protocol/map.ts';
import type { Theme } from '../../support/component.ts';
import type {} from '../fakes/theme.ts';
import type {} from './host.ts';

export interface OpenMap {
  readonly page: Page;
  readonly errors: readonly string[];
  calls(method: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface MapHarness {
  open(options?: {
    readonly width?: number;
    readonly height?: number;
    readonly theme?: Theme;
  }): Promise<OpenMap>;
  close(): Promise<void>;
}

const bundle = async (entry: string): Promise<string> => {
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
};

const themeFile = (theme: string): string =>
  readFileSync(path.join(root, `test/fixtures/themes/${path.basename(theme)}.json`), 'utf8');

/**
 * @param models model files by the name under which {@link showMap} shows them
 * @param further scripts that run before the page's own
 */
export async function startMapHarness(
  browser: Browser,
  models: Readonly<Record<string, Uint8Array>>,
  further: readonly { readonly url: string; readonly entry: string }[] = [],
): Promise<MapHarness> {
  const entries = {
    ...Object.fromEntries(further.map(({ url, entry }) => [url, entry])),
    '/map.js': 'src/webview/map/main.ts',
    '/forward-worker.js': 'src/engine/forward-worker.ts',
    '/host.js': 'test/component/map/host.ts',
    '/theme.js': 'test/component/fakes/theme.ts',
  };
  const scripts = new Map(
    await Promise.all(
      Object.entries(entries).map(async ([url, entry]) => [url, await bundle(entry)] as const),
    ),
  );
  const html = (theme: string): string =>
    pageHtml({
      title: 'Latent Map',
      language: 'en',
      cspSource: `'self'`,
      script: '/map.js',
      codicons: '/codicon.css',
      assets: {
        engineWorker: '/none.js',
        forwardWorker: '/forward-worker.js',
        shardWorker: '/none',
        kernelsSimd: '/kernels-simd.wasm',
        kernelsFma: '/kernels-fma.wasm',
        projectionSimd: '/none.wasm',
        projectionFma: '/none.wasm',
      },
    }).replace(
      '<script',
      ['/host.js', `/theme/${theme}.js`, '/theme.js', ...further.map(({ url }) => url)]
        .map((src) => `<script src="${src}"></script>`)
        .join('') + '<script',
    );
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    const script = scripts.get(pathname);
    const model = models[pathname.replace('/models/', '')];
    if (pathname === '/') {
      response.setHeader('content-security-policy', contentSecurityPolicy(`'self'`));
      send('text/html; charset=utf-8', html(searchParams.get('theme') ?? 'dark'));
    } else if (script !== undefined) send('text/javascript; charset=utf-8', script);
    else if (pathname.startsWith('/theme/'))
      send(
        'text/javascript; charset=utf-8',
        `globalThis.capturedTheme = ${themeFile(path.basename(pathname, '.js'))};`,
      );
    else if (pathname === '/kernels-simd.wasm') send('application/wasm', readFileSync(kernelFiles.simd));
    else if (pathname === '/kernels-fma.wasm') send('application/wasm', readFileSync(kernelFiles.fma));
    else if (pathname === '/codicon.css' || pathname === '/codicon.ttf')
      send(
        pathname.endsWith('css') ? 'text/css' : 'font/ttf',
        readFileSync(path.join(root, 'node_modules/@vscode/codicons/dist', pathname)),
      );
    else if (model) send('application/octet-stream', model);
    else {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404);
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    open: async ({ width = 900, height = 700, theme = 'dark' } = {}) => {
      const context = await browser.newContext({ viewport: { width, height } });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(`${origin}/?theme=${theme}`);
      await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'ready'));
      return {
        page,
        errors,
        calls: (method) =>
          page.evaluate(
            (wanted) =>
              globalThis.mapHost.calls
                .filter((call) => call.method === wanted)
                .map(({ params }) => params as Record<string, unknown>),
            method,
          ),
        close: () => context.close(),
      };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const uriOf = (name: string): string => `file:///workspace/latent-lens/${name}.lens.safetensors`;

/** Hands the model's file to the host and shows its map. */
export async function showMap(page: Page, name: string, change: Partial<ShownMap> = {}): Promise<void> {
  await page.evaluate(
    async ([name, uri, change]) => {
      const bytes = new Uint8Array(await (await fetch(`/models/${name}`)).arrayBuffer());
      globalThis.mapHost.files.set(uri, bytes);
      await globalThis.mapHost.page.call('showModel', {
        uri,
        key: `${uri} 1`,
        name,
        dataset: 'found',
        location: name,
        ...change,
      });
    },
    [name, uriOf(name), change] as const,
  );
  await page.locator('ll-map-canvas canvas[data-detail]').waitFor();
}
