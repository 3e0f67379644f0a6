/** Which file a command is meant for. */
import * as vscode from 'vscode';
import { imageExtensions, isImagePath } from '../../shared/dataset.ts';

/** The URI in a command's argument: a URI from a menu, a model from the tree; undefined for anything else. */
export function uriOf(target: unknown): vscode.Uri | undefined {
  if (target instanceof vscode.Uri) return target;
  if (typeof target !== 'object' || target === null || !('uri' in target)) return undefined;
  const { uri } = target;
  if (uri instanceof vscode.Uri) return uri;
  return typeof uri === 'string' ? vscode.Uri.parse(uri) : undefined;
}

/** The file of the tab in front, whichever editor shows it. */
export function activeTabUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText
    ? input.uri
    : undefined;
}

/** The image in front; else the one image that lies open in front of another group. */
export function activeImage(): vscode.Uri | undefined {
  const front = activeTabUri();
  if (front && isImagePath(front.path)) return front;
  const others = vscode.window.tabGroups.all
    .map(({ activeTab }) => activeTab?.input)
    .flatMap((input) =>
      input instanceof vscode.TabInputCustom && isImagePath(input.uri.path) ? [input.uri] : [],
    );
  return others.length === 1 ? others[0] : undefined;
}

/** Empty where the user chose none. */
export async function askForImages(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Check images for anomaly'),
    canSelectMany: true,
    openLabel: vscode.l10n.t('Check'),
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
    ...defaultFolder(),
  });
  return chosen ?? [];
}

export async function askForFolder(title: string, openLabel: string): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    canSelectFiles: false,
    canSelectFolders: true,
    ...defaultFolder(),
  });
  return chosen?.[0];
}

function defaultFolder(): { defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? { defaultUri: folder } : {};
}
