/** One long job at a time in a worker, and the way to stop it. */
import { LensError } from '../shared/errors.ts';

export interface Exclusive {
  /** Runs `work` unless another job runs. @throws LensError `internal` if one does */
  run<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts the signal of the running job, if it is this one. */
  stop(jobId: string): void;
}

export function createExclusive(): Exclusive {
  let running: { readonly jobId: string; readonly abort: AbortController } | undefined;
  return {
    run: async (jobId, work) => {
      if (running) throw new LensError('internal', 'A job is already running in this window.');
      const abort = new AbortController();
      running = { jobId, abort };
      try {
        return await work(abort.signal);
      } finally {
        running = undefined;
      }
    },
    stop: (jobId) => {
      if (running?.jobId === jobId) running.abort.abort();
    },
  };
}
