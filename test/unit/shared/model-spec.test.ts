import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v from 'valibot';
import {
  betaOf,
  epochsOf,
  klWeightAt,
  modelSpecSchema,
  notebookSpec,
  notebookTraining,
  trainingSettingsSchema,
} from '../../../src/shared/model-spec.ts';

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

test('β is 1 unless the spec says otherwise; what no loss can use is refused', () => {
  assert.equal(betaOf(notebookSpec), 1);
  assert.equal(betaOf({ beta: 0 }), 0);
  const parses = (beta: unknown): boolean => v.is(modelSpecSchema, { ...notebookSpec, beta });
  assert.ok(parses(0) && parses(4.5) && v.is(modelSpecSchema, notebookSpec));
  for (const beta of [-0.1, 101, NaN, '1', null]) assert.ok(!parses(beta), String(beta));
  const annealed = (klAnnealEpochs: unknown): boolean =>
    v.is(trainingSettingsSchema, { ...notebookTraining, klAnnealEpochs });
  assert.ok(annealed(0) && annealed(5));
  for (const epochs of [-1, 1.5, 1e9, '5']) assert.ok(!annealed(epochs), String(epochs));
});

test('the divergence is brought in evenly over the epochs, then stays', () => {
  const spec = { ...notebookSpec, beta: 2 };
  const whole = 2 / 784;
  const weights = [0, 1, 2, 3, 4, 5, 100].map(
    (epoch) => klWeightAt(spec, { klAnnealEpochs: 4 }, epoch) / whole,
  );
  assert.deepEqual(weights, [0, 0.25, 0.5, 0.75, 1, 1, 1]);
  assert.equal(klWeightAt(spec, {}, 0), whole);
  assert.equal(klWeightAt(notebookSpec, notebookTraining, 3), 1 / 784);
});
