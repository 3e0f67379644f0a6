/** The projection's GPU on the software adapter, for one test. */
import type { TestContext } from 'node:test';
import { ProjectionGpu } from '../../../src/engine/projection/webgpu/gpu.ts';
import { skipOrFail } from '../../support/data.ts';
import { softwareGpu } from './software-gpu.ts';

/**
 * A `navigator.gpu` of the software adapter; the test is skipped where there is none.
 * @param info how the adapter describes itself; by default as what it is
 * @param prepare is given each device before it is used
 */
export async function watchedGpu(
  t: TestContext,
  { info, prepare }: { info?: Partial<GPUAdapterInfo>; prepare?: (device: GPUDevice) => void } = {},
): Promise<GPU | undefined> {
  const software = await softwareGpu();
  if ('missing' in software) {
    skipOrFail(t, software.missing);
    return undefined;
  }
  const { gpu } = software;
  return {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await gpu.requestAdapter(options);
      if (!adapter) return null;
      return {
        info: info ?? adapter.info,
        limits: adapter.limits,
        async requestDevice(descriptor?: GPUDeviceDescriptor) {
          const device = await adapter.requestDevice(descriptor);
          prepare?.(device);
          return device;
        },
      };
    },
  } as GPU;
}

/** Opens it; it is closed with the test. */
export async function openProjection(
  t: TestContext,
  prepare?: (device: GPUDevice) => void,
): Promise<ProjectionGpu | undefined> {
  const watched = await watchedGpu(t, prepare ? { prepare } : {});
  const adapter = await watched?.requestAdapter();
  if (!adapter) return undefined;
  const gpu = await ProjectionGpu.open(adapter);
  t.after(() => gpu.close());
  return gpu;
}

/** Changes the code of a shader with this label, which must contain what is replaced. */
export const spoiling =
  (label: string, from: string, to: string) =>
  (device: GPUDevice): void => {
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      if (descriptor.label !== label) return create(descriptor);
      if (!descriptor.code.includes(from)) throw new Error(`${label} has no ${from}`);
      return create({ ...descriptor, code: descriptor.code.replace(from, to) });
    };
  };
