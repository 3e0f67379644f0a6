import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import {
  epochsOf,
  modelSpecSchema,
  notebookSpec,
  trainingSettingsSchema,
} from '../../../src/shared/model-spec.ts';
import {
  checkForm,
  imageBytes,
  initialForm,
  readForm,
  withRecipe,
  type FormValues,
} from '../../../src/webview/studio/form.ts';
import { datasetOf, proposalOf, surveyOf } from '../../component/fakes/samples.ts';

const dataset = datasetOf('digits');
const survey = surveyOf(dataset);
const proposal = proposalOf(dataset);
const good = initialForm(proposal, survey);

describe('the training form', () => {
  it('proposes what settings and images suggest, and that holds', () => {
    assert.deepEqual(checkForm(good), {});
    assert.equal(good.height, '28');
    assert.equal(good.weightDecay, '0.00001');
    assert.equal(good.epochs, String(epochsOf('detector', 1600)));
  });

  it('keeps epochs that the settings set', () => {
    for (const epochs of [20, 33]) {
      const training = { ...proposal.defaults.training, epochs };
      const own = { ...proposal, defaults: { ...proposal.defaults, training } };
      assert.equal(initialForm(own, survey).epochs, String(epochs));
    }
  });

  it('proposes a model that is trained anew as it was, whatever the images suggest', () => {
    const corruption = { noise: 0.35, erase: 2 };
    const spec = { ...notebookSpec, height: 24, width: 20, recipe: 'detector', corruption } as const;
    const pattern = { ...spec, variant: 'variational', beta: 0.25 } as const;
    const training = { ...proposal.defaults.training, epochs: 7, klAnnealEpochs: 3 };
    const of = (defaults: Partial<typeof proposal.defaults>): ReturnType<typeof readForm> =>
      readForm(
        initialForm({ ...proposal, defaults: { ...proposal.defaults, training, ...defaults } }, survey),
      );
    const again = of({ pattern });
    assert.deepEqual(again?.spec, pattern);
    assert.deepEqual(again.training, training);
    assert.equal(of({ pattern: { ...spec, variant: 'linear' } })?.spec.variant, 'linear');
    // Another recipe than the model's brings its own corruption.
    assert.deepEqual(of({ pattern, recipe: 'notebook' })?.spec.corruption, { noise: 0, erase: 0 });
  });

  it('lets the epochs follow the recipe until somebody types their own', () => {
    assert.equal(withRecipe(good, 'notebook', 1600).epochs, '20');
    assert.equal(withRecipe({ ...good, epochs: '7' }, 'notebook', 1600).epochs, '7');
    const back = withRecipe(withRecipe(good, 'notebook', 1600), 'detector', 1600);
    assert.deepEqual(back, good);
  });

  for (const [field, value, sentence] of [
    ['name', '   ', /needs a name/],
    ['name', 'a/b', /leave out/],
    ['name', '..', /leave out/],
    ['name', 'x'.repeat(101), /at most 100/],
    ['height', '7', /from 8 to 256/],
    ['width', '28.5', /whole number/],
    ['latent', '', /whole number from 1 to 1,024/],
    ['epochs', '1e9', /from 1 to 10,000/],
    ['batchSize', '-1', /from 1 to 1,024/],
    ['learningRate', '0', /above 0/],
    ['learningRate', '0x10', /must be a number/],
    ['weightDecay', 'NaN', /must be a number/],
    ['seed', '4294967296', /4,294,967,295/],
    ['noise', '1.01', /noise must be a number from 0 to 1/],
    ['erase', '9', /whole number from 0 to 8/],
  ] as const) {
    it(`refuses ${field} “${value.slice(0, 12)}” with a sentence`, () => {
      const values = { ...good, [field]: value };
      assert.match(checkForm(values)[field] ?? '', sentence);
      assert.equal(readForm(values), null);
    });
  }

  it('lets a preset set the corruption, and the user change it', () => {
    const notebook = withRecipe(good, 'notebook', 1600);
    assert.deepEqual(readForm(notebook)?.spec.corruption, { noise: 0, erase: 0 });
    const own = readForm({ ...notebook, noise: '.3', erase: '2' })?.spec;
    assert.deepEqual(own?.corruption, { noise: 0.3, erase: 2 });
    assert.equal(own.recipe, 'notebook');
  });

  it('asks for β and its annealing where the model is variational, and nowhere else', () => {
    const bad = { ...good, beta: 'much', klAnnealEpochs: '-1' };
    const plain = readForm(bad);
    assert.equal(plain?.spec.variant, 'plain');
    assert.equal('beta' in plain.spec || 'klAnnealEpochs' in plain.training, false);
    const errors = checkForm({ ...bad, variant: 'variational' });
    assert.match(errors.beta ?? '', /^β must be a number from 0 to 100/);
    assert.match(errors.klAnnealEpochs ?? '', /whole number from 0 to 10,000/);
    const variational = readForm({ ...good, variant: 'variational', beta: '0.5' });
    assert.equal(variational?.spec.beta, 0.5);
    assert.equal(variational.training.klAnnealEpochs, 5);
  });

  it('reads numbers as people write them', () => {
    assert.equal(readForm({ ...good, learningRate: ' 1E-3 ' })?.training.learningRate, 0.001);
    assert.equal(readForm({ ...good, learningRate: '.5' })?.training.learningRate, 0.5);
  });

  it('never lets anything through that the engine’s schemas refuse', () => {
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String));
    const values = fc.record({
      name: fc.string(),
      height: text,
      width: text,
      channels: fc.constantFrom('1' as const, '3' as const),
      latent: text,
      variant: fc.constantFrom('plain' as const, 'linear' as const, 'variational' as const),
      beta: text,
      klAnnealEpochs: text,
      noise: text,
      erase: text,
      recipe: fc.constantFrom('notebook' as const, 'detector' as const),
      epochs: text,
      batchSize: text,
      learningRate: text,
      weightDecay: text,
      seed: text,
      fit: fc.constantFrom('contain' as const, 'cover' as const, 'stretch' as const),
    });
    const oneWild = fc
      .tuple(values, fc.constantFrom(...(Object.keys(good) as (keyof FormValues)[])))
      .map(([wild, field]) => ({ ...good, [field]: wild[field] }));
    fc.assert(
      fc.property(fc.oneof(values, oneWild), (form) => {
        const result = readForm(form as FormValues);
        if (result === null) return;
        v.parse(modelSpecSchema, result.spec);
        v.parse(trainingSettingsSchema, result.training);
        assert.ok(result.name.length > 0 && !/[\\/]/.test(result.name));
      }),
      { numRuns: 500 },
    );
  });

  it('counts the memory of the fitted images', () => {
    assert.equal(imageBytes({ ...good, channels: '3' }, 10), 28 * 28 * 3 * 10);
    assert.equal(imageBytes({ ...good, height: 'x' }, 10), null);
  });
});
