/** From files and folders that were chosen to the list of images to check. */
import { cancelled } from '../../shared/errors.ts';
import { maxSkippedNames, type SkippedFile } from '../../shared/dataset.ts';
import { toFileError, type Files } from '../core/files.ts';
import { mapBounded } from '../core/pool.ts';
import { evenly } from '../datasets/scan.ts';
import { walkFolder } from '../datasets/walk.ts';

export interface ListOptions {
  readonly files: Files;
  /** How a file is shown. */
  readonly describe: (uri: string) => string;
  /** Resolves links below a folder, where that is possible. */
  readonly linkResolver: (uri: string) => ((uri: string) => Promise<string>) | undefined;
  readonly maxImages: number;
  readonly signal: AbortSignal;
  readonly onProgress: (found: { readonly images: number }) => void;
}

export interface ImageList {
  /** Images as URIs, each once, and how they are shown. */
  readonly uris: readonly string[];
  readonly names: readonly string[];
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  readonly cut: { readonly found: number; readonly limit: number } | null;
}

interface Found {
  readonly uri: string;
  readonly name: string;
}

/**
 * Files that were chosen one by one are taken as they are, so that one that is no image says so in its row; of a folder
 * its images and those of the folders below it.
 * @throws LensError `cancelled`; `not-found`, `no-permission` or `read-failed` for a folder that was chosen
 */
export async function listImages(targets: readonly string[], options: ListOptions): Promise<ImageList> {
  const { files, signal, maxImages } = options;
  const found: Found[] = [];
  const skipped: SkippedFile[] = [];
  let skippedCount = 0;
  const kinds = await mapBounded(targets, 16, async (uri) => {
    // Whoever is not there (any more) says so in its row.
    const stat = await files.stat(uri).catch(() => undefined);
    return stat?.kind ?? 'file';
  });
  for (const [at, uri] of targets.entries()) {
    if (signal.aborted) throw cancelled();
    if (kinds[at] !== 'folder') {
      found.push({ uri, name: options.describe(uri) });
      continue;
    }
    const walked = await walkFolder(uri, {
      files,
      realPath: options.linkResolver(uri),
      signal,
      onProgress: ({ images }) => options.onProgress({ images: found.length + images }),
    }).catch((error: unknown) => {
      throw toFileError(error, 'read', options.describe(uri));
    });
    const prefix = prefixOf(uri, options);
    for (const path of walked.images) {
      found.push({ uri: files.join(uri, ...path.split('/')), name: prefix + path });
    }
    skipped.push(...walked.skipped.map(({ path, reason }) => ({ path: prefix + path, reason })));
    for (const path of walked.idx) {
      skipped.push({ path: prefix + path, reason: 'an IDX file, not an image file' });
    }
    skippedCount += walked.skippedCount + walked.idx.length;
  }
  const unique = [...new Map(found.map((each) => [each.uri, each])).values()];
  const taken = evenly(unique, maxImages);
  return {
    uris: taken.map(({ uri }) => uri),
    names: taken.map(({ name }) => name),
    skipped: skipped.slice(0, maxSkippedNames),
    skippedCount,
    cut: taken.length < unique.length ? { found: unique.length, limit: maxImages } : null,
  };
}

/** What stands before the paths in a folder; empty for the workspace's own. */
function prefixOf(folder: string, { files, describe }: ListOptions): string {
  const child = describe(files.join(folder, 'x'));
  return child.slice(0, -1);
}
