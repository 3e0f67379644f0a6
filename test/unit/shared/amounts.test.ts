import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes } from '../../../src/shared/bytes.ts';
import { countOf, formatCount } from '../../../src/shared/count.ts';

test('counts are grouped by threes and agree with their word', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual(
    [0, 1, 2].map((n) => countOf(n, 'image')),
    ['0 images', '1 image', '2 images'],
  );
  assert.equal(countOf(12345, 'class', 'classes'), '12,345 classes');
});

test('bytes have at most three figures, in the unit that gives them', () => {
  const given = [0, 1, 999, 1000, 47_040_000, 999_400, 999_600, 1.5 * 1024 ** 3, 3e15];
  assert.deepEqual(given.map(formatBytes), [
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1 kB',
    '47 MB',
    '999 kB',
    '1 MB',
    '1.61 GB',
    '3000 TB',
  ]);
});

test('what is no amount is a dash', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(formatCount(value), '–');
    assert.equal(formatBytes(value), '–');
  }
  assert.equal(formatBytes(-1), '–');
});
