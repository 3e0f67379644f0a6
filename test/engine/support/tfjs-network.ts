// The model family in tfjs's autodiff: the oracle for gradients where PyTorch's numbers are not at hand.
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../../src/engine/backends/engine.ts';
import { engineShape, toEngineLayout, toTorchLayout } from '../../../src/engine/model/layouts.ts';
import type { Layer, Network } from '../../../src/engine/model/network.ts';
import { parameterInfos, type Parameters } from '../../../src/engine/model/parameters.ts';

type Variables = ReadonlyMap<string, tf.Variable>;

function applyLayer(layer: Layer, variables: Variables, x: tf.Tensor): tf.Tensor {
  const weight = variables.get(`${layer.name}.weight`);
  const bias = variables.get(`${layer.name}.bias`);
  if (!weight || !bias) throw new Error(`${layer.name} has no parameters`);
  const [count = 0] = x.shape;
  const linear = (): tf.Tensor => tf.matMul(x.reshape([count, layer.in.channels]), weight as tf.Tensor2D);
  const conv = (): tf.Tensor => {
    const input = x.reshape([count, layer.in.height, layer.in.width, layer.in.channels]) as tf.Tensor4D;
    const filter = weight as tf.Tensor4D;
    // 'valid', not 0: with a number tfjs takes the kernel for square.
    const [stride, padding] = layer.strided ? ([2, 1] as const) : ([1, 'valid'] as const);
    if (layer.kind === 'conv') return tf.conv2d(input, filter, stride, padding);
    const { height, width, channels } = layer.out;
    return tf.conv2dTranspose(input, filter, [count, height, width, channels], stride, padding);
  };
  const sum = tf.add(layer.kind === 'linear' ? linear() : conv(), bias);
  if (layer.activation === 'relu') return tf.relu(sum);
  return layer.activation === 'sigmoid' ? tf.sigmoid(sum) : sum;
}

function lossOf(network: Network, variables: Variables, batch: Batch): tf.Scalar {
  const { height, width, channels, latent } = network.spec;
  const { count } = batch;
  const chain = (layers: readonly Layer[], x: tf.Tensor): tf.Tensor =>
    layers.reduce((value, layer) => applyLayer(layer, variables, value), x);
  const shape = [count, height, width, channels];
  const code = chain(
    network.encoder,
    tf.tensor(batch.input.subarray(0, count * height * width * channels), shape),
  );
  const mean = applyLayer(network.toLatent, variables, code);
  let z = mean;
  let divergence: tf.Tensor = tf.scalar(0);
  if (network.toLogVariance) {
    const logVariance = applyLayer(network.toLogVariance, variables, code);
    const noise = tf.tensor(batch.latentNoise ?? new Float32Array(count * latent), [count, latent]);
    z = tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariance, 0.5))));
    const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
    divergence = tf.mul(tf.sum(terms), 0.5 / count);
  }
  const output = chain(network.decoder, applyLayer(network.fromLatent, variables, z));
  const target = tf.tensor(batch.target.subarray(0, count * height * width * channels), shape);
  return tf.add(tf.losses.meanSquaredError(target, output), tf.mul(divergence, batch.klWeight ?? 0));
}

/** Loss and gradients (PyTorch's layout) by tfjs's cpu backend. */
export async function tfjsGradients(
  network: Network,
  parameters: Parameters,
  batch: Batch,
): Promise<{ loss: number; gradients: Parameters }> {
  await tf.setBackend('cpu');
  const infos = parameterInfos(network);
  const variables = new Map(
    infos.map((info) => {
      const values = toEngineLayout(info, parameters.get(info.name) ?? new Float32Array());
      return [info.name, tf.variable(tf.tensor(values, [...engineShape(info)]))];
    }),
  );
  const { value, grads } = tf.variableGrads(() => lossOf(network, variables, batch), [...variables.values()]);
  const gradients = new Map<string, Float32Array>();
  for (const info of infos) {
    const gradient = grads[variables.get(info.name)?.name ?? ''];
    if (!gradient) throw new Error(`tfjs gave no gradient of ${info.name}`);
    gradients.set(info.name, toTorchLayout(info, Float32Array.from(await gradient.data())));
  }
  const [loss = NaN] = await value.data();
  tf.dispose([value, grads, [...variables.values()]]);
  return { loss, gradients };
}
