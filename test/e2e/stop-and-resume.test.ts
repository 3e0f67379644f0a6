// What must never happen is that work is lost: stop, reload of the window, a closed panel.
import assert from 'node:assert/strict';
import path from 'node:path';
import { readModel, modelPath, writeDigits } from './support/files.ts';
import { poll, Studio } from './support/studio.ts';
import { written } from './support/window-state.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';

const interrupted = /was interrupted/;
/** Images of the fit set a second; measured by the first test, so that the others train for a known time. */
let speed = 5000;
const fitImages = 80;

/** Epochs that take about so long on this machine: the first checkpoint of a run comes after ten seconds. */
const epochsFor = (seconds: number): number => Math.ceil((seconds * speed) / fitImages);

workbenchSuite(
  'stop-and-resume',
  { workspace: (folder) => writeDigits(path.join(folder, 'digits'), 10) },
  (suite) => {
    async function start(window: Workbench, name: string, epochs: number): Promise<Studio> {
      await window.explorerMenu('digits', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Name: name, Epochs: epochs });
      await proposal.train();
      return studio;
    }

    /** The checkpoint of a run that goes on. */
    async function checkpoint(file: string): Promise<number> {
      await poll(() => readModel(file) !== undefined, 'the first checkpoint');
      const card = readModel(file)?.card;
      assert.equal(card?.progress.state, 'training');
      return card.progress.epoch;
    }

    /** The file holds one unbroken run. */
    function assertFinished(file: string, epochs: number): void {
      const card = readModel(file)?.card;
      assert.equal(card?.progress.state, 'finished');
      assert.deepEqual(
        card.history.map(({ epoch }) => epoch),
        Array.from({ length: epochs }, (_, index) => index + 1),
      );
      assert.ok(card.calibration, 'no threshold');
    }

    suite.test('Stop saves and says where; Resume goes on to the end', async (window) => {
      const epochs = 300;
      const name = unique('stopped');
      const file = modelPath(suite.workspace, name);
      const studio = await start(window, name, epochs);
      await studio.epochsDone(1);
      await studio.press('Stop', 'running');
      const frame = await studio.ended('stopped');
      await frame.getByText(`latent-lens/${name}.lens.safetensors`).first().waitFor();
      const before = readModel(file)?.card;
      assert.equal(before?.progress.state, 'stopped');
      assert.ok(before.progress.epoch >= 1 && before.progress.epoch < epochs, 'it stopped in mid-training');
      const speeds = before.history.map(({ imagesPerSecond }) => imagesPerSecond).sort((a, b) => a - b);
      speed = speeds[speeds.length >> 1] ?? speed;

      await studio.press('Resume', 'ended');
      await studio.face('running');
      await studio.ended('finished');
      assertFinished(file, epochs);
      assert.deepEqual(
        readModel(file)?.card.history.slice(0, before.history.length),
        before.history,
        'the epochs before the stop are part of the run',
      );
    });

    suite.test('a window that is reloaded in mid-training offers to go on, and does', async (window) => {
      const name = unique('reloaded');
      const file = modelPath(suite.workspace, name);
      const epochs = epochsFor(25);
      await start(window, name, epochs);
      const saved = await checkpoint(file);
      await written(window.page, new RegExp(`"running":\\{"name":"${name}"[^}]*/${name}\\.lens`));
      await window.reload();
      const studio = new Studio(window);
      const empty = await studio.face('empty');
      await empty.getByText(`The training of “${name}” was cut off`).waitFor();
      await studio.press('Resume', 'empty');
      const frame = await studio.face('running');
      await frame.getByText('Resumed from its last checkpoint.').waitFor();
      await studio.epochsDone(saved);
      await studio.ended('finished');
      assertFinished(file, epochs);
    });

    suite.test('a panel that is closed in mid-training offers to go on, and does', async (window) => {
      const name = unique('closed');
      const file = modelPath(suite.workspace, name);
      await start(window, name, 10_000);
      const saved = await checkpoint(file);
      await closeStudio(window);
      await window.answer(interrupted, 'Resume Training');
      const studio = new Studio(window);
      await studio.epochsDone(saved + 1);
      await studio.press('Stop', 'running');
      await studio.ended('stopped');
      const card = readModel(file)?.card;
      assert.equal(card?.progress.state, 'stopped');
      assert.ok(card.progress.epoch > saved, `epoch ${card.progress.epoch} after ${saved}`);
    });

    suite.test('a window reloaded before anything was saved says so', async (window) => {
      const name = unique('early');
      const studio = await start(window, name, 10_000);
      await studio.epochsDone(0);
      await written(window.page, name);
      await window.reload();
      await window.answer(/was interrupted before anything was saved/, 'Train Again…');
      await studio.proposal();
    });
  },
);

/** A second attempt must not meet the first one's files. */
let runs = 0;
const unique = (name: string): string => `${name}-${++runs}`;

async function closeStudio(window: Workbench): Promise<void> {
  const tab = window.tab('Latent Lens Studio');
  await tab.hover();
  await tab.getByRole('button', { name: /^Close/ }).click();
}
