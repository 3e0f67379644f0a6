/** The one interface above the backends. Nothing above it names a backend. */
import type { AdamState, Parameters } from '../model/parameters.ts';
import type { CorruptionKeys } from '../model/corruption.ts';
import type { Network } from '../model/network.ts';

export type EngineKind = 'wasm' | 'webgpu';

export interface EngineInfo {
  readonly kind: EngineKind;
  /** The exact kernel build; training resumes bit for bit only on the same one, e.g. `wasm-fma-2`. */
  readonly build: string;
  /** The adapter's name for WebGPU, e.g. `nvidia ampere`; the processor class is not known to a page. */
  readonly adapter?: string;
}

export interface OptimizerSettings {
  readonly learningRate: number;
  /** L2 coefficient, added to the gradient before the moments. */
  readonly weightDecay: number;
}

/**
 * Number of shards a batch is cut into. Their gradients are summed in pairs, (0 + 1) + (2 + 3), whatever the number of
 * workers: so 1, 2 and 4 workers each add what they have and then one another's.
 */
export const gradientShards = 4;

/** Shard boundaries of a batch of `count` images: shard s holds images `[bounds[s], bounds[s+1])`. */
export const shardBounds = (count: number): readonly number[] =>
  Array.from({ length: gradientShards + 1 }, (_, s) => Math.round((s * count) / gradientShards));

export interface Batch {
  readonly count: number;
  /**
   * What the encoder sees, `[count, H, W, C]`, row-major, 0–1; may be longer than needed. Where `corruption` is given,
   * it is drawn when it is asked for: an engine that draws it itself leaves it alone.
   */
  readonly input: Float32Array;
  /** What the reconstruction is compared with; the same array as `input` when there is no corruption. */
  readonly target: Float32Array;
  /** By what the spec's corruption makes `input` from `target`; absent where `input` says all. */
  readonly corruption?: CorruptionKeys;
  /** Standard normal noise of the variational latent, `[count, k]`; absent otherwise. */
  readonly latentNoise?: Float32Array;
  /** Weight of the KL term per image for variational models (β with annealing); absent otherwise. */
  readonly klWeight?: number;
}

export interface Reconstruction {
  /** `[N, H, W, C]`, row-major, 0–1 (unbounded for the linear variant). */
  readonly images: Float32Array;
  /** `[N, k]`, row-major. */
  readonly latents: Float32Array;
}

/**
 * A network held by a backend. Calls do not overlap: each waits for the one before.
 * @throws LensError `device-lost`, `engine-failed`, `out-of-memory`
 */
export interface Engine {
  readonly info: EngineInfo;
  /** Replaces network, parameters and Adam's state. Parameters are validated by the caller (names, lengths). */
  load(network: Network, parameters: Parameters, adam?: AdamState): Promise<void>;
  /**
   * One Adam step on the mean over the batch of the mean squared error over H·W·C
   * (Kingma & Ba 2015, β 0.9/0.999, ε 1e-8, L2 added to the gradient as torch.optim.Adam does).
   */
  trainStep(batch: Batch, optimizer: OptimizerSettings): Promise<void>;
  /** Mean losses of the steps since the last call, in order; before Adam's update of each step. */
  takeLosses(): Promise<readonly number[]>;
  /** Gradients of the loss without an update (tests and self-test), in PyTorch's layout. */
  gradients(batch: Batch): Promise<{ readonly loss: number; readonly gradients: Parameters }>;
  /** `images` `[N, H, W, C]` in 0–1 → latents `[N, k]` (the mean for variational models). */
  encode(images: Float32Array, count: number): Promise<Float32Array>;
  /** `latents` `[N, k]` → images `[N, H, W, C]`. */
  decode(latents: Float32Array, count: number): Promise<Float32Array>;
  reconstruct(images: Float32Array, count: number): Promise<Reconstruction>;
  readParameters(): Promise<Parameters>;
  readAdam(): Promise<AdamState>;
  dispose(): void;
}
