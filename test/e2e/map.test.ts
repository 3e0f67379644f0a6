// The Latent Map in the real window: a fresh model's points, in the side bar and in an editor, also after a reload.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits } from './support/files.ts';
import { Studio } from './support/studio.ts';

const canvas = 'll-map-canvas canvas';

/** Number of colours on the canvas: one where nothing is drawn. */
const coloursOn = (frame: Frame): Promise<number> =>
  frame.locator(canvas).evaluate((element) => {
    const drawing = element as HTMLCanvasElement;
    const pixels = drawing.getContext('2d')?.getImageData(0, 0, drawing.width, drawing.height).data ?? [];
    const seen = new Set<number>();
    for (let i = 0; i < pixels.length; i += 4)
      seen.add(((pixels[i] ?? 0) << 16) | ((pixels[i + 1] ?? 0) << 8) | (pixels[i + 2] ?? 0));
    return seen.size;
  });

async function assertDrawn(frame: Frame): Promise<void> {
  await frame.locator('.status', { hasText: /^\s*\d+ of 150 images/ }).waitFor();
  for (let tries = 0; (await coloursOn(frame)) < 3; tries++) {
    assert.ok(tries < 50, 'nothing is drawn on the map');
    await frame.waitForTimeout(100);
  }
}

workbenchSuite(
  'map',
  { workspace: (workspace) => writeDigits(path.join(workspace, 'digits'), 15) },
  (suite) => {
    suite.test('draws the points of a fresh model in the view and in an editor', async (window) => {
      if (!readModel(modelPath(suite.workspace, 'digits'))) {
        await window.explorerMenu('digits', 'Train Autoencoder…');
        const studio = new Studio(window);
        const proposal = await studio.proposal();
        await proposal.fill({ Epochs: 2 });
        await proposal.train();
        await studio.ended('finished');
      }
      const card = readModel(modelPath(suite.workspace, 'digits'))?.card;
      assert.equal(card?.points?.total, 150);
      await window.command('Latent Lens: Show Latent Map');
      await assertDrawn(await window.webview(canvas));
    });

    suite.test('opens large in an editor in a new window', async (window) => {
      await window.command('Latent Lens: Open Latent Map in Editor');
      await window.tab('Latent Map').waitFor();
      await assertDrawn(await window.webview(canvas));
    });
  },
);
