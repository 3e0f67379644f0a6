/** The WebGPU engine: a prebuilt training step of our own, TensorFlow.js for the rest, on one device of ours. */
import * as tf from '@tensorflow/tfjs-core';
import { LensError } from '../../../shared/errors.ts';
import { engineShape, toEngineLayout } from '../../model/layouts.ts';
import type { MapShape, Network } from '../../model/network.ts';
import { elementCount, parameterInfos } from '../../model/parameters.ts';
import type { AdamState, ParameterInfo, Parameters } from '../../model/parameters.ts';
import type { Batch, Engine, EngineInfo, OptimizerSettings, Reconstruction } from '../engine.ts';
import { probeAdapter } from './adapter.ts';
import { DeviceGuard, requestDevice } from './device.ts';
import { decode, encode, type Weights } from './forward.ts';
import { LossLog } from './loss-log.ts';
import { flatLayout, fromFlat, toFlat, type FlatLayout } from './prebuilt/layout.ts';
import { lossSums } from './prebuilt/shaders.ts';
import { createVectors, PrebuiltStep, type Vectors } from './prebuilt/step.ts';
import { floatBytes, readFloats, type Range } from './readback.ts';
import { registerTfjs, type TfjsBackend } from './tfjs.ts';

/** Names the kernels of training: raised whenever they or the order of their sums change. */
const build = 'webgpu-wgsl-1';

// One step computes while the next is prepared; more would only delay errors and cancelling.
const stepsInFlight = 2;

// Images per call of the forward pass: enough to fill a GPU, little enough for its memory.
const chunkBytes = 64 * 1024 * 1024;
const maxChunk = 256;

interface Loaded {
  readonly network: Network;
  /** The parameters that training changes, and Adam's moments. */
  readonly layout: FlatLayout;
  readonly vectors: Vectors;
  /** Adam's steps so far. */
  steps: number;
  /** For the batches that came last; made when the first comes. */
  step: PrebuiltStep | undefined;
  /** The parameters as tfjs reads them; behind the vector where `stale`. */
  readonly weights: Weights;
  stale: boolean;
}

export interface WebgpuOptions {
  readonly gpu: GPU;
  /** Also take an adapter that runs on the processor (tests, or forced by the setting). */
  readonly allowFallbackAdapter: boolean;
}

/**
 * Opens a device and makes tfjs compute on it. One such engine lives at a time in a worker.
 * @throws LensError `engine-unavailable` where there is no adapter or device, `engine-failed`
 */
export async function createWebgpuEngine(options: WebgpuOptions): Promise<Engine> {
  const probe = await probeAdapter(options.gpu);
  if (probe.kind === 'absent' || probe.kind === 'none') {
    throw new LensError('engine-unavailable', 'This window has no GPU adapter. Use the WASM engine.');
  }
  if (probe.kind === 'software' && !options.allowFallbackAdapter) {
    throw new LensError(
      'engine-unavailable',
      'The only GPU adapter is a software one, which is slower than the WASM engine.',
      probe.name,
    );
  }
  const { info } = probe.adapter;
  const guard = new DeviceGuard(await requestDevice(probe.adapter));
  try {
    const backend = await registerTfjs(guard.device, info);
    return new WebgpuEngine({ kind: 'webgpu', build, adapter: probe.name }, guard, backend);
  } catch (error) {
    guard.close();
    throw error;
  }
}

/**
 * A whole batch is differentiated at once: unlike the WASM engine's four shards there is nothing to share out, and
 * a batch gives the same result run to run on one adapter. A step is one pass and one submission; steps are queued (at
 * most two ahead) and their losses stay on the GPU until {@link Engine.takeLosses}. A refused shader or a lost device
 * shows in the next call at the latest, and from then on every call throws until {@link Engine.load} (a lost device:
 * for good).
 */
class WebgpuEngine implements Engine {
  private loaded: Loaded | undefined;
  private readonly losses: LossLog;
  private inFlight: Promise<void>[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private disposed = false;

  constructor(
    readonly info: EngineInfo,
    private readonly guard: DeviceGuard,
    private readonly backend: TfjsBackend,
  ) {
    this.losses = new LossLog(guard.device, lossSums);
  }

  load(network: Network, parameters: Parameters, adam?: AdamState): Promise<void> {
    return this.inTurn(async () => {
      this.guard.forgive();
      this.unload();
      const { value, accepted } = this.guard.record(() => this.upload(network, parameters, adam));
      this.loaded = value;
      await accepted;
      await this.guard.settle(this.guard.device.queue.onSubmittedWorkDone());
    });
  }

  trainStep(batch: Batch, optimizer: OptimizerSettings): Promise<void> {
    return this.inTurn(async () => {
      const loaded = this.current();
      this.checkFits(loaded.network, batch.count);
      if (this.losses.full) await this.losses.flush(this.backend, this.guard);
      const { accepted } = this.guard.record(() => {
        const step = this.stepFor(batch);
        loaded.steps++;
        loaded.stale = true;
        this.submit((encoder) => {
          step.recordTraining(encoder, batch, optimizer, loaded.steps);
          this.losses.record(encoder, step.sums);
        });
      });
      const done = this.guard.settle(
        Promise.all([accepted, this.guard.device.queue.onSubmittedWorkDone()]).then(() => undefined),
      );
      // Whoever waits for the step later sees the rejection.
      done.catch(() => undefined);
      this.inFlight.push(done);
      while (this.inFlight.length >= stepsInFlight) await this.inFlight.shift();
    });
  }

  takeLosses(): Promise<readonly number[]> {
    return this.inTurn(async () => {
      this.current();
      await this.drain();
      return this.losses.take(this.backend, this.guard);
    });
  }

  gradients(batch: Batch): Promise<{ readonly loss: number; readonly gradients: Parameters }> {
    return this.inTurn(async () => {
      const { network, layout, vectors } = this.current();
      this.checkFits(network, batch.count);
      await this.drain();
      const { value: step, accepted } = this.guard.record(() => {
        const prebuilt = this.stepFor(batch);
        this.submit((encoder) => prebuilt.recordGradient(encoder, batch));
        return prebuilt;
      });
      await accepted;
      const [gradient, sums] = await this.read([vectors.gradient, step.sums]);
      const loss = sums ? sums.reduce((a, b) => a + b, 0) : Number.NaN;
      return { loss, gradients: fromFlat(layout, gradient ?? new Float32Array(layout.length)) };
    });
  }

  encode(images: Float32Array, count: number): Promise<Float32Array> {
    return this.inTurn(async () => {
      const { network, weights } = this.current();
      const [latents] = await this.inChunks(images, count, imageShape(network), (chunk) => [
        encode(network, weights, chunk),
      ]);
      return latents ?? new Float32Array(0);
    });
  }

  decode(latents: Float32Array, count: number): Promise<Float32Array> {
    return this.inTurn(async () => {
      const { network, weights } = this.current();
      const [images] = await this.inChunks(latents, count, [network.spec.latent], (chunk) => [
        decode(network, weights, chunk),
      ]);
      return images ?? new Float32Array(0);
    });
  }

  reconstruct(images: Float32Array, count: number): Promise<Reconstruction> {
    return this.inTurn(async () => {
      const { network, weights } = this.current();
      const [out, latents] = await this.inChunks(images, count, imageShape(network), (chunk) => {
        const latent = encode(network, weights, chunk);
        return [decode(network, weights, latent), latent];
      });
      return { images: out ?? new Float32Array(0), latents: latents ?? new Float32Array(0) };
    });
  }

  readParameters(): Promise<Parameters> {
    return this.inTurn(async () => {
      const { layout, vectors } = this.current();
      await this.drain();
      const [parameters] = await this.read([vectors.parameters]);
      return fromFlat(layout, parameters ?? new Float32Array(layout.length));
    });
  }

  readAdam(): Promise<AdamState> {
    return this.inTurn(async () => {
      const { layout, vectors, steps } = this.current();
      await this.drain();
      const none = new Float32Array(layout.length);
      const [first = none, second = none] = await this.read([vectors.first, vectors.second]);
      return { step: steps, first: fromFlat(layout, first), second: fromFlat(layout, second) };
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.unload();
    this.losses.dispose();
    this.backend.dispose();
    this.guard.close();
  }

  /** Calls wait for one another: a failed call does not stop the next. */
  private inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.last.then(call, call);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** @throws LensError the device's failure, or `engine-failed` where nothing is loaded */
  private current(): Loaded {
    this.guard.check();
    if (!this.loaded) throw new LensError('engine-failed', 'No model is loaded in the WebGPU engine.');
    return this.loaded;
  }

  private async drain(): Promise<void> {
    const steps = this.inFlight;
    this.inFlight = [];
    await Promise.all(steps);
  }

  private upload(network: Network, parameters: Parameters, adam: AdamState | undefined): Loaded {
    const infos = parameterInfos(network);
    for (const { name } of infos) {
      if (!parameters.has(name)) throw new Error(`The parameter ${name} is missing.`);
    }
    const { device } = this.guard;
    const layout = flatLayout(network);
    const vectors = createVectors(device, layout);
    device.queue.writeBuffer(vectors.parameters, 0, toFlat(layout, parameters));
    device.queue.writeBuffer(vectors.first, 0, toFlat(layout, adam?.first));
    device.queue.writeBuffer(vectors.second, 0, toFlat(layout, adam?.second));
    const tensorOf = (info: ParameterInfo): tf.Tensor =>
      tf.tensor(toEngineLayout(info, parameters.get(info.name) ?? new Float32Array(0)), [
        ...engineShape(info),
      ]);
    return {
      network,
      layout,
      vectors,
      steps: adam?.step ?? 0,
      step: undefined,
      weights: new Map(infos.map((info) => [info.name, tensorOf(info)])),
      stale: false,
    };
  }

  private unload(): void {
    const { loaded } = this;
    loaded?.weights.forEach((tensor) => tensor.dispose());
    loaded?.step?.dispose();
    for (const buffer of Object.values(loaded?.vectors ?? {})) buffer.destroy();
    this.loaded = undefined;
    this.backend.trim();
    this.losses.clear();
    this.inFlight = [];
  }

  /** The step prebuilt for batches like this one. To be called where errors are recorded. */
  private stepFor(batch: Batch): PrebuiltStep {
    const loaded = this.current();
    if (loaded.step?.takes(batch)) return loaded.step;
    loaded.step?.dispose();
    const shape = { capacity: batch.count, ownTarget: batch.input !== batch.target };
    loaded.step = new PrebuiltStep(this.guard.device, loaded.network, loaded.layout, loaded.vectors, shape);
    return loaded.step;
  }

  private submit(commands: (encoder: GPUCommandEncoder) => void): void {
    const { device } = this.guard;
    const encoder = device.createCommandEncoder({ label: 'training' });
    commands(encoder);
    device.queue.submit([encoder.finish()]);
  }

  /** Brings what tfjs reads up to the parameters that training has changed. */
  private refresh(loaded: Loaded): void {
    if (!loaded.stale) return;
    const { layout, vectors, weights } = loaded;
    this.backend.record((encoder) => {
      for (const [name, { offset, length }] of layout.places) {
        const tensor = weights.get(name);
        if (!tensor) continue;
        const bytes = length * floatBytes;
        encoder.copyBufferToBuffer(
          vectors.parameters,
          offset * floatBytes,
          this.backend.bufferOf(tensor),
          0,
          bytes,
        );
      }
    });
    loaded.stale = false;
  }

  /** Runs tfjs operations and reads what they return; their tensors are gone afterwards. */
  private async compute(operations: () => tf.Tensor[]): Promise<readonly Float32Array[]> {
    await this.drain();
    const loaded = this.current();
    const { value: tensors, accepted } = this.guard.record(() => {
      this.refresh(loaded);
      return tf.tidy(operations);
    });
    try {
      await accepted;
      return await this.read(tensors.map((tensor) => this.backend.bufferOf(tensor)));
    } finally {
      tf.dispose(tensors);
    }
  }

  /** The forward pass over many rows, a chunk at a time. */
  private async inChunks(
    rows: Float32Array,
    count: number,
    shape: readonly number[],
    operations: (chunk: tf.Tensor) => tf.Tensor[],
  ): Promise<readonly Float32Array[]> {
    const { network } = this.current();
    const perRow = elementCount(shape);
    const largest = Math.max(1, Math.min(maxChunk, Math.floor(chunkBytes / largestMapBytes(network))));
    let results: Float32Array[] = [];
    for (let start = 0; start < count; start += largest) {
      const size = Math.min(largest, count - start);
      const chunk = rows.subarray(start * perRow, (start + size) * perRow);
      const values = await this.compute(() => operations(tf.tensor(chunk, [size, ...shape])));
      if (start === 0) results = values.map((part) => new Float32Array((part.length / size) * count));
      values.forEach((part, index) => results[index]?.set(part, (part.length / size) * start));
    }
    return results;
  }

  private read(buffers: readonly GPUBuffer[]): Promise<readonly Float32Array[]> {
    return readFloats(this.backend, this.guard, buffers.map(wholeBuffer));
  }

  /** @throws LensError `out-of-memory` before the device has to refuse */
  private checkFits(network: Network, count: number): void {
    const limit = this.guard.device.limits.maxStorageBufferBindingSize;
    if (count * largestMapBytes(network) > limit) {
      throw new LensError(
        'out-of-memory',
        `A batch of ${count} images is too large for this GPU. Choose a smaller batch size or image size.`,
        `${count} × ${largestMapBytes(network)} bytes in one buffer of at most ${limit}`,
      );
    }
  }
}

const wholeBuffer = (buffer: GPUBuffer): Range => ({ buffer, length: buffer.size / floatBytes });

const imageShape = ({ spec }: Network): readonly number[] => [spec.height, spec.width, spec.channels];

const mapBytes = ({ height, width, channels }: MapShape): number => height * width * channels * floatBytes;

/** Bytes of the largest feature map of one image. */
const largestMapBytes = (network: Network): number =>
  Math.max(
    mapBytes(network.spec),
    ...[...network.encoder, ...network.decoder].map((layer) => mapBytes(layer.out)),
  );
