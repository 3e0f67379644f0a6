/** t-SNE on the GPU: the descent over all pairs, stepped as the caller asks; coordinates come back when they are asked for. */
import { bindShader, type BoundShader } from '../../backends/webgpu/bound-shader.ts';
import { sparseDivergence } from '../gradient.ts';
import { exaggeratedIterations, schedule, type StepSettings } from '../optimiser.ts';
import type { Preparation, TsneState } from '../preparation.ts';
import { fellApart } from '../run.ts';
import { groupsOf, type ProjectionGpu } from './gpu.ts';
import {
  gatherShader,
  moveShader,
  repelShader,
  rowTile,
  segmentsOf,
  sumShader,
  sumThreads,
} from './shaders.ts';

/** Up to so many points all pairs are summed; beyond, the tree on the processor is the better way. */
export const mostGpuPoints = 30_000;

/** Iterations of one submission at most: a GPU that is given too much at a time is reset by its system. */
const mostIterations = 50;

/** The gradient's halves as the GPU has them. */
export interface GpuGradient {
  /** `[count, 4]`: Σ_j p_ij·w_ij·(y_i − y_j), then Σ_j w_ij²·(y_i − y_j). */
  readonly forces: Float32Array;
  /** `[count]`: Σ_{j≠i} w_ij. */
  readonly weights: Float32Array;
  /** Z, the sum of the weights. */
  readonly normaliser: number;
}

const bufferNames = [
  'iteration',
  'positions',
  'velocities',
  'gains',
  'parts',
  'forces',
  'weights',
  'sums',
  'starts',
  'columns',
  'values',
] as const;
type Buffers = Readonly<Record<(typeof bufferNames)[number], GPUBuffer>>;

interface Ready extends BoundShader {
  readonly groups: readonly [number, number];
}

export class GpuTsne {
  readonly #count: number;
  readonly #buffers: Buffers;
  /** What finds the gradient, in order. */
  readonly #gradient: readonly Ready[];
  readonly #move: Ready;
  #iteration: number;

  private constructor(
    private readonly gpu: ProjectionGpu,
    private readonly preparation: Preparation,
  ) {
    const { count, affinities, start } = preparation;
    this.#count = count;
    this.#iteration = start.iteration;
    this.#buffers = this.#makeBuffers();
    const { starts, columns, values } = this.#buffers;
    gpu.write(starts, affinities.starts);
    gpu.write(columns, affinities.columns);
    gpu.write(values, affinities.values);
    this.#gradient = [
      this.#ready('repel', repelShader, ['positions', 'parts'], count / rowTile, segmentsOf(count)),
      this.#ready(
        'gather',
        gatherShader,
        ['positions', 'parts', 'starts', 'columns', 'values', 'forces', 'weights'],
        count,
      ),
      this.#ready('sum', sumShader, ['positions', 'weights', 'sums'], sumThreads),
    ];
    const moved = ['forces', 'sums', 'positions', 'velocities', 'gains'] as const;
    this.#move = this.#ready('move', moveShader, moved, count);
    this.#load(start);
  }

  /**
   * @param preparation of at most {@link mostGpuPoints} points
   * @throws LensError `out-of-memory`, `engine-failed`, `device-lost`
   */
  static create(gpu: ProjectionGpu, preparation: Preparation): Promise<GpuTsne> {
    return gpu.make(() => new GpuTsne(gpu, preparation));
  }

  get iteration(): number {
    return this.#iteration;
  }

  /** Goes on from a state of these points. @throws LensError `engine-failed`, `device-lost` */
  load(state: TsneState): Promise<void> {
    return this.gpu.make(() => this.#load(state));
  }

  /** Runs iterations; resolves when the GPU has done them. @throws LensError `engine-failed`, `device-lost` */
  async step(iterations: number): Promise<void> {
    for (let left = iterations; left > 0;) {
      // The settings change once, and a submission has one.
      const early = exaggeratedIterations - this.#iteration;
      const run = Math.min(left, mostIterations, early > 0 ? early : Infinity);
      await this.#submit(schedule(this.#iteration, this.#count), run, [...this.#gradient, this.#move]);
      this.#iteration += run;
      left -= run;
    }
  }

  /** A copy of the state; its coordinates are centred but for the last step. @throws LensError `diverged`, `engine-failed`, `device-lost` */
  async state(): Promise<TsneState> {
    const iteration = this.#iteration;
    const [coordinates, velocities, gains] = await this.#read(['positions', 'velocities', 'gains']);
    // A place that is not finite spreads to its velocity.
    if (![coordinates, velocities].every((values) => values.every(Number.isFinite)))
      throw fellApart(iteration);
    return { iteration, coordinates, velocities, gains };
  }

  /** At the present positions. @throws LensError `engine-failed`, `device-lost` */
  async gradient(): Promise<GpuGradient> {
    await this.#evaluate();
    const [forces, weights, sums] = await this.#read(['forces', 'weights', 'sums']);
    return { forces, weights, normaliser: total(sums) };
  }

  /** KL divergence, exact but for float32, at the cost of an iteration. @throws LensError `engine-failed`, `device-lost` */
  async divergence(): Promise<number> {
    await this.#evaluate();
    const [positions, sums] = await this.#read(['positions', 'sums']);
    return sparseDivergence(this.preparation.affinities, positions, total(sums));
  }

  dispose(): void {
    for (const name of bufferNames) this.#buffers[name].destroy();
  }

  #makeBuffers(): Buffers {
    const { affinities } = this.preparation;
    const count = this.#count;
    const storage = (name: string, length: number): GPUBuffer => this.gpu.storage(name, length);
    return {
      iteration: this.gpu.uniform('iteration', 4),
      positions: storage('positions', 2 * count),
      velocities: storage('velocities', 2 * count),
      gains: storage('gains', 2 * count),
      parts: storage('parts', 4 * count * segmentsOf(count)),
      forces: storage('forces', 4 * count),
      weights: storage('weights', count),
      sums: storage('sums', 4 * sumThreads),
      starts: storage('starts', count + 1),
      columns: storage('columns', affinities.columns.length),
      values: storage('values', affinities.values.length),
    };
  }

  #ready(
    label: string,
    code: string,
    names: readonly (keyof Buffers)[],
    threads: number,
    rows: number = 1,
  ): Ready {
    const buffers = [this.#buffers.iteration, ...names.map((name) => this.#buffers[name])];
    return { ...bindShader(this.gpu.device, label, code, buffers), groups: [groupsOf(threads), rows] };
  }

  #load({ iteration, coordinates, velocities, gains }: TsneState): void {
    this.#iteration = iteration;
    this.gpu.write(this.#buffers.positions, coordinates);
    this.gpu.write(this.#buffers.velocities, velocities);
    this.gpu.write(this.#buffers.gains, gains);
  }

  #evaluate(): Promise<void> {
    return this.#submit(schedule(this.#iteration, this.#count), 1, this.#gradient);
  }

  /** Dispatches all shaders `times` times over, in one submission. */
  #submit(settings: StepSettings, times: number, shaders: readonly Ready[]): Promise<void> {
    const numbers = new Uint32Array([this.#count, 0, 0, 0]);
    const { exaggeration, momentum, learningRate } = settings;
    new Float32Array(numbers.buffer, 4).set([exaggeration, momentum, learningRate]);
    return this.gpu.submit(
      () => this.gpu.write(this.#buffers.iteration, numbers),
      (pass) => {
        for (let i = 0; i < times; i++) {
          for (const { pipeline, bindings, groups } of shaders) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, bindings);
            pass.dispatchWorkgroups(...groups);
          }
        }
      },
    );
  }

  /** Whole buffers, as many as are named. */
  async #read<const Names extends readonly (keyof Buffers)[]>(
    names: Names,
  ): Promise<{ readonly [I in keyof Names]: Float32Array }> {
    const ranges = names.map((name) => ({
      buffer: this.#buffers[name],
      length: this.#buffers[name].size / 4,
    }));
    return (await this.gpu.read(ranges)) as { readonly [I in keyof Names]: Float32Array };
  }
}

/** Z of the partial sums, `[sumThreads, 4]`. */
function total(sums: Float32Array): number {
  let sum = 0;
  for (let t = 0; t < sums.length; t += 4) sum += sums[t] ?? 0;
  return sum;
}
