// WebGPU where it was asked for, on the browser's software adapter; and why WASM is taken where nobody asked.
import assert from 'node:assert/strict';
import path from 'node:path';
import { writePracticeImages } from '../support/images.ts';
import { workbenchSuite, type Suite } from '../support/workbench-suite.ts';
import type { EngineCard } from '../../src/shared/model-card.ts';
import type { Workbench } from '../support/vscode.ts';
import { modelPath, readModel } from './support/files.ts';
import { Studio } from './support/studio.ts';

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
  suite.test('the setting brings the WebGPU engine, also on a software adapter', async (window) => {
    const { engine, shown } = await train(window, suite);
    assert.equal(engine.kind, 'webgpu', engine.reason);
    assert.match(engine.reason, /^WebGPU: chosen in settings/);
    assert.match(shown, /^WebGPU\b/);
    assert.ok(shown.includes(engine.reason), shown);
    await window.statusBarItem('WebGPU').waitFor();
  });
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
