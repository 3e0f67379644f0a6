// A folder checked from the explorer: its table, its files' marks, its CSV, and all of it again after a reload.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { encodeGrayPng } from '../../src/extension/samples/index.ts';
import { formatPercent, formatScore } from '../../src/shared/verdict.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits, writeSampleImages } from './support/files.ts';
import { poll, Studio } from './support/studio.ts';
import { editorsWritten, written } from './support/window-state.ts';

const goods = 6;

/** Pixels that are nothing like a digit: a fixed sequence of black and white (Numerical Recipes' generator). */
function noise(seed: number): Uint8Array {
  let state = seed;
  const pixels = Uint8Array.from({ length: 784 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 31 ? 255 : 0;
  });
  return encodeGrayPng(28, 28, pixels);
}

function fillWorkspace(workspace: string): void {
  writeDigits(path.join(workspace, 'digits'), 15);
  const folder = path.join(workspace, 'batch');
  writeSampleImages('digits/test/good', folder, goods, 'good-');
  const sound = readFileSync(path.join(folder, 'good-005.png'));
  mkdirSync(path.join(folder, 'deeper'));
  writeFileSync(path.join(folder, 'deeper/noise.png'), noise(1));
  writeFileSync(path.join(folder, 'truncated.png'), sound.subarray(0, Math.floor(sound.length / 2)));
  writeFileSync(path.join(folder, 'text.png'), 'This is a letter, not an image.\n');
  writeFileSync(path.join(folder, 'empty.png'), '');
  writeFileSync(path.join(folder, 'notes.txt'), 'Not an image by its name.\n');
}

interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly score: string;
  readonly p: string;
  readonly reason: string;
}

/** The table once it is about this batch and has ended. */
async function tablePage(window: Workbench, title: string): Promise<Frame> {
  const frame = await window.webview('ll-table-page .finding');
  await frame.locator('ll-table-page h1').getByText(title, { exact: true }).waitFor();
  await frame.locator('ll-table-page .finding').waitFor();
  return frame;
}

const text = async (locator: Locator): Promise<string> =>
  ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();

async function readRows(frame: Frame): Promise<Row[]> {
  const rows: Row[] = [];
  for (const row of await frame.locator('ll-check-table .all .row').all()) {
    const cell = async (name: string): Promise<string> =>
      (await row.locator(`.cell.${name}`).count()) === 0 ? '' : text(row.locator(`.cell.${name}`));
    rows.push({
      ...{ name: await cell('name'), verdict: await cell('verdict'), score: await cell('score') },
      ...{ p: await cell('p'), reason: await cell('reason') },
    });
  }
  return rows;
}

/** Badge and colour of a file in the explorer, as they are drawn. */
async function markOf(window: Workbench, file: string): Promise<{ badge: string; color: string }> {
  const row = await window.explorerRow(file);
  return row.evaluate((element) => {
    const label = element.querySelector('.monaco-icon-label');
    const badge = [label, ...(label?.querySelectorAll('*') ?? [])]
      .map((part) => (part ? getComputedStyle(part, '::after').content.replaceAll('"', '') : ''))
      .find((content) => content === '!');
    const name = element.querySelector('.label-name');
    return { badge: badge ?? '', color: name ? getComputedStyle(name).color : '' };
  });
}

workbenchSuite('folder-check', { workspace: fillWorkspace }, (suite) => {
  const inWorkspace = (...parts: string[]): string => path.join(suite.workspace, ...parts);

  suite.test(
    'a folder with good, odd, torn and foreign files becomes a table that outlives a reload',
    async (window) => {
      rmSync(inWorkspace('latent-lens'), { recursive: true, force: true });
      await window.explorerMenu('digits', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Epochs: 20 });
      await proposal.train();
      await studio.ended('finished');
      const calibration = readModel(modelPath(suite.workspace, 'digits'))?.card.calibration;
      assert.ok(calibration);

      // The table and its summary.
      await window.explorerMenu('batch', 'Check for Anomaly');
      const frame = await tablePage(window, 'batch');
      const rows = await readRows(frame);
      assert.deepEqual(rows.map(({ name }) => name).sort(), [
        'deeper/noise.png',
        'empty.png',
        ...Array.from({ length: goods }, (_, i) => `good-00${i}.png`),
        'text.png',
        'truncated.png',
      ]);
      const failed = rows.filter(({ verdict }) => verdict === 'not checked');
      const anomalous = rows.filter(({ verdict }) => verdict === 'anomalous');
      assert.deepEqual(
        failed.map(({ name }) => name),
        ['empty.png', 'text.png', 'truncated.png'],
        'files without a verdict come last, by name',
      );
      assert.match(failed[0]?.reason ?? '', /empty \(0 bytes\)/);
      assert.match(failed[1]?.reason ?? '', /not an image|no image|is text/i);
      assert.match(failed[2]?.reason ?? '', /cut off|truncated|incomplete|damaged|ends/i);
      assert.equal(rows[0]?.name, 'deeper/noise.png', 'the oddest comes first');
      assert.equal(rows[0].verdict, 'anomalous');
      const scores = rows.filter(({ score }) => score !== '').map(({ score }) => Number(score));
      assert.deepEqual(
        scores,
        [...scores].sort((a, b) => b - a),
      );
      assert.equal(scores.length, goods + 1);
      const count = anomalous.length === 1 ? '1 is' : `${anomalous.length} are`;
      assert.equal(
        await text(frame.locator('.finding')),
        `Of 10 images ${count} anomalous at a false-alarm rate of ${formatPercent(calibration.promisedRate)}; 3 could not be read.`,
      );
      await frame.locator('summary', { hasText: '1 file left out' }).click();
      await frame.getByText('batch/notes.txt').waitFor();
      assert.ok((await frame.locator('ll-check-table ll-image').count()) >= goods + 1, 'small pictures');

      // The marks in the explorer.
      const plain = await markOf(window, 'batch/notes.txt');
      const odd = await markOf(window, 'batch/deeper/noise.png');
      assert.equal(odd.badge, '!');
      assert.notEqual(odd.color, plain.color);
      const good = rows.find(({ name, verdict }) => name.includes('good') && verdict === 'not anomalous');
      assert.ok(good, 'at least one good image is not anomalous');
      assert.deepEqual(await markOf(window, `batch/${good.name}`), plain);
      const hover = window.page.locator('.monaco-hover', { hasText: 'Anomalous at a false-alarm rate' });
      const label = (await window.explorerRow('batch/deeper/noise.png')).locator('.label-name');
      await poll(async () => {
        // A pointer that rests where the list is drawn anew brings no hover: it comes with a move.
        await window.page.mouse.move(5, 5);
        await label.hover();
        return hover
          .first()
          .waitFor({ timeout: 3000 })
          .then(
            () => true,
            () => false,
          );
      }, 'the hover of the marked file');
      const tooltip = await text(hover.first());
      assert.ok(tooltip.includes(`score ${rows[0].score}, p = ${rows[0].p.replace('\u00a0', ' ')}`), tooltip);

      // The CSV.
      const csv = inWorkspace('batch-anomalies.csv');
      rmSync(csv, { force: true });
      await frame.getByRole('button', { name: 'Export CSV…' }).click();
      await window.acceptPath('batch-anomalies.csv');
      await poll(
        () => existsSync(csv) && readFileSync(csv, 'utf8').endsWith('\r\n'),
        'the CSV to be written',
      );
      await frame.getByText('10 rows saved as batch-anomalies.csv.').waitFor();
      const [head = '', ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\r\n');
      const columns = head.split(',');
      assert.deepEqual(columns.slice(0, 6), [
        'file',
        'verdict',
        'score',
        'p',
        'threshold',
        'false_alarm_rate',
      ]);
      assert.equal(columns.at(-1), 'error');
      for (const [at, line] of lines.entries()) {
        const [file, verdict, score = '', p = '', threshold = ''] = line.split(',');
        const row = rows[at];
        assert.ok(row);
        assert.equal(file, `batch/${row.name}`);
        assert.equal(verdict, row.verdict);
        if (verdict === 'not checked') continue;
        assert.equal(formatScore(Number(score)), row.score);
        assert.equal(formatPercent(Number(p)), row.p.replace('\u00a0', ' '));
        assert.equal(Number(score) > Number(threshold), verdict === 'anomalous');
        assert.equal(Number(threshold), calibration.threshold);
      }

      // The same after a reload.
      await editorsWritten(window.page, 'latentLens.report');
      await written(window.page, /"batch":"[^"]+","face":"table"/);
      await window.reload();
      await window.tab('Report').click();
      const again = await tablePage(window, 'batch');
      assert.deepEqual(await readRows(again), rows);
      await poll(
        async () => (await markOf(window, 'batch/deeper/noise.png')).badge === '!',
        'the mark to come back',
      );

      // Until the file changes.
      writeFileSync(inWorkspace('batch/deeper/noise.png'), noise(2));
      const later = new Date(Date.now() + 5000);
      utimesSync(inWorkspace('batch/deeper/noise.png'), later, later);
      await poll(
        async () => (await markOf(window, 'batch/deeper/noise.png')).badge === '',
        'the mark of a changed file to go',
      );

      // A row's own report, and back.
      await again.locator('ll-check-table .row', { hasText: 'noise.png' }).dblclick();
      await again.locator('ll-report .conclusion', { hasText: /^Anomalous/ }).waitFor();
      await poll(
        async () => (await markOf(window, 'batch/deeper/noise.png')).badge === '!',
        'a single check to mark its file',
      );
      await again.getByRole('button', { name: 'All of batch' }).click();
      await again.locator('ll-table-page .finding').waitFor();

      // And gone when cleared.
      await window.command('Latent Lens: Clear Check Results');
      await poll(
        async () => (await markOf(window, 'batch/deeper/noise.png')).badge === '',
        'the marks to be cleared',
      );
    },
    { attemptMs: 240_000 },
  );

  suite.test('several selected images become a table, too', async (window) => {
    assert.ok(existsSync(modelPath(suite.workspace, 'digits')), 'the first test left no model');
    await (await window.explorerRow('batch/good-000.png')).click();
    // An image that opens is selected in the explorer once more, and alone.
    await window.imagePreview();
    const second = await window.explorerRow('batch/good-002.png');
    const selected = window.page.locator('.explorer-folders-view .monaco-list-row.selected');
    await poll(async () => {
      if ((await selected.count()) < 2) await second.click({ modifiers: ['ControlOrMeta'] });
      return (await selected.count()) === 2;
    }, 'two images to be selected');
    await window.contextMenu(second, 'Check for Anomaly');
    const frame = await tablePage(window, '2 images');
    assert.deepEqual((await readRows(frame)).map(({ name }) => name).sort(), [
      'batch/good-000.png',
      'batch/good-002.png',
    ]);
  });
});
