// How the extension host is bundled: for Node, and for a worker of VS Code in the browser.
import { fileURLToPath } from 'node:url';

const source = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** What only Node can do lies behind one file, which has a twin for the browser. */
const platformTwin = {
  name: 'platform-twin',
  setup: (build) =>
    build.onResolve({ filter: /\/node\.ts$/ }, () => ({ path: source('src/extension/platform/browser.ts') })),
};

/**
 * All files share one copy of VS Code's API. A bundle makes a copy of a CommonJS module, property by property, wherever
 * it is imported: of an API of hundreds, thirty times, at every activation.
 */
const oneApi = {
  name: 'one-api',
  setup: (build) => {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'one-api' ? { path: 'vscode', external: true } : { path: 'vscode', namespace: 'one-api' },
    );
    build.onLoad({ filter: /.*/, namespace: 'one-api' }, () => ({ contents: "export * from 'vscode';" }));
  },
};

const host = {
  bundle: true,
  entryPoints: [source('src/extension/extension.ts')],
  format: 'cjs',
};

export const nodeHost = { ...host, platform: 'node', target: 'node20', plugins: [oneApi] };
export const webHost = { ...host, platform: 'browser', target: 'es2022', plugins: [oneApi, platformTwin] };
