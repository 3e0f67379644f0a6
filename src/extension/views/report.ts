/** The Anomaly Report: one panel beside the image, for one image or the table of many, reused for the next check. */
import * as vscode from 'vscode';
import { LensError, toWireError } from '../../shared/errors.ts';
import { commands, panels } from '../../shared/names.ts';
import type {
  BatchEnd,
  BatchRun,
  CheckOutcome,
  CheckRequest,
  ReportHostApi,
  ReportPageApi,
  RowAction,
  ShownReport,
} from '../../shared/protocol/report.ts';
import type { Handlers } from '../../shared/rpc.ts';
import type { BatchPage, Batches } from '../checks/batches.ts';
import type { Services } from '../core/services.ts';
import { isModelFileName } from '../models/file-names.ts';
import { FileParts } from './file-parts.ts';
import { PageLink } from './page-link.ts';
import { saveFile } from './save-file.ts';
import { messagesOf, openPage, pageOptions } from './webview-page.ts';

interface OpenReport {
  readonly panel: vscode.WebviewPanel;
  readonly link: PageLink<ReportHostApi, ReportPageApi>;
}

export interface ReportEvents {
  /** A page took the place of one that showed this image, or VS Code restored it: checks the image again. */
  readonly onFreshPage: (image: string) => void;
  /** Rows of the table were acted on. */
  readonly onRows: (uris: readonly string[], action: RowAction, batch: string) => void;
  /** An image of a model's data set is to be opened. @param path relative to that */
  readonly onOpenNear: (model: string, path: string) => void;
  readonly onContinue: (batch: string) => void;
  readonly onRepeat: (batch: string) => void;
}

export class Report implements vscode.Disposable, BatchPage {
  private open: OpenReport | undefined;
  private readonly parts: FileParts;
  /** What the newest page said that it showed before it was created anew. */
  private shown: ShownReport | null = null;

  constructor(
    private readonly services: Services,
    private readonly batches: Batches,
    private readonly events: ReportEvents,
  ) {
    this.parts = new FileParts(services.files, isModelFileName);
  }

  /** Takes over the panel that VS Code restored; its page says what it showed. */
  restore(panel: vscode.WebviewPanel): void {
    this.adopt(panel);
  }

  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /** Whether the user sees it. */
  get visible(): boolean {
    return this.open?.panel.visible ?? false;
  }

  show(): void {
    this.open?.panel.reveal(undefined, false);
  }

  async check(request: CheckRequest): Promise<CheckOutcome> {
    this.parts.allow(request.image);
    this.parts.allow(request.model);
    const { link } = this.reveal();
    try {
      return await link.call('check', request);
    } catch (error) {
      return { ok: false, error: toWireError(error) };
    }
  }

  async showError(name: string, error: LensError): Promise<CheckOutcome> {
    const { link } = this.reveal();
    const wire = toWireError(error);
    await link.call('showError', { name, error: wire });
    return { ok: false, error: wire };
  }

  /** Opens the panel where it is not open; a run that goes on in a new page leaves it where it is. */
  reveal(): OpenReport {
    if (this.open) {
      this.open.panel.reveal(undefined, true);
      return this.open;
    }
    const panel = vscode.window.createWebviewPanel(
      panels.report,
      vscode.l10n.t('Anomaly Report'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      // A check of many images goes on in this page's worker while the tab is hidden.
      { ...pageOptions(this.services.context.extensionUri), retainContextWhenHidden: true },
    );
    return this.adopt(panel);
  }

  /** @throws LensError `disconnected` where the page is recreated or closed meanwhile */
  async checkBatch(run: BatchRun): Promise<BatchEnd> {
    if (!this.open) throw new LensError('disconnected', 'The panel was closed.');
    return this.open.link.call('checkBatch', run);
  }

  async stopBatch(run: string): Promise<void> {
    await this.open?.link.call('stopBatch', { run });
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): OpenReport {
    const { extensionUri } = this.services.context;
    this.open?.panel.dispose();
    panel.webview.options = pageOptions(extensionUri);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'view.svg');
    const link = new PageLink<ReportHostApi, ReportPageApi>({
      messages: messagesOf(panel.webview),
      handlers: this.handlers(panel),
      onReady: () => void this.showAgain(link),
      onNoticeError: (error, method) => this.services.errors.record(error, `Report, ${method}`),
    });
    const open = { panel, link };
    this.open = open;
    panel.onDidDispose(() => {
      if (this.open === open) this.open = undefined;
      link.dispose();
      this.parts.release();
    });
    openPage(panel.webview, extensionUri, 'report', panel.title);
    return open;
  }

  /** Shows on a new page what the one before showed. */
  private async showAgain(link: OpenReport['link']): Promise<void> {
    const { shown, batches } = this;
    try {
      const known = await batches.known(shown?.batch ?? null);
      // A run tells its page by itself.
      if (known && batches.runningTitle === undefined) {
        await link.call('showBatch', { ...known, front: shown?.face === 'table' });
      }
    } catch (error) {
      this.services.errors.record(error, 'Report');
    }
    if (shown?.face === 'image' && shown.image !== null) this.events.onFreshPage(shown.image);
  }

  private handlers(panel: vscode.WebviewPanel): Handlers<ReportHostApi> {
    const { log } = this.services;
    const { batches, events, parts } = this;
    const run = (command: string, ...args: unknown[]): void =>
      void vscode.commands.executeCommand(command, ...args);
    return {
      ready: ({ shown }) => {
        this.shown = shown;
      },
      readFile: (request) => parts.read(request),
      pullBatch: ({ run, cursor }, { signal }) => batches.pull(run, cursor, signal),
      batchRows: ({ run, rows, terms }) => batches.take(run, rows, terms),
      readRow: ({ batch, index, offset, length }) => {
        const uri = batches.find(batch).uris[index];
        if (uri === undefined) throw new LensError('internal', 'The table has no such row.');
        parts.allow(uri);
        return parts.read({ uri, offset, length });
      },
      titled: ({ title }) => {
        panel.title = title === '' ? vscode.l10n.t('Anomaly Report') : vscode.l10n.t('Report: {0}', title);
      },
      rowAction: ({ batch, indices, action }) => {
        const { uris } = batches.find(batch);
        events.onRows(
          indices.flatMap((index) => uris[index] ?? []),
          action,
          batch,
        );
      },
      continueBatch: ({ batch }) => events.onContinue(batch),
      repeatBatch: ({ batch }) => events.onRepeat(batch),
      saveFile: (file) => saveFile(this.services, file, 'Report'),
      openFile: ({ uri }) => run('vscode.open', vscode.Uri.parse(uri)),
      openNear: ({ model, path }) => events.onOpenNear(model, path),
      showOnMap: ({ model }) => run(commands.showMap, vscode.Uri.parse(model)),
      chooseModel: () => run(commands.chooseActiveModel),
      train: () => run(commands.train),
      showLog: () => log.show(),
      log: ({ level, text }) => log[level](text),
    };
  }
}
