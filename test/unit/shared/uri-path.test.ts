import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameFolder, segmentsBelow } from '../../../src/shared/uri-path.ts';

test('a URI below another is its decoded segments, whatever slashes stand at the ends', () => {
  assert.deepEqual(segmentsBelow('file:///a', 'file:///a/b%20c/d'), ['b c', 'd']);
  assert.deepEqual(segmentsBelow('file:///a/', 'file:///a/b/'), ['b']);
  assert.deepEqual(segmentsBelow('file:///a', 'file:///a/'), []);
  assert.equal(isSameFolder('file:///a', 'file:///a//'), true);
  assert.equal(isSameFolder('file:///a', 'file:///A'), false);
});

test('a sibling with the same beginning, a folder above and a damaged escape are elsewhere', () => {
  assert.equal(segmentsBelow('file:///a', 'file:///ab'), undefined);
  assert.equal(segmentsBelow('file:///a/b', 'file:///a'), undefined);
  assert.equal(segmentsBelow('file:///a', 'file:///a/%E0%A4%A'), undefined);
});
