/** Small models that between them meet every rule of the layers, with seeded parameters and data. */
import type { Batch } from '../../../src/engine/backends/engine.ts';
import { buildNetwork, type Network } from '../../../src/engine/model/network.ts';
import { initialParameters, type Parameters } from '../../../src/engine/model/parameters.ts';
import { notebookSpec, type ModelSpec } from '../../../src/shared/model-spec.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';

export interface Case {
  readonly name: string;
  readonly network: Network;
  readonly parameters: Parameters;
  readonly batch: Batch;
}

function makeCase(name: string, spec: Partial<ModelSpec>, count: number): Case {
  const network = buildNetwork({ ...notebookSpec, ...spec });
  const { height, width, channels, latent, variant } = network.spec;
  const random = keyedRandom(7, count, height, width);
  const length = count * height * width * channels;
  const target = Float32Array.from({ length }, () => uniform(random));
  const input = target.map((value) => Math.min(1, Math.max(0, value + 0.2 * normalPair(random)[0])));
  const parameters = initialParameters(network, 11);
  const noise = Float32Array.from({ length: count * latent }, () => normalPair(random)[0]);
  return {
    name,
    network,
    parameters,
    batch:
      variant === 'variational'
        ? { count, input, target, latentNoise: noise, klWeight: 0.01 }
        : { count, input, target },
  };
}

export const cases: readonly Case[] = [
  makeCase('odd and even sides, gray', { height: 20, width: 17, latent: 5 }, 3),
  makeCase('one convolution, the smallest map', { height: 8, width: 8, latent: 3 }, 5),
  makeCase('RGB, wide', { height: 9, width: 23, channels: 3, latent: 7 }, 2),
  makeCase('linear', { height: 13, width: 12, latent: 4, variant: 'linear' }, 4),
  makeCase('linear, RGB', { height: 18, width: 10, channels: 3, latent: 4, variant: 'linear' }, 3),
  makeCase('variational', { height: 17, width: 18, latent: 6, variant: 'variational' }, 3),
  makeCase('variational, RGB', { height: 11, width: 8, channels: 3, latent: 2, variant: 'variational' }, 1),
];
