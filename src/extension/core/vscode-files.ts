/** The file system port over `workspace.fs`: local, remote and virtual files alike. */
import * as vscode from 'vscode';
import { platform } from '../platform/node.ts';
import type { FileStat, Files } from './files.ts';

const uri = (text: string): vscode.Uri => vscode.Uri.parse(text, true);

/** The type is a bit set: a link to a folder is both. */
function kindOf(type: vscode.FileType): FileStat['kind'] {
  if ((type & vscode.FileType.Directory) !== 0) return 'folder';
  return (type & vscode.FileType.File) !== 0 ? 'file' : 'other';
}

export const vscodeFiles: Files = {
  join: (base, ...names) => vscode.Uri.joinPath(uri(base), ...names).toString(),
  parent: (text) => vscode.Uri.joinPath(uri(text), '..').toString(),
  nameOf: (text) => uri(text).path.replace(/\/+$/, '').split('/').pop() ?? '',
  stat: async (text) => {
    const { type, size, mtime } = await vscode.workspace.fs.stat(uri(text));
    return { kind: kindOf(type), size, mtime };
  },
  list: async (folder) => {
    const entries = await vscode.workspace.fs.readDirectory(uri(folder));
    return entries.map(([name, type]) => ({
      name,
      kind: kindOf(type),
      link: (type & vscode.FileType.SymbolicLink) !== 0,
    }));
  },
  read: async (text) => {
    const place = uri(text);
    return platform.readFile && place.scheme === 'file'
      ? platform.readFile(place.fsPath)
      : vscode.workspace.fs.readFile(place);
  },
  write: async (text, bytes) => vscode.workspace.fs.writeFile(uri(text), bytes),
  rename: async (from, to, overwrite) => vscode.workspace.fs.rename(uri(from), uri(to), { overwrite }),
  remove: async (text) => vscode.workspace.fs.delete(uri(text)),
  createFolder: async (text) => vscode.workspace.fs.createDirectory(uri(text)),
};
