/** Decodes several files at once, within a bound of pixels held. */
import { decodeGate } from './gate.ts';
import type { Decode, RgbaImage } from './image.ts';
import { readImageHeader } from './image-header.ts';
import { createQueue } from '../queue.ts';

/**
 * Runs `use` with a decoded image; its pixels count against the bound until it is done.
 * @throws what decoding throws
 */
export type WithDecoded = <T>(
  bytes: Uint8Array,
  name: string,
  use: (image: RgbaImage) => Promise<T>,
) => Promise<T>;

export function sideBySide(decode: Decode): WithDecoded {
  const gate = decodeGate();
  // The gate serves one caller at a time.
  const inTurn = createQueue();
  return async (bytes, name, use) => {
    const { width, height } = readImageHeader(bytes, name);
    return new Promise((resolve, reject) => {
      const work = async (): Promise<void> => decode(bytes, name).then(use).then(resolve, reject);
      void inTurn(() => gate.start(width * height, work));
    });
  };
}
