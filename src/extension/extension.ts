/** Wires the host together. Everything is cheap until it is used. */
import * as vscode from 'vscode';
import { panels } from '../shared/names.ts';
import type { App } from './commands/app.ts';
import { Checks } from './checks/checks.ts';
import { actOnRows, continueBatch, repeatBatch } from './commands/check-many.ts';
import { checkAgain } from './commands/check-image.ts';
import { listEvaluation } from './commands/evaluate.ts';
import { registerCommands } from './commands/register.ts';
import { openImage } from './commands/open-image.ts';
import { offerResume, offerUnlessSettled, resumeProposal } from './commands/resume.ts';
import { Services } from './core/services.ts';
import { afterJob, afterProjection } from './jobs/after-job.ts';
import { recoverTemporaries } from './models/replace.ts';
import { ModelCardEditor } from './views/model-card.ts';
import { LatentMap } from './views/latent-map.ts';
import { watchModels } from './models/watch.ts';
import { ModelsTree } from './views/models-tree.ts';
import { Report } from './views/report.ts';
import { StatusBar } from './views/status-bar.ts';
import { Studio } from './views/studio.ts';

/** What `activate` answers: for tests and for whoever watches start-up. */
export interface Activation {
  readonly milliseconds: number;
}

export function activate(context: vscode.ExtensionContext): Activation {
  const started = performance.now();
  const services = new Services(context);
  const checks = new Checks(services);
  /** For what the user asked for on the report's page. */
  const shown = (work: Promise<void>): void =>
    void work.catch((error: unknown) => services.errors.show(error, 'Report'));
  const app: App = {
    services,
    studio: new Studio(services, {
      onJobLost: () => {
        const record = services.jobs.abandoned();
        if (record) offerResume(app, record);
      },
      onJobEnded: (outcome) => afterJob(app, outcome),
      onProjectionEnded: (end) => afterProjection(app, end),
      resumable: async () => {
        const record = services.records.read();
        return record?.model ? resumeProposal(services, record.model, record.jobId) : undefined;
      },
      openImage: (model, path) => openImage(services, model, path),
      listEvaluation: (request) => listEvaluation(services, request),
    }),
    report: new Report(services, checks.batches, {
      onFreshPage: (image) =>
        void checkAgain(app, image).catch((error: unknown) => services.errors.record(error, 'Report')),
      onRows: (uris, action, batch) => shown(actOnRows(app, uris, action, batch)),
      onOpenNear: (model, path) => shown(openImage(services, model, path)),
      onContinue: (batch) => shown(continueBatch(app, batch)),
      onRepeat: (batch) => shown(repeatBatch(app, batch)),
    }),
    checks,
    map: new LatentMap(services),
  };
  flush = () => checks.results.flush();
  context.subscriptions.push(
    services,
    app.studio,
    app.report,
    app.map,
    checks,
    new ModelsTree(services),
    new StatusBar(services),
    ModelCardEditor.register(services),
    ...registerCommands(() => app),
    ...watchModels(services),
    vscode.window.registerWebviewPanelSerializer(
      panels.studio,
      restoring((panel) => app.studio.restore(panel)),
    ),
    vscode.window.registerWebviewPanelSerializer(
      panels.report,
      restoring((panel) => app.report.restore(panel)),
    ),
    vscode.window.registerWebviewPanelSerializer(
      panels.map,
      restoring((panel) => app.map.restore(panel)),
    ),
  );
  const milliseconds = performance.now() - started;
  // Beyond this point nobody waits.
  setTimeout(() => void afterStart(app, milliseconds), 0);
  return { milliseconds };
}

/** VS Code waits for what is still to be written. */
export const deactivate = (): Promise<void> | undefined => flush?.();

let flush: (() => Promise<void>) | undefined;

const restoring = (restore: (panel: vscode.WebviewPanel) => void): vscode.WebviewPanelSerializer => ({
  deserializeWebviewPanel: (panel) => {
    restore(panel);
    return Promise.resolve();
  },
});

async function afterStart(app: App, milliseconds: number): Promise<void> {
  const { services } = app;
  services.log.info(`Latent Lens ${services.version} activated in ${milliseconds.toFixed(1)} ms.`);
  try {
    await app.checks.load();
    for (const folder of services.folders().read) {
      const { adopted, removed } = await recoverTemporaries(folder, services.files, Date.now());
      for (const uri of adopted)
        services.log.warn(`Adopted the complete temporary file of ${services.describe(uri)}.`);
      for (const uri of removed) services.log.warn(`Removed the incomplete file ${services.describe(uri)}.`);
    }
    await services.models.refresh();
    const record = services.records.interrupted(services.session);
    if (record) await offerUnlessSettled(app, record);
  } catch (error) {
    services.errors.record(error, 'Start');
  }
}
