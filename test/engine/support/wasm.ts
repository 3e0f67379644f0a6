// The wasm engine in Node, with the kernels that scripts/build-kernels.mjs has compiled.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { createWasmEngine, type KernelBuild } from '../../../src/engine/backends/wasm/engine.ts';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { kernelFiles } from '../../../scripts/build-kernels.mjs';

// Node 20 has relaxed SIMD behind a flag; later versions and Chromium have it on.
if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

export const kernelBuilds: readonly KernelBuild[] = ['simd', 'fma'];

export const wasmModules = (): Record<KernelBuild, Uint8Array<ArrayBuffer>> => ({
  simd: new Uint8Array(readFileSync(kernelFiles.simd)),
  fma: new Uint8Array(readFileSync(kernelFiles.fma)),
});

export const wasmEngine = (build: KernelBuild): Promise<Engine> => createWasmEngine(wasmModules(), { build });
