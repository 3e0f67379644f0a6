// The architecture's rules: names and shapes as in PyTorch, over the whole range of sizes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildNetwork, layersOf, vectorSize } from '../../../src/engine/model/network.ts';
import { elementCount, parameterInfos } from '../../../src/engine/model/parameters.ts';
import { maxLatent, maxSide, minSide, notebookSpec, type ModelSpec } from '../../../src/shared/model-spec.ts';

const network = (spec: Partial<ModelSpec>) => buildNetwork({ ...notebookSpec, ...spec });
const shapes = (spec: Partial<ModelSpec>): Record<string, readonly number[]> =>
  Object.fromEntries(parameterInfos(network(spec)).map(({ name, shape }) => [name, shape]));

test('28×28×1 with a latent of 20 is the notebook, name by name, in the order of its state_dict', () => {
  const infos = parameterInfos(buildNetwork(notebookSpec));
  assert.deepEqual(
    infos.map(({ name, shape }) => [name, shape]),
    [
      ['encoder_module.0.weight', [16, 1, 3, 3]],
      ['encoder_module.0.bias', [16]],
      ['encoder_module.2.weight', [32, 16, 3, 3]],
      ['encoder_module.2.bias', [32]],
      ['encoder_module.4.weight', [64, 32, 7, 7]],
      ['encoder_module.4.bias', [64]],
      ['decoder_module.0.weight', [64, 32, 7, 7]],
      ['decoder_module.0.bias', [32]],
      ['decoder_module.2.weight', [32, 16, 3, 3]],
      ['decoder_module.2.bias', [16]],
      ['decoder_module.4.weight', [16, 1, 3, 3]],
      ['decoder_module.4.bias', [1]],
      ['NN_encode_to_latent.weight', [20, 64]],
      ['NN_encode_to_latent.bias', [20]],
      ['NN_latent_to_decode.weight', [64, 20]],
      ['NN_latent_to_decode.bias', [64]],
    ],
  );
  assert.equal(
    infos.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    213_013,
  );
});

test('the notebook has ReLU after every convolution but the last, and a sigmoid at the end', () => {
  const { encoder, decoder, toLatent, fromLatent, toLogVariance } = buildNetwork(notebookSpec);
  const activations = (layers: typeof encoder) => layers.map(({ activation }) => activation);
  assert.deepEqual(activations(encoder), ['relu', 'relu', 'none']);
  assert.deepEqual(activations(decoder), ['relu', 'relu', 'sigmoid']);
  assert.deepEqual(activations([toLatent, fromLatent]), ['none', 'none']);
  assert.equal(toLogVariance, undefined);
});

test('a linear model has no activations, and its modules are numbered without gaps', () => {
  const { encoder, decoder } = network({ variant: 'linear' });
  const layers = [...encoder, ...decoder];
  assert.ok(layers.every(({ activation }) => activation === 'none'));
  assert.deepEqual(
    layers.map(({ name }) => name),
    [0, 1, 2].map((i) => `encoder_module.${i}`).concat([0, 1, 2].map((i) => `decoder_module.${i}`)),
  );
});

test('a variational model has a second head of the same shape', () => {
  const all = shapes({ variant: 'variational' });
  assert.deepEqual(all['NN_encode_to_logvar.weight'], [20, 64]);
  assert.deepEqual(all['NN_encode_to_logvar.bias'], [20]);
  assert.equal(Object.keys(all).length, 18);
});

test('widths double from 16 to 64 and stay there', () => {
  const { encoder } = network({ height: 256, width: 256, channels: 3 });
  assert.deepEqual(
    encoder.map(({ out }) => [out.height, out.width, out.channels]),
    [
      [128, 128, 16],
      [64, 64, 32],
      [32, 32, 64],
      [16, 16, 64],
      [8, 8, 64],
      [1, 1, 64],
    ],
  );
  assert.equal(encoder.at(-1)?.name, 'encoder_module.10');
});

test('the smallest image has one convolution, of its own size', () => {
  assert.deepEqual(Object.keys(shapes({ height: 8, width: 8, channels: 3 })).slice(0, 4), [
    'encoder_module.0.weight',
    'encoder_module.0.bias',
    'decoder_module.0.weight',
    'decoder_module.0.bias',
  ]);
  assert.deepEqual(shapes({ height: 8, width: 8, channels: 3 })['encoder_module.0.weight'], [64, 3, 8, 8]);
});

test('odd and non-square images shrink to a map of their own and come back', () => {
  const { encoder, decoder } = network({ height: 33, width: 20, channels: 3 });
  const sizes = (layers: typeof encoder, side: 'in' | 'out') =>
    layers.map((layer) => [layer[side].height, layer[side].width]);
  assert.deepEqual(sizes(encoder, 'in'), [
    [33, 20],
    [17, 10],
    [9, 5],
    [5, 3],
  ]);
  assert.deepEqual(sizes(decoder, 'out'), [
    [5, 3],
    [9, 5],
    [17, 10],
    [33, 20],
  ]);
  assert.deepEqual(encoder.at(-1)?.kernel, [5, 3]);
});

test('the vector before the latent grows with it, in steps of 16', () => {
  assert.deepEqual([1, 20, 64, 65, 80, 81, 1024].map(vectorSize), [64, 64, 64, 80, 80, 96, 1024]);
});

test('every size: layers join, strided ones obey PyTorch’s formulas, the decoder mirrors the encoder', () => {
  const side = fc.integer({ min: minSide, max: maxSide });
  fc.assert(
    fc.property(
      fc.record({
        height: side,
        width: side,
        channels: fc.constantFrom(1 as const, 3 as const),
        latent: fc.integer({ min: 1, max: maxLatent }),
        variant: fc.constantFrom('plain' as const, 'linear' as const, 'variational' as const),
      }),
      (spec) => {
        const { encoder, decoder, toLatent, fromLatent } = network(spec);
        const { height, width, channels, latent } = spec;
        const path = [...encoder, toLatent, fromLatent, ...decoder];
        path.forEach((layer, i) => {
          if (i > 0) assert.deepEqual(layer.in, path[i - 1]?.out);
        });
        assert.deepEqual(path[0]?.in, { height, width, channels });
        assert.deepEqual(path.at(-1)?.out, { height, width, channels });
        assert.equal(toLatent.out.channels, latent);
        assert.ok(fromLatent.out.channels >= latent && fromLatent.out.channels % 16 === 0);

        for (const { strided, kind, in: from, out, kernel } of [...encoder, ...decoder]) {
          if (!strided) continue;
          assert.deepEqual(kernel, [3, 3]);
          for (const axis of ['height', 'width'] as const) {
            const [big, small] = kind === 'conv' ? [from[axis], out[axis]] : [out[axis], from[axis]];
            // Conv2d: ⌊(n + 2p − k)/s⌋ + 1. ConvTranspose2d: (n − 1)s − 2p + k + output_padding.
            assert.equal(Math.floor((big + 2 - 3) / 2) + 1, small);
            assert.equal((small - 1) * 2 - 2 + 3 + (1 - (big % 2)), big);
          }
        }
        const last = encoder.at(-1);
        assert.ok(Math.max(last?.kernel[0] ?? 99, last?.kernel[1] ?? 99) <= 8);
        assert.deepEqual(
          decoder.map((layer) => [layer.in, layer.out]),
          encoder.map((layer) => [layer.out, layer.in]).reverse(),
        );
        const names = layersOf(network(spec)).map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
      },
    ),
  );
});
