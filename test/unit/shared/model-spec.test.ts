import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochsOf } from '../../../src/shared/model-spec.ts';

test('the notebook takes 20 epochs, whatever the size', () => {
  for (const images of [20, 1_600, 60_000]) assert.equal(epochsOf('notebook', images), 20);
});

test('the detector sees a small set as often as it needs, within bounds', () => {
  assert.equal(epochsOf('detector', 54_000), 8);
  assert.equal(epochsOf('detector', 20_000), 20);
  assert.equal(epochsOf('detector', 6_000), 20);
  assert.equal(epochsOf('detector', 1_600), 75);
  assert.equal(epochsOf('detector', 20), 200);
});
