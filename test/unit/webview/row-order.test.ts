// The order that all long tables share.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareNames, nameRanks, orderedRows, turnedBy } from '../../../src/webview/shared/row-order.ts';

const names = ['img10', 'img2', 'Bolt', 'img2'];
const byName = (a: number, b: number): number => compareNames(names[a] ?? '', names[b] ?? '') || a - b;

describe('the order of rows', () => {
  it('counts numbers in names, and keeps equal names in their own order', () => {
    assert.deepEqual([...nameRanks(names)], [3, 1, 0, 2]);
    assert.deepEqual([...nameRanks([])], []);
    assert.deepEqual(
      [...orderedRows([0, 1, 2, 3], { descending: false, byName, keyOf: null })],
      [2, 1, 3, 0],
    );
    assert.deepEqual([...orderedRows([0, 1, 2, 3], { descending: true, byName, keyOf: null })], [0, 3, 1, 2]);
  });

  it('rows without a value come last and equal ones by name, whichever way it runs', () => {
    const keys = [5, Number.NaN, 5, -1];
    const order = (descending: boolean): number[] => [
      ...orderedRows([3, 2, 1, 0], { descending, byName, keyOf: (row) => keys[row] ?? Number.NaN }),
    ];
    assert.deepEqual(order(false), [3, 2, 0, 1]);
    assert.deepEqual(order(true), [2, 0, 3, 1]);
  });

  it('lists the rows that it is given, infinite values among them', () => {
    const keys = [Infinity, 1, -Infinity, Number.NaN];
    const keyOf = (row: number): number => keys[row] ?? Number.NaN;
    assert.deepEqual([...orderedRows([3, 2, 0], { descending: true, byName, keyOf })], [0, 2, 3]);
    assert.deepEqual([...orderedRows([], { descending: true, byName, keyOf })], []);
  });

  it('a column turns round at its second click, and begins as it wants', () => {
    const first = (column: string): boolean => column === 'score';
    const name = { column: 'name', descending: false };
    assert.deepEqual(turnedBy(name, 'score', first), { column: 'score', descending: true });
    assert.deepEqual(turnedBy(name, 'name', first), { column: 'name', descending: true });
    assert.deepEqual(turnedBy({ column: 'name', descending: true }, 'name', first), name);
  });
});
