// The disk behind the extension's file-system port: a “URI” is an absolute path.
import { mkdir, readFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Files, FolderEntry } from '../../src/extension/core/files.ts';

type Kind = FolderEntry['kind'];
type Typed = { isFile(): boolean; isDirectory(): boolean };

const kindOf = (entry: Typed): Kind => (entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other');

export const nodeFiles: Files = {
  join: (uri, ...names) => path.join(uri, ...names),
  parent: (uri) => path.dirname(uri),
  nameOf: (uri) => path.basename(uri),
  async stat(uri) {
    const found = await stat(uri);
    return { kind: kindOf(found), size: found.size, mtime: found.mtimeMs };
  },
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return Promise.all(
      entries.map(async (entry): Promise<FolderEntry> => {
        const { name } = entry;
        if (!entry.isSymbolicLink()) return { name, kind: kindOf(entry), link: false };
        const kind = await stat(path.join(folder, name)).then(kindOf, () => 'other' as const);
        return { name, kind, link: true };
      }),
    );
  },
  read: (uri) => readFile(uri),
  write: (uri, bytes) => writeFile(uri, bytes),
  async rename(from, to, overwrite) {
    const taken = !overwrite && (await stat(to).then(Boolean, () => false));
    if (taken) throw Object.assign(new Error(`${to} exists`), { code: 'EEXIST' });
    await rename(from, to);
  },
  remove: (uri) => rm(uri, { recursive: true }),
  async createFolder(uri) {
    await mkdir(uri, { recursive: true });
  },
};

export const realPath = (uri: string): Promise<string> => realpath(uri);
