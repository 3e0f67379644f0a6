// @ts-check
// Mocha inside a real extension host: in the npm-installed server, driven through a page, or in a desktop VS Code.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromiumArguments, ensureChromium } from './chromium.mjs';
import { outPath, root } from './paths.mjs';
import { writePracticeImages } from './practice-images.mjs';
import { sleep } from './processes.mjs';
import { bundleForNode, makeRunFolder } from './test-bundle.mjs';
import { quietSettings, startVscode } from '../vscode-runtime.mjs';

/** Without a sign of life from the extension host by then, the window is opened once more. */
const SIGN_OF_LIFE_MS = 90_000;
const ENTRY = 'test/integration/index.ts';

/**
 * @typedef {object} Options
 * @property {string} stage
 * @property {readonly string[]} files test files relative to the root
 * @property {number} budgetMs
 * @property {import('./tally.mjs').Tally} tally
 * @property {string} [extension] absolute folder of the extension under test; the repository's root
 */

/**
 * Runs the integration suites in the server's extension host.
 * @param {Options} options
 * @returns {Promise<void>}
 */
export async function runInServer({ stage, files, budgetMs, tally, extension = root }) {
  const { entry, workspace, results, folder } = await prepare(files);
  const server = await startVscode({
    dataDir: path.join(folder, 'data'),
    extensionsDir: path.join(folder, 'extensions'),
    folder: workspace,
    driver: true,
    env: { LATENT_LENS_RESULTS: results },
  });
  const browser = await playwright.launch({
    executablePath: await ensureChromium(),
    args: [...chromiumArguments],
  });
  try {
    const remote = (/** @type {string} */ file) => `vscode-remote://127.0.0.1:${server.port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(entry)],
      ['skipWelcome', 'true'],
    ];
    const address = `${server.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const end = Date.now() + budgetMs;
    for (let attempt = 1; ; attempt++) {
      const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
      /** @type {string[]} */
      const messages = [];
      const exit = new Promise((resolve) => {
        void page.exposeFunction('codeAutomationExit', resolve);
        void page.exposeFunction('codeAutomationLog', () => undefined);
        page.on('crash', () => resolve('the page crashed'));
        page.on('console', (message) => {
          if (message.type() === 'error') messages.push(message.text());
        });
      });
      await page.goto(address, { timeout: 60_000 });
      const over = Promise.race([
        exit.then(() => true),
        sleep(Math.max(0, end - Date.now())).then(() => true),
      ]);
      const started = await waitUntil(() => existsSync(results), over, SIGN_OF_LIFE_MS);
      if (!started && attempt === 1 && end - Date.now() > SIGN_OF_LIFE_MS) {
        await page.context().close();
        continue;
      }
      await over;
      if (!count(stage, results, tally)) {
        mkdirSync(outPath('test-failures'), { recursive: true });
        await page
          .screenshot({ path: outPath('test-failures', `${stage}.png`), timeout: 10_000 })
          .catch(() => {});
        copyFileSync(server.log, outPath('test-failures', `${stage}.server.log`));
        writeFileSync(outPath('test-failures', `${stage}.console.txt`), messages.join('\n'));
      }
      return;
    }
  } finally {
    await Promise.race([browser.close(), sleep(10_000)]);
    await server.stop();
  }
}

/**
 * Runs the same suites in a desktop VS Code.
 * @param {Options & {executable: string}} options
 * @returns {Promise<void>}
 */
export async function runInDesktop({ stage, files, budgetMs, tally, executable }) {
  const { runTests } = await import('@vscode/test-electron');
  const { entry, workspace, results, folder } = await prepare(files);
  const userDir = path.join(folder, 'data/User');
  mkdirSync(userDir, { recursive: true });
  writeFileSync(path.join(userDir, 'settings.json'), JSON.stringify(quietSettings));
  const run = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: root,
    extensionTestsPath: entry,
    extensionTestsEnv: { LATENT_LENS_RESULTS: results },
    launchArgs: [
      workspace,
      ...['--user-data-dir', path.join(folder, 'data'), '--extensions-dir', path.join(folder, 'extensions')],
      '--disable-workspace-trust',
      // Electron refuses to run as root with its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  }).catch((/** @type {unknown} */ error) => error);
  await Promise.race([run, sleep(budgetMs)]);
  count(stage, results, tally);
}

/** @param {readonly string[]} files */
async function prepare(files) {
  const bundles = await bundleForNode([ENTRY, ...files], 'cjs');
  const folder = makeRunFolder('extension-host');
  const workspace = path.join(folder, 'workspace');
  writePracticeImages(path.join(workspace, 'rings'), 40);
  return {
    entry: bundles.get(ENTRY) ?? '',
    workspace,
    results: path.join(folder, 'results.jsonl'),
    folder,
  };
}

/**
 * Counts the results that the extension host wrote; a missing end is a failure of its own.
 * @param {string} stage @param {string} file @param {import('./tally.mjs').Tally} tally
 * @returns {boolean} whether all went well
 */
function count(stage, file, tally) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  /** @type {import('../../test/integration/index.ts').Result[]} */
  const results = lines.map((line) => JSON.parse(line));
  const failedBefore = tally.counts.failed;
  for (const result of results) {
    if (result.type === 'pass') tally.pass(stage, result.title);
    if (result.type === 'skip') tally.skip(stage, result.title, 'skipped in its suite');
    if (result.type === 'fail') tally.fail(stage, result.title, result.error);
  }
  if (!results.some(({ type }) => type === 'begin'))
    tally.fail(stage, 'extension host', 'It never began to run the tests.');
  else if (!results.some(({ type }) => type === 'end'))
    tally.fail(stage, 'extension host', 'The run broke off before its end.');
  rmSync(file, { force: true });
  return tally.counts.failed === failedBefore;
}

/** @param {() => boolean} condition @param {Promise<unknown>} over @param {number} budgetMs */
async function waitUntil(condition, over, budgetMs) {
  let stopped = false;
  void over.then(() => (stopped = true));
  for (const end = Date.now() + budgetMs; Date.now() < end && !stopped;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return condition();
}
