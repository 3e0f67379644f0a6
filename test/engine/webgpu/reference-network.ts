/**
 * The network, its loss, its gradients and Adam in double precision, as plainly as they can be written: the judge of
 * small cases, itself held to PyTorch's results and to finite differences. Works in PyTorch's layouts throughout, so
 * that it shares nothing with the engines but the list of layers.
 */
import type { Batch, OptimizerSettings } from '../../../src/engine/backends/engine.ts';
import { type Layer, type MapShape, type Network } from '../../../src/engine/model/network.ts';
import { parameterInfos, type Parameters } from '../../../src/engine/model/parameters.ts';

/** Values by parameter name, row-major in PyTorch's layout. */
export type Doubles = ReadonlyMap<string, Float64Array>;

export const doubles = (values: Parameters): Doubles =>
  new Map([...values].map(([name, part]) => [name, Float64Array.from(part)]));

const at = (values: ArrayLike<number>, index: number): number => {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No element ${index} of ${values.length}.`);
  return value;
};

const named = (values: Doubles, name: string): Float64Array => {
  const found = values.get(name);
  if (!found) throw new RangeError(`No parameter ${name}.`);
  return found;
};

const size = (map: MapShape): number => map.height * map.width * map.channels;

/**
 * Every triple of a position in the input map, a position in the output map and a tap of the kernel that connects
 * them; positions are offsets of the first channel in `[H, W, C]`.
 */
function connect(layer: Layer, visit: (from: number, to: number, tap: number) => void): void {
  const [stride, padding] = layer.strided ? [2, 1] : [1, 0];
  const [big, small] = layer.kind === 'deconv' ? [layer.out, layer.in] : [layer.in, layer.out];
  const [kh, kw] = layer.kernel;
  for (let sy = 0; sy < small.height; sy++) {
    for (let sx = 0; sx < small.width; sx++) {
      for (let ky = 0; ky < kh; ky++) {
        for (let kx = 0; kx < kw; kx++) {
          const by = sy * stride - padding + ky;
          const bx = sx * stride - padding + kx;
          if (by < 0 || by >= big.height || bx < 0 || bx >= big.width) continue;
          const small0 = (sy * small.width + sx) * small.channels;
          const big0 = (by * big.width + bx) * big.channels;
          if (layer.kind === 'deconv') visit(small0, big0, ky * kw + kx);
          else visit(big0, small0, ky * kw + kx);
        }
      }
    }
  }
}

/** Offset of a weight: (out, in, taps) for convolutions and linear layers, (in, out, taps) for deconvolutions. */
const weightIndex = (layer: Layer, input: number, output: number, tap: number): number => {
  const taps = layer.kernel[0] * layer.kernel[1];
  return layer.kind === 'deconv'
    ? (input * layer.out.channels + output) * taps + tap
    : (output * layer.in.channels + input) * taps + tap;
};

const activation = {
  none: (x: number) => x,
  relu: (x: number) => Math.max(x, 0),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
};

/** The activation's derivative from its own output. */
const slope = {
  none: () => 1,
  relu: (y: number) => (y > 0 ? 1 : 0),
  sigmoid: (y: number) => y * (1 - y),
};

function forward(layer: Layer, x: Float64Array, weights: Doubles): Float64Array {
  const w = named(weights, `${layer.name}.weight`);
  const b = named(weights, `${layer.name}.bias`);
  const y = Float64Array.from({ length: size(layer.out) }, (_, i) => at(b, i % layer.out.channels));
  connect(layer, (from, to, tap) => {
    for (let i = 0; i < layer.in.channels; i++) {
      const value = at(x, from + i);
      for (let o = 0; o < layer.out.channels; o++) {
        y[to + o] = at(y, to + o) + at(w, weightIndex(layer, i, o, tap)) * value;
      }
    }
  });
  return y.map(activation[layer.activation]);
}

/** Adds to the parameters' gradients and returns the input's. */
function backward(
  layer: Layer,
  x: Float64Array,
  y: Float64Array,
  dy: Float64Array,
  weights: Doubles,
  gradients: Doubles,
): Float64Array {
  const w = named(weights, `${layer.name}.weight`);
  const dw = named(gradients, `${layer.name}.weight`);
  const db = named(gradients, `${layer.name}.bias`);
  const dx = new Float64Array(x.length);
  const pre = dy.map((value, i) => value * slope[layer.activation](at(y, i)));
  pre.forEach((value, i) => (db[i % layer.out.channels] = at(db, i % layer.out.channels) + value));
  connect(layer, (from, to, tap) => {
    for (let i = 0; i < layer.in.channels; i++) {
      for (let o = 0; o < layer.out.channels; o++) {
        const index = weightIndex(layer, i, o, tap);
        const value = at(pre, to + o);
        dw[index] = at(dw, index) + value * at(x, from + i);
        dx[from + i] = at(dx, from + i) + value * at(w, index);
      }
    }
  });
  return dx;
}

/** The input of every layer of a chain, and at the end its output. */
const trace = (layers: readonly Layer[], x: Float64Array, weights: Doubles): readonly Float64Array[] =>
  layers.reduce<Float64Array[]>(
    (maps, layer) => [...maps, forward(layer, maps[maps.length - 1] ?? x, weights)],
    [x],
  );

function backwardChain(
  layers: readonly Layer[],
  maps: readonly Float64Array[],
  dy: Float64Array,
  weights: Doubles,
  gradients: Doubles,
): Float64Array {
  return layers.reduceRight((d, layer, index) => {
    const [x, y] = [maps[index], maps[index + 1]];
    if (!x || !y) throw new RangeError('The trace is shorter than the chain.');
    return backward(layer, x, y, d, weights, gradients);
  }, dy);
}

const last = (maps: readonly Float64Array[]): Float64Array => {
  const map = maps.at(-1);
  if (!map) throw new RangeError('An empty trace.');
  return map;
};

const rows = (values: ArrayLike<number>, index: number, length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => at(values, index * length + i));

export interface ReferenceReconstruction {
  readonly images: Float64Array;
  readonly latents: Float64Array;
}

/** Latents (the mean for variational models) and reconstructions, `[N, k]` and `[N, H, W, C]`. */
export function reconstruct(
  network: Network,
  weights: Doubles,
  images: ArrayLike<number>,
  count: number,
): ReferenceReconstruction {
  const pixels = size(network.spec);
  const latents: number[] = [];
  const output: number[] = [];
  for (let n = 0; n < count; n++) {
    const z = last(trace([...network.encoder, network.toLatent], rows(images, n, pixels), weights));
    latents.push(...z);
    output.push(...last(trace([network.fromLatent, ...network.decoder], z, weights)));
  }
  return { images: Float64Array.from(output), latents: Float64Array.from(latents) };
}

export interface LossAndGradients {
  readonly loss: number;
  readonly gradients: Doubles;
}

/** The loss as `Engine.trainStep` defines it, and its gradients. */
export function lossAndGradients(network: Network, weights: Doubles, batch: Batch): LossAndGradients {
  const { spec, toLogVariance } = network;
  const pixels = size(spec);
  const gradients: Doubles = new Map(
    [...weights].map(([name, part]) => [name, new Float64Array(part.length)]),
  );
  const klWeight = batch.klWeight ?? 0;
  const decoder = [network.fromLatent, ...network.decoder];
  let loss = 0;
  for (let n = 0; n < batch.count; n++) {
    const encoded = trace(network.encoder, rows(batch.input, n, pixels), weights);
    const vector = last(encoded);
    const mean = forward(network.toLatent, vector, weights);
    const logVariance = toLogVariance && forward(toLogVariance, vector, weights);
    const noise = logVariance && batch.latentNoise ? rows(batch.latentNoise, n, spec.latent) : undefined;
    const latent = mean.map((mu, i) =>
      logVariance && noise ? mu + Math.exp(at(logVariance, i) / 2) * at(noise, i) : mu,
    );
    const decoded = trace(decoder, latent, weights);
    const target = rows(batch.target, n, pixels);
    const difference = last(decoded).map((y, i) => y - at(target, i));
    loss += difference.reduce((sum, d) => sum + d * d, 0) / pixels / batch.count;
    const dLatent = backwardChain(
      decoder,
      decoded,
      difference.map((d) => (2 * d) / pixels / batch.count),
      weights,
      gradients,
    );
    let dVector: Float64Array;
    if (toLogVariance && logVariance && noise) {
      mean.forEach((mu, i) => {
        const l = at(logVariance, i);
        loss += ((klWeight / batch.count) * (mu * mu + Math.exp(l) - l - 1)) / 2;
      });
      const dMean = mean.map((mu, i) => at(dLatent, i) + (klWeight / batch.count) * mu);
      const dLogVariance = logVariance.map(
        (l, i) =>
          (at(dLatent, i) * at(noise, i) * Math.exp(l / 2)) / 2 +
          ((klWeight / batch.count) * (Math.exp(l) - 1)) / 2,
      );
      const fromMean = backward(network.toLatent, vector, mean, dMean, weights, gradients);
      const fromLog = backward(toLogVariance, vector, logVariance, dLogVariance, weights, gradients);
      dVector = fromMean.map((value, i) => value + at(fromLog, i));
    } else {
      dVector = backward(network.toLatent, vector, mean, dLatent, weights, gradients);
    }
    backwardChain(network.encoder, encoded, dVector, weights, gradients);
  }
  return { loss, gradients };
}

/** Trains `steps` times on one batch from fresh moments; returns the losses before each update and the weights. */
export function train(
  network: Network,
  initial: Doubles,
  batch: Batch,
  optimizer: OptimizerSettings,
  steps: number,
): { readonly losses: readonly number[]; readonly weights: Doubles } {
  const copy = (): Map<string, Float64Array> =>
    new Map([...initial].map(([name, part]) => [name, part.slice()]));
  const zeros = (): Map<string, Float64Array> =>
    new Map([...initial].map(([name, part]) => [name, new Float64Array(part.length)]));
  const [weights, first, second] = [copy(), zeros(), zeros()];
  const losses: number[] = [];
  for (let t = 1; t <= steps; t++) {
    const { loss, gradients } = lossAndGradients(network, weights, batch);
    losses.push(loss);
    for (const { name } of parameterInfos(network)) {
      const [w, m, v] = [named(weights, name), named(first, name), named(second, name)];
      named(gradients, name).forEach((gradient, i) => {
        const g = gradient + optimizer.weightDecay * at(w, i);
        m[i] = 0.9 * at(m, i) + 0.1 * g;
        v[i] = 0.999 * at(v, i) + 0.001 * g * g;
        const [mHat, vHat] = [at(m, i) / (1 - 0.9 ** t), at(v, i) / (1 - 0.999 ** t)];
        w[i] = at(w, i) - (optimizer.learningRate * mHat) / (Math.sqrt(vHat) + 1e-8);
      });
    }
  }
  return { losses, weights };
}

/** ‖a − b‖ / ‖b‖, and ‖a‖ where b is all zeros. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers against ${b.length}.`);
  let [difference, norm] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (at(a, i) - at(b, i)) ** 2;
    norm += at(b, i) ** 2;
  }
  return Math.sqrt(norm === 0 ? difference : difference / norm);
}
