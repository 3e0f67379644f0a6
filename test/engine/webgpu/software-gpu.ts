/**
 * WebGPU in plain Node: the npm package `webgpu` (Dawn) on SwiftShader, the software Vulkan driver that comes with
 * Debian's Chromium. Where it cannot be had, the reason names what is missing and the tests are skipped with it.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type SoftwareGpu = { readonly gpu: GPU } | { readonly missing: string };

const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

// glibc's RTLD_NOW | RTLD_NODELETE: the library stays although it is no Node module.
const nowAndForGood = 0x1002;

/**
 * The Vulkan loader comes with Chromium, too, and lies where no loader looks. Once loaded by its path, it is found
 * by its name.
 */
function preloadVulkan(library: string): void {
  try {
    process.dlopen({ exports: {} }, library, nowAndForGood);
  } catch {
    // It is loaded all the same; whether it helped shows when an adapter is asked for.
  }
}

async function open(): Promise<SoftwareGpu> {
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'vk_swiftshader_icd.json')));
  if (process.platform !== 'linux' || !folder) return { missing: 'no SwiftShader driver of Chromium' };
  process.env['VK_ICD_FILENAMES'] ??= path.join(folder, 'vk_swiftshader_icd.json');
  process.env['XDG_RUNTIME_DIR'] ??= mkdtempSync(path.join(tmpdir(), 'latent-lens-gpu-'));
  preloadVulkan(path.join(folder, 'libvulkan.so.1'));
  const dawn = await import('webgpu').catch(() => undefined);
  if (!dawn) return { missing: 'the npm package webgpu has no binary for this machine' };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create(['backend=vulkan']);
  if (!(await gpu.requestAdapter())) return { missing: 'no Vulkan adapter' };
  // tfjs asks the global object whether there is WebGPU. Node 21 and later have a navigator of their own.
  const navigator: unknown = (globalThis as { navigator?: unknown }).navigator;
  if (navigator) Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  return { gpu };
}

let opened: Promise<SoftwareGpu> | undefined;

/** The software GPU of this process, opened once. */
export const softwareGpu = (): Promise<SoftwareGpu> => (opened ??= open());

/** Dawn's threads keep Node alive as long as its instance is reachable: to be called when all tests are done. */
export function releaseSoftwareGpu(): void {
  opened = undefined;
  const holder = globalThis as { navigator?: { gpu?: unknown } };
  if (holder.navigator) delete holder.navigator.gpu;
}
