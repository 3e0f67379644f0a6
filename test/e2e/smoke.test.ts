import assert from 'node:assert/strict';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';

workbenchSuite(
  'smoke',
  { workspace: (folder) => void writePracticeImages(`${folder}/rings`, 4) },
  ({ test }) => {
    test('the window opens with the package installed, and the palette has its commands', async (window) => {
      const title = 'Latent Lens: Train Autoencoder…';
      const end = Date.now() + 45_000;
      let entries: string[] = [];
      while (!entries.includes(title) && Date.now() < end)
        entries = await window.paletteEntries('Latent Lens:');
      assert.ok(entries.includes(title), `the palette lists ${JSON.stringify(entries)}`);
      assert.ok(
        entries.includes('Latent Lens: Check for Anomaly'),
        `the palette lists ${JSON.stringify(entries)}`,
      );
    });

    test('an image’s menu in the explorer offers the check', async (window) => {
      await (await window.explorerRow('rings/ring-000.png')).click({ button: 'right' });
      await window.menuEntry('Check for Anomaly').waitFor();
    });
  },
);
