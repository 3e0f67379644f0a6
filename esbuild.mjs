// Builds every bundle of the extension into dist/ and holds each to its size budget.
import { mkdirSync, readdirSync, rmSync, cpSync, statSync, existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { buildKernels } from './scripts/build-kernels.mjs';
import { nodeHost, webHost } from './scripts/lib/host-builds.mjs';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');

const common = {
  bundle: true,
  minify: !development,
  sourcemap: development ? 'inline' : false,
  logLevel: 'warning',
  legalComments: 'none',
};
// The decorators of Lit need the TypeScript settings of the webview room.
const page = { ...common, format: 'iife', target: 'es2022', tsconfig: 'tsconfig.webview.json' };
// tfjs's package.json marks its backends free of side effects only for "main": "module" keeps the registration.
const worker = { ...common, format: 'iife', target: 'es2022', mainFields: ['module', 'main'] };

const builds = [
  { ...common, ...nodeHost, outfile: 'dist/extension.js' },
  { ...common, ...webHost, outfile: 'dist/extension.web.js' },
  ...['studio', 'report', 'model-card', 'map'].map((name) => ({
    ...page,
    entryPoints: [`src/webview/${name}/main.ts`],
    outfile: `dist/webview/${name}.js`,
  })),
  { ...worker, entryPoints: ['src/engine/worker.ts'], outfile: 'dist/engine/worker.js' },
  { ...worker, entryPoints: ['src/engine/forward-worker.ts'], outfile: 'dist/engine/forward-worker.js' },
  { ...worker, entryPoints: ['src/engine/shard-worker.ts'], outfile: 'dist/engine/shard-worker.js' },
];

const codicons = 'node_modules/@vscode/codicons/dist';
/** Files that are copied as they are. */
const assets = [
  [`${codicons}/codicon.css`, 'dist/webview/codicon.css'],
  [`${codicons}/codicon.ttf`, 'dist/webview/codicon.ttf'],
];

/** Budgets in kB (1,000 bytes) of the minified file. */
const budgets = {
  'dist/extension.js': 150,
  'dist/extension.web.js': 150,
  'dist/webview/studio.js': 350,
  'dist/webview/report.js': 250,
  'dist/webview/model-card.js': 250,
  'dist/webview/map.js': 250,
  'dist/engine/worker.js': 800,
  'dist/engine/forward-worker.js': 150,
  'dist/engine/shard-worker.js': 30,
};

mkdirSync('dist/webview', { recursive: true });
copyAssets();
await buildKernels();

if (watch) {
  const started = {
    name: 'watch-messages',
    setup(build) {
      build.onStart(() => console.log('[watch] build started'));
      build.onEnd(() => console.log('[watch] build finished'));
    },
  };
  for (const options of builds) {
    const context = await esbuild.context({ ...options, plugins: [...(options.plugins ?? []), started] });
    await context.watch();
  }
} else {
  await Promise.all(builds.map((options) => esbuild.build(options)));
  removeStaleFiles();
  if (!development) checkBudgets();
}

function copyAssets() {
  for (const [source, target] of assets) cpSync(source, target);
}

/** A file that is no longer made must not be packaged. */
function removeStaleFiles() {
  const made = [...builds.map(({ outfile }) => outfile), ...assets.map(([, target]) => target)];
  for (const folder of ['dist/webview', 'dist/engine']) {
    for (const name of readdirSync(folder)) {
      const file = `${folder}/${name}`;
      if (!made.includes(file)) rmSync(file);
    }
  }
}

function checkBudgets() {
  let over = 0;
  for (const [file, budget] of Object.entries(budgets)) {
    if (!existsSync(file)) continue;
    const size = statSync(file).size / 1000;
    const gzip = gzipSync(readFileSync(file)).length / 1000;
    const verdict = size > budget ? 'OVER BUDGET' : 'ok';
    if (size > budget) over++;
    console.log(
      `${file.padEnd(34)} ${size.toFixed(0).padStart(5)} kB (gzip ${gzip.toFixed(0)}) of ${budget}  ${verdict}`,
    );
  }
  if (over > 0) {
    console.error(`${over} bundle(s) over their size budget.`);
    process.exit(1);
  }
}
