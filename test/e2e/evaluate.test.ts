// A model evaluated on good and bad folders in the real window: what is shown are the scores' own figures.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { auroc } from '../../src/engine/scoring/statistics.ts';
import { encodeGrayPng } from '../../src/extension/samples/index.ts';
import { formatScore } from '../../src/shared/verdict.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite, type Suite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits, writeSampleImages } from './support/files.ts';
import { StudioPages } from './support/pages.ts';
import { poll, Studio } from './support/studio.ts';

const counts = { good: 12, rotated: 8, scribbles: 6 } as const;
const bad = ['rotated', 'scribbles'] as const;

/** The middle of each image is called defective. */
function writeMasks(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  const middle = (at: number): boolean => at >= 7 && at < 21;
  const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) =>
    middle(i % 28) && middle(Math.floor(i / 28)) ? 255 : 0,
  );
  for (let n = 0; n < count; n++) {
    const file = path.join(folder, `${String(n).padStart(3, '0')}_mask.png`);
    writeFileSync(file, encodeGrayPng(28, 28, pixels));
  }
}

async function trainDigits(suite: Suite, window: Workbench): Promise<void> {
  if (readModel(modelPath(suite.workspace, 'digits'))?.card.progress.state === 'finished') return;
  await window.explorerMenu('digits', 'Train Autoencoder…');
  const studio = new Studio(window);
  const proposal = await studio.proposal();
  await proposal.fill({ Name: 'digits', Epochs: 6, 'Batch size': 8, 'Learning rate': 0.003 });
  await proposal.train();
  await studio.ended('finished');
}

workbenchSuite(
  'evaluate',
  {
    workspace: (workspace) => {
      writeDigits(path.join(workspace, 'digits'), 15);
      for (const [folder, count] of Object.entries(counts))
        writeSampleImages(`digits/test/${folder}`, path.join(workspace, 'judged/test', folder), count);
      const sound = readFileSync(path.join(workspace, 'judged/test/rotated/000.png'));
      writeFileSync(path.join(workspace, 'judged/test/rotated/truncated.png'), sound.subarray(0, 60));
      writeMasks(path.join(workspace, 'judged/ground_truth/scribbles'), counts.scribbles);
      mkdirSync(path.join(workspace, 'judged/empty'));
    },
  },
  (suite) => {
    suite.test(
      'Evaluate measures good and bad folders, and its figures are those of the CSV',
      async (window) => {
        await trainDigits(suite, window);
        const pages = await StudioPages.open(window, 'digits', 'Evaluate');
        const page = pages.frame.locator('ll-evaluate-page');
        await page.getByRole('button', { name: 'Labelled Folder…' }).click();
        await window.acceptPath(`${path.join(suite.workspace, 'judged')}/`);
        await page.getByText('12 good images, 15 bad images (rotated 9, scribbles 6), 6 masks').waitFor();
        await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
        const result = page.locator('ll-evaluation-result');
        await result.getByText('12 good images and 14 bad images of judged (1 image not read').waitFor();
        const openTab = (title: string): Promise<void> => result.getByRole('tab', { name: title }).click();
        await openTab('Images');
        const grid = result.getByRole('grid', { name: '27 images of judged' });
        assert.equal(await grid.getAttribute('aria-rowcount'), '28');
        await grid.focus();
        await grid.press('End');
        await grid.getByRole('row', { name: /rotated\/truncated\.png.* not read/ }).waitFor();
        await grid.press('Home');

        const csv = path.join(suite.workspace, 'digits-evaluation.csv');
        rmSync(csv, { force: true });
        await result.getByRole('button', { name: 'Export CSV…' }).click();
        await window.acceptPath('digits-evaluation.csv');
        await poll(
          () => existsSync(csv) && readFileSync(csv, 'utf8').endsWith('\r\n'),
          'the CSV to be written',
        );
        const [header = [], ...rows] = readFileSync(csv, 'utf8')
          .trimEnd()
          .split('\r\n')
          .map((line) => line.split(','));
        const column = (name: string): number => header.indexOf(name);
        const scored = rows.filter((row) => row[column('score')] !== '');
        const scores = (label: string): number[] =>
          scored.filter((row) => row[column('label')] === label).map((row) => Number(row[column('score')]));
        // As the table lists them: from the highest score.
        const listed = scored.map((row) => Number(row[column('score')]));
        assert.deepEqual(
          listed,
          [...listed].sort((a, b) => b - a),
        );
        const first = (await grid.getByRole('row').nth(1).textContent()) ?? '';
        assert.ok(first.includes(scored[0]?.[column('file')] ?? '-'), first);
        for (const [label, count] of Object.entries(counts)) assert.equal(scores(label).length, count, label);
        const calibrated = Number(rows[0]?.[column('calibrated_threshold')]);
        const card = readModel(modelPath(suite.workspace, 'digits'))?.card;
        assert.equal(calibrated, card?.calibration?.threshold);

        await openTab('Overview');
        const all = bad.flatMap(scores);
        const tile = result.locator('dl.tiles > div', { hasText: 'AUROC' }).first().locator('dd');
        assert.equal(await pages.text(tile), auroc(scores('good'), all).toFixed(4));
        const above = (label: string, threshold: number): number =>
          scores(label).filter((score) => score > threshold).length;
        for (const kind of bad) {
          const cells = result.getByRole('row', { name: new RegExp(`^${kind}`) }).getByRole('cell');
          assert.equal(await pages.text(cells.nth(0)), String(counts[kind]));
          assert.equal(await pages.text(cells.nth(1)), auroc(scores('good'), scores(kind)).toFixed(4));
          assert.match(await pages.text(cells.nth(3)), new RegExp(`^${above(kind, calibrated)}, `));
        }

        const places = result.locator('section', { hasText: 'Places of the defects' });
        await places.getByText('6 images with a mask and 12 good images').waitFor();
        for (const term of ['Pixel AUROC', 'AUPRO']) {
          const area = await pages.text(places.locator('dl.tiles > div', { hasText: term }).locator('dd'));
          assert.ok(Number(area) > 0 && Number(area) <= 1, `${term} ${area}`);
        }

        await openTab('Threshold');
        const confusion = result.locator('table.confusion td.number');
        const shown = async (): Promise<number[]> =>
          (await confusion.allInnerTexts()).map((text) => Number.parseInt(text, 10));
        const expected = (threshold: number): number[] => {
          const found = bad.reduce((sum, kind) => sum + above(kind, threshold), 0);
          const alarms = above('good', threshold);
          return [found, all.length - found, alarms, counts.good - alarms];
        };
        assert.deepEqual(await shown(), expected(calibrated));
        const slider = result.getByRole('slider', { name: 'Threshold' });
        for (const key of ['Home', 'PageUp', 'PageUp', 'ArrowRight']) {
          await slider.press(key);
          const threshold = Number(await slider.getAttribute('aria-valuenow'));
          assert.deepEqual(await shown(), expected(threshold), `after ${key}, at ${threshold}`);
        }
        await result.getByRole('button', { name: 'Calibrated Threshold' }).click();
        assert.match(
          (await slider.getAttribute('aria-valuetext')) ?? '',
          new RegExp(`^${formatScore(calibrated)}: `),
        );

        // Enter opens the image that the table is at.
        await openTab('Images');
        await grid.focus();
        await grid.press('ArrowDown');
        await grid.press('Enter');
        await window.imagePreview();
      },
    );
  },
);
