import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LensError } from '../../../src/shared/errors.ts';
import type { ModelCard } from '../../../src/shared/model-card.ts';
import { readModelCard, readModelFile, writeModelFile } from '../../../src/shared/model-file.ts';
import { headerLength, writeSafetensors, type Tensor } from '../../../src/shared/safetensors.ts';
import { cardOf } from '../extension/support/model-bytes.ts';

const card: ModelCard = cardOf({
  progress: { state: 'finished', epoch: 20, step: 0, stepsPerEpoch: 25 },
  history: [{ epoch: 1, train: 0.04, validation: 0.03, seconds: 1.5, imagesPerSecond: 1000 }],
  dataset: {
    ...cardOf().dataset,
    name: 'digits “ä” 数',
    classes: [{ name: '0', count: 200 }],
    skipped: [{ path: 'x.png', reason: 'empty' }],
    skippedCount: 1,
  },
  notebookRule: { threshold: 0.008, flagged: 0.36 },
});
const tensors = new Map<string, Tensor>([
  ['encoder_module.0.weight', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, -2) }],
  ['calibration.scores', { dtype: 'F64', shape: [3], data: Float64Array.of(0.1, 0.2, 0.3) }],
  ['examples.labels', { dtype: 'I32', shape: [1], data: Int32Array.of(-1) }],
]);
const withCard = (value: unknown): Uint8Array =>
  writeSafetensors({
    metadata: { lens: typeof value === 'string' ? value : JSON.stringify(value) },
    tensors,
  });
const rejected =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, 'invalid-model-file');
    assert.match(error.message, words);
    return true;
  };

describe('model files', () => {
  it('are read as they were written', () => {
    const bytes = writeModelFile({ card, tensors });
    const read = readModelFile(bytes);
    assert.deepEqual(read.card, card);
    assert.deepEqual(new Map([...read.tensors].sort()), new Map([...tensors].sort()));
  });

  it('give their card from the header alone', () => {
    const bytes = writeModelFile({ card, tensors });
    const length = headerLength(bytes.subarray(0, 8), bytes.length);
    assert.deepEqual(readModelCard(bytes.subarray(8, 8 + length), bytes.length - 8 - length), card);
    assert.throws(() => readModelCard(bytes.subarray(8, 8 + length), 3), rejected(/reaches beyond/));
  });

  it('without calibration, validation or labels are whole too', () => {
    const started: ModelCard = {
      ...card,
      progress: { state: 'training', epoch: 0, step: 3, stepsPerEpoch: 25 },
      history: [],
      calibration: null,
      notebookRule: null,
    };
    assert.deepEqual(readModelFile(writeModelFile({ card: started, tensors: new Map() })).card, started);
  });

  it('of somebody else are told apart', () => {
    const foreign = writeSafetensors({ metadata: { format: 'pt' }, tensors });
    assert.throws(() => readModelFile(foreign), rejected(/not written by Latent Lens/));
    assert.throws(() => readModelFile(withCard({ ...card, version: 2 })), rejected(/newer Latent Lens/));
    assert.throws(() => readModelFile(withCard('{')), rejected(/not valid JSON/));
    assert.throws(() => readModelFile(withCard(null)), rejected(/does not hold/));
  });

  it('name the first thing that does not hold', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ spec: { ...card.spec, height: 7 } }, /spec\.height/],
      [{ spec: { ...card.spec, latent: 1e9 } }, /spec\.latent/],
      [{ spec: { ...card.spec, channels: 2 } }, /spec\.channels/],
      [{ training: { ...card.training, batchSize: 0 } }, /training\.batchSize/],
      [{ training: { ...card.training, learningRate: 'fast' } }, /training\.learningRate/],
      [{ history: [{ ...card.history[0], train: null }] }, /history\.0\.train/],
      [{ progress: { ...card.progress, epoch: -1 } }, /progress\.epoch/],
      [{ calibration: { ...card.calibration, promisedRate: 2 } }, /calibration\.promisedRate/],
      [{ name: 'x'.repeat(10_001) }, /name/],
      [{ format: 'other' }, /format/],
    ];
    for (const [over, words] of cases) {
      assert.throws(() => readModelFile(withCard({ ...card, ...over })), rejected(words));
    }
  });

  it('cannot carry a NaN into a number', () => {
    const bytes = withCard(
      JSON.stringify({ ...card, notebookRule: { threshold: 1, flagged: 1 } }).replace(
        '"threshold":1,"flagged":1',
        '"threshold":1e999,"flagged":1',
      ),
    );
    assert.throws(() => readModelFile(bytes), rejected(/notebookRule\.threshold/));
  });

  it('answer or throw a LensError whatever was changed in them', () => {
    const bytes = writeModelFile({ card, tensors });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        (edits, length) => {
          const copy = bytes.slice(0, edits.length % 2 ? bytes.length : length);
          for (const [at, value] of edits) if (at < copy.length) copy[at] = value;
          try {
            readModelFile(copy);
          } catch (error) {
            assert.ok(error instanceof LensError, String((error as Error).stack));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answer or throw a LensError for a card of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(card)), (value, key) => {
        for (const changed of [value, { ...card, [key]: value }]) {
          try {
            readModelFile(withCard(JSON.stringify(changed)));
          } catch (error) {
            assert.ok(error instanceof LensError, String((error as Error).stack));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
