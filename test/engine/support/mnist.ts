// MNIST for tests: images of an IDX file as floats.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { dataPath } from '../../support/data.ts';

export const mnistTrain = dataPath('mnist', 'train-images-idx3-ubyte.gz');
export const mnistTest = dataPath('mnist', 't10k-images-idx3-ubyte.gz');

/** Images `[first, first + count)` in file order, `[count, 28, 28, 1]`, byte / 255. */
export function readMnist(file: string, first: number, count: number): Float32Array {
  const header = 16;
  const size = 28 * 28;
  const bytes = gunzipSync(readFileSync(file)).subarray(
    header + first * size,
    header + (first + count) * size,
  );
  return Float32Array.from(bytes, (byte) => byte / 255);
}
