// How the extension host is bundled: for Node, and for a worker of VS Code in the browser.
import { fileURLToPath } from 'node:url';

const source = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const host = {
  bundle: true,
  entryPoints: [source('src/extension/extension.ts')],
  format: 'cjs',
  external: ['vscode'],
};

/** What only Node can do lies behind one file, which has a twin for the browser. */
const platformTwin = {
  name: 'platform-twin',
  setup: (build) =>
    build.onResolve({ filter: /\/node\.ts$/ }, () => ({ path: source('src/extension/platform/browser.ts') })),
};

export const nodeHost = { ...host, platform: 'node', target: 'node20' };
export const webHost = { ...host, platform: 'browser', target: 'es2022', plugins: [platformTwin] };
