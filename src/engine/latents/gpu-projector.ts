/** A t-SNE on the GPU as a job steps it; where the GPU is lost, it goes on with WASM from the last state that was read. */
import { LensError, type ErrorCode } from '../../shared/errors.ts';
import type { ProjectionProgram } from '../projection/kernels.ts';
import { exactKl } from '../projection/metrics.ts';
import type { Preparation, TsneState } from '../projection/preparation.ts';
import { startTsne } from '../projection/run.ts';
import type { ProjectionGpu } from '../projection/webgpu/gpu.ts';
import type { GpuTsne } from '../projection/webgpu/run.ts';
import type { Projector, ProjectorHooks } from './projector.ts';
import { wasmProjector } from './wasm-projector.ts';

/** Names the kernels: raised whenever they or the order of their sums change. */
const build = 'webgpu-tsne-1';

const gpuFailures: readonly ErrorCode[] = [
  'device-lost',
  'engine-failed',
  'engine-unavailable',
  'out-of-memory',
];

/** Whether WASM may do what the GPU did not. */
export const isGpuFailure = (error: unknown): error is LensError =>
  error instanceof LensError && gpuFailures.includes(error.code);

/** What went wrong, as a part of a sentence: an error's first one, for the rest is advice to a training. */
export const problemOf = ({ code, message }: LensError): string =>
  code === 'out-of-memory'
    ? 'the GPU has too little memory for this map'
    : message.replace(/\.( .*)?$/, '').replace(/^The /, 'the ');

export class GpuProjector implements Projector {
  readonly perplexity: number;
  #last: TsneState;
  #wasm: Projector | undefined;

  /** @param reason why the GPU, one sentence without a full stop */
  constructor(
    private readonly program: ProjectionProgram,
    private readonly gpu: ProjectionGpu,
    private readonly run: GpuTsne,
    private readonly preparation: Preparation,
    private readonly gpuReason: string,
    private readonly log: (text: string) => void,
  ) {
    this.perplexity = preparation.perplexity;
    this.#last = preparation.start;
  }

  get engine(): string {
    return this.#wasm ? `${build}, then ${this.#wasm.engine}` : build;
  }

  get reason(): string {
    return this.#wasm?.reason ?? this.gpuReason;
  }

  get iteration(): number {
    return this.#wasm?.iteration ?? this.run.iteration;
  }

  async step(iterations: number): Promise<void> {
    if (this.#wasm) return this.#wasm.step(iterations);
    try {
      await this.run.step(iterations);
    } catch (error) {
      this.#goOnWithWasm(error);
    }
  }

  coordinates(): Promise<Float32Array> {
    return this.#either(
      async () => (await this.#read()).coordinates,
      (wasm) => wasm.coordinates(),
    );
  }

  estimateKl(): Promise<number> {
    return this.#either(
      () => this.run.divergence(),
      (wasm) => wasm.estimateKl(),
    );
  }

  async exactKl(hooks?: ProjectorHooks): Promise<number> {
    return exactKl(this.program, this.preparation.affinities, await this.coordinates(), hooks);
  }

  exportState(): Promise<TsneState> {
    return this.#either(
      () => this.#read(),
      (wasm) => wasm.exportState(),
    );
  }

  dispose(): void {
    this.gpu.close();
  }

  /** Whoever reads a part of the state reads all of it: what is kept for the loss of the GPU. */
  async #read(): Promise<TsneState> {
    this.#last = await this.run.state();
    return this.#last;
  }

  async #either<T>(onGpu: () => Promise<T>, onWasm: (wasm: Projector) => Promise<T>): Promise<T> {
    if (this.#wasm) return onWasm(this.#wasm);
    try {
      return await onGpu();
    } catch (error) {
      return onWasm(this.#goOnWithWasm(error));
    }
  }

  /** @throws the error, where it is none of the GPU's own */
  #goOnWithWasm(error: unknown): Projector {
    if (!isGpuFailure(error)) throw error;
    const what = error.code === 'device-lost' ? 'was lost' : 'failed';
    const at = this.#last.iteration;
    const run = startTsne(this.program, { ...this.preparation, start: this.#last });
    this.#wasm = wasmProjector(this.program, run, `the GPU ${what} during this map`);
    this.log(
      `The GPU ${what} at iteration ${this.run.iteration} of the t-SNE (${error.message}${error.detail ? ` ${error.detail}` : ''}); it goes on with WASM from iteration ${at}.`,
    );
    this.gpu.close();
    return this.#wasm;
  }
}
