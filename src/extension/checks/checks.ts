/** The results of checks in this window: wiring only. */
import * as vscode from 'vscode';
import { contextKeys } from '../../shared/names.ts';
import type { Services } from '../core/services.ts';
import { Batches } from './batches.ts';
import { CheckDecorations } from './decorations.ts';
import { keptFile } from './kept-file.ts';
import { CheckProblems } from './problems.ts';
import { CheckStore, storeDefaults } from './store.ts';
import { CheckWatch } from './watch.ts';

export class Checks implements vscode.Disposable {
  readonly results: CheckStore;
  readonly batches: Batches;
  private readonly parts: readonly { dispose(): void }[];
  private any = false;

  constructor(services: Services) {
    const onError = (error: unknown): void => void services.errors.record(error, 'Check results');
    this.results = new CheckStore(keptFile(services, 'check-results.json'), { ...storeDefaults, onError });
    this.batches = new Batches({
      files: services.files,
      results: this.results,
      table: keptFile(services, 'check-table.json'),
      newId: () => crypto.randomUUID(),
      onError,
    });
    this.parts = [
      new CheckDecorations(this.results, services.files),
      new CheckProblems(services, this.results),
      new CheckWatch(this.results, services.files),
      this.results.onChange(() => this.tell()),
    ];
  }

  /** Reads the index of results that earlier windows kept. */
  load(): Promise<void> {
    return this.results.load();
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    // What waits to be written is on its way as the window closes.
    void this.results.flush();
  }

  private tell(): void {
    const any = this.results.size > 0;
    if (any === this.any) return;
    this.any = any;
    void vscode.commands.executeCommand('setContext', contextKeys.hasChecks, any);
  }
}
