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
  /** A page took the place of one that showed this image, or VS Code restored it: checks the image again. */
  readonly onFreshPage: (image: string) => void;
}

export class Report implements vscode.Disposable {
  private open: OpenReport | undefined;
  private readonly parts: FileParts;
  /** URI of the image shown last. */
  private image: string | undefined;

  constructor(
    private readonly services: Services,
    private readonly events: ReportEvents,
  ) {
    this.parts = new FileParts(services.files, isModelFileName);
  }

  /** @param state what the page kept, {@link imageOf} of which was shown last */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    this.adopt(panel);
    this.image = imageOf(state);
    if (this.image !== undefined) this.events.onFreshPage(this.image);
  }

  async check(request: CheckRequest): Promise<CheckOutcome> {
    this.image = request.image;
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
        if (recreated && this.image !== undefined) this.events.onFreshPage(this.image);
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

function imageOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('image' in state)) return undefined;
  return typeof state.image === 'string' ? state.image : undefined;
}

const fileName = (name: string): string => name.split('/').pop() ?? name;
