/** The Studio: one panel, in whose worker all long jobs run. */
import * as vscode from 'vscode';
import { commands, panels } from '../../shared/names.ts';
import type { JobOutcome, RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import type { EvaluationFolder, EvaluationRequest } from '../../shared/protocol/evaluate.ts';
import type { ProjectionEnd, ProjectionProposal } from '../../shared/protocol/projection.ts';
import type { RecalibrationProposal } from '../../shared/protocol/recalibration.ts';
import type {
  ResumeProposal,
  StudioHostApi,
  StudioPageApi,
  TrainingProposal,
} from '../../shared/protocol/studio.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { isModelFileName, nameOfFile } from '../models/file-names.ts';
import { Saves } from '../models/saves.ts';
import type { Services } from '../core/services.ts';
import { askForImages } from './dialogs.ts';
import { FileParts } from './file-parts.ts';
import { PageLink } from './page-link.ts';
import { saveFile } from './save-file.ts';
import { messagesOf, openPage, pageOptions } from './webview-page.ts';

/** What the page was last asked to show, told again to a page that takes its place. */
type Intent =
  | { readonly kind: 'propose'; readonly proposal: TrainingProposal; readonly startNow: boolean }
  | { readonly kind: 'resume'; readonly proposal: ResumeProposal }
  | { readonly kind: 'project'; readonly proposal: ProjectionProposal }
  | { readonly kind: 'model'; readonly uri: string; readonly name: string };

export interface StudioEvents {
  /** The job's page is gone; its record says whether there is a checkpoint to go on from. */
  readonly onJobLost: () => void;
  /** Awaited before those who wait for the job's end are told. */
  readonly onJobEnded: (outcome: JobOutcome) => Promise<void>;
  /** Likewise, for a t-SNE. */
  readonly onProjectionEnded: (end: ProjectionEnd) => Promise<void>;
  /** A page took the place of one in whose worker a job ran: gives what to go on with. */
  readonly resumable: () => Promise<ResumeProposal | undefined>;
  /** Opens an image of a model's data set, wherever that is now. */
  readonly openImage: (model: string, path: string) => Promise<void>;
  readonly listEvaluation: (request: EvaluationRequest) => Promise<EvaluationFolder | null>;
}

interface OpenStudio {
  readonly panel: vscode.WebviewPanel;
  readonly link: PageLink<StudioHostApi, StudioPageApi>;
}

export class Studio implements vscode.Disposable {
  private open: OpenStudio | undefined;
  private intent: Intent | undefined;
  /** What a job's end still asks of the host: whoever goes on from the page that tells of it waits for this. */
  private settling: Promise<void> = Promise.resolve();
  private readonly parts: FileParts;

  constructor(
    private readonly services: Services,
    private readonly events: StudioEvents,
  ) {
    this.parts = new FileParts(services.files, isModelFileName);
  }

  /** Shows the Studio; with `preserveFocus` the cursor stays where it is. */
  show(preserveFocus = false): void {
    if (this.open) this.open.panel.reveal(undefined, preserveFocus);
    else this.create(preserveFocus);
  }

  /** Takes over the panel that VS Code restored after a reload, which it does only when that comes in sight. */
  restore(panel: vscode.WebviewPanel): void {
    if (!this.open) {
      this.adopt(panel);
      return;
    }
    // Meanwhile another was opened, in whose worker a job may run.
    panel.dispose();
    this.open.panel.reveal();
  }

  async propose(proposal: TrainingProposal, startNow: boolean): Promise<void> {
    this.intent = { kind: 'propose', proposal, startNow };
    this.show(startNow);
    await this.link().call('propose', { ...proposal, startNow });
  }

  async resume(proposal: ResumeProposal): Promise<void> {
    this.parts.allow(proposal.model);
    this.services.jobs.adopt(proposal.jobId, proposal.model);
    this.intent = { kind: 'resume', proposal };
    this.show(true);
    await this.link().call('resume', proposal);
  }

  /** @param reveal whether a Studio that is already open comes to the front; a job runs in a hidden one as well */
  async project(proposal: ProjectionProposal, reveal: boolean): Promise<void> {
    this.parts.allow(proposal.model);
    this.services.jobs.adopt(proposal.jobId, proposal.model);
    const before = this.intent;
    this.intent = { kind: 'project', proposal };
    if (reveal || !this.open) this.show(true);
    try {
      await this.link().call('project', proposal);
    } catch (error) {
      this.intent = before;
      throw error;
    }
  }

  /** Resolves when the calibration has ended, whichever way. */
  async recalibrate(proposal: RecalibrationProposal): Promise<RecalibrationOutcome> {
    const { jobId, model: uri, name } = proposal;
    this.parts.allow(uri);
    this.services.jobs.adopt(jobId, uri);
    // A page that takes the place of this one shows the model, whose file is whole at any time.
    this.intent = { kind: 'model', uri, name };
    this.show();
    try {
      return await this.link().call('recalibrate', proposal);
    } finally {
      this.services.jobs.calibrated(jobId);
    }
  }

  async showModel(uri: string, name: string): Promise<void> {
    this.parts.allow(uri);
    this.intent = { kind: 'model', uri, name };
    this.show();
    await this.link().call('showModel', { uri, name });
  }

  /** Shows what lies between two latents of this model. */
  async interpolate(params: Parameters<StudioPageApi['interpolate']>[0]): Promise<void> {
    this.parts.allow(params.uri);
    this.intent = { kind: 'model', uri: params.uri, name: params.name };
    this.show();
    await this.link().call('interpolate', params);
  }

  /** Resolves when the running job is saved; null where none ran. */
  async stop(): Promise<ReturnType<StudioPageApi['stop']>> {
    return this.open ? this.link().call('stop', {}) : null;
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private link(): OpenStudio['link'] {
    return (this.open ?? this.create(true)).link;
  }

  private create(preserveFocus: boolean): OpenStudio {
    const { extensionUri } = this.services.context;
    const panel = vscode.window.createWebviewPanel(
      panels.studio,
      vscode.l10n.t('Latent Lens Studio'),
      { viewColumn: vscode.ViewColumn.Active, preserveFocus },
      { ...pageOptions(extensionUri), retainContextWhenHidden: true },
    );
    return this.adopt(panel);
  }

  private adopt(panel: vscode.WebviewPanel): OpenStudio {
    const { extensionUri } = this.services.context;
    this.open?.panel.dispose();
    // After an update the restored panel still has the old version's roots.
    panel.webview.options = pageOptions(extensionUri);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'view.svg');
    const link = new PageLink<StudioHostApi, StudioPageApi>({
      messages: messagesOf(panel.webview),
      handlers: this.handlers(),
      onReady: (recreated) => {
        if (recreated) void this.tellAgain();
      },
      onNoticeError: (error, method) => this.services.errors.record(error, `Studio, ${method}`),
    });
    const open = { panel, link };
    this.open = open;
    panel.onDidDispose(() => {
      link.dispose();
      this.parts.release();
      if (this.open !== open) return;
      this.open = undefined;
      this.intent = undefined;
      this.events.onJobLost();
    });
    openPage(panel.webview, extensionUri, 'studio', panel.title);
    return open;
  }

  /** A fresh page in the place of another: goes on with its job, or shows what it showed. */
  private async tellAgain(): Promise<void> {
    const { jobs, errors, log } = this.services;
    try {
      if (jobs.projection) {
        log.warn(`Studio: the page was recreated while the t-SNE of “${jobs.projection.name}” was computed.`);
      } else if (jobs.current?.kind === 'training') {
        log.warn(`Studio: the page was recreated while “${jobs.current.name}” was training.`);
        const proposal = await this.events.resumable();
        if (proposal) return await this.resume(proposal);
        // Nothing was saved yet: the training starts from the beginning where nobody has to choose anything.
        jobs.forget();
        if (this.intent?.kind !== 'propose' || !this.intent.startNow) {
          void vscode.window.showWarningMessage(
            vscode.l10n.t('The Studio was reloaded before anything was saved. Start the training again.'),
          );
        }
      }
      const { intent } = this;
      if (intent?.kind === 'propose') await this.propose(intent.proposal, intent.startNow);
      else if (intent?.kind === 'project') await this.project({ ...intent.proposal, continue: true }, false);
      else if (intent?.kind === 'model') await this.showModel(intent.uri, intent.name);
    } catch (error) {
      errors.show(error, 'Studio, after its page was recreated');
    }
  }

  private settle(work: () => Promise<void>): Promise<void> {
    const done = work();
    this.settling = done.catch(() => undefined);
    return done;
  }

  /** What the page shows after a job. */
  private modelOf(jobId: string): Intent | undefined {
    const uri = this.services.jobs.fileOf(jobId);
    return uri === undefined
      ? undefined
      : { kind: 'model', uri, name: nameOfFile(this.services.files.nameOf(uri)) };
  }

  private handlers(): Handlers<StudioHostApi> {
    const { services, parts, events } = this;
    const { jobs, datasets, log, errors, files } = services;
    // Each page has its own open saves: what a page left half sent is void.
    const saves = new Saves({
      files,
      localWriter: (uri) => services.localWriter(uri),
      target: (jobId, name) => jobs.targetOf(jobId, name),
      describe: (uri) => services.describe(uri),
      onSaved: (jobId, uri) => {
        void jobs.saved(jobId, uri);
        void services.models.refresh();
      },
    });
    return {
      ready: () => {
        const { engine, workers } = services.settings();
        return { engine, workers, version: services.version };
      },
      pull: (request, { signal }) => datasets.pull(request, signal),
      keepPacked: (request) => datasets.keep(request),
      endPacked: ({ source, fitting }) => datasets.endPacked(source, fitting),
      readFile: (request) => parts.read(request),
      beginSave: (request) => saves.begin(request),
      appendSave: (request) => saves.append(request),
      commitSave: (request) => saves.commit(request),
      jobChanged: (status) => jobs.changed(status),
      jobEnded: (outcome) =>
        this.settle(async () => {
          const { dataset } = jobs;
          if (dataset !== undefined) datasets.release(dataset);
          this.intent = this.modelOf(outcome.jobId);
          await events.onJobEnded(outcome).catch((error: unknown) => errors.record(error, 'After a job'));
          await jobs.finished(outcome);
        }),
      projectionEnded: (end) =>
        this.settle(async () => {
          this.intent = this.modelOf(end.jobId);
          await events
            .onProjectionEnded(end)
            .catch((error: unknown) => errors.record(error, 'After a t-SNE'));
          await jobs.projected(end);
        }),
      chooseDataset: async () => {
        await this.settling;
        void vscode.commands.executeCommand(commands.train);
      },
      openFile: async ({ dataset, path }) => {
        await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(datasets.uriOf(dataset, path)));
      },
      openImage: ({ model, path }) =>
        events
          .openImage(model, path)
          .catch((error: unknown) => void errors.show(error, 'Studio, open image')),
      pickImages: async ({ many }) => {
        const images = (await askForImages(many)).map((uri) => uri.toString());
        for (const uri of images) parts.allow(uri);
        return { images: images.map((uri) => ({ uri, name: services.describe(uri) })) };
      },
      listEvaluation: (request) => events.listEvaluation(request),
      openEvaluated: async ({ root, path }) => {
        await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(files.join(root, path)));
      },
      saveFile: (file) => saveFile(services, file),
      checkImage: () => void vscode.commands.executeCommand(commands.check),
      reveal: ({ uri }) => void vscode.commands.executeCommand(commands.revealModel, vscode.Uri.parse(uri)),
      resumeModel: async ({ uri }) => {
        await this.settling;
        void vscode.commands.executeCommand(commands.resumeTraining, vscode.Uri.parse(uri));
      },
      continueProjection: async ({ uri }) => {
        await this.settling;
        void vscode.commands.executeCommand(commands.computeTsne, vscode.Uri.parse(uri), { continue: true });
      },
      recalibrateModel: async ({ uri }) => {
        await this.settling;
        void vscode.commands.executeCommand(commands.recalibrate, vscode.Uri.parse(uri));
      },
      showMap: ({ uri }) => void vscode.commands.executeCommand(commands.showMap, vscode.Uri.parse(uri)),
      showLog: () => log.show(),
      log: ({ level, text }) => log[level](text),
      reportError: (error) => void errors.show(error, 'Studio'),
    };
  }
}
