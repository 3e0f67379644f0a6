/** Passes a finished model file from the worker on to the host, in parts that one message can carry. */
import { packBytes } from '../../shared/transport.ts';
import type { SaveApi } from '../../shared/protocol/save.ts';
import type { Connection } from '../../shared/rpc.ts';

export interface Saved {
  readonly uri: string;
  readonly savedAs: string;
}

/**
 * @param bytes the whole file
 * @throws LensError what the host says: `disk-full`, `no-permission`, `write-failed`; the file before is kept
 */
export async function relaySave(
  calls: Pick<Connection<SaveApi>, 'call'>,
  job: { readonly jobId: string; readonly name: string; readonly bytes: Uint8Array },
): Promise<Saved> {
  const { jobId, name, bytes } = job;
  const { token } = await calls.call('beginSave', { jobId, name, size: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += packBytes) {
    // A copy of its own: a view would ship the whole buffer behind it.
    const part = bytes.slice(offset, offset + packBytes);
    await calls.call('appendSave', { token, bytes: part });
  }
  return calls.call('commitSave', { token });
}
