// Before there is a model, and when there are several and none was chosen.
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath } from './support/files.ts';
import { Report } from './support/report.ts';
import { Studio } from './support/studio.ts';

workbenchSuite(
  'no-model',
  { workspace: (folder) => void writePracticeImages(path.join(folder, 'rings'), 40, { size: 12 }) },
  (suite) => {
    const model = (name: string): string => modelPath(suite.workspace, name);

    suite.test('a check without a model offers to train one', async (window) => {
      rmSync(path.dirname(model('rings')), { recursive: true, force: true });
      await window.explorerMenu('rings/ring-000.png', 'Check for Anomaly');
      await window.answer('There is no model yet', 'Train a Model…');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'rings' }).first().click();
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      assert.equal(await proposal.fact('Images'), '40');
      await proposal.fill({ Epochs: 1 });
      await proposal.train();
      await studio.ended('finished');
    });

    suite.test('the Models view says what to do when it is empty', async (window) => {
      const kept = path.join(suite.workspace, 'kept');
      copyFileSync(model('rings'), kept);
      rmSync(model('rings'));
      try {
        await window.viewContainer('Latent Lens');
        const welcome = window.page.locator('.pane-body .welcome-view-content');
        await welcome.getByRole('button').first().waitFor();
        assert.match((await welcome.first().textContent()) ?? '', /model/i);
      } finally {
        copyFileSync(kept, model('rings'));
        rmSync(kept);
      }
    });

    suite.test('a check with several models and none chosen offers to choose', async (window) => {
      copyFileSync(model('rings'), model('other'));
      await window.explorerMenu('rings/ring-001.png', 'Check for Anomaly');
      await window.answer('Choose the model that images are checked with', 'Choose Model…');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'other' }).first().click();
      await window.explorerMenu('rings/ring-001.png', 'Check for Anomaly');
      assert.equal((await new Report(window).verdict('ring-001.png')).model, 'other');
    });
  },
);
