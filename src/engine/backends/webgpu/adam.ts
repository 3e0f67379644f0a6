/** Adam in place: one dispatch per parameter, recorded into tfjs's own command encoder. */
import type { OptimizerSettings } from '../engine.ts';
import { floatBytes } from './readback.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;
// 256 is every adapter's default limit; with it the largest layer (64·8·8·1024 weights) needs 16,384 workgroups.
const workgroupSize = 256;

/**
 * Kingma & Ba 2015, as torch.optim.Adam: the L2 term is added to the gradient before the moments. The corrections
 * of the biases change with every step and arrive as `learningRate / (1 − β₁ᵗ)` and `1 / √(1 − β₂ᵗ)`.
 */
const shader = /* wgsl */ `
struct Settings { stepSize: f32, rootCorrection: f32, weightDecay: f32 }

@group(0) @binding(0) var<storage, read_write> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> first: array<f32>;
@group(0) @binding(2) var<storage, read_write> second: array<f32>;
@group(0) @binding(3) var<uniform> settings: Settings;
@group(1) @binding(0) var<storage, read> gradient: array<f32>;

@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= arrayLength(&weights)) { return; }
  let g = gradient[i] + settings.weightDecay * weights[i];
  let m = first[i] + ${1 - beta1} * (g - first[i]);
  let v = ${beta2} * second[i] + ${1 - beta2} * g * g;
  first[i] = m;
  second[i] = v;
  weights[i] = weights[i] - settings.stepSize * m / (sqrt(v) * settings.rootCorrection + ${epsilon});
}`;

interface Slot {
  readonly count: number;
  readonly first: GPUBuffer;
  readonly second: GPUBuffer;
  readonly state: GPUBindGroup;
  /** tfjs hands the same few buffers out for a gradient again and again. */
  readonly gradients: WeakMap<GPUBuffer, GPUBindGroup>;
}

/** Moments in the engine's layouts, one array per parameter. */
export interface Moments {
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
}

export class InPlaceAdam {
  private readonly pipeline: GPUComputePipeline;
  private readonly settings: GPUBuffer;
  private readonly slots: readonly Slot[];

  /**
   * @param weights the parameters' buffers, which every step changes
   * @param steps number of steps already taken
   */
  constructor(
    private readonly device: GPUDevice,
    weights: readonly GPUBuffer[],
    moments: Moments,
    private steps: number,
  ) {
    this.pipeline = device.createComputePipeline({
      label: 'adam',
      layout: 'auto',
      compute: { module: device.createShaderModule({ label: 'adam', code: shader }), entryPoint: 'main' },
    });
    this.settings = device.createBuffer({
      label: 'adam settings',
      size: 16,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.slots = weights.map((buffer, index) =>
      this.slot(buffer, momentsAt(moments.first, index), momentsAt(moments.second, index)),
    );
  }

  get step(): number {
    return this.steps;
  }

  /** First and second moments of all parameters, in order. */
  get moments(): { readonly first: readonly GPUBuffer[]; readonly second: readonly GPUBuffer[] } {
    return { first: this.slots.map(({ first }) => first), second: this.slots.map(({ second }) => second) };
  }

  /** Records one step. The settings are written before the commands run that are submitted after this call. */
  record(encoder: GPUCommandEncoder, gradients: readonly GPUBuffer[], optimizer: OptimizerSettings): void {
    this.steps++;
    const stepSize = optimizer.learningRate / (1 - beta1 ** this.steps);
    const rootCorrection = 1 / Math.sqrt(1 - beta2 ** this.steps);
    this.device.queue.writeBuffer(
      this.settings,
      0,
      new Float32Array([stepSize, rootCorrection, optimizer.weightDecay]),
    );
    const pass = encoder.beginComputePass({ label: 'adam' });
    pass.setPipeline(this.pipeline);
    this.slots.forEach((slot, index) => {
      const gradient = gradients[index];
      if (!gradient) throw new Error('One gradient per parameter is needed.');
      pass.setBindGroup(0, slot.state);
      pass.setBindGroup(1, this.gradientGroup(slot, gradient));
      pass.dispatchWorkgroups(Math.ceil(slot.count / workgroupSize));
    });
    pass.end();
  }

  dispose(): void {
    this.settings.destroy();
    for (const slot of this.slots) {
      slot.first.destroy();
      slot.second.destroy();
    }
  }

  private slot(weights: GPUBuffer, firstValues: Float32Array, secondValues: Float32Array): Slot {
    const first = this.momentBuffer(firstValues);
    const second = this.momentBuffer(secondValues);
    const state = this.device.createBindGroup({
      layout: this.pipeline.getBindGroupLayout(0),
      entries: [weights, first, second, this.settings].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    return { count: weights.size / floatBytes, first, second, state, gradients: new WeakMap() };
  }

  private momentBuffer(values: Float32Array): GPUBuffer {
    const buffer = this.device.createBuffer({
      label: 'adam moment',
      size: values.byteLength,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
      mappedAtCreation: true,
    });
    new Float32Array(buffer.getMappedRange()).set(values);
    buffer.unmap();
    return buffer;
  }

  private gradientGroup(slot: Slot, buffer: GPUBuffer): GPUBindGroup {
    const known = slot.gradients.get(buffer);
    if (known) return known;
    const group = this.device.createBindGroup({
      layout: this.pipeline.getBindGroupLayout(1),
      entries: [{ binding: 0, resource: { buffer } }],
    });
    slot.gradients.set(buffer, group);
    return group;
  }
}

function momentsAt(list: readonly Float32Array[], index: number): Float32Array {
  const values = list[index];
  if (!values) throw new Error('One pair of moments per parameter is needed.');
  return values;
}
