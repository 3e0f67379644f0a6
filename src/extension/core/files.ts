/** The host's file system, reduced to what the cores need; URIs are strings, so that tests run without VS Code. */
import { LensError, type ErrorCode } from '../../shared/errors.ts';

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly mtime: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
  /** Whether the entry is a symbolic link to a file or folder. */
  readonly link: boolean;
}

/** Every method rejects with what the file system threw; {@link toFileError} makes a sentence of it. */
export interface Files {
  join(uri: string, ...names: string[]): string;
  parent(uri: string): string;
  /** The last segment of the path, decoded. */
  nameOf(uri: string): string;
  stat(uri: string): Promise<FileStat>;
  list(folder: string): Promise<FolderEntry[]>;
  read(uri: string): Promise<Uint8Array>;
  write(uri: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string, overwrite: boolean): Promise<void>;
  remove(uri: string): Promise<void>;
  /** Creates the folder and its parents; nothing happens where it exists. */
  createFolder(uri: string): Promise<void>;
}

interface FileFailure {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  readonly why: string;
}

/** Codes of Node (`ENOSPC`) and names of `vscode.FileSystemError` (`NoPermissions`), wherever they stand. */
const failures: readonly FileFailure[] = [
  { code: 'disk-full', pattern: /ENOSPC|EDQUOT|QuotaExceeded|no space left/i, why: 'the disk is full' },
  {
    code: 'no-permission',
    pattern: /EACCES|EPERM|EROFS|NoPermissions|read-?only/i,
    why: 'it may not be accessed',
  },
  {
    code: 'not-found',
    pattern: /ENOENT|ENOTDIR|FileNotFound|EntryNotFound|nonexistent/i,
    why: 'it is not there (any more)',
  },
];

const textOf = (error: unknown): string =>
  error instanceof Error
    ? `${'code' in error ? String(error.code) : ''} ${error.name} ${error.message}`
    : String(error);

/** Whether an error of the file system says that the file or folder does not exist. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof LensError
    ? error.code === 'not-found'
    : failures.some(({ code, pattern }) => code === 'not-found' && pattern.test(textOf(error)));

/**
 * An error of the file system as one sentence.
 * @param action what was tried, as in “Could not read”
 * @param name the file as the user knows it
 */
export function toFileError(error: unknown, action: 'read' | 'write', name: string): LensError {
  if (error instanceof LensError) return error;
  const text = textOf(error);
  const known = failures.find(({ pattern }) => pattern.test(text));
  const advice =
    known?.code === 'disk-full'
      ? ' Free some space and try again; what was saved before is kept.'
      : known?.code === 'no-permission'
        ? ` Check the permissions of the ${action === 'write' ? 'folder' : 'file'}.`
        : '';
  return new LensError(
    known?.code ?? (action === 'read' ? 'read-failed' : 'write-failed'),
    `Could not ${action} “${name}”: ${known?.why ?? reasonOf(error)}.${advice}`,
    text.trim(),
  );
}

function reasonOf(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]?.trim() ?? '';
  return message.replace(/\.$/, '') || 'the file system gave no reason';
}

/** The same bytes in a buffer of their own: a view of a pooled buffer would ship the whole pool. */
export function exactBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
