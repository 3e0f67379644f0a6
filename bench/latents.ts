// What the benches of t-SNE share: the points, and our kernels.
import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { projectionFiles } from '../scripts/build-kernels.mjs';
import { compileProjection, type ProjectionProgram } from '../src/engine/projection/kernels.ts';
import type { PointSet } from '../src/engine/projection/points.ts';
import { readSafetensors } from '../src/shared/safetensors.ts';
import { referencePath } from '../test/support/data.ts';

/** The 10,000 latents of the notebook's trained model. @throws Error where the file is missing */
export function readLatents(): PointSet {
  const file = referencePath('notebook-trained.safetensors');
  if (!existsSync(file)) {
    throw new Error(
      'notebook-trained.safetensors is missing: set LATENT_LENS_REFERENCE to the folder that has it.',
    );
  }
  const tensor = readSafetensors(readFileSync(file)).tensors.get('oracle.latents');
  const [count, dimensions] = tensor?.shape ?? [];
  if (!(tensor?.data instanceof Float32Array) || count === undefined || dimensions === undefined) {
    throw new Error('notebook-trained.safetensors holds no latents named oracle.latents.');
  }
  return { points: tensor.data, count, dimensions };
}

/** The projection's kernels, relaxed SIMD switched on where it has to be. */
export async function projectionProgram(build: 'simd' | 'fma'): Promise<ProjectionProgram> {
  // Node 20 has relaxed SIMD behind a flag; later versions and Chromium have it on.
  if (Number(process.versions.node.split('.')[0]) < 22) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  const modules = {
    simd: new Uint8Array(readFileSync(projectionFiles.simd)),
    fma: new Uint8Array(readFileSync(projectionFiles.fma)),
  };
  return compileProjection(modules, build);
}
