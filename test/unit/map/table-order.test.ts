import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableOrder, type TableColumn } from '../../../src/webview/map/table-order.ts';
import { nameRanks } from '../../../src/webview/shared/row-order.ts';

const points = {
  files: Int32Array.of(0, 1, 2, 1, 3),
  positions: Int32Array.of(0, 4, 0, 2, 0),
  paths: ['b/10.png', 'b/2.png', 'a.png', 'c.png'],
  labels: Int32Array.of(1, 0, -1, 0, 1),
  sets: Uint8Array.of(0, 1, 2, 3, 1),
  scores: Float64Array.of(0.5, 0.9, 0.1, 0.7, 0.5),
};
const ranks = nameRanks(points.paths);
const order = (column: TableColumn, descending = false, hidden = new Uint8Array(5)): number[] => [
  ...tableOrder({ points, threshold: 0.6 }, ranks, hidden, { column, descending }),
];

test('names as people order them: numbers by value, then the place within a file', () => {
  assert.deepEqual([...ranks], [2, 1, 0, 3]);
  assert.deepEqual(order('name'), [2, 3, 1, 0, 4]);
  assert.deepEqual(order('name', true), [4, 0, 1, 3, 2]);
});

test('by any other column; equal ones by name whichever way it runs', () => {
  assert.deepEqual(order('score'), [2, 0, 4, 3, 1]);
  assert.deepEqual(order('score', true), [1, 3, 0, 4, 2]);
  assert.deepEqual(order('set'), [0, 1, 4, 2, 3]);
  assert.deepEqual(order('class'), [3, 1, 0, 4, 2]);
  assert.deepEqual(order('class', true), [0, 4, 3, 1, 2], 'without a class last, either way');
  assert.deepEqual(order('verdict', true), [3, 1, 2, 0, 4]);
});

test('hidden points are not listed, and points beyond the mask are not there', () => {
  assert.deepEqual(order('score', false, Uint8Array.of(0, 1, 0, 1, 0)), [2, 0, 4]);
  assert.deepEqual(order('score', false, new Uint8Array(2)), [0, 1]);
  assert.deepEqual(order('name', false, new Uint8Array(0)), []);
});
