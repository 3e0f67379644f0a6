/** Lets go of the results of files that change or go away while the window is open. */
import * as vscode from 'vscode';
import { imageExtensions } from '../../shared/dataset.ts';
import type { Files } from '../core/files.ts';
import type { CheckStore } from './store.ts';

/** The glob of every image, in either case. */
const pattern = `**/*.{${imageExtensions.flatMap((type) => [type, type.toUpperCase()]).join(',')}}`;

/** Watches as soon as there is a result. */
export class CheckWatch implements vscode.Disposable {
  private watcher: vscode.FileSystemWatcher | undefined;
  private readonly subscription: { dispose(): void };

  constructor(
    private readonly store: CheckStore,
    private readonly files: Files,
  ) {
    this.subscription = store.onChange(() => {
      if (store.size > 0) this.watch();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.watcher?.dispose();
  }

  private watch(): void {
    if (this.watcher) return;
    this.watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const look = (uri: vscode.Uri): void => void this.look(uri.toString());
    this.watcher.onDidChange(look);
    this.watcher.onDidCreate(look);
    this.watcher.onDidDelete((uri) => this.store.drop([uri.toString()]));
  }

  private async look(uri: string): Promise<void> {
    if (!this.store.get(uri)) return;
    this.store.settle(uri, await this.files.stat(uri).catch(() => undefined));
  }
}
