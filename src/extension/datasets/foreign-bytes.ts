/** Files that bear an image's name and are none: said before a decoder has to guess. */
import { LensError } from '../../shared/errors.ts';

const lfsPointer = 'version https://git-lfs.github.com/spec/';

/** A sentence for an empty file or a Git LFS pointer; undefined for all others. Looks at the first bytes only. */
export function refusalOf(bytes: Uint8Array, name: string): LensError | undefined {
  if (bytes.length === 0) return new LensError('empty-file', `“${name}” is empty (0 bytes).`);
  if (bytes.length > 1024 || bytes[0] !== 0x76) return undefined;
  const start = String.fromCharCode(...bytes.subarray(0, lfsPointer.length));
  if (start !== lfsPointer) return undefined;
  return new LensError(
    'not-an-image',
    `“${name}” is a Git LFS pointer, not the image itself. Run “git lfs pull” to fetch the image.`,
  );
}
