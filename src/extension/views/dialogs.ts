/** VS Code's own dialogs for files that pages read and write. */
import * as vscode from 'vscode';
import { imageExtensions } from '../../shared/dataset.ts';

const firstFolder = (): vscode.Uri | undefined => vscode.workspace.workspaceFolders?.[0]?.uri;

/** Image files of the user's choice; none where cancelled. */
export async function askForImages(many: boolean): Promise<readonly vscode.Uri[]> {
  const folder = firstFolder();
  const chosen = await vscode.window.showOpenDialog({
    title: many ? vscode.l10n.t('Choose images') : vscode.l10n.t('Choose an image'),
    openLabel: vscode.l10n.t('Choose'),
    canSelectMany: many,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
    ...(folder ? { defaultUri: folder } : {}),
  });
  return chosen ?? [];
}

/** @param name proposed, in the first workspace folder where there is one; its ending says of what type the file is */
export async function askWhereToSave(name: string): Promise<vscode.Uri | undefined> {
  const folder = firstFolder();
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save'),
    filters: { [ending.toUpperCase()]: [ending] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}
