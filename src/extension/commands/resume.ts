/** Resume Training, Stop Training, and going on after a reload. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import type { ModelCard } from '../../shared/model-card.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import type { ResumeProposal } from '../../shared/protocol/studio.ts';
import { placesOf } from '../core/location.ts';
import { offer } from '../core/log.ts';
import { workspaceFolders } from '../core/workspace-folders.ts';
import type { Services } from '../core/services.ts';
import type { JobRecord } from '../jobs/record.ts';
import { describeModel } from '../models/describe.ts';
import type { App } from './app.ts';
import { refusedWhileBusy } from './busy.ts';
import { offerContinue, stopTsne } from './project.ts';
import { scanWithProgress } from './scan.ts';
import { askForFolder, uriOf } from './targets.ts';

export async function resume(app: App, target: unknown): Promise<JobOutcome | undefined> {
  if (refusedWhileBusy(app, 'training', false)) return undefined;
  const uri = uriOf(target) ?? (await pickUnfinished(app.services));
  return uri && resumeModel(app, uri, false);
}

/** Goes on with a model; with `wait` the answer is the job's outcome. */
export async function resumeModel(app: App, uri: vscode.Uri, wait: boolean): Promise<JobOutcome | undefined> {
  const { services, studio } = app;
  const proposal = await resumeProposal(services, uri.toString(), crypto.randomUUID());
  const ended = wait ? services.jobs.nextEnd() : undefined;
  await studio.resume(proposal);
  return ended;
}

/** @throws LensError `invalid-model-file`, `not-found` where the images are gone, `cancelled` */
export async function resumeProposal(
  services: Services,
  model: string,
  jobId: string,
): Promise<ResumeProposal> {
  const { header, error, name } = await services.models.read(model);
  if (!header)
    throw new LensError(error?.code ?? 'invalid-model-file', error?.message ?? 'This model cannot be read.');
  if (header.card.progress.state === 'finished') {
    throw new LensError(
      'invalid-model-file',
      `“${name}” has been trained to its end; there is nothing to resume.`,
    );
  }
  const { summary } = await scanWithProgress(await findDataset(services, header.card), services);
  const { falseAlarmRate, memoryBudget } = services.settings();
  return { jobId, dataset: summary, model, falseAlarmRate, memoryBudget };
}

/** Where a model's images are now; asks where they are not found. */
export async function findDataset(services: Services, card: ModelCard): Promise<vscode.Uri> {
  const { location, name } = card.dataset;
  for (const place of placesOf(location, workspaceFolders(), services.files)) {
    const there = await services.files.stat(place).catch(() => undefined);
    if (there) return vscode.Uri.parse(place);
  }
  const locate = vscode.l10n.t('Locate…');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('The images of this model (“{0}”) are not at {1}.', name, location),
    locate,
  );
  const folder =
    chosen === locate ? await askForFolder(locate, vscode.l10n.t('Use These Images')) : undefined;
  if (folder) return folder;
  throw new LensError('cancelled', 'Cancelled.');
}

async function pickUnfinished(services: Services): Promise<vscode.Uri | undefined> {
  const models = await services.models.refresh();
  const items = models.flatMap(({ header, name, uri }) =>
    header && header.card.progress.state !== 'finished'
      ? [{ label: name, description: describeModel(header.card), uri }]
      : [],
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No model is waiting to be trained further.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Resume Training'),
    placeHolder: vscode.l10n.t('Choose a model that is not finished'),
  });
  return chosen && vscode.Uri.parse(chosen.uri);
}

/** Stops whatever runs; the answer is that of a training. */
export async function stopTraining(app: App): Promise<JobOutcome | undefined> {
  const { services, studio } = app;
  const { current } = services.jobs;
  if (current?.kind === 'projection') {
    await stopTsne(app);
    return undefined;
  }
  if (current?.kind === 'calibration') {
    await studio.stop();
    return undefined;
  }
  if (!current) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No training is running.'));
    return undefined;
  }
  const ended = services.jobs.nextEnd();
  if (!(await studio.stop())) return undefined;
  // The page answers before its notice of the end is dealt with; only then may the next training begin.
  const outcome = await ended;
  if (outcome.savedAs !== null) {
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Training stopped and saved as {0}', outcome.savedAs),
      10_000,
    );
  }
  return outcome;
}

/** As {@link offerResume}, unless the model was deleted or trained to its end meanwhile. */
export async function offerUnlessSettled(app: App, record: JobRecord): Promise<void> {
  const { services } = app;
  if (record.model !== null && record.kind === 'training') {
    const model = await services.models.read(record.model).catch(() => undefined);
    if (model?.header?.card.progress.state === 'finished' || !model) return services.records.clear();
  }
  offerResume(app, record);
}

/** Offers to go on with a job that ended with its window or panel. */
export function offerResume(app: App, record: JobRecord): void {
  const { services } = app;
  const { model, name } = record;
  if (record.kind === 'projection') return offerContinue(app, record);
  if (model === null) {
    void services.records.clear();
    void offer(
      'warning',
      vscode.l10n.t('The training of “{0}” was interrupted before anything was saved.', name),
      [
        {
          title: vscode.l10n.t('Train Again…'),
          run: () => vscode.commands.executeCommand('latentLens.train', vscode.Uri.parse(record.dataset)),
        },
      ],
      services.errors,
    );
    return;
  }
  void offer(
    'info',
    vscode.l10n.t('The training of “{0}” was interrupted. It can go on from its last checkpoint.', name),
    [
      { title: vscode.l10n.t('Resume Training'), run: () => resume(app, vscode.Uri.parse(model)) },
      { title: vscode.l10n.t('Not Now'), run: () => services.records.clear() },
    ],
    services.errors,
  );
}
