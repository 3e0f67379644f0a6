/** On which engine a t-SNE runs, and why: the GPU where there is one that is right and faster, else WASM. */
import { formatCount } from '../../shared/count.ts';
import type { EngineChoice } from '../../shared/protocol/engine.ts';
import { probeAdapter, whyUnusable } from '../backends/webgpu/adapter.ts';
import type { ProjectionProgram } from '../projection/kernels.ts';
import { nearestNeighbours } from '../projection/neighbours.ts';
import {
  prepareTsne,
  type NeighbourSearch,
  type Preparation,
  type TsneStage,
} from '../projection/preparation.ts';
import { startTsne } from '../projection/run.ts';
import { iterationMilliseconds, trialState } from '../projection/trial.ts';
import { checkIteration } from '../projection/webgpu/check.ts';
import { ProjectionGpu } from '../projection/webgpu/gpu.ts';
import { gpuNeighbours } from '../projection/webgpu/neighbours.ts';
import { GpuTsne, mostGpuPoints } from '../projection/webgpu/run.ts';
import { GpuProjector, isGpuFailure, problemOf } from './gpu-projector.ts';
import type { Projector, ProjectorOptions } from './projector.ts';
import { wasmProjector } from './wasm-projector.ts';

export interface TsneEngines {
  readonly choice: EngineChoice;
  /** `navigator.gpu`, undefined where there is none. */
  readonly gpu: GPU | undefined;
  readonly log: (text: string) => void;
  /** By default `performance.now`. */
  readonly now?: () => number;
}

/** Where each stage of the preparation begins and ends, as shares of the whole: the neighbours take nearly all of it. */
const stages: Readonly<Record<TsneStage, readonly [number, number]>> = {
  neighbours: [0, 0.9],
  affinities: [0.9, 0.98],
  initialisation: [0.98, 1],
};

/**
 * `auto`: WebGPU if there is a hardware adapter, there are few enough points, its numbers are right and an iteration is
 * faster than on WASM; what goes on stays where it began. `webgpu`: that even on a software adapter. Else WASM.
 * @throws LensError `too-few-images`, `diverged`, `cancelled`, `out-of-memory`
 */
export async function startProjector(
  program: ProjectionProgram,
  engines: TsneEngines,
  options: ProjectorOptions,
): Promise<Projector> {
  const projector = await new Start(program, engines, options).run();
  engines.log(`t-SNE on ${projector.reason}`);
  return projector;
}

class Start {
  readonly #choice: EngineChoice;
  readonly #by: string;

  constructor(
    private readonly program: ProjectionProgram,
    private readonly engines: TsneEngines,
    private readonly options: ProjectorOptions,
  ) {
    const pinned = engines.choice === 'auto' ? options.begunOn : undefined;
    this.#choice = pinned ?? engines.choice;
    this.#by = pinned ? 'this map began on it' : 'chosen in settings';
  }

  async run(): Promise<Projector> {
    if (this.#choice === 'wasm') return this.#onWasm(this.#by);
    const forced = this.#choice === 'webgpu';
    const { count } = this.options;
    if (count > mostGpuPoints) {
      const limit = formatCount(mostGpuPoints);
      return this.#insteadOfGpu(`WebGPU is for up to ${limit} points`);
    }
    const probe = await probeAdapter(this.engines.gpu);
    const problem = whyUnusable(probe, forced);
    if (problem !== undefined || !('adapter' in probe)) return this.#insteadOfGpu(problem ?? 'no adapter');
    let preparation: Preparation | undefined;
    let gpu: ProjectionGpu | undefined;
    try {
      const opened = (gpu = await ProjectionGpu.open(probe.adapter));
      preparation = await this.#prepare((set, k, hooks) =>
        gpuNeighbours(opened, this.program, set, k, hooks),
      );
      const run = await GpuTsne.create(gpu, preparation);
      await checkIteration(run, preparation);
      const slow = probe.kind === 'software' ? ', a software adapter, which is slow' : '';
      const verdict = forced
        ? { faster: true, words: `${this.#by} (${probe.name}${slow})` }
        : await this.#compare(run, preparation, probe.name);
      if (!verdict.faster) {
        gpu.close();
        return wasmProjector(this.program, startTsne(this.program, preparation), verdict.words);
      }
      await run.load(preparation.start);
      const reason = `WebGPU: ${verdict.words}`;
      return new GpuProjector(this.program, gpu, run, preparation, reason, this.engines.log);
    } catch (error) {
      gpu?.close();
      if (!isGpuFailure(error)) throw error;
      this.engines.log(`t-SNE on WebGPU failed: ${error.message}${error.detail ? ` (${error.detail})` : ''}`);
      return this.#insteadOfGpu(problemOf(error), preparation);
    }
  }

  #prepare(search: NeighbourSearch): Promise<Preparation> {
    const { onProgress, ...options } = this.options;
    return prepareTsne(
      {
        ...options,
        onStage: (stage, done, total) => {
          const [from, to] = stages[stage];
          onProgress(from + ((to - from) * done) / Math.max(1, total));
        },
      },
      search,
    );
  }

  /** Times an iteration on both. */
  async #compare(
    run: GpuTsne,
    preparation: Preparation,
    name: string,
  ): Promise<{ readonly faster: boolean; readonly words: string }> {
    const { now } = this.engines;
    const start = trialState(preparation.count);
    await run.load(start);
    const onGpu = await iterationMilliseconds((iterations) => run.step(iterations), now);
    const trial = startTsne(this.program, { ...preparation, start });
    const onWasm = await iterationMilliseconds((iterations) => trial.step(iterations), now);
    const [gpu, wasm] = [onGpu, onWasm].map((time) => `${time.toPrecision(2)} ms`);
    return onGpu < onWasm
      ? { faster: true, words: `${gpu} per iteration on ${name}, WASM ${wasm}` }
      : { faster: false, words: `${wasm} per iteration, WebGPU ${gpu} on ${name}` };
  }

  #insteadOfGpu(problem: string, preparation?: Preparation): Promise<Projector> {
    const asked = this.#choice === 'webgpu';
    return this.#onWasm(asked ? `WebGPU was asked for (${this.#by}), but ${problem}` : problem, preparation);
  }

  async #onWasm(reason: string, prepared?: Preparation): Promise<Projector> {
    const preparation =
      prepared ?? (await this.#prepare((set, k, hooks) => nearestNeighbours(this.program, set, k, hooks)));
    return wasmProjector(this.program, startTsne(this.program, preparation), reason);
  }
}
