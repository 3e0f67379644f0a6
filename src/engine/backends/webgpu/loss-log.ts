/** The losses of steps whose results nobody has asked for yet, kept on the GPU. */
import type { DeviceGuard } from './device.ts';
import { floatBytes, readFloats } from './readback.ts';
import type { TfjsBackend } from './tfjs.ts';

const capacity = 1024;

/** Reading a number from the GPU waits for it, so losses are collected in a buffer and read together. */
export class LossLog {
  private readonly buffer: GPUBuffer;
  private onGpu = 0;
  private read: number[] = [];

  /** @param width floats of which each loss is the sum */
  constructor(
    device: GPUDevice,
    private readonly width: number,
  ) {
    this.buffer = device.createBuffer({
      label: 'losses',
      size: capacity * width * floatBytes,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** Whether {@link flush} has to make room before the next {@link record}. */
  get full(): boolean {
    return this.onGpu === capacity;
  }

  /** Records the copying of one loss: the first `width` floats of a buffer. */
  record(encoder: GPUCommandEncoder, loss: GPUBuffer): void {
    const bytes = this.width * floatBytes;
    encoder.copyBufferToBuffer(loss, 0, this.buffer, this.onGpu * bytes, bytes);
    this.onGpu++;
  }

  /** Reads what is on the GPU, so that there is room again. */
  async flush(backend: TfjsBackend, guard: DeviceGuard): Promise<void> {
    const losses = this.onGpu;
    this.onGpu = 0;
    const length = losses * this.width;
    const [values = new Float32Array(0)] = await readFloats(backend, guard, [
      { buffer: this.buffer, length },
    ]);
    for (let i = 0; i < losses; i++) {
      this.read.push(values.subarray(i * this.width, (i + 1) * this.width).reduce((a, b) => a + b, 0));
    }
  }

  /** All losses since the last call, in order. */
  async take(backend: TfjsBackend, guard: DeviceGuard): Promise<readonly number[]> {
    await this.flush(backend, guard);
    const taken = this.read;
    this.read = [];
    return taken;
  }

  clear(): void {
    this.onGpu = 0;
    this.read = [];
  }

  dispose(): void {
    this.buffer.destroy();
  }
}
