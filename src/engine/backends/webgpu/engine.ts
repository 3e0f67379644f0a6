/** The WebGPU engine: TensorFlow.js on a device of our own, with Adam in place. */
import * as tf from '@tensorflow/tfjs-core';
import { LensError } from '../../../shared/errors.ts';
import { engineShape, toEngineLayout, toTorchLayout } from '../../model/layouts.ts';
import type { MapShape, Network } from '../../model/network.ts';
import { elementCount, parameterInfos } from '../../model/parameters.ts';
import type { AdamState, ParameterInfo, Parameters } from '../../model/parameters.ts';
import type { Batch, Engine, EngineInfo, OptimizerSettings, Reconstruction } from '../engine.ts';
import { InPlaceAdam } from './adam.ts';
import { probeAdapter } from './adapter.ts';
import { DeviceGuard, requestDevice } from './device.ts';
import { decode, encode, loss, type BatchTensors, type Weights } from './forward.ts';
import { LossLog } from './loss-log.ts';
import { floatBytes, readFloats, type Range } from './readback.ts';
import { registerTfjs, type TfjsBackend } from './tfjs.ts';

/** Names the kernels: tfjs's version and the revision of ours. */
const build = 'webgpu-tfjs-4.22-1';

// One step computes while the next is prepared; more would only delay errors and cancelling.
const stepsInFlight = 2;

// Images per call of the forward pass: enough to fill a GPU, little enough for its memory.
const chunkBytes = 64 * 1024 * 1024;
const maxChunk = 256;

interface Loaded {
  readonly network: Network;
  readonly infos: readonly ParameterInfo[];
  readonly tensors: readonly tf.Tensor[];
  readonly weights: Weights;
  readonly adam: InPlaceAdam;
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
 * a batch gives the same result run to run on one adapter. Steps are queued (at most two ahead) and their losses
 * stay on the GPU until {@link Engine.takeLosses}; a refused shader or a lost device shows in the next call at the
 * latest, and from then on every call throws until {@link Engine.load} (a lost device: for good).
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
    this.losses = new LossLog(guard.device);
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
      const { network, adam } = this.current();
      this.checkFits(network, batch.count);
      if (this.losses.full) await this.losses.flush(this.backend, this.guard);
      const { accepted } = this.guard.record(() => {
        tf.tidy(() => {
          const { value, grads } = this.differentiate(batch);
          const gradients = grads.map((gradient) => this.backend.bufferOf(gradient));
          const mean = this.backend.bufferOf(value);
          this.backend.record((encoder) => {
            this.losses.record(encoder, mean);
            adam.record(encoder, gradients, optimizer);
          });
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
      const { network, infos } = this.current();
      this.checkFits(network, batch.count);
      const [mean, ...gradients] = await this.compute(() => {
        const { value, grads } = this.differentiate(batch);
        return [value, ...grads];
      });
      return { loss: mean?.[0] ?? Number.NaN, gradients: namedAsInPyTorch(infos, gradients) };
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
      const { infos, tensors } = this.current();
      await this.drain();
      return namedAsInPyTorch(infos, await this.read(tensors.map((tensor) => this.backend.bufferOf(tensor))));
    });
  }

  readAdam(): Promise<AdamState> {
    return this.inTurn(async () => {
      const { infos, adam } = this.current();
      await this.drain();
      const { first, second } = adam.moments;
      const values = await this.read([...first, ...second]);
      return {
        step: adam.step,
        first: namedAsInPyTorch(infos, values.slice(0, infos.length)),
        second: namedAsInPyTorch(infos, values.slice(infos.length)),
      };
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
    const inEngine = (info: ParameterInfo, values: Parameters | undefined): Float32Array => {
      const found = values?.get(info.name);
      return found ? toEngineLayout(info, found) : new Float32Array(elementCount(info.shape));
    };
    const tensors = infos.map((info) => {
      if (!parameters.has(info.name)) throw new Error(`The parameter ${info.name} is missing.`);
      return tf.tensor(inEngine(info, parameters), [...engineShape(info)]);
    });
    return {
      network,
      infos,
      tensors,
      weights: new Map(infos.map(({ name }, index) => [name, tensors[index] as tf.Tensor])),
      adam: new InPlaceAdam(
        this.guard.device,
        tensors.map((tensor) => this.backend.bufferOf(tensor)),
        {
          first: infos.map((info) => inEngine(info, adam?.first)),
          second: infos.map((info) => inEngine(info, adam?.second)),
        },
        adam?.step ?? 0,
      ),
    };
  }

  private unload(): void {
    this.loaded?.tensors.forEach((tensor) => {
      tensor.dispose();
    });
    this.loaded?.adam.dispose();
    this.loaded = undefined;
    this.backend.trim();
    this.losses.clear();
    this.inFlight = [];
  }

  /** To be called inside `tf.tidy`. */
  private differentiate(batch: Batch): { readonly value: tf.Tensor; readonly grads: readonly tf.Tensor[] } {
    const { network, tensors, weights } = this.current();
    const data = batchTensors(network, batch);
    return tf.valueAndGrads(() => loss(network, weights, data))([...tensors]);
  }

  /** Runs tfjs operations and reads what they return; their tensors are gone afterwards. */
  private async compute(operations: () => tf.Tensor[]): Promise<readonly Float32Array[]> {
    await this.drain();
    const { value: tensors, accepted } = this.guard.record(() => tf.tidy(operations));
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

function batchTensors(network: Network, batch: Batch): BatchTensors {
  const { count } = batch;
  const upload = (values: Float32Array, shape: readonly number[]): tf.Tensor =>
    tf.tensor(values.subarray(0, count * elementCount(shape)), [count, ...shape]);
  const input = upload(batch.input, imageShape(network));
  return {
    input,
    target: batch.target === batch.input ? input : upload(batch.target, imageShape(network)),
    latentNoise: batch.latentNoise && upload(batch.latentNoise, [network.spec.latent]),
    klWeight: batch.klWeight ?? 0,
  };
}

const namedAsInPyTorch = (infos: readonly ParameterInfo[], values: readonly Float32Array[]): Parameters =>
  new Map(infos.map((info, index) => [info.name, toTorchLayout(info, values[index] ?? new Float32Array(0))]));
