// @ts-check
// `npm start`: a real VS Code with the packaged extension on a workspace of sample images. A desktop `code` where
// there is one, else the npm-installed server. Stays until Ctrl-C and takes its children along.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findChromium } from './lib/chromium.mjs';
import { findDesktopVscode } from './lib/desktop.mjs';
import { cachePath, root } from './lib/paths.mjs';
import { runCommand, startChild } from './lib/processes.mjs';
import { packageExtension } from './package.mjs';
import { ensureVscode, installVsix, quietSettings, startVscode } from './vscode-runtime.mjs';

const home = cachePath('start');
const workspace = path.join(home, 'workspace');
/** A browser keeps a window's layout by its address: ask for a port to find it again. 0: any free one. */
const PORT = Number(process.env['LATENT_LENS_PORT'] ?? 0);

/** @param {string} vsix @param {string} code command line of the desktop VS Code */
async function startDesktop(vsix, code) {
  const dataDir = path.join(home, 'desktop-data');
  const own = ['--user-data-dir', dataDir, '--extensions-dir', path.join(home, 'desktop-extensions')];
  // Electron refuses to run as root with its sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const settingsFile = path.join(dataDir, 'User/settings.json');
  if (!existsSync(settingsFile)) {
    mkdirSync(path.dirname(settingsFile), { recursive: true });
    writeFileSync(settingsFile, JSON.stringify(quietSettings, null, 2));
  }
  const installed = await runCommand(code, [...asRoot, ...own, '--install-extension', vsix, '--force'], {
    budgetMs: 120_000,
  });
  if (installed.code !== 0) throw new Error(`${code} did not install the extension:\n${installed.output}`);
  console.log(`VS Code opens on ${workspace}; close its window or press Ctrl-C to stop.`);
  const window = startChild(code, [...asRoot, ...own, '--disable-workspace-trust', '--wait', workspace]);
  const { error } = await window.exited;
  if (error) throw error;
}

/** @param {string} vsix */
async function startInBrowser(vsix) {
  await ensureVscode();
  const folders = {
    dataDir: path.join(home, 'server-data'),
    extensionsDir: path.join(home, 'server-extensions'),
  };
  await installVsix({ vsix, ...folders });
  const server = await startVscode({
    ...folders,
    folder: workspace,
    settings: readSettings(path.join(folders.dataDir, 'data/User/settings.json')),
    ...(PORT > 0 ? { port: PORT } : {}),
  });
  console.log(`Latent Lens runs in VS Code at ${server.url}`);
  console.log('Press Ctrl-C to stop.');
  openBrowser(server.url);
  const { code, signal } = await server.exited;
  throw new Error(
    `The VS Code server ended by itself (${signal ?? `code ${code}`}); its log is ${server.log}.`,
  );
}

/** What was set in an earlier session stays set. @param {string} file @returns {Record<string, unknown>} */
function readSettings(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {string} address */
function openBrowser(address) {
  const chromium = process.env['CHROMIUM_PATH'] ?? findChromium();
  const display = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] || process.platform === 'darwin';
  if (!display || !chromium) return;
  const profile = path.join(home, 'browser');
  mkdirSync(profile, { recursive: true });
  startChild(
    chromium,
    [
      `--user-data-dir=${profile}`,
      ...['--no-first-run', '--no-default-browser-check', '--enable-unsafe-webgpu'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--app=${address}`,
    ],
    { logFile: path.join(home, 'browser.log') },
  );
}

try {
  mkdirSync(workspace, { recursive: true });
  const { vsix } = await packageExtension();
  console.log('Making the sample images …');
  const samples = await runCommand(process.execPath, ['scripts/samples.mjs', '--out', workspace], {
    cwd: root,
    budgetMs: 300_000,
  });
  if (samples.code !== 0) throw new Error(`The sample images were not made:\n${samples.output.trimEnd()}`);
  const code = findDesktopVscode();
  if (code) await startDesktop(vsix, code);
  else await startInBrowser(vsix);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
