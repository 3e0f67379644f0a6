// WebGPU where it was asked for, a training and a t-SNE, on the browser's software adapter; and why WASM is taken where nobody asked.
import assert from 'node:assert/strict';
import path from 'node:path';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite, type Suite } from '../support/workbench-suite.ts';
import type { EngineCard } from '../../src/shared/model-card.ts';
import { readProjection, type MapProjection } from '../../src/shared/map-points.ts';
import type { Workbench } from '../support/vscode.ts';
import { modelPath, readModel } from './support/files.ts';
import { poll, Studio } from './support/studio.ts';

const workspace = (folder: string): void =>
  void writePracticeImages(path.join(folder, 'rings'), 24, { size: 8 });

/** Trains for one epoch of two batches; answers with the model file's engine and what the Studio says of it. */
async function train(window: Workbench, suite: Suite): Promise<{ engine: EngineCard; shown: string }> {
  await window.explorerMenu('rings', 'Train Autoencoder…');
  const studio = new Studio(window);
  const proposal = await studio.proposal();
  await proposal.fill({ Epochs: 1, 'Batch size': 10, 'Latent size': 2 });
  await proposal.train();
  const frame = await studio.ended('finished');
  const term = frame.locator('ll-model-details dl.facts dt', { hasText: /^Engine$/ });
  const shown = await term.locator('xpath=following-sibling::dd[1]').textContent();
  const card = readModel(modelPath(suite.workspace, 'rings'))?.card;
  assert.equal(card?.progress.state, 'finished');
  assert.ok(Number.isFinite(card.history[0]?.train), 'no loss');
  return { engine: card.engine, shown: (shown ?? '').replace(/\s+/g, ' ').trim() };
}

workbenchSuite('webgpu', { workspace, settings: { 'latentLens.engine': 'webgpu' } }, (suite) => {
  suite.test(
    'the setting brings the WebGPU engine, also on a software adapter, and for the t-SNE',
    async (window) => {
      const { engine, shown } = await train(window, suite);
      assert.equal(engine.kind, 'webgpu', engine.reason);
      assert.match(engine.reason, /^WebGPU: chosen in settings/);
      assert.match(shown, /^WebGPU\b/);
      assert.ok(shown.includes(engine.reason), shown);
      await window.statusBarItem('WebGPU').waitFor();

      await window.command('Latent Lens: Open Latent Map in Editor');
      const map = await window.webview('ll-map-canvas canvas');
      await map.getByRole('button', { name: 'Compute t-SNE…' }).click();
      const form = map.getByRole('form', { name: 'Compute t-SNE' });
      await form.getByLabel('Images').selectOption('all');
      await form.getByRole('button', { name: 'Compute' }).click();
      const tsne = (): MapProjection | null => {
        const model = readModel(modelPath(suite.workspace, 'rings'));
        return model ? readProjection(model, 'tsne') : null;
      };
      await poll(() => tsne()?.card.iterations === 1_000, 'the t-SNE in the file');
      assert.equal(tsne()?.card.engine, 'webgpu-tsne-1');
      assert.ok(tsne()?.coordinates.every(Number.isFinite));
    },
  );
});

workbenchSuite('webgpu-auto', { workspace }, (suite) => {
  suite.test('auto takes WASM and says that the only adapter is a software one', async (window) => {
    const { engine, shown } = await train(window, suite);
    assert.equal(engine.kind, 'wasm');
    assert.equal(engine.reason, 'WASM: the only adapter is a software one');
    assert.ok(shown.includes(engine.reason), shown);
    await window.statusBarItem('WASM').waitFor();
  });
});
