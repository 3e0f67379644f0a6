/** The network in tfjs's operations, NHWC. Weights are in the engine's layouts (see model/layouts.ts). */
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Layer, Network } from '../../model/network.ts';

/** Parameters by name, e.g. `encoder_module.0.weight`. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

const weight = (weights: Weights, name: string): tf.Tensor => {
  const tensor = weights.get(name);
  if (!tensor) throw new Error(`The parameter ${name} is missing.`);
  return tensor;
};

const activate = (x: tf.Tensor, activation: Activation): tf.Tensor => {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'sigmoid':
      return tf.sigmoid(x);
  }
};

/**
 * One layer without bias and activation: `[N, …in]` → `[N, H, W, C]`, or `[N, C]` for linear layers and the layer
 * that ends in a vector. A kernel that covers the whole map is a matrix product.
 */
function product(layer: Layer, x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  const count = x.shape[0] ?? 0;
  const { in: from, out: to } = layer;
  const whole = (map: Layer['in']): number => map.height * map.width * map.channels;
  switch (layer.kind) {
    case 'linear':
      return tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
    case 'conv':
      // A number as padding pads both sides alike; 'same' would pad PyTorch's kernel on one side only.
      if (layer.strided) return tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1);
      return tf.matMul(tf.reshape(x, [count, whole(from)]), tf.reshape(w, [whole(from), to.channels]));
    case 'deconv': {
      const shape: [number, number, number, number] = [count, to.height, to.width, to.channels];
      // The explicit shape carries PyTorch's output_padding.
      if (layer.strided) return tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, shape, 2, 1);
      const flat = tf.matMul(
        tf.reshape(x, [count, from.channels]),
        tf.reshape(w, [whole(to), from.channels]),
        false,
        true,
      );
      return tf.reshape(flat, shape);
    }
  }
}

const apply = (layer: Layer, x: tf.Tensor, weights: Weights): tf.Tensor =>
  activate(
    tf.add(product(layer, x, weight(weights, `${layer.name}.weight`)), weight(weights, `${layer.name}.bias`)),
    layer.activation,
  );

const chain = (layers: readonly Layer[], x: tf.Tensor, weights: Weights): tf.Tensor =>
  layers.reduce((map, layer) => apply(layer, map, weights), x);

/** Images `[N, H, W, C]` → latents `[N, k]`: the mean for variational models. */
export const encode = (network: Network, weights: Weights, images: tf.Tensor): tf.Tensor =>
  apply(network.toLatent, chain(network.encoder, images, weights), weights);

/** Latents `[N, k]` → images `[N, H, W, C]`. */
export const decode = (network: Network, weights: Weights, latents: tf.Tensor): tf.Tensor =>
  chain(network.decoder, apply(network.fromLatent, latents, weights), weights);
