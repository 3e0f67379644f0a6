/** The Studio's one engine worker: started when first needed, replaced after it died. */
import type { EngineApi, EngineHostApi } from '../../shared/protocol/engine.ts';
import type { StudioBootstrap } from '../../shared/protocol/studio.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { fetchHelpers, fetchKernels } from '../shared/assets.ts';
import { keptWorker } from '../shared/kept-worker.ts';
import { startWorker, type RunningWorker } from '../shared/workers.ts';

export type EngineWorker = RunningWorker<EngineApi>;

export interface EngineLink {
  /** The running worker, or a fresh one. @throws LensError `engine-unavailable` */
  worker(): Promise<EngineWorker>;
  /** A call that fails when the worker dies instead of waiting for ever. */
  run<T>(call: (worker: EngineWorker) => Promise<T>): Promise<T>;
}

export function engineLink(
  handlers: Handlers<EngineHostApi>,
  bootstrap: () => Promise<StudioBootstrap>,
  onNoticeError: (error: unknown, method: string) => void,
): EngineLink {
  const worker = keptWorker<EngineApi>(async () => {
    const [{ engine, workers, version }, kernels] = await Promise.all([bootstrap(), fetchKernels()]);
    const helpers = await fetchHelpers(workers);
    const worker = await startWorker<EngineApi, EngineHostApi>('engineWorker', handlers, onNoticeError);
    await Promise.race([
      worker.call('start', { kernels, helpers, choice: engine, writtenBy: version }),
      worker.crashed,
    ]);
    return worker;
  });

  return {
    worker,
    run: async (call) => {
      const running = await worker();
      return Promise.race([call(running), running.crashed]);
    },
  };
}
