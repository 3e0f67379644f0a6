// The main job by clicks alone: train on a folder of images, then ask of one image whether it is an anomaly.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeGrayPng } from '../../src/extension/samples/index.ts';
import { formatPercent, formatScore } from '../../src/shared/verdict.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { hugePng, modelPath, readModel, writeDigits, writeSampleImages } from './support/files.ts';
import { Report, type ReadReport } from './support/report.ts';
import { Studio } from './support/studio.ts';

const perClass = 15;
const images = 10 * perClass;

function fillWorkspace(workspace: string): void {
  writeDigits(path.join(workspace, 'digits'), perClass);
  writeSampleImages('digits/test/good', path.join(workspace, 'good'), 6, 'good-');
  const sound = readFileSync(path.join(workspace, 'good/good-005.png'));
  mkdirSync(path.join(workspace, 'odd'));
  writeFileSync(path.join(workspace, 'odd/white.png'), encodeGrayPng(28, 28, new Uint8Array(784).fill(255)));
  writeFileSync(path.join(workspace, 'odd/truncated.png'), sound.subarray(0, Math.floor(sound.length / 2)));
  writeFileSync(path.join(workspace, 'odd/empty.png'), '');
  writeFileSync(path.join(workspace, 'odd/text.png'), 'This is a letter, not an image.\n');
  writeFileSync(path.join(workspace, 'odd/huge.png'), hugePng(20_000, 20_000));
}

workbenchSuite('main-job', { workspace: fillWorkspace }, (suite) => {
  const model = (): string => modelPath(suite.workspace, 'digits');

  /** The tests after the first one check with its model. */
  const needModel = (): void => assert.ok(readModel(model()), 'the first test left no model');

  /** What the report says must be what the model file says. */
  function assertVerdict(report: ReadReport): void {
    const card = readModel(model())?.card;
    assert.ok(card?.calibration, 'the model file has no threshold');
    const { threshold, promisedRate, images: calibrationImages } = card.calibration;
    const verdict = report.anomalous ? 'Anomalous' : 'Not anomalous';
    assert.equal(report.conclusion, `${verdict} at a false-alarm rate of ${formatPercent(promisedRate)}.`);
    assert.equal(report.threshold, formatScore(threshold));
    assert.match(
      report.evidence,
      new RegExp(
        `^Score −?[\\d.]+\\. Of ${calibrationImages} good images (none|\\d+) scores? as high or higher \\(p = [\\d.]+ %\\)\\.$`,
      ),
    );
    assert.equal(report.model, 'digits');
  }

  suite.test('trains on a folder from the explorer to a finished model file', async (window) => {
    // A second attempt begins like the first one.
    rmSync(path.dirname(model()), { recursive: true, force: true });
    await window.explorerMenu('digits', 'Train Autoencoder…');
    const studio = new Studio(window);
    const proposal = await studio.proposal();
    assert.equal(await proposal.fact('Images'), String(images));
    assert.match(await proposal.fact('Sizes'), /^all 28 × 28\b/);
    assert.equal(await proposal.fact('Colour'), 'gray');
    for (const side of ['Height', 'Width']) assert.equal(await proposal.field(side).inputValue(), '28');
    assert.equal(await proposal.field('Channels').inputValue(), '1');
    const split = await proposal.split();
    assert.deepEqual(split, { Fit: 120, Validation: 15, Calibration: 15 });
    await proposal.frame.getByText('10 classes').waitFor();

    await proposal.fill({ Epochs: 3 });
    await proposal.train();
    const frame = await studio.ended('finished');
    await frame
      .locator('ll-loss-chart')
      .getByRole('img', { name: /^Loss curve over 3 of 3 epochs/ })
      .waitFor();
    for (const what of ['Input', 'Reconstruction'])
      assert.equal(
        await frame.getByRole('img', { name: new RegExp(`^${what}, image \\d`) }).count(),
        8,
        `${what}s of eight images`,
      );
    await frame.getByText('latent-lens/digits.lens.safetensors').first().waitFor();

    const file = readModel(model());
    assert.ok(file, 'there is no model file');
    const { card, tensors } = file;
    assert.deepEqual(card.progress, { state: 'finished', epoch: 3, step: 0, stepsPerEpoch: 2 });
    assert.equal(card.history.length, 3);
    assert.equal(card.dataset.images, images);
    assert.equal(card.dataset.location, 'digits');
    assert.equal(card.spec.recipe, 'detector');
    // Of 15 images; those of one cluster of near-duplicates count once.
    const { images: counted } = card.calibration ?? assert.fail('no calibration');
    assert.ok(counted > 10 && counted <= 15, `${counted}`);
    assert.deepEqual(tensors.get('encoder_module.0.weight')?.shape, [16, 1, 3, 3]);

    await window.viewContainer('Latent Lens');
    await window.page.locator('.pane-body .monaco-list-row[aria-label^="digits, active"]').waitFor();
  });

  suite.test('checks an image from the explorer, with no panel open', async (window) => {
    needModel();
    await window.explorerMenu('good/good-000.png', 'Check for Anomaly');
    const report = new Report(window);
    assertVerdict(await report.verdict('good-000.png'));
    await report.assertNoNaN();
  });

  suite.test(
    'checks the image in front from its title, its tab, its menu and the palette',
    async (window) => {
      const report = new Report(window);
      await window.openFile('good/good-001.png');
      await window.imagePreview();
      await window.editorAction('Check for Anomaly').click();
      assertVerdict(await report.verdict('good-001.png'));

      await openImage(window, 'good/good-002.png');
      await window.contextMenu(window.tab('good-002.png'), 'Check for Anomaly');
      assertVerdict(await report.verdict('good-002.png'));

      await openImage(window, 'good/good-003.png');
      await window.contextMenu((await window.imagePreview()).locator('img'), 'Check for Anomaly');
      assertVerdict(await report.verdict('good-003.png'));

      await openImage(window, 'good/good-004.png');
      await window.command('Latent Lens: Check for Anomaly');
      assertVerdict(await report.verdict('good-004.png'));
    },
  );

  suite.test('calls an image anomalous that is unlike all it learned from', async (window) => {
    needModel();
    await window.explorerMenu('odd/white.png', 'Check for Anomaly');
    const report = await new Report(window).verdict('white.png');
    assertVerdict(report);
    assert.ok(report.anomalous, report.evidence);
    assert.match(report.evidence, /good images none scores as high/);
  });

  suite.test('says in a sentence why a file gets no verdict', async (window) => {
    needModel();
    const report = new Report(window);
    const sentences: readonly (readonly [string, RegExp])[] = [
      ['truncated.png', /cut off|truncated|incomplete|damaged/i],
      ['empty.png', /empty|0 bytes|zero/i],
      ['text.png', /not an image|no image|is text|not a PNG/i],
      ['huge.png', /20,?000 × 20,?000/],
    ];
    for (const [image, words] of sentences) {
      await window.explorerMenu(`odd/${image}`, 'Check for Anomaly');
      const sentence = await report.refusal(image);
      assert.match(sentence, words, image);
      assert.ok(sentence.includes(image), `“${sentence}” does not name ${image}`);
      assert.doesNotMatch(sentence, /unexpected/i, image);
    }
    // A good image still works afterwards.
    await window.explorerMenu('good/good-000.png', 'Check for Anomaly');
    assertVerdict(await report.verdict('good-000.png'));
  });
});

/** Brings the group of images to the front (the report took the place beside it) and opens an image there. */
async function openImage(window: Workbench, file: string): Promise<void> {
  await window.page
    .locator('.tabs-container .tab')
    .filter({ hasText: /\.png/ })
    .filter({ hasNotText: 'Report' })
    .first()
    .click();
  await window.openFile(file);
  await window.imagePreview();
}
