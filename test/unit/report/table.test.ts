import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchSentences, tallyRows, type Batch, type BatchRow } from '../../../src/shared/batch.ts';
import { readKept, toKeep } from '../../../src/webview/report/state.ts';
import { tableCsv, tableJson } from '../../../src/webview/report/table-export.ts';
import { tableKey } from '../../../src/webview/report/table-keys.ts';
import { channelsOf, noFilter, tableOrder, type CheckSort } from '../../../src/webview/report/table-order.ts';

const names = ['good/img10.png', 'good/img2.png', 'bad/scratch.png', 'bad/=cmd.png', 'bad/torn, half.png'];
const checked = (index: number, score: number, z: readonly number[] = []): BatchRow => ({
  ...{ index, score, pValue: 1 - score, anomalous: score > 0.9 },
  channels: z.map((value, at) => ({ name: at === 0 ? 'structure' : 'orientation', z: value })),
});
const rows: readonly (BatchRow | undefined)[] = [
  checked(0, 0.5, [1, 7]),
  checked(1, 0.5, [2, 3]),
  checked(2, 0.99, [9, 1]),
  undefined,
  { index: 4, error: { code: 'truncated', message: '“torn, half.png” ends "early"' } },
];
const terms = { threshold: 0.9, falsePositiveRate: 0.01, calibrationImages: 100 };
const batch: Batch = {
  ...{ id: 'b', title: 'parts/test', names, model: 'file:///m', modelKey: 'k', modelName: 'm' },
  ...{ falseAlarmRate: 0.01, skipped: [], skippedCount: 0, cut: null },
};
const order = (sort: CheckSort, filter = noFilter): number[] => [...tableOrder(rows, names, filter, sort)];

describe('the order of the table', () => {
  it('begins with the highest score; images without a verdict come last either way', () => {
    assert.deepEqual(order({ column: 'score', descending: true }), [2, 1, 0, 4]);
    assert.deepEqual(order({ column: 'score', descending: false }), [1, 0, 2, 4]);
    assert.deepEqual(order({ column: 'p', descending: false }), [2, 1, 0, 4]);
  });

  it('counts numbers in names, and knows verdicts and channels', () => {
    assert.deepEqual(order({ column: 'name', descending: false }), [2, 4, 1, 0]);
    assert.deepEqual(order({ column: 'verdict', descending: true }), [2, 4, 1, 0]);
    assert.deepEqual(order({ column: 'z:orientation', descending: true }), [0, 1, 2, 4]);
    assert.deepEqual(order({ column: 'z:none', descending: true }), [2, 4, 1, 0]);
    assert.deepEqual(channelsOf(rows), ['structure', 'orientation']);
  });

  it('lists what all words of the filter and the verdict leave', () => {
    const sort = { column: 'name', descending: false } as const;
    assert.deepEqual(order(sort, { text: ' GOOD  2 ', verdict: 'all' }), [1]);
    assert.deepEqual(order(sort, { text: '', verdict: 'anomalous' }), [2]);
    assert.deepEqual(order(sort, { text: 'png', verdict: 'ordinary' }), [1, 0]);
    assert.deepEqual(order(sort, { text: '', verdict: 'failed' }), [4]);
    assert.deepEqual(order(sort, { text: 'nothing', verdict: 'all' }), []);
  });

  it('sorts 100,000 rows', () => {
    const many = Array.from({ length: 100_000 }, (_, index) =>
      checked(index, ((index * 7919) % 100_000) / 1e5),
    );
    const places = tableOrder(
      many,
      many.map(({ index }) => `${index}`),
      noFilter,
      {
        column: 'score',
        descending: true,
      },
    );
    const scores = Array.from(places, (index) => (index * 7919) % 100_000);
    assert.ok(scores.every((score, at) => at === 0 || score <= (scores[at - 1] ?? 0)));
  });
});

describe('the table as files', () => {
  const listed = [2, 0, 4].map((index) => rows[index] as BatchRow);
  const exported = { batch, rows: listed, terms, channels: channelsOf(rows) };

  it('is CSV that spreadsheets take for no formula and programs read back', () => {
    assert.equal(
      tableCsv(exported),
      [
        'file,verdict,score,p,threshold,false_alarm_rate,z_structure,z_orientation,error',
        'bad/scratch.png,anomalous,0.99,0.010000000000000009,0.9,0.01,9,1,',
        'good/img10.png,not anomalous,0.5,0.5,0.9,0.01,1,7,',
        '"bad/torn, half.png",not checked,,,0.9,0.01,,,"“torn, half.png” ends ""early"""',
        '',
      ].join('\r\n'),
    );
  });

  it('is JSON with what the numbers rest on', () => {
    const value = JSON.parse(tableJson(exported)) as Record<string, unknown>;
    assert.deepEqual(value['model'], { name: 'm', file: 'file:///m' });
    assert.deepEqual(value['listed'], { images: 3, of: 5, checked: 2, anomalous: 1, failed: 1 });
    assert.deepEqual((value['images'] as unknown[])[0], {
      ...{ file: 'bad/scratch.png', verdict: 'anomalous', score: 0.99, p: 0.010000000000000009 },
      z: { structure: 9, orientation: 1 },
    });
    assert.deepEqual((value['images'] as unknown[])[2], {
      ...{ file: 'bad/torn, half.png', verdict: 'not checked' },
      error: { code: 'truncated', message: '“torn, half.png” ends "early"' },
    });
  });
});

describe('what is said of a batch', () => {
  const sentences = (images: number, checkedImages: number, anomalous: number, failed: number) =>
    batchSentences({ images, checked: checkedImages, anomalous, failed }, terms);

  it('counts what is anomalous, what could not be read, and what chance would flag', () => {
    assert.deepEqual(sentences(128, 126, 7, 2), {
      finding: 'Of 128 images 7 are anomalous at a false-alarm rate of 1 %; 2 could not be read.',
      chance: 'If all 126 images with a verdict were good, chance alone would flag about 1.',
    });
    assert.deepEqual(sentences(10_000, 10_000, 1, 0), {
      finding: 'Of 10,000 images 1 is anomalous at a false-alarm rate of 1 %.',
      chance: 'If all 10,000 images with a verdict were good, chance alone would flag about 100.',
    });
    assert.match(sentences(12, 12, 0, 0).chance, /flag less than one\.$/);
    assert.match(sentences(12, 12, 0, 0).finding, /^Of 12 images none is anomalous/);
  });

  it('says what is not checked yet, and that nothing has a verdict', () => {
    assert.equal(
      sentences(128, 40, 2, 1).finding,
      'Of 128 images 2 are anomalous at a false-alarm rate of 1 %; 1 could not be read, 87 are not checked yet.',
    );
    const none = batchSentences(tallyRows(2, [rows[4] as BatchRow]), null);
    assert.deepEqual(none, {
      finding: 'Of 2 images none has a verdict: 1 could not be read, 1 is not checked yet.',
      chance: '',
    });
  });
});

describe('keys in the table', () => {
  const press = (key: string, changes: object = {}, active = 3) =>
    tableKey({ key, shiftKey: false, command: false, ...changes }, active, 10, 4);

  it('move within its ends, extend, choose, open and copy', () => {
    assert.deepEqual(press('ArrowDown'), { kind: 'move', to: 4, extend: false });
    assert.deepEqual(press('ArrowUp', { shiftKey: true }), { kind: 'move', to: 2, extend: true });
    assert.deepEqual(press('PageDown', {}, 8), { kind: 'move', to: 9, extend: false });
    assert.deepEqual(press('ArrowUp', {}, -1), { kind: 'move', to: 0, extend: false });
    assert.deepEqual(press('End'), { kind: 'move', to: 9, extend: false });
    assert.deepEqual(press('Enter'), { kind: 'report' });
    assert.deepEqual(press('a', { command: true }), { kind: 'all' });
    assert.deepEqual(press('C', { command: true }), { kind: 'copy' });
    assert.deepEqual(press('Escape'), { kind: 'none' });
  });

  it('mean nothing otherwise, and in an empty table', () => {
    for (const key of ['x', 'Tab', 'F5']) assert.equal(press(key), null);
    assert.equal(press('v', { command: true }), null);
    assert.equal(tableKey({ key: 'End', shiftKey: false, command: false }, -1, 0, 4), null);
  });
});

describe('what a report’s page keeps', () => {
  it('is read back; the face is the table only where there is one', () => {
    const shown = { image: 'file:///a.png', batch: 'b', face: 'table' } as const;
    assert.deepEqual(readKept(toKeep(shown)), shown);
    assert.deepEqual(readKept({ image: 'file:///a.png', face: 'table' }), {
      ...{ image: 'file:///a.png', batch: null, face: 'image' },
    });
  });

  it('of the first version is an image, and of anything else nothing', () => {
    assert.deepEqual(readKept({ version: 1, image: 'file:///a.png', name: 'a' }), {
      ...{ image: 'file:///a.png', batch: null, face: 'image' },
    });
    for (const state of [undefined, null, 3, {}, { image: 7 }, { image: '' }])
      assert.equal(readKept(state), null);
  });
});
