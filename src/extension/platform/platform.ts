/** What only Node can do, and a web extension host does without. */
import type { FileStat } from '../core/files.ts';

export interface Platform {
  /**
   * Writes a file on the local disk so that a reader sees the old bytes or the new ones, never a part: a temporary
   * file beside it, flushed, then renamed over it. Undefined where there is no local disk.
   */
  readonly replaceFile: ((path: string, bytes: Uint8Array) => Promise<void>) | undefined;
  /** The path with every symbolic link resolved; undefined where links cannot be told apart. */
  readonly realPath: ((path: string) => Promise<string>) | undefined;
  /** A local file's bytes, as fast as the disk gives them: `workspace.fs` takes several times as long for a small one. */
  readonly readFile: ((path: string) => Promise<Uint8Array>) | undefined;
  /** Size and time of a local file, many times faster than `workspace.fs` tells them. */
  readonly stat: ((path: string) => Promise<Pick<FileStat, 'size' | 'mtime'>>) | undefined;
}
