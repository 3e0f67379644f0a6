// The map's page as shipped: its own HTML and content policy, the real forward worker with the real kernels. Only the
// host is a stand-in.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { kernelFiles } from '../../../scripts/build-kernels.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { contentSecurityPolicy, pageHtml } from '../../../src/extension/views/html.ts';
import type { ShownMap } from '../../../src/shared/protocol/map.ts';
import {
  listen,
  openPage,
  pageScripts,
  themeScript,
  type OpenedPage,
  type OpenPageOptions,
} from '../../support/page-harness.ts';
import type {} from './host.ts';

export interface MapHarness {
  open(options?: OpenPageOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

/**
 * @param models model files by the name under which {@link showMap} shows them
 * @param further scripts that run before the page's own
 */
export async function startMapHarness(
  browser: Browser,
  models: Readonly<Record<string, Uint8Array>>,
  further: readonly { readonly url: string; readonly entry: string }[] = [],
): Promise<MapHarness> {
  const scripts = await pageScripts({
    ...Object.fromEntries(further.map(({ url, entry }) => [url, entry])),
    '/map.js': 'src/webview/map/main.ts',
    '/forward-worker.js': 'src/engine/forward-worker.ts',
    '/host.js': 'test/component/map/host.ts',
    '/theme.js': 'test/component/fakes/theme.ts',
  });
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
  const { origin, close } = await listen((request, response) => {
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
    else if (pathname.startsWith('/theme/')) send('text/javascript; charset=utf-8', themeScript(pathname));
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
  return {
    open: (options) => openPage(browser, `${origin}/`, { width: 900, height: 700, ...options }),
    close,
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
