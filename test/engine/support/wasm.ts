// The wasm engine in Node, with the kernels that scripts/build-kernels.mjs has compiled.
import { readFileSync } from 'node:fs';
import { createWasmEngine, type KernelBuild } from '../../../src/engine/backends/wasm/engine.ts';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { kernelFiles } from '../../../scripts/build-kernels.mjs';

export const kernelBuilds: readonly KernelBuild[] = ['simd', 'fma'];

export const wasmModules = (): Record<KernelBuild, Uint8Array<ArrayBuffer>> => ({
  simd: new Uint8Array(readFileSync(kernelFiles.simd)),
  fma: new Uint8Array(readFileSync(kernelFiles.fma)),
});

export const wasmEngine = (build: KernelBuild): Promise<Engine> => createWasmEngine(wasmModules(), { build });
