/** Starts a helper from inside a worker. */
import { connectWorker } from '../../../client.ts';
import type { ShardApi } from './contract.ts';
import type { Helper } from './team.ts';

/** @param code text of the bundle: neither page nor worker may run a file of the extension as a worker */
export function startHelper(code: string): Helper {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'latent-lens shardWorker' });
  const client = connectWorker<ShardApi, Record<string, never>>(worker, {});
  const terminate = (): void => {
    client.terminate();
    URL.revokeObjectURL(url);
  };
  // A helper that died answers no more: whoever waits for it is told.
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    terminate();
  });
  worker.addEventListener('messageerror', terminate);
  return { call: client.call, send: client.send, terminate };
}
