/** Reads a whole file through the host, in parts of at most 4 MiB. */
import { LensError } from '../../shared/errors.ts';
import { packBytes } from '../../shared/transport.ts';

export type ReadPart = (params: {
  readonly uri: string;
  readonly offset: number;
  readonly length: number;
}) => Promise<{ readonly bytes: Uint8Array; readonly size: number }>;

/** Larger than any model that this version writes; a guard, not a promise. */
const largestFile = 1024 ** 3;

/**
 * @throws LensError what the host says, or `read-failed` if the file changes its size meanwhile or is over 1 GiB
 */
export async function readWholeFile(read: ReadPart, uri: string): Promise<Uint8Array> {
  const first = await read({ uri, offset: 0, length: packBytes });
  const { size } = first;
  if (size > largestFile) throw new LensError('read-failed', 'This model file is larger than 1 GiB.');
  if (first.bytes.length === size) return first.bytes;
  const whole = new Uint8Array(size);
  let offset = 0;
  let part = first;
  for (;;) {
    if (part.size !== size || part.bytes.length === 0 || offset + part.bytes.length > size) {
      throw new LensError('read-failed', 'The model file changed while it was being read; try again.');
    }
    whole.set(part.bytes, offset);
    offset += part.bytes.length;
    if (offset === size) return whole;
    part = await read({ uri, offset, length: Math.min(packBytes, size - offset) });
  }
}
