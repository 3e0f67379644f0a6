/** Keeps the registry true while files, settings and trust change. */
import * as vscode from 'vscode';
import { modelFileSuffix } from '../../shared/model-card.ts';
import { settings } from '../../shared/names.ts';
import type { Services } from '../core/services.ts';

/** Several events of one save count as one. */
const calmMs = 200;

export function watchModels(services: Services): vscode.Disposable[] {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void services.models.refresh(), calmMs);
  };
  let watchers: vscode.Disposable[] = [];
  const stopWatching = (): void => {
    for (const watcher of watchers) watcher.dispose();
    watchers = [];
  };
  const watch = (): void => {
    stopWatching();
    for (const folder of services.folders().read) {
      const pattern = new vscode.RelativePattern(vscode.Uri.parse(folder), `*${modelFileSuffix}`);
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      watchers.push(
        watcher,
        watcher.onDidChange(refresh),
        watcher.onDidCreate(refresh),
        watcher.onDidDelete(refresh),
      );
    }
  };
  const moved = (): void => {
    watch();
    refresh();
  };
  watch();
  return [
    { dispose: () => clearTimeout(timer) },
    { dispose: stopWatching },
    vscode.workspace.onDidChangeWorkspaceFolders(moved),
    vscode.workspace.onDidGrantWorkspaceTrust(moved),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${settings.section}.${settings.modelsFolder}`)) moved();
    }),
  ];
}
