/** Marks checked files in the explorer and on tabs: badge and colour where anomalous, the result as tooltip for all. */
import * as vscode from 'vscode';
import { colors } from '../../shared/names.ts';
import type { Files } from '../core/files.ts';
import type { CheckStore } from './store.ts';
import { recordWords } from './words.ts';

/** More changed files than this are asked for anew all at once. */
const mostNamed = 250;

export class CheckDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.changes.event;
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(
    private readonly store: CheckStore,
    private readonly files: Files,
  ) {
    this.subscriptions = [
      vscode.window.registerFileDecorationProvider(this),
      store.onChange((uris) =>
        this.changes.fire(
          uris && uris.length <= mostNamed ? uris.map((uri) => vscode.Uri.parse(uri)) : undefined,
        ),
      ),
    ];
  }

  /** A file that changed while no window watched it has no result any more. */
  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    const text = uri.toString();
    if (!this.store.get(text)) return undefined;
    const record = this.store.settle(text, await this.files.stat(text).catch(() => undefined));
    if (!record) return undefined;
    const tooltip = recordWords(record);
    return record.anomalous
      ? { badge: '!', tooltip, color: new vscode.ThemeColor(colors.anomalous), propagate: false }
      : { tooltip };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changes.dispose();
  }
}
