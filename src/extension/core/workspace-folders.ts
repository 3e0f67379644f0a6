/** The window's folders as the parts that know no VS Code take them. */
import * as vscode from 'vscode';
import type { WorkspaceFolder } from './location.ts';

export const workspaceFolders = (): readonly WorkspaceFolder[] =>
  (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({ name, uri: uri.toString() }));
