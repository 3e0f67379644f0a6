/** Lists the files of a folder and of those below it, without opening any. */
import { cancelled } from '../../shared/errors.ts';
import {
  isImagePath,
  maxSkippedNames,
  parseIdxName,
  splitOfFolder,
  type SkippedFile,
} from '../../shared/dataset.ts';
import { toFileError, type Files, type FolderEntry } from '../core/files.ts';
import { Pool } from '../core/pool.ts';
import { byPath } from './placement.ts';

const concurrency = 16;
/** Left-out files beyond this many are only counted while walking. */
const skippedKept = 10_000;

/** Folders that hold an environment, a cache or a repository, never somebody's pictures. */
const notSearched = new Set([
  'node_modules',
  '__pycache__',
  '__MACOSX',
  'venv',
  'site-packages',
  '$RECYCLE.BIN',
]);

export interface WalkOptions {
  readonly files: Files;
  /** Resolves the links of a folder's URI; undefined where that is not possible: then linked folders are left out. */
  readonly realPath: ((uri: string) => Promise<string>) | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (found: { readonly images: number; readonly folders: number }) => void;
}

export interface WalkResult {
  /** Paths relative to the root, in the order of {@link byPath}. */
  readonly images: readonly string[];
  readonly idx: readonly string[];
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
}

interface LinkedFolder {
  readonly path: string;
  readonly uri: string;
}

/**
 * Walks the folders below `root`. Linked folders are followed once: a link to a folder that is already part of the
 * walk, or that holds the root, is left out, so that loops end and no image counts twice.
 * @throws LensError `cancelled`; `not-found`, `no-permission` or `read-failed` for the root itself
 */
export async function walkFolder(root: string, options: WalkOptions): Promise<WalkResult> {
  const { files, signal, onProgress } = options;
  const pool = new Pool(concurrency);
  const images: string[] = [];
  const idx: string[] = [];
  const skipped: SkippedFile[] = [];
  const visited = new Set<string>();
  const links: LinkedFolder[] = [];
  let skippedCount = 0;
  let folders = 0;

  const skip = (path: string, reason: string): void => {
    skippedCount++;
    if (skipped.length < skippedKept) skipped.push({ path, reason });
  };

  const takeFile = (path: string, name: string): void => {
    if (name.startsWith('.')) {
      if (isImagePath(name)) skip(path, 'hidden file');
    } else if (isImagePath(name)) images.push(path);
    else if (parseIdxName(name)) idx.push(path);
    else skip(path, 'not an image type that can be read');
  };

  const reasonAgainst = (name: string, siblings: readonly FolderEntry[]): string | null => {
    if (name.startsWith('.')) return 'hidden folder: not searched';
    if (notSearched.has(name)) return 'not searched';
    // Beside train and test folders, MVTec AD keeps the masks of its defects, which are images by name only.
    const besideSplits = siblings.some(
      (entry) => entry.kind === 'folder' && splitOfFolder(entry.name) !== null,
    );
    return name.toLowerCase() === 'ground_truth' && besideSplits
      ? 'masks of defects, not images to learn'
      : null;
  };

  const walk = async (uri: string, path: string, real: string | undefined): Promise<void> => {
    if (signal.aborted) throw cancelled();
    if (real !== undefined) visited.add(real);
    let entries: FolderEntry[];
    try {
      entries = await pool.run(() => (signal.aborted ? Promise.reject(cancelled()) : files.list(uri)));
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const failure = toFileError(error, 'read', path || files.nameOf(uri));
      if (path === '') throw failure;
      skip(path, 'the folder could not be read');
      return;
    }
    const below: Promise<void>[] = [];
    for (const entry of entries) {
      const childPath = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.kind === 'file') takeFile(childPath, entry.name);
      else if (entry.kind === 'folder') {
        const reason = reasonAgainst(entry.name, entries);
        const childUri = files.join(uri, entry.name);
        if (reason !== null) skip(childPath, reason);
        else if (entry.link) links.push({ path: childPath, uri: childUri });
        else below.push(walk(childUri, childPath, real === undefined ? undefined : `${real}/${entry.name}`));
      } else skip(childPath, 'a link that leads nowhere, or a special file');
    }
    folders++;
    onProgress({ images: images.length, folders });
    await Promise.all(below);
  };

  const realRoot = await options.realPath?.(root).catch(() => undefined);
  await walk(root, '', realRoot);

  // Links wait until all that lies in plain folders is known; among themselves they go in order, one at a time.
  while (links.length > 0) {
    links.sort((a, b) => byPath(b.path, a.path));
    const link = links.pop();
    if (!link) break;
    const real =
      realRoot === undefined ? undefined : await options.realPath?.(link.uri).catch(() => undefined);
    if (real === undefined || realRoot === undefined) skip(link.path, 'a linked folder is not followed here');
    else if (visited.has(real)) skip(link.path, 'a link to a folder that is already included');
    else if (realRoot.startsWith(`${real}/`) || real === '/')
      skip(link.path, 'a link to a folder around this one');
    else await walk(link.uri, link.path, real);
  }

  return {
    images: images.sort(byPath),
    idx: idx.sort(byPath),
    skipped: skipped.sort((a, b) => byPath(a.path, b.path)).slice(0, maxSkippedNames),
    skippedCount,
  };
}
