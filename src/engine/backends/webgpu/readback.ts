/** Reading buffers back in one go. */
import type { DeviceGuard } from './device.ts';
import type { TfjsBackend } from './tfjs.ts';

/** Bytes of a Float32Array's element. */
export const floatBytes = 4;

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
  backend: TfjsBackend,
  guard: DeviceGuard,
  ranges: readonly Range[],
): Promise<readonly Float32Array[]> {
  const total = ranges.reduce((sum, { length }) => sum + length, 0);
  if (total === 0) return ranges.map(() => new Float32Array(0));
  const { value: staging, accepted } = guard.record(() => {
    const buffer = backend.device.createBuffer({
      label: 'readback',
      size: total * floatBytes,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    backend.record((encoder) => {
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
