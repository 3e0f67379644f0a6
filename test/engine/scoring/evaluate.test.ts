// The evaluation's numbers beside its AUROCs: variants, the principal baseline, denoising.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, type EvaluationEnvironment } from '../../../src/engine/scoring/evaluate.ts';
import { fitPca, pcaScores } from '../../../src/engine/scoring/pca.ts';
import { splitByClusters } from '../../../src/engine/training/loaded-data.ts';
import type { EvaluateRequest } from '../../../src/shared/protocol/engine.ts';
import { plan, spots } from '../support/spots-job.ts';
import { syntheticKinds } from '../../../src/shared/protocol/evaluate.ts';
import { wasmEngine } from '../support/wasm.ts';

const set = (path: string): EvaluateRequest['train'] => ({ path, dataset: plan.dataset, filter: null });

const request: EvaluateRequest = {
  train: set('spots'),
  validation: null,
  good: null,
  bad: [],
  notebook: false,
  spec: { height: 12, width: 9, channels: 1, latent: 4, recipe: 'notebook' },
  noise: null,
  denoise: null,
  synthetic: false,
  epochs: 3,
  seed: 5,
  falseAlarmRate: 0.05,
  memoryBudget: 1e9,
};

const environment: EvaluationEnvironment = {
  survey: () => Promise.reject(new Error('everything is given')),
  load: async ({ path }) => spots(path === 'spots' ? 0 : 20).images,
  chooseEngine: async () => ({ engine: await wasmEngine('simd'), reason: 'WASM: in a test' }),
  breathe: async () => undefined,
  progress: () => undefined,
};

test('the baseline is PCA of the fit images on the validation images, beside the model’s own error', async () => {
  const result = await evaluate(request, environment);
  const { images } = spots();
  const { split } = await splitByClusters(images, 5, environment.breathe);
  const pca = await fitPca(images, split.fit, 4, 5, environment.breathe);
  const scores = pcaScores(pca, images, split.validation);
  assert.deepEqual(result.baseline, {
    model: result.loss.validation.at(-1),
    pca: scores.reduce((a, b) => a + b, 0) / scores.length,
    components: 4,
    images: split.fit.length,
  });
  assert.equal(result.denoise, null);
});

test('a linear model comes near to the principal components', async () => {
  const linear = { ...request, spec: { ...request.spec, variant: 'linear' }, epochs: 150 } as const;
  const { baseline, spec } = await evaluate(linear, environment);
  assert.equal(spec.variant, 'linear');
  assert.ok(baseline);
  const ratio = baseline.model / baseline.pca;
  assert.ok(ratio > 0.97 && ratio < 1.1, `${ratio}`);
});

test('noise replaces the recipe’s own, and denoising is measured on the good images with a fixed seed', async () => {
  const noisy = { ...request, noise: 0.3, denoise: 0.2, good: set('brighter') };
  const { denoise, spec } = await evaluate(noisy, environment);
  assert.deepEqual(spec.corruption, { noise: 0.3, erase: 0 });
  assert.ok(denoise);
  assert.deepEqual([denoise.sigma, denoise.images, denoise.seed], [0.2, 180, 5]);
  assert.ok(denoise.noisy > 0.02 && denoise.noisy < 0.04, `${denoise.noisy}`);
  assert.ok(denoise.denoised > 0 && denoise.clean > 0);
  const held = await evaluate({ ...noisy, good: null, epochs: 1 }, environment);
  assert.equal(held.denoise?.images, held.counts.validation);
});

test('a variational model is annealed by default, and takes its β', async () => {
  const { spec, training } = await evaluate(
    { ...request, spec: { ...request.spec, variant: 'variational', beta: 0.5 }, epochs: 1 },
    environment,
  );
  assert.deepEqual([spec.variant, spec.beta, training.klAnnealEpochs], ['variational', 0.5, 5]);
  const plain = await evaluate({ ...request, epochs: 1 }, environment);
  assert.equal('klAnnealEpochs' in plain.training, false);
  assert.equal('beta' in plain.spec, false);
});

test('synthetic defects are drawn into held-out images before these are fitted, and each kind is measured', async () => {
  const drawn: string[] = [];
  const load: EvaluationEnvironment['load'] = async ({ path }, _, alter) => {
    const { images } = spots(path === 'spots' ? 0 : 20);
    if (!alter) return images;
    drawn.push(path);
    const { height, width } = images.shape;
    const size = height * width;
    const pixels = new Uint8Array(images.pixels.length);
    for (let n = 0; n < images.count; n++) {
      const one = {
        height,
        width,
        channels: 1,
        pixels: images.pixels.slice(n * size, (n + 1) * size),
      } as const;
      pixels.set(alter(one, images.paths[images.files[n] ?? 0] ?? '', n), n * size);
    }
    return { ...images, pixels };
  };
  const asked = { ...request, synthetic: true };
  const own = await evaluate(asked, { ...environment, load });
  assert.equal(own.synthetic?.drawnInto, 'calibration');
  assert.deepEqual(
    own.synthetic.kinds.map(({ kind, count }) => [kind, count]),
    syntheticKinds.map((kind) => [kind, own.counts.calibration]),
  );
  const good = await evaluate({ ...asked, good: set('brighter') }, { ...environment, load });
  assert.equal(good.synthetic?.drawnInto, 'good');
  assert.equal(good.synthetic.kinds[0]?.count, good.counts.good);
  assert.deepEqual(drawn, [...syntheticKinds.map(() => 'spots'), ...syntheticKinds.map(() => 'brighter')]);
  // Drawn anew they are the same, and they change the images.
  assert.deepEqual((await evaluate(asked, { ...environment, load })).synthetic, own.synthetic);
  for (const { kind, auroc } of own.synthetic.kinds) assert.notEqual(auroc, 0.5, `${kind} changes nothing`);
  assert.equal((await evaluate(request, environment)).synthetic, null);
});
