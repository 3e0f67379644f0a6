/** A WebGPU engine on the software adapter, for one test. */
import type { TestContext } from 'node:test';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { createWebgpuEngine } from '../../../src/engine/backends/webgpu/engine.ts';
import { skipOrFail } from '../../support/data.ts';
import { softwareGpu } from './software-gpu.ts';

export interface OpenEngine {
  readonly engine: Engine;
  /** The engine's own device, which it shows to nobody. */
  readonly device: GPUDevice;
}

/**
 * Opens an engine that is closed with the test, or skips the test where there is no software GPU.
 * @param prepare is given the device before the engine uses it
 */
export async function openEngine(
  t: TestContext,
  prepare: (device: GPUDevice) => void = () => undefined,
): Promise<OpenEngine | undefined> {
  const software = await softwareGpu();
  if ('missing' in software) {
    skipOrFail(t, software.missing);
    return undefined;
  }
  let device: GPUDevice | undefined;
  const watched = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await software.gpu.requestAdapter(options);
      const request = adapter?.requestDevice.bind(adapter);
      if (adapter && request) {
        adapter.requestDevice = async (descriptor) => {
          const opened = await request(descriptor);
          prepare(opened);
          device = opened;
          return opened;
        };
      }
      return adapter;
    },
  } as GPU;
  const engine = await createWebgpuEngine({ gpu: watched, allowFallbackAdapter: true });
  t.after(() => {
    engine.dispose();
  });
  if (!device) throw new Error('The engine has no device.');
  return { engine, device };
}
