/** Folders of a workspace that look worth training on, found with a few listings. */
import { isImagePath, parseIdxName } from '../../shared/dataset.ts';
import type { Files } from '../core/files.ts';
import { byPath } from './placement.ts';

export interface SuggestedFolder {
  readonly uri: string;
  /** Relative to the workspace folder; empty for itself. */
  readonly path: string;
  /** Images seen in it and in the folders looked at below: a lower bound. */
  readonly images: number;
  readonly idx: boolean;
}

const depth = 3;
const mostListings = 150;
const mostSuggestions = 20;

/** Looks at most three folders deep and at 150 folders in all; larger folders first. */
export async function suggestFolders(
  root: string,
  files: Files,
  signal: AbortSignal,
): Promise<SuggestedFolder[]> {
  const found: SuggestedFolder[] = [];
  let listings = 0;

  const visit = async (uri: string, path: string, level: number): Promise<number> => {
    if (signal.aborted || listings >= mostListings) return 0;
    listings++;
    const entries = await files.list(uri).catch(() => []);
    const named = entries.filter(({ name, kind }) => kind === 'file' && !name.startsWith('.'));
    let images = named.filter(({ name }) => isImagePath(name)).length;
    const idx = named.some(({ name }) => parseIdxName(name)?.role === 'idx-images');
    if (level < depth) {
      const folders = entries.filter(
        ({ kind, link, name }) =>
          kind === 'folder' && !link && !name.startsWith('.') && name !== 'node_modules',
      );
      for (const { name } of folders.sort((a, b) => byPath(a.name, b.name))) {
        images += await visit(files.join(uri, name), path === '' ? name : `${path}/${name}`, level + 1);
      }
    }
    if (images > 1 || idx) found.push({ uri, path, images, idx });
    return images;
  };

  await visit(root, '', 0);
  return found.sort((a, b) => b.images - a.images || byPath(a.path, b.path)).slice(0, mostSuggestions);
}
