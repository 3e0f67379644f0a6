/** Anomalous files in the Problems panel, where the user wants them there. */
import * as vscode from 'vscode';
import { settings } from '../../shared/names.ts';
import type { Services } from '../core/services.ts';
import type { CheckRecord } from './record.ts';
import type { CheckStore } from './store.ts';
import { recordWords } from './words.ts';

const source = 'Latent Lens';

export class CheckProblems implements vscode.Disposable {
  private collection: vscode.DiagnosticCollection | undefined;
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(
    private readonly services: Services,
    private readonly store: CheckStore,
  ) {
    this.subscriptions = [
      store.onChange((uris) => this.update(uris)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.problems}`)) this.update(undefined);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.collection?.dispose();
  }

  /** @param uris of files whose result changed; undefined for all */
  private update(uris: readonly string[] | undefined): void {
    if (!this.services.settings().problems) {
      this.collection?.dispose();
      this.collection = undefined;
      return;
    }
    const fresh = this.collection === undefined || uris === undefined;
    this.collection ??= vscode.languages.createDiagnosticCollection(source);
    if (fresh) {
      this.collection.clear();
      for (const record of this.store.all()) this.show(record.uri, record);
      return;
    }
    for (const uri of uris) this.show(uri, this.store.get(uri));
  }

  private show(uri: string, record: CheckRecord | undefined): void {
    const target = vscode.Uri.parse(uri);
    if (!record?.anomalous) {
      this.collection?.delete(target);
      return;
    }
    const problem = new vscode.Diagnostic(
      new vscode.Range(0, 0, 0, 0),
      recordWords(record),
      vscode.DiagnosticSeverity.Warning,
    );
    problem.source = source;
    this.collection?.set(target, [problem]);
  }
}
