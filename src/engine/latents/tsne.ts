/** The product's own t-SNE as the projection of a job. */
import type { KernelFiles } from '../../shared/protocol/engine.ts';
import { compileProjection } from '../projection/kernels.ts';
import { neighbourQuality } from '../projection/metrics.ts';
import { startProjector, type TsneEngines } from './start-projector.ts';
import type { Projection } from './projector.ts';

const wasmOnly: TsneEngines = { choice: 'wasm', gpu: undefined, log: () => undefined };

/** @throws LensError `engine-unavailable` where WebAssembly is missing, which every run needs */
export async function tsneProjection(
  files: KernelFiles,
  engines: TsneEngines = wasmOnly,
): Promise<Projection> {
  const program = await compileProjection(files);
  return {
    create: (options) => startProjector(program, engines, options),
    quality: (set, coordinates, seed, hooks) => neighbourQuality(program, set, coordinates, seed, hooks),
  };
}
