/** A worker that is started when first asked for, and anew after it died or did not start. */
import type { RunningWorker } from './workers.ts';

export function keptWorker<Remote>(
  start: () => Promise<RunningWorker<Remote>>,
): () => Promise<RunningWorker<Remote>> {
  let current: Promise<RunningWorker<Remote>> | undefined;
  return () => {
    if (current !== undefined) return current;
    const started = start();
    const forget = (): void => {
      if (current === started) current = undefined;
    };
    started.then((worker) => worker.crashed).catch(forget);
    current = started;
    return started;
  };
}
