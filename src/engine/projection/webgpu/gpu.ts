/** A GPU of the projection's own: buffers, submissions and reading back, each with its failures as LensErrors. */
import { storageUsage } from '../../backends/webgpu/bound-shader.ts';
import { DeviceGuard, requestDevice } from '../../backends/webgpu/device.ts';
import { deviceRecorder, readFloats, type Range, type Recorder } from '../../backends/webgpu/readback.ts';

/** Threads of a workgroup, in every shader of the projection. */
export const workgroupSize = 64;

export const groupsOf = (threads: number): number => Math.ceil(threads / workgroupSize);

export class ProjectionGpu {
  readonly #guard: DeviceGuard;
  readonly #recorder: Recorder;

  constructor(readonly device: GPUDevice) {
    this.#guard = new DeviceGuard(device);
    this.#recorder = deviceRecorder(device);
  }

  /** Needs no limits beyond the defaults. @throws LensError `engine-unavailable` where the adapter gives no device */
  static async open(adapter: GPUAdapter): Promise<ProjectionGpu> {
    return new ProjectionGpu(await requestDevice(adapter));
  }

  /** Makes buffers and shaders. @throws LensError `out-of-memory`, `engine-failed`, `device-lost` */
  async make<T>(work: () => T): Promise<T> {
    const { value, accepted } = this.#guard.record(work);
    await accepted;
    return value;
  }

  /** A buffer for `length` values of 32 bits. */
  storage(label: string, length: number): GPUBuffer {
    return this.device.createBuffer({ label, size: Math.max(1, length) * 4, usage: storageUsage() });
  }

  /** Few numbers that change between submissions. */
  uniform(label: string, length: number): GPUBuffer {
    return this.device.createBuffer({
      label,
      size: length * 4,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  write(buffer: GPUBuffer, values: Float32Array | Uint32Array): void {
    this.device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  }

  /**
   * One submission of one compute pass, whose dispatches see one another's results; resolves when it is done.
   * @param prepare writes what the pass reads
   * @throws LensError `out-of-memory`, `engine-failed`, `device-lost`
   */
  async submit(prepare: () => void, dispatches: (pass: GPUComputePassEncoder) => void): Promise<void> {
    const { accepted } = this.#guard.record(() => {
      prepare();
      this.#recorder.record((encoder) => {
        const pass = encoder.beginComputePass();
        dispatches(pass);
        pass.end();
      });
    });
    await this.#guard.settle(Promise.all([accepted, this.device.queue.onSubmittedWorkDone()]));
  }

  /** Copies of the first values of buffers, all in one go. @throws LensError `out-of-memory`, `engine-failed`, `device-lost` */
  read(ranges: readonly Range[]): Promise<readonly Float32Array[]> {
    return readFloats(this.#recorder, this.#guard, ranges);
  }

  /** Destroys the device with all its buffers. */
  close(): void {
    this.#guard.close();
  }
}
