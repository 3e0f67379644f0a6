// What a training step costs the page: commands of one step of the notebook's model, counted on the device itself.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { notebookTraining } from '../../../src/shared/model-spec.ts';
import { randomBatch } from '../support/cases.ts';
import { notebookNetwork } from '../support/oracle.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { countCommands, type Commands } from './counting.ts';
import { openEngine } from './open-engine.ts';
import { releaseSoftwareGpu } from './software-gpu.ts';

after(releaseSoftwareGpu);

test('a step is at most 40 dispatches and one submission, and makes nothing anew', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const count = countCommands(open.device);
  const { engine } = open;
  await engine.load(notebookNetwork, initialParameters(notebookNetwork, 1));
  const batch = randomBatch(notebookNetwork, 8, 1);
  await engine.trainStep(batch, notebookTraining);
  await engine.takeLosses();

  const before = { ...count };
  const steps = 3;
  for (let step = 0; step < steps; step++) await engine.trainStep(batch, notebookTraining);
  const cost = (name: keyof Commands): number => (count[name] - before[name]) / steps;
  t.diagnostic(`${cost('dispatches')} dispatches, ${cost('submissions')} submissions a step`);
  assert.ok(cost('dispatches') > 0 && cost('dispatches') <= 40, `${cost('dispatches')} dispatches`);
  assert.equal(cost('submissions'), 1);
  assert.equal(cost('pipelines') + cost('buffers') + cost('groups'), 0);
});
