/** The pages' only door to the engine: starts a worker from its code and speaks its contract. */
import { connect, portChannel, type Connection, type Handlers } from '../shared/rpc.ts';

/** The part of the DOM's Worker that is needed here. */
type WorkerLike = Parameters<typeof portChannel>[0] & { terminate(): void };

export interface WorkerClient<Remote> extends Connection<Remote> {
  /** Ends the worker at once; calls under way fail with `disconnected`. */
  terminate(): void;
}

/**
 * @param worker a fresh worker made from the bundle's text (`new Worker(URL.createObjectURL(blob))`)
 * @param handlers what the page answers on the worker's behalf
 */
export function connectWorker<Remote, Local>(
  worker: WorkerLike,
  handlers: Handlers<Local>,
  onNoticeError?: (error: unknown, method: string) => void,
): WorkerClient<Remote> {
  const connection = connect<Local, Remote>(portChannel(worker), handlers, onNoticeError);
  return {
    ...connection,
    terminate: () => {
      connection.close();
      worker.terminate();
    },
  };
}
