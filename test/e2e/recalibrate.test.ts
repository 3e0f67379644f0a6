// A model calibrated anew in the real window: what its file says afterwards, and a verdict that is another one.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ModelFile } from '../../src/shared/model-file.ts';
import { conformalThreshold, formatScore } from '../../src/shared/verdict.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits, writeSampleImages } from './support/files.ts';
import { StudioPages } from './support/pages.ts';
import { Report } from './support/report.ts';
import { Studio } from './support/studio.ts';

/** Digits dark on white paper: good images, and unlike all that the model learned from. */
const onPaper = (pixel: number): number => 255 - pixel;
const sheets = 40;

function fillWorkspace(workspace: string): void {
  writeDigits(path.join(workspace, 'digits'), 15);
  writeSampleImages('digits/test/good', path.join(workspace, 'paper'), sheets, '', onPaper);
  writeSampleImages('digits/train/8', path.join(workspace, 'unseen'), 20, 'paper-', onPaper);
}

workbenchSuite('recalibrate', { workspace: fillWorkspace }, (suite) => {
  const file = (): string => modelPath(suite.workspace, 'digits');
  const model = (): ModelFile => readModel(file()) ?? assert.fail('the first test left no model');

  /** Answers the dialog for a folder. */
  async function chooseFolder(window: Workbench, folder: string): Promise<void> {
    await window.page.locator('.quick-input-widget', { hasText: 'Calibrate' }).waitFor();
    await window.acceptPath(`${path.join(suite.workspace, folder)}/`);
  }

  const checked = async (
    window: Workbench,
    image: string,
  ): Promise<{ anomalous: boolean; threshold: string }> => {
    await window.explorerMenu(`unseen/${image}`, 'Check for Anomaly');
    return new Report(window).verdict(image);
  };

  suite.test(
    'takes another folder’s threshold, and the verdict on such an image is another',
    async (window) => {
      // A second attempt begins like the first one.
      rmSync(path.dirname(file()), { recursive: true, force: true });
      await window.explorerMenu('digits', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Epochs: 3 });
      await proposal.train();
      await studio.ended('finished');
      assert.equal((await checked(window, 'paper-010.png')).anomalous, true);

      const before = model();
      const old = before.card.calibration ?? assert.fail();
      const pages = await StudioPages.open(window, 'digits', 'Losses');
      await pages.frame.getByRole('button', { name: 'Recalibrate…' }).click();
      await chooseFolder(window, 'paper');
      const frame = await studio.face('recalibrated');
      await frame.getByText('Calibrated anew').waitFor();

      const after = model();
      const { calibration, ...card } = after.card;
      assert.ok(calibration?.source && calibration.previous);
      assert.deepEqual({ ...card, calibration: old }, before.card);
      assert.deepEqual([calibration.source.location, calibration.source.images], ['paper', sheets]);
      assert.equal(calibration.previous.threshold, old.threshold);
      const scores = after.tensors.get('calibration.scores')?.data as Float64Array;
      assert.equal(scores.length, calibration.images);
      assert.equal(calibration.threshold, conformalThreshold(scores, 0.01).threshold);
      // 40 images at most cannot promise 1 %, and the page says so.
      assert.equal(calibration.promisedRate, 1 / (calibration.images + 1));
      await frame.getByText(/You asked for 1\s%; so few images cannot promise less\./).waitFor();
      for (const [name, { data }] of before.tensors) {
        if (!name.startsWith('calibration.')) assert.deepEqual(after.tensors.get(name)?.data, data, name);
      }

      const report = await checked(window, 'paper-010.png');
      assert.equal(report.anomalous, false);
      assert.equal(report.threshold, formatScore(calibration.threshold));
    },
  );

  suite.test('refuses images that the model was trained on, from the list of models', async (window) => {
    const before = readFileSync(file());
    await window.viewContainer('Latent Lens');
    const row = window.page.locator('.pane-body .monaco-list-row[aria-label^="digits, active"]');
    await window.contextMenu(row, 'Recalibrate…');
    await chooseFolder(window, 'digits/3');
    const frame = await new Studio(window).face('recalibrated');
    await frame.getByText(/“digits” was trained on images in “3”/).waitFor();
    await frame.getByText('The model’s file was not changed.').waitFor();
    assert.deepEqual(readFileSync(file()), before);
  });
});
