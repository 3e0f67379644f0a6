/**
 * The one place that knows how tfjs's WebGPU backend works inside (version 4.22, pinned in package.json):
 * registration on a device of our own, the buffers behind its tensors, and its command encoder.
 */
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { LensError } from '../../../shared/errors.ts';
import type { Recorder } from './readback.ts';

// tfjs looks kernels up by this name, so there is one backend of the kind at a time.
const backendName = 'webgpu';

let inUse = false;

/** Private members that an in-place optimizer needs: `runWebGPUProgram` only ever writes to fresh buffers. */
interface BackendInternals {
  readonly commandEncoder: GPUCommandEncoder | null;
  readonly tensorMap: { get(id: object): { resource?: unknown; values: unknown } };
  readonly bufferManager: {
    freeBuffers: Map<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
}

/** tfjs's backend on our device: what runs on it goes through the functions of tfjs; the rest is here. */
export interface TfjsBackend extends Recorder {
  /** The buffer behind a tensor, uploaded if it was not yet on the GPU. Its size is exactly the tensor's. */
  bufferOf(tensor: tf.Tensor): GPUBuffer;
  /** Destroys the buffers that tfjs keeps for reuse: they fit the shapes of a model that is gone. */
  trim(): void;
  /** Frees the backend's buffers and its registration; tensors must have been disposed of. */
  dispose(): void;
}

/**
 * Makes tfjs compute on `device`. Only one such backend can live at a time in a worker.
 * @throws LensError `engine-failed` where another one lives
 */
export async function registerTfjs(device: GPUDevice, info: GPUAdapterInfo): Promise<TfjsBackend> {
  if (inUse) {
    throw new LensError('engine-failed', 'A WebGPU engine is already running here; close it first.');
  }
  inUse = true;
  try {
    // Importing the package registers a backend that would ask for a device of its own.
    if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
    // Small tensors would otherwise be computed on the processor, by other code than the self-test tried.
    tf.env().set('WEBGPU_CPU_FORWARD', false);
    const backend = new WebGPUBackend(device, info);
    tf.registerBackend(backendName, () => backend);
    await tf.setBackend(backendName);
    return wrap(backend);
  } catch (error) {
    release();
    throw error;
  }
}

function release(): void {
  if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
  inUse = false;
}

function wrap(backend: WebGPUBackend): TfjsBackend {
  const internals = backend as unknown as BackendInternals;
  return {
    device: backend.device,
    bufferOf(tensor) {
      backend.uploadToGPU(tensor.dataId);
      const { resource } = internals.tensorMap.get(tensor.dataId);
      if (!(resource instanceof GPUBuffer)) {
        throw new LensError('engine-failed', 'A tensor is not held in a GPU buffer.');
      }
      return resource;
    },
    record(commands) {
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      const encoder = internals.commandEncoder;
      if (!encoder) throw new LensError('engine-failed', 'tfjs has no command encoder.');
      commands(encoder);
      backend.submitQueue();
    },
    trim() {
      const pool = internals.bufferManager;
      for (const buffers of pool.freeBuffers.values()) {
        for (const buffer of buffers) {
          pool.numBytesAllocated -= buffer.size;
          buffer.destroy();
        }
        pool.numFreeBuffers -= buffers.length;
        // The empty list stays: a pool without any list no longer takes buffers back.
        buffers.length = 0;
      }
    },
    dispose: release,
  };
}
