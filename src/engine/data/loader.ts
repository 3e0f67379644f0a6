/** Loads a data set into packed memory: the one way from file bytes to a job's pixels. */
import { decodeImage } from './decode.ts';
import { loadFolder } from './folder-loader.ts';
import { loadIdx } from './idx-loader.ts';
import type { Alter, Decode } from './image.ts';
import type { LoadRequest } from './load-request.ts';
import type { PackedImages } from './packed-images.ts';

/**
 * Reads, decodes and fits every image, in the order of the files whatever the order of decoding. Files that cannot be
 * read are listed and left out, and the rest goes on.
 * @throws LensError `cancelled`; `out-of-memory` before anything is read if the pixels exceed the budget;
 *   `invalid-dataset` for a filter that no class answers to; where no image is left, the first file's reason
 */
export async function loadDataset(request: LoadRequest): Promise<PackedImages> {
  if (request.kind === 'idx') return loadIdx(request);
  const { decode = decodeImage, alter } = request;
  return loadFolder({ ...request, decode: alter ? altering(decode, alter) : decode });
}

/** Decodes images of files, and changes them. */
const altering =
  (decode: Decode, alter: Alter): Decode =>
  async (bytes, path) => {
    const { height, width, data: pixels } = await decode(bytes, path);
    return { height, width, data: alter({ height, width, channels: 4, pixels }, path, 0) };
  };
