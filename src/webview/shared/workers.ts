/** Starts workers: a webview may run one from a `blob:` only, so the page fetches the code. */
import { connectWorker, type WorkerClient } from '../../engine/client.ts';
import { LensError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { fetchCode } from './assets.ts';

export interface RunningWorker<Remote> extends WorkerClient<Remote> {
  /** Rejects when the worker dies of its own (memory, a crash); never resolves. */
  readonly crashed: Promise<never>;
}

const memoryWords = /memory|allocation|array buffer/i;

/** What a worker's death means to the user. */
export function crashError(message: string): LensError {
  return memoryWords.test(message)
    ? new LensError(
        'out-of-memory',
        'The window ran out of memory; choose a smaller image size or fewer images, or close other panels.',
        message,
      )
    : new LensError(
        'engine-failed',
        'The engine’s worker stopped unexpectedly; the log has the details.',
        message,
      );
}

/**
 * @param handlers what the page answers on the worker's behalf
 * @throws LensError `engine-unavailable` if the code cannot be loaded
 */
export async function startWorker<Remote, Local>(
  asset: 'engineWorker' | 'forwardWorker',
  handlers: Handlers<Local>,
  onNoticeError: (error: unknown, method: string) => void,
): Promise<RunningWorker<Remote>> {
  const url = URL.createObjectURL(new Blob([await fetchCode(asset)], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: `latent-lens ${asset}` });
  const client = connectWorker<Remote, Local>(worker, handlers, onNoticeError);
  const crashed = new Promise<never>((_, reject) => {
    const fail = (message: string): void => {
      reject(crashError(message));
      client.terminate();
    };
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      fail(event.message || 'the worker ended without a message');
    });
    worker.addEventListener('messageerror', () => fail('a message of the worker could not be read'));
  });
  // Whoever races with it sees the rejection; nobody racing is no error.
  crashed.catch(() => undefined);
  return {
    ...client,
    crashed,
    terminate: () => {
      client.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
