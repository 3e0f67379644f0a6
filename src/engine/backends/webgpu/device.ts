/** A GPUDevice of our own, and the guard that turns its silent failures into errors. */
import { LensError } from '../../../shared/errors.ts';

/** Limits that tfjs's shaders and large buffers profit from; each is raised as far as the adapter allows. */
const raisedLimits = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** @throws LensError `engine-unavailable` where the adapter gives no device */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const limit of raisedLimits) requiredLimits[limit] = adapter.limits[limit];
  try {
    return await adapter.requestDevice({ label: 'Latent Lens', requiredLimits });
  } catch (error) {
    throw new LensError(
      'engine-unavailable',
      'The GPU adapter gave no device. Close other programs that use the GPU, or choose the WASM engine in the settings.',
      String(error),
    );
  }
}

const scopes = ['validation', 'out-of-memory', 'internal'] as const satisfies readonly GPUErrorFilter[];

/** Work that was recorded, and whether the device accepted it. */
export interface Recorded<T> {
  readonly value: T;
  /** Rejects with a LensError where a shader, a binding or an allocation was refused. */
  readonly accepted: Promise<void>;
}

/**
 * Watches one device. tfjs does not look at WebGPU's errors: a shader that fails to compile leaves whatever was
 * in the buffer. So all work goes through {@link record}, all waiting through {@link settle}, and the first
 * failure makes every later call fail with it.
 */
export class DeviceGuard {
  private failure: LensError | undefined;
  private closed = false;
  private readonly waiting = new Set<(error: LensError) => void>();

  constructor(readonly device: GPUDevice) {
    void device.lost.then((info) => {
      if (!this.closed) this.fail(deviceLost(`${info.reason}: ${info.message}`));
    });
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.fail(refused(event.error));
    });
  }

  /** @throws LensError the first failure, if there was one */
  check(): void {
    if (this.failure) throw this.failure;
  }

  /** Forgets a failure after which a fresh start is possible; a lost device stays lost. */
  forgive(): void {
    if (this.failure?.code !== 'device-lost') this.failure = undefined;
  }

  /**
   * Runs `work`, which records and submits commands without waiting, inside error scopes.
   * @throws LensError `out-of-memory`, `engine-failed`, or the earlier failure
   */
  record<T>(work: () => T): Recorded<T> {
    this.check();
    for (const scope of scopes) this.device.pushErrorScope(scope);
    let value: T;
    try {
      value = work();
    } catch (error) {
      for (let i = 0; i < scopes.length; i++) this.device.popErrorScope().catch(() => null);
      throw this.fail(thrown(error));
    }
    const popped = scopes.map(() => this.device.popErrorScope());
    const accepted = this.settle(
      Promise.all(popped).then((errors) => {
        const error = errors.find((found) => found !== null);
        if (error) throw this.fail(refused(error));
      }),
    );
    // Whoever waits for it sees the rejection; where nobody does, the next call throws the same failure.
    accepted.catch(() => undefined);
    return { value, accepted };
  }

  /** Waits for `promise`, but no longer than the device lives. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    this.check();
    let abandon: (error: LensError) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      abandon = reject;
      this.waiting.add(reject);
    });
    try {
      const value = await Promise.race([promise, lost]);
      this.check();
      return value;
    } catch (error) {
      await this.deliverLoss();
      throw this.fail(thrown(error));
    } finally {
      this.waiting.delete(abandon);
    }
  }

  /** Destroys the device; what waits is rejected. */
  close(): void {
    this.closed = true;
    this.fail(new LensError('engine-failed', 'The WebGPU engine was closed.'));
    this.device.destroy();
  }

  /** Keeps the first failure, rejects all who wait, and gives back the failure that counts. */
  private fail(error: LensError): LensError {
    // What fails after a loss fails because of it, whatever it says itself.
    if (!this.failure || (error.code === 'device-lost' && this.failure.code !== 'device-lost')) {
      this.failure = error;
    }
    const failure = this.failure;
    for (const reject of this.waiting) reject(failure);
    this.waiting.clear();
    return failure;
  }

  /** A map or a submission may fail a moment before the loss that made it fail is announced. */
  private async deliverLoss(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const deviceLost = (detail: string): LensError =>
  new LensError(
    'device-lost',
    'The GPU was lost (driver reset, sleep, or another program). Training can go on from the last checkpoint.',
    detail,
  );

function refused(error: GPUError): LensError {
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? outOfMemory(error.message)
    : failed(error.message);
}

function thrown(error: unknown): LensError {
  if (error instanceof LensError) return error;
  // createBuffer throws a RangeError where a mapped buffer cannot be allocated.
  if (error instanceof RangeError) return outOfMemory(error.message);
  return failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

const outOfMemory = (detail: string): LensError =>
  new LensError(
    'out-of-memory',
    'The GPU has too little memory for this model and batch size. Choose a smaller batch size or image size, or the WASM engine.',
    detail,
  );

const failed = (detail: string): LensError =>
  new LensError(
    'engine-failed',
    'The GPU refused a part of the computation. Choose the WASM engine in the settings.',
    detail,
  );
