/** A model file in an editor: read-only, its card. */
import * as vscode from 'vscode';
import { toWireError } from '../../shared/errors.ts';
import { commands, panels } from '../../shared/names.ts';
import type { ModelCardHostApi, ModelCardPageApi } from '../../shared/protocol/model-card-page.ts';
import type { Services } from '../core/services.ts';
import { nameOfFile } from '../models/file-names.ts';
import { PageLink } from './page-link.ts';
import { messagesOf, openPage, pageOptions } from './webview-page.ts';

export class ModelCardEditor implements vscode.CustomReadonlyEditorProvider {
  static register(services: Services): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider(panels.modelEditor, new ModelCardEditor(services), {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  private constructor(private readonly services: Services) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const { services } = this;
    const { extensionUri } = services.context;
    const address = uri.toString();
    panel.webview.options = pageOptions(extensionUri);
    const run = (command: string, ...args: unknown[]): void =>
      void vscode.commands.executeCommand(command, ...args);
    const link = new PageLink<ModelCardHostApi, ModelCardPageApi>({
      messages: messagesOf(panel.webview),
      handlers: {
        ready: () => undefined,
        setActive: () => run(commands.setActiveModel, uri),
        openInStudio: () => run(commands.openStudio, uri),
        resume: () => run(commands.resumeTraining, uri),
        checkImage: () => run(commands.check),
        showLog: () => services.log.show(),
      },
      onReady: () => void show(),
      onNoticeError: (error, method) => services.errors.record(error, `Model card, ${method}`),
    });
    let shown = '';
    const show = async (): Promise<void> => {
      const name = nameOfFile(services.files.nameOf(address));
      try {
        const { header, error, size, key } = await services.models.read(address);
        const active = services.models.activeUri === address;
        shown = `${key}|${active}`;
        if (header) await link.call('show', { name, size, active, ...header });
        else if (error) await link.call('showError', { name, error });
      } catch (error) {
        shown = '';
        await link.call('showError', { name, error: toWireError(error) }).catch(() => undefined);
      }
    };
    const follow = async (): Promise<void> => {
      const entry = await services.models.read(address).catch(() => undefined);
      const now = entry ? `${entry.key}|${services.models.activeUri === address}` : 'gone';
      if (now !== shown && panel.visible) await show();
    };
    // A file outside the models folder has no place in the registry, so it is watched by itself.
    const folder = vscode.Uri.joinPath(uri, '..');
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, services.files.nameOf(address).replace(/[[\]{}*?]/g, '?')),
    );
    const subscriptions = [
      watcher,
      watcher.onDidChange(() => void follow()),
      watcher.onDidCreate(() => void follow()),
      watcher.onDidDelete(() => void follow()),
      services.models.onChange(() => void follow()),
      panel.onDidChangeViewState(() => void follow()),
    ];
    panel.onDidDispose(() => {
      link.dispose();
      for (const subscription of subscriptions) subscription.dispose();
    });
    openPage(panel.webview, extensionUri, 'model-card', services.files.nameOf(address));
  }
}
