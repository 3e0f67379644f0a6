// @ts-check
// What a user of the sample digits meets on the way from an empty window to a report.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { file } from '../demo/window.mjs';
import { STEP_MS } from './camera.mjs';
import { goTo } from './notebook.mjs';

export const surfaces = [
  'models-empty',
  'walkthrough',
  'studio-empty',
  'studio-proposal',
  'studio-inspection',
  'studio-training',
  'studio-finished',
  'studio-model',
  'evaluate',
  'evaluate-threshold',
  'evaluate-images',
  'recalibrated',
  'report-good',
  'report-bad',
  'report-error',
  'model-card',
];

/** @param {import('./camera.mjs').Camera} camera */
export async function take(camera) {
  const { page, run, workbench, workspace } = camera.window;
  const closeAll = () => run('workbench.action.closeAllEditors');

  if (camera.wants('models-empty')) {
    await run('workbench.view.extension.latentLens');
    await page.locator('.welcome-view-content').first().waitFor();
    await camera.shoot('models-empty');
  }
  if (camera.wants('walkthrough')) {
    await run('workbench.action.openWalkthrough', 'latent-lens.latent-lens#start');
    await page.locator('.part.editor').getByText('Train a model', { exact: true }).first().waitFor();
    await camera.shoot('walkthrough');
    await closeAll();
  }
  await run('workbench.view.explorer');
  await run('latentLens.openStudio');
  await camera.shoot('studio-empty', 'll-empty-page');
  if (!camera.wants(...surfaces.slice(3))) return;

  await run('latentLens.createSamples', file(workspace));
  const samples = path.join(workspace, 'latent-lens-samples');
  const digits = file(path.join(samples, 'digits'));
  const broken = path.join(samples, 'digits/train/0/broken-file.png');
  writeFileSync(broken, 'not an image');
  if (camera.wants('studio-proposal')) {
    await run('latentLens.train', digits);
    await camera.shoot('studio-proposal', 'll-proposal-page ll-training-form');
  }
  if (camera.wants('studio-inspection')) {
    await run('latentLens.train', digits);
    const proposal = await workbench.webview('ll-proposal-page ll-training-form', STEP_MS);
    await proposal.getByRole('button', { name: 'Inspect Images' }).click();
    await camera.shoot('studio-inspection', 'll-proposal-page ll-inspection', { height: 1400 });
  }
  if (!camera.wants(...surfaces.slice(5))) return;

  const training = run('latentLens.train', digits, { startNow: true });
  const running = await workbench.webview('ll-running-page ll-examples', STEP_MS);
  const epoch = running.locator('ll-running-page dl.tiles > div', { hasText: 'Epoch' }).locator('dd');
  await epoch.filter({ hasText: /^(\d\d|[6-9]) of / }).waitFor({ timeout: STEP_MS });
  await camera.shoot('studio-training', 'll-running-page ll-examples');
  const outcome = await training;
  if (outcome?.state !== 'finished')
    throw new Error(`The training did not finish: ${JSON.stringify(outcome)}`);
  const model = file(path.join(workspace, outcome.savedAs));
  await camera.shoot('studio-finished', 'll-ended-page ll-model-details');
  await run('latentLens.openStudio', model);
  await camera.shoot('studio-model', 'll-model-page ll-model-details');
  const test = path.join(samples, 'digits/test');
  if (camera.wants('evaluate', 'evaluate-threshold', 'evaluate-images')) await evaluate(camera, test);
  if (camera.wants('recalibrated')) {
    const recalibrated = await run('latentLens.recalibrate', model, {
      folder: file(path.join(test, 'good')),
    });
    if (recalibrated?.state !== 'finished')
      throw new Error(`The model was not calibrated anew: ${JSON.stringify(recalibrated)}`);
    await camera.shoot('recalibrated', 'll-recalibrated-page dl.tiles');
  }

  await closeAll();
  for (const [surface, image] of /** @type {const} */ ([
    ['report-good', 'good/000.png'],
    ['report-bad', 'scribbles/000.png'],
  ])) {
    if (!camera.wants(surface)) continue;
    const place = file(path.join(test, image));
    await run('vscode.open', place);
    await workbench.imagePreview();
    await run('latentLens.check', place);
    await camera.shoot(surface, 'll-report .conclusion');
  }
  if (camera.wants('report-error')) {
    await run('latentLens.check', file(broken));
    await camera.shoot('report-error', 'll-report ll-error');
  }
  await closeAll();
  if (camera.wants('model-card')) {
    await run('workbench.view.extension.latentLens');
    await page.locator('.pane-body .monaco-list-row[aria-label*="active"]').waitFor();
    await run('latentLens.openModel', model);
    await camera.shoot('model-card', 'll-model-card dl');
    await closeAll();
  }
}

/**
 * The model in front, measured on folders of good and bad images, which VS Code's own dialog is told of.
 * @param {import('./camera.mjs').Camera} camera @param {string} folder
 */
async function evaluate(camera, folder) {
  const { workbench } = camera.window;
  await goTo(camera, 'Evaluate');
  const studio = await workbench.webview('ll-evaluate-page', STEP_MS);
  await studio.getByRole('button', { name: 'Labelled Folder…' }).click();
  await workbench.acceptPath(`${folder}/`);
  await studio.getByRole('button', { name: 'Evaluate', exact: true }).last().click();
  const openTab = (/** @type {string} */ name) => studio.getByRole('tab', { name }).click();
  await camera.shoot('evaluate', 'll-evaluation-result table.kinds', { height: 1200 });
  await openTab('Threshold');
  await camera.shoot('evaluate-threshold', 'll-evaluation-result ll-curve-chart', { height: 1500 });
  await openTab('Images');
  await camera.shoot('evaluate-images', 'll-evaluation-table', { height: 1200 });
}
