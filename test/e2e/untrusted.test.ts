// A workspace that nobody trusts: training and checking work; the workspace's own settings decide nothing.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { readModel } from './support/files.ts';
import { Report } from './support/report.ts';
import { Studio } from './support/studio.ts';

workbenchSuite(
  'untrusted',
  {
    trust: 'ask',
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
    workspace: (folder) => {
      writePracticeImages(path.join(folder, 'rings'), 40, { size: 12 });
      mkdirSync(path.join(folder, '.vscode'));
      const settings = { 'latentLens.modelsFolder': 'chosen-by-the-repository' };
      writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    },
  },
  (suite) => {
    suite.test('trains and checks in restricted mode, with models outside the workspace', async (window) => {
      await window.statusBarItem('Restricted Mode').waitFor();
      await window.explorerMenu('rings', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Epochs: 1 });
      await proposal.train();
      const frame = await studio.ended('finished');
      const saved = (await frame.locator('ll-ended-page .path button').first().textContent())?.trim() ?? '';
      assert.ok(path.isAbsolute(saved), `saved as “${saved}”`);
      assert.ok(!saved.startsWith(suite.workspace), `saved as “${saved}”`);
      assert.equal(readModel(saved)?.card.progress.state, 'finished');
      assert.deepEqual(readdirSync(suite.workspace).sort(), ['.vscode', 'rings']);
      assert.ok(!existsSync(path.join(suite.workspace, 'chosen-by-the-repository')));

      await window.explorerMenu('rings/ring-000.png', 'Check for Anomaly');
      const { conclusion } = await new Report(window).verdict('ring-000.png');
      assert.match(conclusion, /at a false-alarm rate of/);
    });
  },
);
