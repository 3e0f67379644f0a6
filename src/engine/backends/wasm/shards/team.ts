/** The training worker's side: shares a batch's shards out and puts their gradients together in pairs. */
import type { ModelSpec } from '../../../../shared/model-spec.ts';
import type { WorkerClient } from '../../../client.ts';
import type { CorruptionKeys } from '../../../model/corruption.ts';
import { layersOf, type Network } from '../../../model/network.ts';
import { gradientShards, shardBounds, type Batch, type OptimizerSettings } from '../../engine.ts';
import { geometryOf } from '../geometry.ts';
import { sumInPairs, type TrainingPass } from '../training-pass.ts';
import { bufferOf, crateBuffers, type Crate, type ShardApi, type ShardReply } from './contract.ts';

export type Helper = Pick<WorkerClient<ShardApi>, 'call' | 'send' | 'terminate'>;

/** Workers, the training one among them, that can have as many shards each: 1, 2 or 4. */
export const usefulWorkers = (wished: number): number => (wished >= 4 ? 4 : wished >= 2 ? 2 : 1);

/** Multiply-adds of a batch's forward pass below which sending it around costs more than it saves: about 3 ms. */
const leastWork = 16e6;

/** Whether the batch is worth sending around; every shard of such a batch holds an image. */
export function worthSharing(network: Network, images: number): boolean {
  let work = 0;
  for (const layer of layersOf(network)) {
    const { patch, small } = geometryOf(layer);
    const positions = layer.strided ? small.height * small.width : 1;
    work += patch * small.channels * positions;
  }
  return images >= gradientShards && images * work >= leastWork;
}

/** Lengths in floats of an image and of its latent. */
export interface CrateSizes {
  readonly image: number;
  readonly latent: number;
}

/** A helper's shards `[first, end)`. */
interface Share {
  readonly helper: Helper;
  readonly first: number;
  readonly end: number;
  /** Images of earlier steps that have come back. */
  readonly crates: Crate[];
}

/**
 * Whatever the number of helpers, the same bits: shards are cut by the batch alone, and their gradients are added in
 * pairs. Every worker has the parameters and takes every step, so that images and gradients are all that travels.
 */
export class Team {
  readonly #shares: readonly Share[];
  readonly #sizes: CrateSizes;
  /** Adam's step that the helpers have taken, too; they begin with none. */
  #step: number | undefined;

  private constructor(helpers: readonly Helper[], sizes: CrateSizes) {
    this.#sizes = sizes;
    const shards = gradientShards / (helpers.length + 1);
    this.#shares = helpers.map((helper, i) => {
      const first = (i + 1) * shards;
      return { helper, first, end: first + shards, crates: [] };
    });
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
   * One step on a batch that is {@link worthSharing}.
   * @returns the loss
   * @throws LensError where a helper fails; `training` has not taken the step then
   */
  async trainStep(training: TrainingPass, batch: Batch, optimizer: OptimizerSettings): Promise<number> {
    this.#bringUpToDate(training);
    const pending = this.#shares.map((share) => this.#send(share, batch));
    // A helper that fails while another is waited for is no unhandled error.
    for (const reply of pending) reply.catch(() => undefined);
    const own = training.computeShards(batch, 0, gradientShards / (this.#shares.length + 1));
    const replies = await Promise.all(pending);
    training.addGradients(replies.map(({ gradient }) => gradient));
    const loss = sumInPairs([own, ...replies.map((reply) => reply.loss)]);
    for (const [i, { helper, crates }] of this.#shares.entries()) {
      const reply = replies[i];
      if (!reply) continue;
      crates.push(reply.crate);
      reply.gradient.set(training.gradient());
      helper.send('apply', { gradient: reply.gradient, optimizer }, [bufferOf(reply.gradient)]);
    }
    training.applyAdam(optimizer);
    this.#step = training.step;
    return loss;
  }

  dispose(): void {
    for (const { helper } of this.#shares) helper.terminate();
  }

  #bringUpToDate(training: TrainingPass): void {
    if (this.#step === training.step) return;
    const state = training.state();
    for (const { helper } of this.#shares) helper.send('adopt', state);
  }

  #send({ helper, first, end, crates }: Share, batch: Batch): Promise<ShardReply> {
    const bounds = shardBounds(batch.count);
    const [from = 0, to = 0] = [bounds[first], bounds[end]];
    const crate = this.#pack(crates.pop(), batch, from, to);
    const request = {
      crate,
      batchCount: batch.count,
      firstImage: from,
      first,
      end,
      klWeight: batch.klWeight ?? 0,
      corruption: batch.corruption ? keysOf(batch.corruption, from, to) : null,
    };
    return helper.call('compute', request, { transfer: crateBuffers(crate) });
  }

  #pack(returned: Crate | undefined, batch: Batch, from: number, to: number): Crate {
    const { image, latent } = this.#sizes;
    const { target, latentNoise } = batch;
    const input = sendsInput(batch) ? batch.input : undefined;
    const crate =
      returned && fits(returned, batch, to - from, image) ? returned : this.#emptyCrate(batch, to - from);
    crate.target.set(target.subarray(from * image, to * image));
    if (input) crate.input?.set(input.subarray(from * image, to * image));
    if (latentNoise) crate.latentNoise?.set(latentNoise.subarray(from * latent, to * latent));
    return crate;
  }

  #emptyCrate(batch: Batch, count: number): Crate {
    const { image, latent } = this.#sizes;
    return {
      target: new Float32Array(count * image),
      input: sendsInput(batch) ? new Float32Array(count * image) : null,
      latentNoise: batch.latentNoise ? new Float32Array(count * latent) : null,
    };
  }
}

/** Whether the encoder sees something that the helper can neither take from the target nor draw from it. */
const sendsInput = (batch: Batch): boolean => !batch.corruption && batch.input !== batch.target;

const fits = ({ target, input, latentNoise }: Crate, batch: Batch, images: number, image: number): boolean =>
  target.length >= images * image &&
  (input !== null) === sendsInput(batch) &&
  (latentNoise !== null) === (batch.latentNoise !== undefined);

const keysOf = ({ seed, epoch, images }: CorruptionKeys, from: number, to: number): CorruptionKeys => ({
  seed,
  epoch,
  images: images.slice(from, to),
});
