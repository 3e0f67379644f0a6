/** The `wasm` engine: our own SIMD kernels for the whole model family. Runs in any worker and in Node; never fetches. */
import { LensError } from '../../../shared/errors.ts';
import type { Network } from '../../model/network.ts';
import type { AdamState, Parameters } from '../../model/parameters.ts';
import type { Batch, Engine, EngineInfo, OptimizerSettings, Reconstruction } from '../engine.ts';
import { ForwardPass } from './forward-pass.ts';
import { readParameters, writeParameters } from './parameter-vector.ts';
import { hasRelaxedSimd } from './relaxed-simd.ts';
import { Team, usefulWorkers, worthSharing, type Helper } from './shards/team.ts';
import { TrainingPass } from './training-pass.ts';

export type KernelBuild = 'simd' | 'fma';

/** The two compiled modules (dist/wasm/kernels-*.wasm), as bytes or compiled. */
export type KernelModules = Record<KernelBuild, BufferSource | WebAssembly.Module>;

export interface WasmEngineOptions {
  /** Which build; without it the fused one where the runtime has it. */
  readonly build?: KernelBuild;
  /** Workers that share the training; without it this one trains alone. The result is the same, bit for bit. */
  readonly helpers?: HelperSource;
}

export interface HelperSource {
  /** Workers that may train at a time, this one among them. */
  readonly workers: number;
  /** Starts one more. @throws where a worker cannot be started */
  readonly start: () => Helper;
  readonly log: (text: string) => void;
}

/** Raised whenever the kernels or the order of their sums change: a checkpoint resumes bit for bit on its own only. */
const kernelVersion = 2;

/**
 * An engine on the CPU. Its loss is the mean over the batch of the mean squared error over H·W·C; for variational
 * models plus `klWeight` times the mean over the batch of the divergence of the latent from the standard normal
 * (summed over the latent), with latent = mean + latentNoise·σ, or the mean where the batch has no noise.
 * @throws LensError `engine-unavailable` where WebAssembly or its SIMD is missing
 */
export async function createWasmEngine(
  modules: KernelModules,
  options: WasmEngineOptions = {},
): Promise<Engine> {
  const build = options.build ?? (hasRelaxedSimd() ? 'fma' : 'simd');
  const given = modules[build];
  try {
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given);
    return new WasmEngine(module, { kind: 'wasm', build: `wasm-${build}-${kernelVersion}` }, options.helpers);
  } catch (error) {
    throw new LensError(
      'engine-unavailable',
      'The WebAssembly engine could not start: this window does not run WebAssembly with SIMD.',
      String(error),
    );
  }
}

class WasmEngine implements Engine {
  readonly info: EngineInfo;
  readonly #module: WebAssembly.Module;
  #helpers: HelperSource | undefined;
  #team: Team | undefined;
  #forward: ForwardPass | undefined;
  #training: TrainingPass | undefined;
  /** Adam's state as loaded, until training is set up. */
  #adam: AdamState | undefined;
  #losses: number[] = [];

  constructor(module: WebAssembly.Module, info: EngineInfo, helpers: HelperSource | undefined) {
    this.#module = module;
    this.info = info;
    const workers = usefulWorkers(helpers?.workers ?? 1);
    this.#helpers = helpers && workers > 1 ? { ...helpers, workers } : undefined;
  }

  async load(network: Network, parameters: Parameters, adam?: AdamState): Promise<void> {
    this.dispose();
    const forward = new ForwardPass(this.#module, network);
    const { arena, vector } = forward;
    writeParameters(vector, parameters, arena.view(forward.parameters, vector.length));
    this.#forward = forward;
    this.#adam = adam;
  }

  async trainStep(batch: Batch, optimizer: OptimizerSettings): Promise<void> {
    const training = this.#trainingPass();
    const shared = await this.#shareStep(training, batch, optimizer);
    this.#losses.push(shared ?? training.computeShards(batch));
    training.applyAdam(optimizer);
  }

  /**
   * The batch's gradient with helpers; one that fails ends the sharing.
   * @returns the loss; undefined where the gradient is still to be computed
   */
  async #shareStep(
    training: TrainingPass,
    batch: Batch,
    optimizer: OptimizerSettings,
  ): Promise<number | undefined> {
    if (!this.#helpers || !this.#forward || !worthSharing(this.#forward.network, batch.count))
      return undefined;
    try {
      this.#team ??= await this.#gatherTeam(this.#helpers);
      return await this.#team.computeGradient(training, batch, optimizer);
    } catch (error) {
      this.#helpers.log(`Training goes on in one worker: ${String(error)}`);
      this.#helpers = undefined;
      this.#disband();
      return undefined;
    }
  }

  #gatherTeam({ workers, start, log }: HelperSource): Promise<Team> {
    const { network, imageSize } = this.#loaded();
    log(`${workers} workers share each batch.`);
    const helpers = Array.from({ length: workers - 1 }, start);
    return Team.gather(helpers, this.#module, network.spec, {
      image: imageSize,
      latent: network.spec.latent,
    });
  }

  #disband(): void {
    this.#team?.dispose();
    this.#team = undefined;
  }

  async takeLosses(): Promise<readonly number[]> {
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  async gradients(batch: Batch): Promise<{ loss: number; gradients: Parameters }> {
    const training = this.#trainingPass();
    const loss = training.computeShards(batch);
    return { loss, gradients: readParameters(this.#loaded().vector, training.gradient()) };
  }

  async encode(images: Float32Array, count: number): Promise<Float32Array> {
    const forward = this.#loaded();
    const latents = new Float32Array(count * forward.network.spec.latent);
    this.#inGroups(count, (from, size) => {
      this.#writeImages(images, from, size);
      forward.encode(size);
      this.#readLatents(latents, from, size);
    });
    return latents;
  }

  async decode(latents: Float32Array, count: number): Promise<Float32Array> {
    const forward = this.#loaded();
    const { arena, latentSize, imageSize } = forward;
    const { latent } = forward.network.spec;
    const images = new Float32Array(count * imageSize);
    this.#inGroups(count, (from, size) => {
      for (let i = 0; i < size; i++) {
        const row = latents.subarray((from + i) * latent, (from + i + 1) * latent);
        arena.write(forward.latent + 4 * i * latentSize, row);
      }
      forward.decode(size);
      this.#readImages(images, from, size);
    });
    return images;
  }

  async reconstruct(images: Float32Array, count: number): Promise<Reconstruction> {
    const forward = this.#loaded();
    const result: Reconstruction = {
      images: new Float32Array(count * forward.imageSize),
      latents: new Float32Array(count * forward.network.spec.latent),
    };
    this.#inGroups(count, (from, size) => {
      this.#writeImages(images, from, size);
      forward.encode(size);
      forward.useMean(size);
      forward.decode(size);
      this.#readLatents(result.latents, from, size);
      this.#readImages(result.images, from, size);
    });
    return result;
  }

  async readParameters(): Promise<Parameters> {
    const { arena, vector, parameters } = this.#loaded();
    return readParameters(vector, arena.view(parameters, vector.length));
  }

  async readAdam(): Promise<AdamState> {
    return this.#trainingPass().readAdam();
  }

  dispose(): void {
    this.#disband();
    this.#forward = undefined;
    this.#training = undefined;
    this.#adam = undefined;
    this.#losses = [];
  }

  #loaded(): ForwardPass {
    if (!this.#forward) throw new LensError('engine-failed', 'No model is loaded into the engine.');
    this.#training?.settle();
    return this.#forward;
  }

  #trainingPass(): TrainingPass {
    if (!this.#training) {
      this.#training = new TrainingPass(this.#loaded());
      if (this.#adam) this.#training.writeAdam(this.#adam);
      this.#adam = undefined;
    }
    return this.#training;
  }

  #inGroups(count: number, run: (from: number, size: number) => void): void {
    const { capacity } = this.#loaded();
    for (let from = 0; from < count; from += capacity) run(from, Math.min(capacity, count - from));
  }

  #writeImages(images: Float32Array, from: number, count: number): void {
    const { arena, images: target, imageSize } = this.#loaded();
    arena.write(target, images.subarray(from * imageSize, (from + count) * imageSize));
  }

  #readImages(images: Float32Array, from: number, count: number): void {
    const { arena, reconstructions, imageSize } = this.#loaded();
    images.set(arena.view(reconstructions, count * imageSize), from * imageSize);
  }

  #readLatents(latents: Float32Array, from: number, count: number): void {
    const { arena, mean, latentSize, network } = this.#loaded();
    const { latent } = network.spec;
    const rows = arena.view(mean, count * latentSize);
    for (let i = 0; i < count; i++) {
      latents.set(rows.subarray(i * latentSize, i * latentSize + latent), (from + i) * latent);
    }
  }
}
