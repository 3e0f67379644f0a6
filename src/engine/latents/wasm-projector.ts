/** A t-SNE on WASM as a job steps it. */
import type { ProjectionProgram } from '../projection/kernels.ts';
import type { Tsne } from '../projection/run.ts';
import type { Projector } from './projector.ts';

/** @param reason why WASM, one sentence without a full stop */
export const wasmProjector = (program: ProjectionProgram, run: Tsne, reason: string): Projector => ({
  engine: `wasm-${program.build}`,
  reason: `WASM: ${reason}`,
  perplexity: run.perplexity,
  get iteration() {
    return run.iteration;
  },
  step: async (iterations) => run.step(iterations),
  coordinates: async () => run.coordinates,
  estimateKl: async () => run.estimateKl(),
  exactKl: (hooks) => run.exactKl(hooks),
  exportState: async () => run.exportState(),
  dispose: () => undefined,
});
