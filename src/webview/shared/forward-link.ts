/** The pages' forward-only worker: started when first needed, holding the model that is shown. */
import type { ForwardApi } from '../../shared/protocol/forward.ts';
import { fetchKernels } from './assets.ts';
import { keptWorker } from './kept-worker.ts';
import { startWorker, type RunningWorker } from './workers.ts';

export type ForwardWorker = RunningWorker<ForwardApi>;

/** One reading of a model file; read again, it may be another model. */
export interface ReadModel {
  readonly bytes: Uint8Array;
}

export interface ForwardLink {
  /**
   * Calls the worker with this model loaded.
   * @throws LensError what the worker says, `engine-unavailable` where it does not start, `engine-failed` where it dies
   */
  run<T>(view: ReadModel, call: (worker: ForwardWorker) => Promise<T>): Promise<T>;
}

export function forwardLink(onNoticeError: (error: unknown, method: string) => void): ForwardLink {
  const keys = new WeakMap<Uint8Array, string>();
  /** Loading and what needs the loaded model must not mix with another model's. */
  let queue: Promise<unknown> = Promise.resolve();

  const running = keptWorker<ForwardApi>(async () => {
    const [kernels, worker] = await Promise.all([
      fetchKernels(),
      startWorker<ForwardApi, Record<never, never>>('forwardWorker', {}, onNoticeError),
    ]);
    await Promise.race([worker.call('start', { kernels }), worker.crashed]);
    return worker;
  });

  const keyOf = ({ bytes }: ReadModel): string => {
    const key = keys.get(bytes) ?? crypto.randomUUID();
    keys.set(bytes, key);
    return key;
  };

  return {
    run: <T>(view: ReadModel, call: (worker: ForwardWorker) => Promise<T>): Promise<T> => {
      const mine = queue.then(async () => {
        const worker = await running();
        const work = async (): Promise<T> => {
          const key = keyOf(view);
          if (!(await worker.call('hasModel', { key }))) {
            await worker.call('loadModel', { key, bytes: view.bytes });
          }
          return call(worker);
        };
        return Promise.race([work(), worker.crashed]);
      });
      queue = mine.catch(() => undefined);
      return mine;
    },
  };
}
