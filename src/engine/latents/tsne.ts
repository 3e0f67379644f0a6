/** The product's own t-SNE as the projection of a job. */
import type { KernelFiles } from '../../shared/protocol/engine.ts';
import { compileProjection } from '../projection/kernels.ts';
import { neighbourQuality } from '../projection/metrics.ts';
import { createTsne, type TsneStage } from '../projection/run.ts';
import type { Projection } from './projector.ts';

/** Where each stage of the preparation begins and ends, as shares of the whole: the neighbours take nearly all of it. */
const stages: Readonly<Record<TsneStage, readonly [number, number]>> = {
  neighbours: [0, 0.9],
  affinities: [0.9, 0.98],
  initialisation: [0.98, 1],
};

/** @throws LensError `engine-unavailable` */
export async function tsneProjection(files: KernelFiles): Promise<Projection> {
  const program = await compileProjection(files);
  return {
    engine: `wasm-${program.build}`,
    create: ({ onProgress, ...options }) =>
      createTsne({
        ...options,
        kernels: program,
        onStage: (stage, done, total) => {
          const [from, to] = stages[stage];
          onProgress(from + ((to - from) * done) / Math.max(1, total));
        },
      }),
    quality: (set, coordinates, seed, hooks) => neighbourQuality(program, set, coordinates, seed, hooks),
  };
}
