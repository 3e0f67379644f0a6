// @ts-check
// `npm run screenshots`: every surface of the extension in a real VS Code, in each theme and once narrow, as
// out/screenshots/THEME/SURFACE.png, to be looked at.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { outPath, root } from './lib/paths.mjs';
import { packageExtension } from './package.mjs';
import { file, openDemoWindow } from './demo/window.mjs';

/** @typedef {import('./demo/window.mjs').DemoWindow} DemoWindow */

const WIDE = { width: 1280, height: 860 };
/** A window of which the side bar leaves little. */
const NARROW = { width: 720, height: 860 };
const looks = [
  // What this VS Code opens with when nobody chose a theme.
  { name: 'default', theme: 'Light 2026', kind: 'vscode-light', size: WIDE },
  { name: 'light', theme: 'Light Modern', kind: 'vscode-light', size: WIDE },
  { name: 'dark', theme: 'Dark Modern', kind: 'vscode-dark', size: WIDE },
  { name: 'high-contrast', theme: 'Default High Contrast', kind: 'vscode-high-contrast', size: WIDE },
  {
    name: 'high-contrast-light',
    theme: 'Default High Contrast Light',
    kind: 'vscode-high-contrast-light',
    size: WIDE,
  },
  { name: 'narrow', theme: 'Dark Modern', kind: 'vscode-dark', size: NARROW },
];
const STEP_MS = 300_000;

/**
 * Takes one surface in every look.
 * @param {DemoWindow} window
 * @param {string} surface
 * @param {string} [selector] what must stand in a webview before a picture is taken
 */
async function shoot(window, surface, selector) {
  for (const { name, theme, kind, size } of looks) {
    await window.page.setViewportSize(size);
    await window.run('companion.setting', 'workbench.colorTheme', theme);
    await window.page.mouse.move(size.width / 2, size.height - 4);
    if (selector !== undefined) {
      const frame = await window.workbench.webview(
        `body[data-vscode-theme-kind="${kind}"] ${selector}`,
        STEP_MS,
      );
      await frame.evaluate(() => document.fonts.ready.then(() => undefined));
      await settled(frame);
    }
    await settled(window.page);
    await window.page.screenshot({ path: outPath('screenshots', name, `${surface}.png`), timeout: 30_000 });
  }
  console.log(surface);
}

/** Two frames drawn: what was changed is on the screen. @param {import('playwright-core').Page | import('playwright-core').Frame} place */
const settled = (place) =>
  place.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined)))),
  );

async function main() {
  rmSync(outPath('screenshots'), { recursive: true, force: true });
  for (const { name } of looks) mkdirSync(outPath('screenshots', name), { recursive: true });
  const { vsix } = await packageExtension();
  const window = await openDemoWindow({
    vsix,
    name: 'screenshots',
    settings: { 'window.autoDetectColorScheme': false, 'window.autoDetectHighContrast': false },
    viewport: WIDE,
  });
  try {
    await surfaces(window);
  } catch (error) {
    await window.page.screenshot({ path: outPath('screenshots', 'failure.png') }).catch(() => undefined);
    throw error;
  } finally {
    await window.close();
  }
}

/** @param {DemoWindow} window */
async function surfaces(window) {
  const { run, workbench, workspace } = window;
  const closeAll = () => run('workbench.action.closeAllEditors');

  await run('workbench.view.extension.latentLens');
  await window.page.locator('.welcome-view-content').first().waitFor();
  await shoot(window, 'models-empty');
  await run('workbench.action.openWalkthrough', 'latent-lens.latent-lens#start');
  await window.page.locator('.part.editor').getByText('Train a model', { exact: true }).first().waitFor();
  await shoot(window, 'walkthrough');
  await closeAll();
  await run('workbench.view.explorer');
  await run('latentLens.openStudio');
  await shoot(window, 'studio-empty', 'll-empty-page');

  await run('latentLens.createSamples', file(workspace));
  const samples = path.join(workspace, 'latent-lens-samples');
  writeFileSync(path.join(samples, 'digits/train/0/broken-file.png'), 'not an image');
  await run('latentLens.train', file(path.join(samples, 'digits')));
  await shoot(window, 'studio-proposal', 'll-proposal-page ll-training-form');

  const training = run('latentLens.train', file(path.join(samples, 'digits')), { startNow: true });
  const running = await workbench.webview('ll-running-page ll-examples', STEP_MS);
  const epoch = running.locator('ll-running-page dl.tiles > div', { hasText: 'Epoch' }).locator('dd');
  await epoch.filter({ hasText: /^(\d\d|[6-9]) of / }).waitFor({ timeout: STEP_MS });
  await shoot(window, 'studio-training', 'll-running-page ll-examples');
  const outcome = await training;
  if (outcome?.state !== 'finished')
    throw new Error(`The training did not finish: ${JSON.stringify(outcome)}`);
  await shoot(window, 'studio-finished', 'll-ended-page ll-model-details');
  await run('latentLens.openStudio', file(path.join(workspace, outcome.savedAs)));
  await shoot(window, 'studio-model', 'll-model-page ll-model-details');

  await closeAll();
  const test = path.join(samples, 'digits/test');
  for (const [surface, image] of [
    ['report-good', 'good/000.png'],
    ['report-bad', 'scribbles/000.png'],
  ]) {
    const place = file(path.join(test, image ?? ''));
    await run('vscode.open', place);
    await workbench.imagePreview();
    await run('latentLens.check', place);
    await shoot(window, surface ?? '', 'll-report .conclusion');
  }
  await run('latentLens.check', file(path.join(samples, 'digits/train/0/broken-file.png')));
  await shoot(window, 'report-error', 'll-report ll-error');

  await closeAll();
  await run('workbench.view.extension.latentLens');
  await window.page.locator('.pane-body .monaco-list-row[aria-label*="active"]').waitFor();
  await run('latentLens.openModel', file(path.join(workspace, outcome.savedAs)));
  await shoot(window, 'model-card', 'll-model-card dl');
}

try {
  await main();
  console.log(`Screenshots are in ${path.relative(root, outPath('screenshots'))}/`);
} catch (error) {
  console.error(`screenshots: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// What the window left open must not keep the process.
process.exit();
