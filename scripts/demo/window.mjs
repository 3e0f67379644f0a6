// @ts-check
// A real VS Code window with the packaged extension, for scripts: clicks from outside by Playwright, commands from
// inside by the companion extension.
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { root } from '../lib/paths.mjs';
import { sleep } from '../lib/processes.mjs';
import { importTypeScript, makeRunFolder } from '../lib/test-bundle.mjs';
import { chromiumArguments, ensureChromium, installVsix, startVscode } from '../vscode-runtime.mjs';

const START_MS = 120_000;

/**
 * @typedef {object} DemoWindow
 * @property {import('../../test/support/vscode.ts').Workbench} workbench
 * @property {import('playwright-core').Page} page
 * @property {string} workspace absolute path of the workspace folder
 * @property {string} log the server's log
 * @property {(command: string, ...args: unknown[]) => Promise<any>} run executes a command in the extension host and
 *   answers what it resolves with; `file(path)` makes a Uri argument
 * @property {() => Promise<void>} close
 */

/** An argument of {@link DemoWindow.run} that arrives as a `vscode.Uri`. @param {string} absolutePath */
export const file = (absolutePath) => ({ $path: absolutePath });

/**
 * Opens a window on an empty workspace, in a fresh profile.
 * @param {object} options
 * @param {string} options.vsix
 * @param {string} options.name of the folder of this run
 * @param {Record<string, unknown>} [options.settings]
 * @param {{width: number, height: number}} [options.viewport] CSS pixels
 * @param {readonly string[]} [options.extensions] folders of more extensions, relative to the root
 * @param {NodeJS.ProcessEnv} [options.env] for the extension host
 * @returns {Promise<DemoWindow>}
 */
export async function openDemoWindow({
  vsix,
  name,
  settings = {},
  viewport = { width: 1440, height: 900 },
  extensions = [],
  env = {},
}) {
  const home = makeRunFolder(name);
  const workspace = path.join(home, 'workspace');
  const folders = { dataDir: path.join(home, 'data'), extensionsDir: path.join(home, 'extensions') };
  mkdirSync(workspace, { recursive: true });
  await installVsix({ vsix, ...folders });
  for (const source of ['scripts/demo/companion', ...extensions]) {
    const installed = path.join(folders.extensionsDir, `latent-lens.${path.basename(source)}-0.0.1`);
    cpSync(path.join(root, source), installed, { recursive: true });
  }
  // The installer's list of extensions does not know these; without a list the folder itself counts.
  rmSync(path.join(folders.extensionsDir, 'extensions.json'), { force: true });
  const addressFile = path.join(home, 'companion-port');
  const token = randomUUID();
  const server = await startVscode({
    ...folders,
    folder: workspace,
    settings: { 'explorer.compactFolders': false, ...settings },
    env: { LATENT_LENS_COMPANION: addressFile, LATENT_LENS_COMPANION_TOKEN: token, ...env },
  });
  const browser = await playwright.launch({
    executablePath: await ensureChromium(),
    args: [...chromiumArguments],
  });
  const page = await browser.newPage({ viewport });
  const { Workbench } = /** @type {typeof import('../../test/support/vscode.ts')} */ (
    await importTypeScript('test/support/vscode.ts')
  );
  const workbench = new Workbench(page, server.url);
  await workbench.open();
  for (const end = Date.now() + START_MS; !existsSync(addressFile); await sleep(100))
    if (Date.now() > end) throw new Error('The extension host did not start within two minutes.');
  const address = `http://127.0.0.1:${readFileSync(addressFile, 'utf8')}/`;

  return {
    workbench,
    page,
    workspace,
    log: server.log,
    run: async (command, ...args) => {
      const { result, error } = await post(address, token, { command, args });
      if (error !== undefined) throw new Error(`${command}: ${error}`);
      return result;
    },
    close: async () => {
      await Promise.race([browser.close(), sleep(10_000)]);
      await server.stop();
    },
  };
}

/** @param {string} address @param {string} token @param {unknown} body @returns {Promise<{result?: any, error?: string}>} */
function post(address, token, body) {
  // Not `fetch`: it gives up on an answer after five minutes.
  return new Promise((resolve, reject) => {
    const request = http.request(
      address,
      { method: 'POST', headers: { authorization: `Bearer ${token}` } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => {
          try {
            resolve(JSON.parse(text));
          } catch {
            reject(new Error(`The extension host answered ${response.statusCode} and no JSON.`));
          }
        });
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
