/** The files of one run of a batch: read ahead, packed, with their size and time as they were when they were read. */
import { formatCount } from '../../shared/count.ts';
import { LensError } from '../../shared/errors.ts';
import { isImagePath } from '../../shared/dataset.ts';
import type { Pack, PackCursor } from '../../shared/transport.ts';
import type { FileStat, Files } from '../core/files.ts';
import { DatasetReader } from '../datasets/reader.ts';

/** Larger files are no images that a model of this family was made for, and would stall the window. */
export const largestImage = 200 * 1000 ** 2;

/**
 * Whether a file can be an image that is checked, by its name and what the file system says.
 * @throws LensError with a sentence for everything that cannot
 */
export function assertCheckable(uri: string, name: string, { kind, size }: FileStat): void {
  if (kind !== 'file') throw new LensError('not-an-image', `“${name}” is a folder. Choose an image in it.`);
  if (!isImagePath(uri)) {
    throw new LensError(
      'unsupported-format',
      `“${name}” is not an image of a type that can be checked (PNG, JPEG, WebP, BMP, ICO, GIF, AVIF).`,
    );
  }
  if (size > largestImage) {
    const megabytes = Math.round(size / 1000 ** 2);
    throw new LensError(
      'image-too-large',
      `“${name}” has ${formatCount(megabytes)} MB; images up to ${largestImage / 1000 ** 2} MB can be checked. Save a smaller version and check that.`,
    );
  }
}

export class BatchSource {
  private readonly reader: DatasetReader;
  private readonly stats = new Map<number, FileStat>();

  /** @param indices of the images that are left, among all of the batch */
  constructor(uris: readonly string[], names: readonly string[], indices: readonly number[], files: Files) {
    const indexOf = new Map<string, number>();
    for (const index of indices) indexOf.set(uris[index] ?? '', index);
    const read = async (uri: string): Promise<Uint8Array> => {
      const stat = await files.stat(uri);
      const index = indexOf.get(uri) ?? -1;
      assertCheckable(uri, names[index] ?? uri, stat);
      // Taken before the bytes: a file that changes in between has another time than the one kept.
      this.stats.set(index, stat);
      return files.read(uri);
    };
    this.reader = new DatasetReader(
      {
        root: '',
        files: indices.map((index) => ({
          ...{ index, path: names[index] ?? '', role: 'image', label: -1, split: null },
        })),
      },
      { join: files.join, read },
      undefined,
      ({ index }) => uris[index] ?? '',
    );
  }

  /** See {@link DatasetReader.pull}; the cursor counts along the images that are left. */
  pull(cursor: PackCursor, signal?: AbortSignal): Promise<Pack> {
    return this.reader.pull({ source: '', cursor }, signal);
  }

  /** Size and time of an image as they were when it was read, once. */
  takeStat(index: number): FileStat | undefined {
    const stat = this.stats.get(index);
    this.stats.delete(index);
    return stat;
  }

  release(): void {
    this.reader.release();
    this.stats.clear();
  }
}
