/** Reading buffers back in one go. */
import type { DeviceGuard } from './device.ts';

/** Bytes of a Float32Array's element. */
export const floatBytes = 4;

/** Where commands go: tfjs's backend, whose own come first, or {@link deviceRecorder}. */
export interface Recorder {
  readonly device: GPUDevice;
  /** Records commands after all that were recorded so far, and submits everything. */
  record(commands: (encoder: GPUCommandEncoder) => void): void;
}

/** A device that nothing else records on. */
export const deviceRecorder = (device: GPUDevice): Recorder => ({
  device,
  record(commands) {
    const encoder = device.createCommandEncoder();
    commands(encoder);
    device.queue.submit([encoder.finish()]);
  },
});

/** The first `length` floats of a buffer. */
export interface Range {
  readonly buffer: GPUBuffer;
  readonly length: number;
}

/**
 * Copies the ranges, as they stand after everything recorded so far, into one mapped buffer: one submission and
 * one wait whatever their number. The ranges may be released as soon as this function has returned its promise.
 * @throws LensError `device-lost`, `out-of-memory`, `engine-failed`
 */
export async function readFloats(
  recorder: Recorder,
  guard: DeviceGuard,
  ranges: readonly Range[],
): Promise<readonly Float32Array[]> {
  const total = ranges.reduce((sum, { length }) => sum + length, 0);
  if (total === 0) return ranges.map(() => new Float32Array(0));
  const { value: staging, accepted } = guard.record(() => {
    const buffer = recorder.device.createBuffer({
      label: 'readback',
      size: total * floatBytes,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    recorder.record((encoder) => {
      let offset = 0;
      for (const range of ranges) {
        const bytes = range.length * floatBytes;
        encoder.copyBufferToBuffer(range.buffer, 0, buffer, offset, bytes);
        offset += bytes;
      }
    });
    return buffer;
  });
  try {
    await accepted;
    await guard.settle(staging.mapAsync(GPUMapMode.READ));
    const mapped = new Float32Array(staging.getMappedRange());
    let offset = 0;
    return ranges.map(({ length }) => mapped.slice(offset, (offset += length)));
  } finally {
    staging.destroy();
  }
}
