/** The Models view. */
import * as vscode from 'vscode';
import { commands, contextKeys, views } from '../../shared/names.ts';
import type { Services } from '../core/services.ts';
import { describeModel, describeModelAtLength } from '../models/describe.ts';
import type { ModelEntry } from '../models/registry.ts';

export class ModelsTree implements vscode.TreeDataProvider<ModelEntry>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly subscriptions: vscode.Disposable[] = [];
  private hasModels: boolean | undefined;
  private loaded: Promise<unknown> | undefined;

  constructor(private readonly services: Services) {
    const view = vscode.window.createTreeView(views.models, { treeDataProvider: this });
    this.subscriptions.push(
      view,
      this.changes,
      services.models.onChange(() => this.update()),
    );
    let training: string | undefined;
    this.subscriptions.push(
      services.jobs.onChange(() => {
        // Only the item's look depends on the job, and that changes when it begins and ends.
        if (services.jobs.current?.jobId === training) return;
        training = services.jobs.current?.jobId;
        this.changes.fire(undefined);
      }),
    );
  }

  async getChildren(parent?: ModelEntry): Promise<ModelEntry[]> {
    if (parent) return [];
    // Every refresh tells this tree to ask again, so only the first question may cause one.
    this.loaded ??= this.services.models.refresh();
    await this.loaded;
    return [...this.services.models.models];
  }

  getTreeItem(model: ModelEntry): vscode.TreeItem {
    const { header, error, uri, name } = model;
    const active = this.services.models.activeUri === uri;
    const unfinished = header !== null && header.card.progress.state !== 'finished';
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None);
    item.id = uri;
    item.resourceUri = vscode.Uri.parse(uri);
    item.description = header ? describeModel(header.card) : vscode.l10n.t('cannot be read');
    item.contextValue = [
      'model',
      active ? 'active' : 'inactive',
      unfinished ? 'unfinished' : 'finished',
    ].join(' ');
    item.iconPath = this.icon(header !== null, active, unfinished);
    item.tooltip = header
      ? this.tooltip(describeModelAtLength(header.card), active)
      : (error?.message ?? name);
    const marks = [active ? vscode.l10n.t('active') : '', unfinished ? vscode.l10n.t('unfinished') : ''];
    item.accessibilityInformation = {
      label: [name, ...marks, item.description].filter((part) => part !== '').join(', '),
    };
    item.command = { command: commands.openModel, title: vscode.l10n.t('Open'), arguments: [model] };
    return item;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private icon(readable: boolean, active: boolean, unfinished: boolean): vscode.ThemeIcon {
    if (!readable)
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    if (active) return new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('charts.green'));
    return new vscode.ThemeIcon(unfinished ? 'circle-large-outline' : 'circle-outline');
  }

  private tooltip(text: string, active: boolean): vscode.MarkdownString {
    const mark = active ? `\n\n${vscode.l10n.t('Images are checked with this model.')}` : '';
    return new vscode.MarkdownString(text + mark);
  }

  private update(): void {
    const hasModels = this.services.models.models.length > 0;
    if (hasModels !== this.hasModels) {
      this.hasModels = hasModels;
      void vscode.commands.executeCommand('setContext', contextKeys.hasModels, hasModels);
    }
    this.changes.fire(undefined);
  }
}
