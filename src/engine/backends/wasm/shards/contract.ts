/** What the training worker says to the workers that compute some of a batch's shards for it. */
import type { ModelSpec } from '../../../../shared/model-spec.ts';
import type { CorruptionKeys } from '../../../model/corruption.ts';
import type { OptimizerSettings } from '../../engine.ts';
import type { OptimizerState } from '../training-pass.ts';
import type { LinkPort } from './exchange.ts';

/** A helper's images, `[count, H, W, C]`. The buffers travel there and back, so that no step allocates. */
export interface Crate {
  readonly target: Float32Array;
  /** What the encoder sees; null where that is the target, or what the helper draws from it. */
  readonly input: Float32Array | null;
  /** `[count, k]`; null where the latent is not drawn. */
  readonly latentNoise: Float32Array | null;
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
  /** For the images in the crate; null where nothing is left to draw. */
  readonly corruption: CorruptionKeys | null;
  readonly optimizer: OptimizerSettings;
}

/** Answered by a helper, which keeps parameters and moments of its own and takes every step as the training worker does. */
export interface ShardApi {
  /** @param params.links to the other workers, as `Exchange` wants them */
  join(params: {
    readonly module: WebAssembly.Module;
    readonly spec: ModelSpec;
    readonly links: readonly LinkPort[];
  }): void;
  /** Brings the helper up to date: at first, and after steps that were taken without it. */
  adopt(params: OptimizerState): void;
  /** One step, with the gradient of the whole batch: the helper's shards and what it gets from the others. */
  step(params: ShardRequest): Crate;
}

const bufferOf = ({ buffer }: Float32Array): ArrayBuffer => buffer as ArrayBuffer;

export const crateBuffers = ({ target, input, latentNoise }: Crate): ArrayBuffer[] =>
  [target, ...(input ? [input] : []), ...(latentNoise ? [latentNoise] : [])].map(bufferOf);
