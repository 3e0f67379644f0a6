/** What the self-test computes: two tiny models with seeded parameters and data, and what is kept of the results. */
import { notebookSpec, type ModelSpec } from '../../shared/model-spec.ts';
import { keyedRandom, normalPair, streams, uniform } from '../../shared/random.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { initialParameters, type Parameters } from '../model/parameters.ts';
import type { Batch, OptimizerSettings } from './engine.ts';

export interface SelfTestCase {
  readonly name: string;
  readonly network: Network;
  readonly parameters: Parameters;
  readonly batch: Batch;
}

const seed = 2025;

/** Adam steps on the same batch, after the gradients were compared. */
export const selfTestSteps = 2;
export const selfTestOptimizer: OptimizerSettings = { learningRate: 1e-3, weightDecay: 1e-4 };

function makeCase(name: string, spec: Partial<ModelSpec>, count: number): SelfTestCase {
  const network = buildNetwork({ ...notebookSpec, ...spec });
  const { height, width, channels, latent, variant } = network.spec;
  const random = keyedRandom(seed, streams.selfTest, height, width);
  const target = Float32Array.from({ length: count * height * width * channels }, () => uniform(random));
  const input = target.map((value) => Math.min(1, Math.max(0, value + 0.2 * normalPair(random)[0])));
  const latentNoise = Float32Array.from({ length: count * latent }, () => normalPair(random)[0]);
  return {
    name,
    network,
    // Twice the usual size: the output depends more on the input, so that a dead layer shows in every number.
    parameters: new Map(
      [...initialParameters(network, seed)].map(([key, values]) => [key, values.map((value) => 2 * value)]),
    ),
    batch: {
      count,
      input,
      target,
      ...(variant === 'variational' ? { latentNoise, klWeight: 0.05 } : {}),
    },
  };
}

/** Odd and even sides, strided layers with and without four channels, one and three channels, both kinds of loss. */
export const selfTestCases = (): readonly SelfTestCase[] => [
  makeCase('plain', { height: 20, width: 17, latent: 5 }, 3),
  makeCase('variational', { height: 12, width: 9, channels: 3, latent: 3, variant: 'variational' }, 2),
];

/** All of a tensor in two numbers: its length, and its product with a fixed vector of random signs. */
export interface Summary {
  readonly norm: number;
  readonly projection: number;
}

/** Sums in double precision. A misplaced element changes the projection, a scaled one the norm. */
export function summarize(values: ArrayLike<number>): Summary {
  const random = keyedRandom(seed, streams.selfTest);
  let [squares, projection] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    squares += value * value;
    projection += (random() & 1) === 0 ? value : -value;
  }
  return { norm: Math.sqrt(squares), projection };
}

/** What is compared of one case. */
export interface SelfTestNumbers {
  /** All latents, `[N, k]`. */
  readonly latents: readonly number[];
  /** Every {@link pixelStride}th value of the reconstructions. */
  readonly pixels: readonly number[];
  readonly images: Summary;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Summary>>;
  /** Losses of the training steps. */
  readonly losses: readonly number[];
  /** Parameters after the training steps. */
  readonly weights: Readonly<Record<string, Summary>>;
}

export const pixelStride = 41;

export const samplePixels = (images: ArrayLike<number>): number[] =>
  Array.from(images).filter((_, index) => index % pixelStride === 0);
