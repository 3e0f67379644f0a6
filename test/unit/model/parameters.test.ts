// Initial values and layouts of parameters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineShape, toEngineLayout, toTorchLayout } from '../../../src/engine/model/layouts.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import {
  elementCount,
  initialAdam,
  initialParameters,
  parameterInfos,
} from '../../../src/engine/model/parameters.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';

const notebook = buildNetwork(notebookSpec);

/** 1/√fan_in by hand: in·kh·kw for Conv2d, out·kh·kw for ConvTranspose2d, in for Linear. */
const bounds: Record<string, number> = {
  'encoder_module.0': 1 / Math.sqrt(9),
  'encoder_module.2': 1 / Math.sqrt(16 * 9),
  'encoder_module.4': 1 / Math.sqrt(32 * 49),
  'decoder_module.0': 1 / Math.sqrt(32 * 49),
  'decoder_module.2': 1 / Math.sqrt(16 * 9),
  'decoder_module.4': 1 / Math.sqrt(9),
  NN_encode_to_latent: 1 / Math.sqrt(64),
  NN_latent_to_decode: 1 / Math.sqrt(20),
};

test('initial values are uniform within PyTorch’s bounds', () => {
  const parameters = initialParameters(notebook, 5);
  assert.equal(parameters.size, 16);
  for (const { name, shape, layer } of parameterInfos(notebook)) {
    const values = parameters.get(name) ?? new Float32Array();
    const bound = bounds[layer.name] ?? NaN;
    assert.equal(values.length, elementCount(shape));
    assert.ok(values.every((value) => Math.abs(value) <= bound));
    if (values.length < 1000) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Four standard errors of the mean and variance of a uniform variable.
    const error = 4 / Math.sqrt(values.length);
    assert.ok(Math.abs(mean) <= (error * bound) / Math.sqrt(3), `mean of ${name} is ${mean}`);
    assert.ok(Math.abs(variance - bound ** 2 / 3) <= error * bound ** 2 * Math.sqrt(4 / 45), name);
  }
});

test('initial values depend on the seed and on the tensor, and on nothing else', () => {
  const first = initialParameters(notebook, 1);
  assert.deepEqual(initialParameters(notebook, 1), first);
  assert.notDeepEqual(initialParameters(notebook, 2), first);
  const big = first.get('encoder_module.4.weight')?.subarray(0, 64);
  assert.notDeepEqual(first.get('decoder_module.0.weight')?.subarray(0, 64), big);
});

test('Adam starts from zero moments in the shapes of the parameters', () => {
  const { step, first, second } = initialAdam(notebook);
  assert.equal(step, 0);
  for (const moments of [first, second]) {
    for (const { name, shape } of parameterInfos(notebook)) {
      assert.deepEqual(moments.get(name), new Float32Array(elementCount(shape)));
    }
  }
});

test('layouts: a convolution’s (out, in, kh, kw) becomes [kh, kw, in, out]', () => {
  const network = buildNetwork({ ...notebookSpec, height: 9, width: 12, channels: 3 });
  const info = parameterInfos(network).find(({ name }) => name === 'encoder_module.2.weight');
  assert.ok(info);
  const [out = 0, channels = 0, height = 0, width = 0] = info.shape;
  assert.deepEqual([out, channels, height, width], [64, 16, 5, 6]);
  assert.deepEqual(engineShape(info), [5, 6, 16, 64]);
  const values = Float32Array.from({ length: elementCount(info.shape) }, (_, i) => i);
  const engine = toEngineLayout(info, values);
  for (const [o, c, y, x] of [
    [0, 0, 0, 0],
    [63, 15, 4, 5],
    [7, 3, 2, 4],
  ] as const) {
    assert.equal(
      engine[((y * width + x) * channels + c) * out + o],
      values[((o * channels + c) * height + y) * width + x],
    );
  }
});

test('layouts: there and back is the same, for every parameter of the family', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 40 }),
      fc.integer({ min: 8, max: 40 }),
      fc.integer({ min: 1, max: 70 }),
      (height, width, latent) => {
        const network = buildNetwork({ ...notebookSpec, height, width, latent, variant: 'variational' });
        for (const info of parameterInfos(network)) {
          const values = Float32Array.from({ length: elementCount(info.shape) }, (_, i) => i);
          const engine = toEngineLayout(info, values);
          assert.notEqual(engine.buffer, values.buffer);
          assert.equal(elementCount(engineShape(info)), values.length);
          assert.deepEqual(toTorchLayout(info, engine), values);
        }
      },
    ),
    { numRuns: 15 },
  );
});
