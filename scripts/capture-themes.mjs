// @ts-check
// Writes down what a webview is given by VS Code's own themes (its style variables and body classes), from a real
// window, for tests that draw pages without one: `node scripts/capture-themes.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { format } from 'prettier';
import { root } from './lib/paths.mjs';
import { makeRunFolder } from './lib/test-bundle.mjs';
import { chromiumArguments, ensureChromium, startVscode } from './vscode-runtime.mjs';

const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

/** An extension with one empty webview. */
const manifest = {
  name: 'probe',
  publisher: 'probe',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './main.js',
  activationEvents: ['onStartupFinished'],
};
const main = `const vscode = require('vscode');
exports.activate = () => {
  const panel = vscode.window.createWebviewPanel('probe', 'Probe', 1, { enableScripts: true });
  panel.webview.html = '<p id="probe">probe</p>';
};`;

const home = makeRunFolder('themes');
const extension = path.join(home, 'extensions/probe.probe-0.0.1');
mkdirSync(extension, { recursive: true });
writeFileSync(path.join(extension, 'package.json'), JSON.stringify(manifest));
writeFileSync(path.join(extension, 'main.js'), main);
const target = path.join(root, 'test/fixtures/themes');
mkdirSync(target, { recursive: true });

const browser = await playwright.launch({
  executablePath: await ensureChromium(),
  args: [...chromiumArguments],
});
for (const [name, theme] of Object.entries(themes)) {
  const server = await startVscode({
    dataDir: path.join(home, name),
    extensionsDir: path.join(home, 'extensions'),
    folder: home,
    settings: { 'workbench.colorTheme': theme, 'window.autoDetectColorScheme': false },
  });
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(server.url, { timeout: 60_000 });
  const frame = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await frame.locator('#probe').waitFor({ timeout: 60_000 });
  const found = await frame.locator('body').evaluate((body) => {
    const style = body.ownerDocument.documentElement.style;
    return {
      variables: Object.fromEntries(
        Array.from(style, (property) => [property, style.getPropertyValue(property).trim()]).filter(
          ([property]) => property?.startsWith('--vscode-') || property === '--text-link-decoration',
        ),
      ),
      bodyClass: body.className,
      themeKind: body.dataset['vscodeThemeKind'] ?? '',
      defaultStyles: body.ownerDocument.getElementById('_defaultStyles')?.textContent ?? '',
      themeId: body.dataset['vscodeThemeId'] ?? '',
    };
  });
  await page.close();
  await server.stop();
  const json = await format(JSON.stringify(found), { parser: 'json', printWidth: 110 });
  writeFileSync(path.join(target, `${name}.json`), json);
  console.log(
    `${name}: ${Object.keys(found.variables).length} variables, ${found.themeKind}, ${found.themeId}`,
  );
}
await browser.close();
process.exit();
