// @ts-check
// Every figure of the autoencoder notebook in the product: MNIST, 20 epochs on WASM. The model is trained once and
// kept in the cache.
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { file } from '../demo/window.mjs';
import { cachePath } from '../lib/paths.mjs';
import { importTypeScript } from '../lib/test-bundle.mjs';
import { STEP_MS } from './camera.mjs';
import { copyMnist, hasMnist, quarterTurn, testImage } from './mnist.mjs';

/** @typedef {import('./camera.mjs').Camera} Camera */

/**
 * The Studio's pages: surface, title, what stands there once it is complete, and how the picture is taken.
 * @type {readonly (readonly [string, string, string, Parameters<Camera['shoot']>[2]?])[]}
 */
const pages = [
  ['loss-curve', 'Train', 'll-model-page ll-loss-chart canvas', { height: 900 }],
  [
    'reconstructions',
    'Reconstructions',
    'll-reconstructions-page ul li:nth-child(8) ll-image',
    { height: 1200 },
  ],
  ['losses', 'Losses', 'll-losses-page tr.chosen', { height: 1120 }],
  [
    'interpolate',
    'Interpolate',
    'll-interpolate-page .strip li:nth-child(10) ll-image',
    // Not a click: it would scroll the strip into view.
    { prepare: (page) => page.getByRole('button', { name: 'Show step 5' }).dispatchEvent('click') },
  ],
  ['denoise', 'Denoise', 'll-denoise-page .verdict'],
  ['generate', 'Generate', 'll-generate-page .sliders', { prepare: walk }],
];
export const surfaces = [
  'proposal',
  'training',
  ...pages.map(([surface]) => surface),
  'map',
  'map-side',
  'report-upright',
  'report-rotated',
];
const ofModel = surfaces.slice(2);

/** A test image of a 7, the notebook's own kind of figure. */
const EXAMPLE = 0;

/** @param {Camera} camera @param {{fresh: boolean}} options */
export async function take(camera, { fresh }) {
  if (!hasMnist()) return console.log('MNIST is not at hand: its figures are left out.');
  const { run, workspace } = camera.window;
  const mnist = path.join(workspace, 'mnist');
  copyMnist(mnist);
  await run('workbench.view.explorer');
  if (camera.wants('proposal')) {
    await run('latentLens.train', file(mnist), { overrides: { recipe: 'notebook' } });
    await camera.shoot('proposal', 'll-proposal-page ll-training-form');
  }
  const kept = keptModel('mnist');
  if (fresh) rmSync(kept, { force: true });
  if (!existsSync(kept) && camera.wants(...ofModel)) {
    const training = train(camera, mnist, { recipe: 'notebook' });
    if (camera.wants('training')) await shootTraining(camera);
    await withTsne(camera, await training, kept);
    await run('workbench.action.closeAllEditors');
  } else if (camera.wants('training')) {
    // A model that is at hand is not trained again: the picture is taken, and that is all.
    const training = train(camera, mnist, { recipe: 'notebook' });
    await shootTraining(camera);
    await run('latentLens.stopTraining');
    rmSync(await training);
    await run('workbench.action.closeAllEditors');
  }
  if (!camera.wants(...ofModel)) return;

  const model = file(placeModel(workspace, kept, 'mnist'));
  if (camera.wants(...pages.map(([surface]) => surface))) {
    await run('latentLens.openStudio', model);
    for (const [surface, title, selector, options] of pages) {
      if (!camera.wants(surface)) continue;
      await goTo(camera, title);
      await camera.shoot(surface, selector, options);
    }
  }
  await run('workbench.action.closeAllEditors');
  await run('latentLens.setActiveModel', model);
  if (camera.wants('map')) {
    await run('latentLens.openMap', model);
    await camera.shoot('map', 'll-map-canvas canvas');
    await run('workbench.action.closeAllEditors');
  }
  if (camera.wants('map-side')) {
    await run('latentLens.showMap', model);
    await camera.shoot('map-side', 'll-map-canvas canvas');
    await run('workbench.view.explorer');
  }
  await reports(camera);
}

/**
 * A model file of an earlier run, or the place for it.
 * @param {string} name
 */
export const keptModel = (name) => cachePath('screenshots', `${name}.lens.safetensors`);

/** Copies a kept model among the workspace's. @param {string} workspace @param {string} kept @param {string} name */
export function placeModel(workspace, kept, name) {
  const place = path.join(workspace, 'latent-lens', `${name}.lens.safetensors`);
  mkdirSync(path.dirname(place), { recursive: true });
  copyFileSync(kept, place);
  return place;
}

/**
 * Trains in the window to the end, or until somebody stops it.
 * @param {Camera} camera @param {string} images @param {Record<string, unknown>} overrides
 * @returns {Promise<string>} absolute path of the model file
 */
export async function train({ window: { run, workspace } }, images, overrides) {
  const outcome = await run('latentLens.train', file(images), { startNow: true, overrides });
  if (outcome?.savedAs === null || outcome?.savedAs === undefined)
    throw new Error(`The training did not end well: ${JSON.stringify(outcome)}`);
  return path.join(workspace, outcome.savedAs);
}

/** Shows one of the Studio's pages. @param {Camera} camera @param {string} title */
export async function goTo({ window: { workbench } }, title) {
  const studio = await workbench.webview('ll-studio nav', STEP_MS);
  await studio.getByRole('navigation', { name: 'Studio' }).getByRole('button', { name: title }).click();
}

/** Away from the mean image. @param {import('playwright-core').Frame} page */
async function walk(page) {
  for (const [direction, deviations] of /** @type {const} */ ([
    [1, '1.5'],
    [2, '-1'],
    [4, '0.75'],
  ]))
    await page.getByRole('slider', { name: `Direction ${direction}` }).fill(deviations);
  await page.waitForTimeout(300);
}

/** @param {Camera} camera */
async function shootTraining(camera) {
  const selector = 'll-running-page ll-examples';
  const running = await camera.window.workbench.webview(selector, STEP_MS);
  const epoch = running.locator('ll-running-page dl.tiles > div', { hasText: 'Epoch' }).locator('dd');
  await epoch.filter({ hasText: /^(\d\d|[4-9]) of / }).waitFor({ timeout: STEP_MS });
  await camera.shoot('training', selector);
}

/** Adds the map's t-SNE to a model and keeps it. @param {Camera} camera @param {string} model @param {string} kept */
async function withTsne({ window: { run } }, model, kept) {
  const end = await run('latentLens.computeTsne', file(model), {
    wait: true,
    choices: { points: 'held-out' },
  });
  if (end?.state !== 'finished') throw new Error(`The t-SNE did not finish: ${JSON.stringify(end)}`);
  mkdirSync(path.dirname(kept), { recursive: true });
  copyFileSync(model, kept);
}

/** A digit that stands and the same digit on its side. @param {Camera} camera */
async function reports(camera) {
  if (!camera.wants('report-upright', 'report-rotated')) return;
  const { run, workbench, workspace } = camera.window;
  const { encodeGrayPng } = /** @type {typeof import('../../src/extension/samples/index.ts')} */ (
    await importTypeScript('src/extension/samples/index.ts')
  );
  const upright = testImage(EXAMPLE);
  for (const [surface, name, { side, pixels }] of /** @type {const} */ ([
    ['report-upright', 'seven.png', upright],
    ['report-rotated', 'seven-on-its-side.png', quarterTurn(upright)],
  ])) {
    const place = path.join(workspace, name);
    writeFileSync(place, encodeGrayPng(side, side, pixels));
    if (!camera.wants(surface)) continue;
    await run('vscode.open', file(place));
    await workbench.imagePreview();
    await run('latentLens.check', file(place));
    await camera.shoot(surface, 'll-report .conclusion');
  }
  await run('workbench.action.closeAllEditors');
}
