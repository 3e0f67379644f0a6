/** The files that a scan leaves out, each with its reason. */
import { formatCount } from '../../shared/count.ts';
import { maxSkippedNames, type SkippedFile } from '../../shared/dataset.ts';
import { LensError, toWireError, type WireError } from '../../shared/errors.ts';
import type { SourceFile } from '../../shared/transport.ts';

export class SkippedFiles {
  readonly #files: { readonly file: SourceFile; readonly error: WireError }[] = [];

  /** @param error anything that was thrown for this file */
  add(file: SourceFile, error: unknown): void {
    this.#files.push({ file, error: toWireError(error) });
  }

  get count(): number {
    return this.#files.length;
  }

  /** The first in file order, whatever the order in which they failed. */
  list(): readonly SkippedFile[] {
    return this.#sorted()
      .slice(0, maxSkippedNames)
      .map(({ file, error }) => ({ path: file.path, reason: error.message }));
  }

  /** The error to throw where nothing was left: the first file's own, with the number of the others. */
  asError(): LensError {
    const first = this.#sorted()[0]?.error;
    if (!first) return new LensError('too-few-images', 'There are no images here.');
    if (this.#files.length === 1) return new LensError(first.code, first.message, first.detail);
    return new LensError(
      'invalid-dataset',
      `None of the ${formatCount(this.#files.length)} files could be read. The first: ${first.message}`,
      first.detail,
    );
  }

  #sorted(): readonly { readonly file: SourceFile; readonly error: WireError }[] {
    return this.#files.sort((a, b) => a.file.index - b.file.index);
  }
}
