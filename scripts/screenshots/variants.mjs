// @ts-check
// The notebook's outlook: a linear model beside principal components, and digits sampled from a variational one. Each
// is a training of its own, so that a run takes them only where they are asked for by name, or kept in the cache.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { file } from '../demo/window.mjs';
import { STEP_MS } from './camera.mjs';
import { copyMnist, hasMnist } from './mnist.mjs';
import { goTo, keptModel, placeModel } from './notebook.mjs';

/** @typedef {import('./camera.mjs').Camera} Camera */

/** Twenty epochs, also while others use the machine. */
const TRAINING_MS = 1_200_000;

/**
 * Surface, variant, page, what stands there once it is complete, and how the picture is taken.
 * @type {readonly (readonly [string, string, string, string, Parameters<Camera['shoot']>[2]?])[]}
 */
const figures = [
  ['linear-losses', 'Linear', 'Losses', 'll-losses-page tr.chosen'],
  ['variational-curve', 'Variational', 'Train', 'll-model-page ll-loss-chart canvas', { height: 960 }],
  ['variational-generate', 'Variational', 'Generate', 'll-generate-page .samples li:nth-child(32) ll-image'],
];
export const surfaces = figures.map(([surface]) => surface);

/** @param {Camera} camera @param {{fresh: boolean, named: boolean}} options */
export async function take(camera, { fresh, named }) {
  if (!hasMnist()) return console.log('MNIST is not at hand: the variants are left out.');
  const { run, workspace } = camera.window;
  const mnist = path.join(workspace, 'mnist');
  copyMnist(mnist);
  await run('workbench.view.explorer');
  for (const variant of /** @type {const} */ (['Linear', 'Variational'])) {
    const own = figures.filter(([surface, of]) => of === variant && camera.wants(surface));
    if (own.length === 0) continue;
    const name = `mnist-${variant.toLowerCase()}`;
    const kept = keptModel(name);
    if (fresh && named) rmSync(kept, { force: true });
    if (!existsSync(kept)) {
      if (!named) {
        console.log(`No ${name} is kept: its figures are left out. Ask for them by name to train it.`);
        continue;
      }
      const model = await train(camera, mnist, variant, name);
      mkdirSync(path.dirname(kept), { recursive: true });
      copyFileSync(model, kept);
      // The Studio would go on showing how the training ended.
      await run('workbench.action.closeAllEditors');
    }
    await run('latentLens.openStudio', file(placeModel(workspace, kept, name)));
    for (const [surface, , title, selector, options] of own) {
      await goTo(camera, title);
      await camera.shoot(surface, selector, options);
    }
    await run('workbench.action.closeAllEditors');
  }
}

/**
 * Trains through the form, where alone a variant can be chosen.
 * @param {Camera} camera @param {string} images @param {string} variant @param {string} name
 * @returns {Promise<string>} absolute path of the model file
 */
async function train({ window: { run, workbench, workspace } }, images, variant, name) {
  await run('latentLens.train', file(images), { name, overrides: { recipe: 'notebook' } });
  const proposal = await workbench.webview('ll-proposal-page ll-training-form', STEP_MS);
  await proposal.getByLabel('Variant', { exact: true }).selectOption({ label: variant });
  await proposal.getByRole('button', { name: 'Train', exact: true }).click();
  const ended = await workbench.webview('ll-ended-page .title', TRAINING_MS);
  await ended.locator('ll-ended-page .title.finished').waitFor({ timeout: STEP_MS });
  return path.join(workspace, 'latent-lens', `${name}.lens.safetensors`);
}
