/** The Anomaly Report: one panel beside the image, reused for the next one. */
import * as vscode from 'vscode';
import { toWireError, type LensError } from '../../shared/errors.ts';
import { commands, panels } from '../../shared/names.ts';
import type {
  CheckOutcome,
  CheckRequest,
  ReportHostApi,
  ReportPageApi,
} from '../../shared/protocol/report.ts';
import type { Handlers } from '../../shared/rpc.ts';
import type { Services } from '../core/services.ts';
import { isModelFileName } from '../models/file-names.ts';
import { FileParts } from './file-parts.ts';
import { PageLink } from './page-link.ts';
import { messagesOf, openPage, pageOptions } from './webview-page.ts';

interface OpenReport {
  readonly panel: vscode.WebviewPanel;
  readonly link: PageLink<ReportHostApi, ReportPageApi>;
}

export interface ReportEvents {
  /** A page took the place of one that showed a report, or VS Code restored the panel: shows the last check again. */
  readonly onFreshPage: () => void;
}

export class Report implements vscode.Disposable {
  private open: OpenReport | undefined;
  private readonly parts: FileParts;

  constructor(
    private readonly services: Services,
    private readonly events: ReportEvents,
  ) {
    this.parts = new FileParts(services.files, isModelFileName);
  }

  restore(panel: vscode.WebviewPanel): void {
    this.adopt(panel);
    this.events.onFreshPage();
  }

  async check(request: CheckRequest): Promise<CheckOutcome> {
    this.parts.allow(request.image);
    this.parts.allow(request.model);
    const { panel, link } = this.reveal();
    panel.title = vscode.l10n.t('Report: {0}', fileName(request.name));
    try {
      return await link.call('check', request);
    } catch (error) {
      return { ok: false, error: toWireError(error) };
    }
  }

  async showError(name: string, error: LensError): Promise<CheckOutcome> {
    const { panel, link } = this.reveal();
    panel.title = vscode.l10n.t('Report: {0}', fileName(name));
    const wire = toWireError(error);
    await link.call('showError', { name, error: wire });
    return { ok: false, error: wire };
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private reveal(): OpenReport {
    if (this.open) {
      this.open.panel.reveal(undefined, true);
      return this.open;
    }
    const panel = vscode.window.createWebviewPanel(
      panels.report,
      vscode.l10n.t('Anomaly Report'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      pageOptions(this.services.context.extensionUri),
    );
    return this.adopt(panel);
  }

  private adopt(panel: vscode.WebviewPanel): OpenReport {
    const { extensionUri } = this.services.context;
    this.open?.panel.dispose();
    panel.webview.options = pageOptions(extensionUri);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'view.svg');
    const link = new PageLink<ReportHostApi, ReportPageApi>({
      messages: messagesOf(panel.webview),
      handlers: this.handlers(),
      // Without retained context the page is recreated whenever its tab is shown again.
      onReady: (recreated) => {
        if (recreated) this.events.onFreshPage();
      },
      onNoticeError: (error, method) => this.services.errors.record(error, `Report, ${method}`),
    });
    const open = { panel, link };
    this.open = open;
    panel.onDidDispose(() => {
      link.dispose();
      this.parts.release();
      if (this.open === open) this.open = undefined;
    });
    openPage(panel.webview, extensionUri, 'report', panel.title);
    return open;
  }

  private handlers(): Handlers<ReportHostApi> {
    const { log } = this.services;
    const run = (command: string, ...args: unknown[]): void =>
      void vscode.commands.executeCommand(command, ...args);
    return {
      ready: () => undefined,
      readFile: (request) => this.parts.read(request),
      openFile: ({ uri }) => run('vscode.open', vscode.Uri.parse(uri)),
      chooseModel: () => run(commands.chooseActiveModel),
      train: () => run(commands.train),
      showLog: () => log.show(),
      log: ({ level, text }) => log[level](text),
    };
  }
}

const fileName = (name: string): string => name.split('/').pop() ?? name;
