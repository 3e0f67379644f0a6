// Training goes on while its tab is behind another editor.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeDigits } from './support/files.ts';
import { poll, Studio } from './support/studio.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';

workbenchSuite(
  'hidden',
  {
    workspace: (folder) => {
      writeDigits(path.join(folder, 'digits'), 10);
      writeFileSync(path.join(folder, 'notes.txt'), 'Something else to do meanwhile.\n');
    },
  },
  (suite) => {
    suite.test('a hidden Studio goes on training, as the status bar shows', async (window) => {
      await window.explorerMenu('digits', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Name: 'hidden', Epochs: 10_000 });
      await proposal.train();
      const frame = await studio.epochsDone(0);

      await window.openFile('notes.txt');
      const visible = (): Promise<boolean> =>
        frame.evaluate(() => document.visibilityState === 'visible' && innerWidth > 0);
      const page = window.page.locator('.webview.ready').first();
      await page.waitFor({ state: 'hidden' });
      const epoch = async (): Promise<number> => {
        const text = (await window.statusBarItem(/Epoch \d/).textContent()) ?? '';
        return Number(/Epoch (\d+) of/.exec(text)?.[1] ?? 0);
      };
      const before = await epoch();
      await poll(async () => (await epoch()) > before + 20, 'twenty epochs behind another editor');
      assert.ok(await page.isHidden(), 'the Studio came to the front by itself');

      await window.tab('Latent Lens Studio').click();
      await studio.epochsDone(before + 20);
      assert.ok(await visible());
      await studio.press('Stop', 'running');
      await studio.ended('stopped');
    });
  },
);
