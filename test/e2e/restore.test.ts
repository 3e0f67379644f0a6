// After a reload of the window every surface shows again what it showed.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath } from './support/files.ts';
import { Report } from './support/report.ts';
import { Studio } from './support/studio.ts';
import { editorsWritten } from './support/window-state.ts';

workbenchSuite(
  'restore',
  { workspace: (folder) => void writePracticeImages(path.join(folder, 'rings'), 40, { size: 12 }) },
  (suite) => {
    suite.test('Studio, report, model card and active model come back after a reload', async (window) => {
      const { page } = window;
      const name = `rings${++runs}`;
      await window.explorerMenu('rings', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Name: name, Epochs: 2 });
      await proposal.train();
      await studio.ended('finished');
      // With two models the active one is a choice that has to be kept.
      copyFileSync(modelPath(suite.workspace, name), modelPath(suite.workspace, `${name}-copy`));

      const report = new Report(window);
      await window.explorerMenu('rings/ring-003.png', 'Check for Anomaly');
      const before = await report.verdict('ring-003.png');
      assert.equal(before.model, name);
      await window.viewContainer('Latent Lens');
      const active = page.locator(`.pane-body .monaco-list-row[aria-label^="${name}, active"]`);
      await active.click();
      const card = await window.webview('ll-model-card h1');
      await card.locator('ll-model-card h1', { hasText: name }).waitFor();

      await editorsWritten(page, 'latentLens.studio', 'latentLens.report', 'latentLens.model');
      await window.reload();
      await (await window.webview('ll-model-card h1')).locator('h1', { hasText: name }).waitFor();
      // Restored panels load when their tabs are shown.
      await window.tab('Report').click();
      assert.deepEqual(await report.verdict('ring-003.png'), before);
      await window.tab('Latent Lens Studio').click();
      const restored = await studio.face('model');
      await restored.locator('ll-model-page h1', { hasText: name }).waitFor();
      await restored.locator('ll-model-page ll-examples').waitFor();
      await active.waitFor();
    });
  },
);

/** A second attempt must not meet the first one's files. */
let runs = 0;
