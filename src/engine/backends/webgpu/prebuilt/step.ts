/** The training step prebuilt on a device: pipelines, buffers and bind groups, and their recording. */
import type { Network } from '../../../model/network.ts';
import type { Batch, OptimizerSettings } from '../../engine.ts';
import { bindShader, storageUsage, type BoundShader } from '../bound-shader.ts';
import { floatBytes } from '../readback.ts';
import type { FlatLayout } from './layout.ts';
import type { vectorBuffers } from './plan.ts';
import { planStep, type Dispatch, type Plan } from './plan.ts';
import { adamNumbers, workgroupSize } from './shaders.ts';

const numbersBytes = 32;
const mostGroups = 65535;

/** A dispatch that is ready to be recorded. */
interface Ready extends BoundShader {
  readonly threads: (count: number) => number;
}

/** Vectors of the length of the parameters', shared by the steps of all batch sizes. */
export type Vectors = Readonly<Record<(typeof vectorBuffers)[number], GPUBuffer>>;

export interface StepShape {
  /** Images of the largest batch. */
  readonly capacity: number;
  readonly ownTarget: boolean;
}

export function createVectors(device: GPUDevice, { length }: FlatLayout): Vectors {
  const make = (label: string): GPUBuffer =>
    device.createBuffer({ label, size: length * floatBytes, usage: storageUsage() });
  return {
    parameters: make('parameters'),
    first: make('first moments'),
    second: make('second moments'),
    gradient: make('gradient'),
  };
}

/**
 * Records steps of batches up to its capacity. Kernels of one compute pass see one another's results, so that a step
 * is one pass and one submission.
 */
export class PrebuiltStep {
  private readonly passes: readonly Ready[];
  private readonly adam: Ready;
  private readonly gradient: Ready;
  private readonly numbers: GPUBuffer;
  private readonly own = new Map<string, GPUBuffer>();
  private readonly scratch = new ArrayBuffer(numbersBytes);

  constructor(
    private readonly device: GPUDevice,
    private readonly network: Network,
    layout: FlatLayout,
    vectors: Vectors,
    readonly shape: StepShape,
  ) {
    const plan: Plan = planStep(network, layout, shape.capacity, shape.ownTarget);
    this.numbers = device.createBuffer({
      label: 'numbers of the step',
      size: numbersBytes,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    for (const [label, floats] of plan.buffers) {
      const size = Math.max(1, floats) * floatBytes;
      this.own.set(label, device.createBuffer({ label, size, usage: storageUsage() }));
    }
    const ready = (dispatch: Dispatch): Ready => this.prepare(dispatch, vectors);
    this.passes = plan.passes.map(ready);
    this.adam = ready(plan.adam);
    this.gradient = ready(plan.gradient);
  }

  /** Dispatches of a training step. */
  get dispatches(): number {
    return this.passes.length + 1;
  }

  /** Floats (as many as `lossSums`) whose sum is the loss of the batch recorded last. */
  get sums(): GPUBuffer {
    return this.buffer('sums');
  }

  /** Whether a batch can be recorded: one that is smaller can. */
  takes({ count, input, target }: Batch): boolean {
    return count <= this.shape.capacity && this.shape.ownTarget === (input !== target);
  }

  /** Uploads a batch, and records forward, backward and Adam. @param step counted from 1 */
  recordTraining(
    encoder: GPUCommandEncoder,
    batch: Batch,
    { learningRate, weightDecay }: OptimizerSettings,
    step: number,
  ): void {
    const { stepSize, rootCorrection } = adamNumbers(step, learningRate);
    this.upload(batch, [stepSize, rootCorrection, weightDecay]);
    this.recordPass(encoder, [...this.passes, this.adam], batch.count);
  }

  /** Uploads a batch, and records what leaves its gradient in the vector of that name. */
  recordGradient(encoder: GPUCommandEncoder, batch: Batch): void {
    this.upload(batch, [0, 0, 0]);
    this.recordPass(encoder, [...this.passes, this.gradient], batch.count);
  }

  dispose(): void {
    this.numbers.destroy();
    for (const buffer of this.own.values()) buffer.destroy();
  }

  private buffer(name: string): GPUBuffer {
    const found = this.own.get(name);
    if (!found) throw new RangeError(`no buffer ${name}`);
    return found;
  }

  private prepare({ label, shader, buffers }: Dispatch, vectors: Vectors): Ready {
    const named: Readonly<Record<string, GPUBuffer>> = vectors;
    const all = [this.numbers, ...buffers.map((name) => named[name] ?? this.buffer(name))];
    return { ...bindShader(this.device, label, shader.code, all), threads: shader.threads };
  }

  private upload(batch: Batch, optimizer: readonly number[]): void {
    const { queue } = this.device;
    const { height, width, channels, latent } = this.network.spec;
    const size = height * width * channels;
    const values = batch.count * size;
    const write = (name: string, data: Float32Array, length: number): void =>
      queue.writeBuffer(this.buffer(name), 0, data as Float32Array<ArrayBuffer>, 0, length);
    write('input', batch.input, values);
    if (this.shape.ownTarget) write('target', batch.target, values);
    if (this.own.has('noise')) {
      // Without noise the decoder reads the mean.
      const noise = batch.latentNoise ?? new Float32Array(batch.count * latent);
      write('noise', noise, batch.count * latent);
    }
    new Uint32Array(this.scratch, 0, 1)[0] = batch.count;
    const klScale = (batch.klWeight ?? 0) / batch.count;
    new Float32Array(this.scratch, floatBytes).set([2 / values, 1 / values, klScale, ...optimizer]);
    queue.writeBuffer(this.numbers, 0, this.scratch);
  }

  private recordPass(encoder: GPUCommandEncoder, dispatches: readonly Ready[], count: number): void {
    const pass = encoder.beginComputePass({ label: 'training step' });
    for (const { pipeline, bindings, threads } of dispatches) {
      const groups = Math.ceil(threads(count) / workgroupSize);
      const x = Math.min(groups, mostGroups);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(x, Math.ceil(groups / x));
    }
    pass.end();
  }
}
