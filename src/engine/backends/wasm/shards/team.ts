/** The training worker's side: shares a batch's shards out and puts their gradients together in shard order. */
import type { ModelSpec } from '../../../../shared/model-spec.ts';
import type { WorkerClient } from '../../../client.ts';
import { layersOf, type Network } from '../../../model/network.ts';
import { gradientShards, shardBounds, type Batch } from '../../engine.ts';
import { geometryOf } from '../geometry.ts';
import type { TrainingPass } from '../training-pass.ts';
import { crateBuffers, type Crate, type ShardApi, type ShardReply } from './contract.ts';

export type Helper = Pick<WorkerClient<ShardApi>, 'call' | 'terminate'>;

/** Workers, the training one among them, that can have as many shards each: 1, 2 or 4. */
export const usefulWorkers = (wished: number): number => (wished >= 4 ? 4 : wished >= 2 ? 2 : 1);

/** Multiply-adds of a batch's forward pass below which sending it around costs more than it saves: about 3 ms. */
const leastWork = 16e6;

export function worthSharing(network: Network, images: number): boolean {
  let work = 0;
  for (const layer of layersOf(network)) {
    const { patch, small } = geometryOf(layer);
    const positions = layer.strided ? small.height * small.width : 1;
    work += patch * small.channels * positions;
  }
  return images * work >= leastWork;
}

interface Share {
  readonly first: number;
  readonly end: number;
}

/** Lengths in floats of what goes into a crate. */
export interface CrateSizes {
  readonly parameters: number;
  readonly image: number;
  readonly latent: number;
}

/**
 * Whatever the number of helpers, the same bits: shards are cut by the batch alone, and their gradients are added one
 * after another in shard order.
 */
export class Team {
  readonly #helpers: readonly Helper[];
  readonly #sizes: CrateSizes;
  readonly #crates: (Crate | undefined)[];
  readonly #shards: number;

  private constructor(helpers: readonly Helper[], sizes: CrateSizes) {
    this.#helpers = helpers;
    this.#sizes = sizes;
    this.#crates = helpers.map(() => undefined);
    this.#shards = gradientShards / (helpers.length + 1);
  }

  /** @param helpers one or three. @throws LensError what a helper says: memory, a crash */
  static async gather(
    helpers: readonly Helper[],
    module: WebAssembly.Module,
    spec: ModelSpec,
    sizes: CrateSizes,
  ): Promise<Team> {
    await Promise.all(helpers.map((helper) => helper.call('load', { module, spec })));
    return new Team(helpers, sizes);
  }

  /**
   * The loss of a batch; its gradient stays in `training`.
   * @param parameters the parameter vector, a view
   * @throws LensError where a helper fails; the batch can be computed without them
   */
  async computeGradient(training: TrainingPass, batch: Batch, parameters: Float32Array): Promise<number> {
    const replies = this.#helpers.map((_, i) => this.#send(i, batch, parameters));
    // A helper that fails while another is waited for is no unhandled error.
    for (const reply of replies) reply?.catch(() => undefined);
    training.begin();
    let loss = training.computeShards({ ...batch, firstImage: 0 }, 0, this.#shards);
    for (const [i, pending] of replies.entries()) {
      if (!pending) continue;
      const { crate, losses } = await pending;
      this.#crates[i] = crate;
      for (const [s, part] of losses.entries()) {
        const gradient = crate.gradients[s];
        if (gradient) training.addShard(gradient);
        loss += part;
      }
    }
    return loss;
  }

  dispose(): void {
    for (const helper of this.#helpers) helper.terminate();
  }

  #share(i: number): Share {
    const first = (i + 1) * this.#shards;
    return { first, end: first + this.#shards };
  }

  /** Null where the batch is so small that the helper's shards are empty. */
  #send(i: number, batch: Batch, parameters: Float32Array): Promise<ShardReply> | null {
    const { first, end } = this.#share(i);
    const bounds = shardBounds(batch.count);
    const [from = 0, to = 0] = [bounds[first], bounds[end]];
    const helper = this.#helpers[i];
    if (from === to || !helper) return null;
    const crate = this.#pack(i, batch, from, to, parameters);
    const request = {
      crate,
      batchCount: batch.count,
      firstImage: from,
      first,
      end,
      klWeight: batch.klWeight ?? 0,
    };
    return helper.call('compute', request, { transfer: crateBuffers(crate) });
  }

  #pack(i: number, batch: Batch, from: number, to: number, parameters: Float32Array): Crate {
    const { image, latent } = this.#sizes;
    const returned = this.#crates[i];
    const crate =
      returned && fits(returned, batch, (to - from) * image) ? returned : this.#emptyCrate(batch, to - from);
    this.#crates[i] = undefined;
    crate.parameters.set(parameters);
    crate.input.set(batch.input.subarray(from * image, to * image));
    crate.target?.set(batch.target.subarray(from * image, to * image));
    if (batch.latentNoise) crate.latentNoise?.set(batch.latentNoise.subarray(from * latent, to * latent));
    return crate;
  }

  #emptyCrate(batch: Batch, count: number): Crate {
    const { parameters, image, latent } = this.#sizes;
    return {
      parameters: new Float32Array(parameters),
      input: new Float32Array(count * image),
      target: batch.target === batch.input ? null : new Float32Array(count * image),
      latentNoise: batch.latentNoise ? new Float32Array(count * latent) : null,
      gradients: Array.from({ length: this.#shards }, () => new Float32Array(parameters)),
    };
  }
}

const fits = ({ input, target, latentNoise }: Crate, batch: Batch, floats: number): boolean =>
  input.length >= floats &&
  (target === null) === (batch.target === batch.input) &&
  (latentNoise === null) === (batch.latentNoise === undefined);
