/** Where models are kept. */
import { defaultModelsFolder } from '../../shared/names.ts';

export interface FolderSituation {
  /** Workspace folders, first one first. */
  readonly workspaceFolders: readonly { readonly uri: string; readonly writable: boolean }[];
  readonly trusted: boolean;
  /** The setting `latentLens.modelsFolder`. */
  readonly setting: string;
  readonly globalStorage: string;
  readonly join: (uri: string, ...names: string[]) => string;
}

export interface ModelFolders {
  /** Where new models go. */
  readonly save: string;
  /** Where models are looked for, the place to save included. */
  readonly read: readonly string[];
}

/**
 * The setting as path segments inside the workspace; the default where it would lead out of it. Also cleans what comes
 * from a repository's own settings file: no absolute path, no drive, no `..`.
 */
export function folderSegments(setting: string): readonly string[] {
  const segments = setting
    .split(/[/\\]/)
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '' && segment !== '.');
  const leadsOut = /^[/\\]|^[a-z]:/i.test(setting.trim()) || segments.includes('..');
  return leadsOut || segments.length === 0 ? [defaultModelsFolder] : segments;
}

/** In the first writable folder of a trusted workspace, else in the extension's own storage. */
export function modelFolders(situation: FolderSituation): ModelFolders {
  const { workspaceFolders, trusted, setting, globalStorage, join } = situation;
  const segments = folderSegments(setting);
  const inWorkspace = workspaceFolders.map(({ uri }) => join(uri, ...segments));
  const own = join(globalStorage, 'models');
  const writable = workspaceFolders.findIndex((folder) => folder.writable);
  const save = trusted && writable >= 0 ? (inWorkspace[writable] ?? own) : own;
  return { save, read: [...new Set([save, ...inWorkspace, own])] };
}
