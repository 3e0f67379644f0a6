// @ts-check
// The browser that drives every test: a Chromium on the machine, or Debian's, installed on demand.
import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const WELL_KNOWN = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Flags for a headless run. WebGPU needs `--enable-unsafe-webgpu` to offer its software adapter; `--no-sandbox`
 * because the sandbox cannot start as root, which is what a bare CI machine gives us.
 */
export const chromiumArguments = Object.freeze([
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
]);

/**
 * The path of a Chromium: CHROMIUM_PATH, else one on the PATH, else Debian's package, installed now.
 * @returns {Promise<string>}
 * @throws {Error} where there is none and none can be installed
 */
export async function ensureChromium() {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked !== undefined && asked !== '') {
    if (existsSync(asked)) return asked;
    throw new Error(`CHROMIUM_PATH names ${asked}, which does not exist.`);
  }
  const found = findChromium();
  if (found) return found;
  console.log('Chromium is missing: installing Debian’s chromium and fonts-liberation …');
  await aptInstall(['chromium', 'fonts-liberation']);
  const installed = findChromium();
  if (!installed) throw new Error('apt-get ended well, yet no chromium is on the PATH. Set CHROMIUM_PATH.');
  return installed;
}

/** @returns {string | undefined} the path of an installed Chromium */
export function findChromium() {
  return NAMES.map(findOnPath).find(Boolean) ?? WELL_KNOWN.find((file) => existsSync(file));
}

/**
 * @param {string} name
 * @returns {string | undefined} the first file of that name on the PATH
 */
export function findOnPath(name) {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

/**
 * The variables with which the npm package `webgpu` (Dawn) finds Chromium's software adapter.
 * @param {string} chromium path of the browser
 * @returns {Record<string, string>} empty where this Chromium ships no SwiftShader driver
 */
export function softwareVulkan(chromium) {
  const manifest = [path.dirname(realpathSync(chromium)), '/usr/lib/chromium', '/usr/lib/chromium-browser']
    .map((folder) => path.join(folder, 'vk_swiftshader_icd.json'))
    .find((file) => existsSync(file));
  if (!manifest) return {};
  return {
    VK_ICD_FILENAMES: manifest,
    // Chromium brings its own Vulkan loader; a bare machine has no other.
    LD_LIBRARY_PATH: [path.dirname(manifest), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? mkdtempSync(path.join(tmpdir(), 'latent-lens-run-')),
  };
}

/** @param {readonly string[]} packages */
async function aptInstall(packages) {
  const apt = findOnPath('apt-get');
  const elevate = process.getuid?.() === 0 ? [] : [findOnPath('sudo') ?? ''];
  if (!apt || elevate.includes(''))
    throw new Error(
      'Install Chromium and set CHROMIUM_PATH (there is no apt-get here, or no right to use it).',
    );
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ];
  for (const step of steps) {
    const [command = apt, ...args] = [...elevate, apt, ...step];
    // A mirror that hiccups once is common enough to be worth a second try.
    let result = await runCommand(command, args, { budgetMs: 300_000, env });
    if (result.code !== 0) result = await runCommand(command, args, { budgetMs: 300_000, env });
    if (result.code !== 0)
      throw new Error(
        `"apt-get ${step.join(' ')}" failed:\n${result.output.split('\n').slice(-15).join('\n')}`,
      );
  }
}
