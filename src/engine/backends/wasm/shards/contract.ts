/** What the training worker says to the workers that compute some of a batch's shards for it. */
import type { ModelSpec } from '../../../../shared/model-spec.ts';

/** Buffers of one helper. They travel there and back with every step, so that no step allocates. */
export interface Crate {
  /** The parameters, in the layout of the parameter vector. */
  readonly parameters: Float32Array;
  /** Images of the helper's shards, `[count, H, W, C]`. */
  readonly input: Float32Array;
  /** Null where the input is its own target. */
  readonly target: Float32Array | null;
  /** `[count, k]`; null where the latent is not drawn. */
  readonly latentNoise: Float32Array | null;
  /** One for each of the helper's shards, laid out as the parameters. */
  readonly gradients: readonly Float32Array[];
}

export interface ShardRequest {
  readonly crate: Crate;
  /** Images of the whole batch, and the first one in the crate. */
  readonly batchCount: number;
  readonly firstImage: number;
  /** Shards `[first, end)`. */
  readonly first: number;
  readonly end: number;
  readonly klWeight: number;
}

export interface ShardReply {
  readonly crate: Crate;
  /** The shards' parts of the loss. */
  readonly losses: readonly number[];
}

/** Answered by a helper. */
export interface ShardApi {
  load(params: { readonly module: WebAssembly.Module; readonly spec: ModelSpec }): void;
  compute(params: ShardRequest): ShardReply;
}

export const crateBuffers = ({ parameters, input, target, latentNoise, gradients }: Crate): ArrayBuffer[] =>
  [parameters, input, ...(target ? [target] : []), ...(latentNoise ? [latentNoise] : []), ...gradients].map(
    ({ buffer }) => buffer as ArrayBuffer,
  );
