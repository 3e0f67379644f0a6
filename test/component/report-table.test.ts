import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { BatchRow } from '../../src/shared/batch.ts';
import type { BatchEnd } from '../../src/shared/protocol/report.ts';
import type { OpenedPage } from '../support/page-harness.ts';
import { check, checkBatch } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('the table of many images', () => {
  const table = pageSuite().tests('report', { width: 900, height: 760 });

  const rows = (page: Page): Locator => page.locator('ll-check-table .all .row');
  const words = async (locator: Locator): Promise<string> =>
    ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
  const calls = async <T>(opened: OpenedPage, method: string): Promise<readonly T[]> =>
    (await opened.calls(method)) as unknown as readonly T[];

  table('checks a batch, most anomalous first, with a summary in words', async (opened, page) => {
    const end = (await checkBatch(page, 128, 7)) as BatchEnd;
    assert.deepEqual(end, { state: 'finished', error: null });
    await page
      .getByText('Of 128 images 7 are anomalous at a false-alarm rate of 1 %; 1 could not be read.')
      .first()
      .waitFor();
    await page
      .getByText('If all 127 images with a verdict were good, chance alone would flag about 1.')
      .waitFor();
    const first = await words(rows(page).first());
    assert.match(first, /^digits\/test\/rotated\/115\.png anomalous 0\.06141 0\.05 % 3\.21 1\.87$/);
    assert.equal(await rows(page).locator('.blank').count(), 0);
    const sent = (await calls<{ rows: BatchRow[]; terms: unknown }>(opened, 'batchRows')).flatMap(
      ({ rows }) => rows,
    );
    assert.equal(new Set(sent.map(({ index }) => index)).size, 128);
    assert.equal(sent.filter((row) => 'error' in row).length, 1);
    await page.locator('summary', { hasText: '1 file left out' }).waitFor();
  });

  table('has only the rows in sight, however many there are', async (_opened, page) => {
    await checkBatch(page, 5000, 50);
    const grid = page.getByRole('grid', { name: '5,000 images of samples/digits' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '5001');
    assert.ok((await rows(page).count()) < 60);
    await grid.focus();
    await page.keyboard.press('End');
    const last = page.locator('ll-check-table .row.active');
    await last.locator('.text', { hasText: 'truncated-4999.png' }).waitFor();
    assert.match(await words(last), /not checked .* ends too early/);
  });

  table('filters by words and verdict, and sorts by its headings', async (_opened, page) => {
    await checkBatch(page, 128, 7);
    const count = page.locator('.bar .number');
    await page.getByLabel('Filter by verdict').selectOption('failed');
    await count.getByText('1 row').waitFor();
    await page.getByLabel('Filter by verdict').selectOption('anomalous');
    await count.getByText('7 rows').waitFor();
    await page.getByLabel('Filter by name').fill('ROTATED 39');
    await count.getByText('1 row', { exact: true }).waitFor();
    await page.getByLabel('Filter by name').fill('');
    await page.getByRole('button', { name: 'Image', exact: true }).click();
    await page.locator('[aria-sort=ascending]').getByText('Image').waitFor();
    assert.match(await words(rows(page).first()), /^digits\/test\/rotated\/001\.png/);
  });

  table('is worked by the keyboard: move, choose, open the report, copy paths', async (opened, page) => {
    await checkBatch(page, 128, 7);
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('button', { name: 'Copy 3 Paths' }).waitFor();
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => globalThis.fakeHost.calls.filter(({ method }) => method === 'rowAction').length === 2,
    );
    const [copy, open] = await calls<{ indices: number[]; action: string; batch: string }>(
      opened,
      'rowAction',
    );
    assert.deepEqual(copy, { batch: 'batch', indices: [115, 96, 77], action: 'copyPaths' });
    assert.deepEqual(open, { batch: 'batch', indices: [77], action: 'report' });
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('ll-check-table .row.selected').count(), 0);
  });

  table('exports what is listed as CSV and JSON', async (opened, page) => {
    await checkBatch(page, 128, 7);
    await page.getByLabel('Filter by verdict').selectOption('anomalous');
    await page.getByRole('button', { name: 'Export CSV…' }).click();
    await page.getByText('7 rows saved as exports/digits-anomalies.csv.').waitFor();
    await page.getByRole('button', { name: 'Export JSON…' }).click();
    await page.getByText('7 rows saved as exports/digits-anomalies.json.').waitFor();
    const [csv, json] = (await calls<{ bytes: number[] }>(opened, 'saveFile')).map(({ bytes }) =>
      new TextDecoder().decode(Uint8Array.from(bytes)),
    );
    const lines = (csv ?? '').split('\r\n');
    assert.equal(lines[0], 'file,verdict,score,p,threshold,false_alarm_rate,z_structure,z_orientation,error');
    assert.match(lines[1] ?? '', /^digits\/test\/rotated\/115\.png,anomalous,0\.061415/);
    assert.equal(lines.length, 9);
    assert.equal((JSON.parse(json ?? '') as { images: unknown[] }).images.length, 7);
  });

  table('stops, and goes on with what is left', async (opened, page) => {
    const running = checkBatch(page, 400, 4, 'slow');
    await page.getByText(/^Checking: /).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    assert.deepEqual(await running, { state: 'stopped', error: null });
    await page
      .getByText(/are not checked yet\.$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: /^Check the Other \d+$/ }).click();
    await page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'continueBatch'),
    );
    await page.getByRole('button', { name: 'Check All Again' }).click();
    await page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'repeatBatch'),
    );
    assert.deepEqual(await calls(opened, 'continueBatch'), [{ batch: 'batch' }]);
  });

  table('stays as it was while one of its images is looked at', async (opened, page) => {
    await checkBatch(page, 128, 7);
    await page.getByLabel('Filter by verdict').selectOption('anomalous');
    await check(page, 'digits/test/rotated/004.png');
    await page.getByText('Anomalous at a false-alarm rate of 1 %.').first().waitFor();
    await page.getByRole('button', { name: 'All of digits' }).click();
    await page.locator('.bar .number').getByText('7 rows').waitFor();
    await page.waitForFunction(
      () => globalThis.fakeHost.calls.filter(({ method }) => method === 'titled').length >= 3,
    );
    assert.deepEqual(
      (await calls<{ title: string }>(opened, 'titled')).map(({ title }) => title),
      ['digits', '004.png', 'digits'],
    );
    assert.deepEqual(await page.evaluate(() => globalThis.fakeHost.state), {
      ...{ version: 2, image: 'file:///workspace/samples/digits/test/rotated/004.png' },
      ...{ batch: 'batch', face: 'table' },
    });
  });

  table('gives an image its report while the others are being checked', async (_opened, page) => {
    const running = checkBatch(page, 200, 4, 'slow');
    await page.getByText(/^Checking: /).waitFor();
    await check(page, 'digits/test/good/001.png');
    await page.getByText('Not anomalous at').first().waitFor();
    await page.getByRole('button', { name: 'To the images that are being checked' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    assert.equal(((await running) as BatchEnd).state, 'stopped');
  });

  table('comes back with what it had, and draws the pictures of the rows in sight', async (opened, page) => {
    await page.evaluate(() => {
      const { page, samples, files } = globalThis.fakeHost;
      const batch = samples.batchOf(300, 3);
      files.set(batch.model, samples.modelFileOf('digits'));
      const rows = batch.names.map((_, index) => ({
        ...{ index, score: 0.01 + index * 1e-5, pValue: 0.5, anomalous: false, channels: [] },
      }));
      const terms = { threshold: 0.05, falsePositiveRate: 0.01, calibrationImages: 2000 };
      return page.call('showBatch', { batch, rows: rows.slice(0, 200), terms, front: true });
    });
    await page.getByText('Of 300 images none is anomalous').first().waitFor();
    await page.getByRole('button', { name: 'Check the Other 100' }).waitFor();
    await rows(page).first().locator('ll-image').waitFor();
    await page.waitForFunction(
      () => globalThis.fakeHost.calls.filter(({ method }) => method === 'readRow').length > 5,
    );
    const read = await calls<{ index: number }>(opened, 'readRow');
    assert.ok(read.length < 60, 'only rows in sight');
    assert.equal(read[0]?.index, 199);
  });

  table('says why nothing can be checked', async (_opened, page) => {
    const end = (await checkBatch(page, 20, 2, 'empty-model')) as BatchEnd;
    assert.deepEqual([end.state, end.error?.code], ['failed', 'invalid-model-file']);
    await page.getByRole('alert').getByText('The model file is empty').waitFor();
    await page.getByRole('button', { name: 'Choose Model…' }).waitFor();
  });
});
