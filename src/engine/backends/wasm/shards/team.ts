/** The training worker's side: shares a batch's shards out and puts their gradients together in pairs. */
import type { ModelSpec } from '../../../../shared/model-spec.ts';
import type { WorkerClient } from '../../../client.ts';
import type { CorruptionKeys } from '../../../model/corruption.ts';
import { layersOf, type Network } from '../../../model/network.ts';
import { gradientShards, shardBounds, type Batch, type OptimizerSettings } from '../../engine.ts';
import { geometryOf } from '../geometry.ts';
import type { TrainingPass } from '../training-pass.ts';
import { crateBuffers, type Crate, type ShardApi } from './contract.ts';
import { Exchange, type LinkPort } from './exchange.ts';

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
  readonly #exchange: Exchange;
  readonly #sizes: CrateSizes;
  /** Adam's step that the helpers have taken, too; they begin with none. */
  #step: number | undefined;
  /** What the first helper that failed said. */
  #failure: { readonly error: unknown } | undefined;
  #onFailure: (error: unknown) => void = () => undefined;

  private constructor(helpers: readonly Helper[], exchange: Exchange, sizes: CrateSizes) {
    this.#exchange = exchange;
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
    const [own = [], ...theirs] = linkAll(helpers.length + 1);
    await Promise.all(
      helpers.map((helper, i) => {
        const links = theirs[i] ?? [];
        return helper.call('join', { module, spec, links }, { transfer: links });
      }),
    );
    return new Team(helpers, new Exchange(own), sizes);
  }

  /**
   * The gradient of a batch that is {@link worthSharing}, left in `training`, which is then to take the step: the
   * helpers do.
   * @returns the loss
   * @throws LensError where a helper fails; the gradient is to be computed anew then
   */
  computeGradient(training: TrainingPass, batch: Batch, optimizer: OptimizerSettings): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#onFailure = reject;
      if (this.#failure) return void reject(this.#failure.error as Error);
      this.#bringUpToDate(training);
      for (const share of this.#shares) this.#send(share, batch, optimizer);
      const own = training.computeShards(batch, 0, gradientShards / (this.#shares.length + 1));
      this.#exchange.sum(training, own).then(resolve, reject);
      this.#step = training.step + 1;
    });
  }

  dispose(): void {
    this.#exchange.close();
    for (const { helper } of this.#shares) helper.terminate();
  }

  #bringUpToDate(training: TrainingPass): void {
    if (this.#step === training.step) return;
    const state = training.state();
    for (const { helper } of this.#shares) helper.send('adopt', state);
  }

  #send({ helper, first, end, crates }: Share, batch: Batch, optimizer: OptimizerSettings): void {
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
      optimizer,
    };
    helper.call('step', request, { transfer: crateBuffers(crate) }).then(
      (returned) => void crates.push(returned),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#onFailure(error);
      },
    );
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

/** For each of two or four workers its ports to those whose numbers differ in bit 0, 1. */
function linkAll(workers: number): readonly (readonly LinkPort[])[] {
  const links: LinkPort[][] = Array.from({ length: workers }, () => []);
  for (let bit = 1; bit < workers; bit *= 2) {
    for (let worker = 0; worker < workers; worker++) {
      if (worker & bit) continue;
      const { port1, port2 } = new MessageChannel();
      links[worker]?.push(port1);
      links[worker | bit]?.push(port2);
    }
  }
  return links;
}
