/** Where a data set is, written so that a workspace may be moved or cloned elsewhere, and found again. */
import { segmentsBelow } from '../../shared/uri-path.ts';
import type { Files } from './files.ts';

export interface WorkspaceFolder {
  readonly name: string;
  readonly uri: string;
}

const isUri = (location: string): boolean => /^[a-z][a-z0-9+.-]*:\//i.test(location);

/** Relative to its workspace folder, `.` for the folder itself; with the folder's name first where there are several. */
export function locationOf(uri: string, folders: readonly WorkspaceFolder[]): string {
  for (const folder of folders) {
    const segments = segmentsBelow(folder.uri, uri);
    if (!segments) continue;
    if (folders.length > 1) return [folder.name, ...segments].join('/');
    return segments.length === 0 ? '.' : segments.join('/');
  }
  return uri;
}

/**
 * URIs at which the data set may be, likeliest first. A model file may come from anywhere: a relative location cannot
 * lead out of the workspace.
 */
export function placesOf(
  location: string,
  folders: readonly WorkspaceFolder[],
  files: Files,
): readonly string[] {
  if (isUri(location)) return [location];
  const segments = location.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return [];
  const named = folders
    .filter(({ name }) => name === segments[0])
    .map(({ uri }) => files.join(uri, ...segments.slice(1)));
  const plain = folders.map(({ uri }) => files.join(uri, ...segments));
  return folders.length > 1 ? [...named, ...plain] : [...plain, ...named];
}
