// The corners of the model family, small enough for tfjs's cpu backend, with batches drawn from a seed.
import type { Batch } from '../../../src/engine/backends/engine.ts';
import type { Network } from '../../../src/engine/model/network.ts';
import { notebookSpec, type ModelSpec } from '../../../src/shared/model-spec.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';

export interface Case {
  readonly name: string;
  readonly spec: ModelSpec;
  /** Images in the batch: not a multiple of the shards, so that they differ in size. */
  readonly count: number;
  /** Whether the encoder sees something else than the target. */
  readonly corrupted: boolean;
}

const make = (name: string, spec: Partial<ModelSpec>, count: number, corrupted = false): Case => ({
  name,
  spec: { ...notebookSpec, ...spec },
  count,
  corrupted,
});

export const cases: readonly Case[] = [
  make('8×8, no strided layer', { height: 8, width: 8 }, 5),
  make('8×8 RGB, latent of 1', { height: 8, width: 8, channels: 3, latent: 1 }, 3),
  make('9×13, odd and not square', { height: 9, width: 13 }, 7),
  make('16×16, images a multiple of 4 KiB apart', { height: 16, width: 16 }, 5),
  make('28×28 gray', {}, 6),
  make('28×28, latent of 7', { latent: 7 }, 5),
  make('33×20 RGB, corrupted', { height: 33, width: 20, channels: 3 }, 3, true),
  make('8×40, flat', { height: 8, width: 40 }, 4),
  make('linear 17×12', { height: 17, width: 12, variant: 'linear', latent: 5 }, 6),
  make('linear RGB 8×9', { height: 8, width: 9, channels: 3, variant: 'linear' }, 6, true),
  make('variational 12×12, latent of 6', { height: 12, width: 12, variant: 'variational', latent: 6 }, 6),
  make('variational 8×8 RGB', { height: 8, width: 8, channels: 3, variant: 'variational' }, 5, true),
  make('wide latent of 130', { height: 10, width: 10, latent: 130 }, 3),
  make('one image, three shards empty', { height: 9, width: 9 }, 1),
  make('shards larger than what is computed together', { height: 9, width: 10 }, 131),
];

/** A batch for a network, the same for the same seed. */
export function randomBatch({ spec }: Network, count: number, seed: number, corrupted = false): Batch {
  const next = keyedRandom(seed, 1);
  const size = count * spec.height * spec.width * spec.channels;
  const images = (): Float32Array => Float32Array.from({ length: size }, () => uniform(next));
  const input = images();
  const target = corrupted ? images() : input;
  if (spec.variant !== 'variational') return { count, input, target };
  const latentNoise = Float32Array.from({ length: count * spec.latent }, () => normalPair(next)[0]);
  return { count, input, target, latentNoise, klWeight: 0.05 };
}
