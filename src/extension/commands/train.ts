/** Train Autoencoder: from a folder, an IDX file or a model to a proposal in the Studio. */
import * as vscode from 'vscode';
import { LensError, isCancelled } from '../../shared/errors.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import { commands } from '../../shared/names.ts';
import type { TrainingDefaults } from '../../shared/protocol/studio.ts';
import { locationOf } from '../core/location.ts';
import { workspaceFolders } from '../core/workspace-folders.ts';
import { trainingDefaults } from '../core/settings.ts';
import type { Services } from '../core/services.ts';
import { suggestFolders } from '../datasets/suggest.ts';
import { isModelFileName } from '../models/file-names.ts';
import type { App } from './app.ts';
import { refusedWhileBusy } from './busy.ts';
import { findDataset, resumeModel } from './resume.ts';
import { scanWithProgress } from './scan.ts';
import { askForFolder, uriOf } from './targets.ts';

/** For automation: `latentLens.train(uri, options)`. */
export interface TrainOptions {
  /** Starts without asking and answers with the job's outcome. */
  readonly startNow?: boolean;
  readonly name?: string;
  readonly overrides?: Partial<Omit<TrainingDefaults, 'training'>> & {
    readonly training?: Partial<TrainingDefaults['training']>;
  };
}

export async function train(
  app: App,
  target: unknown,
  options: TrainOptions = {},
): Promise<JobOutcome | undefined> {
  const startNow = options.startNow === true;
  try {
    return await propose(app, target, options, startNow);
  } catch (error) {
    if (!startNow) throw error;
    const wire = app.services.errors.record(error, 'Train');
    return {
      jobId: '',
      state: isCancelled(error) ? 'stopped' : 'failed',
      error: wire,
      savedAs: null,
      card: null,
      resumeNote: null,
    };
  }
}

async function propose(
  app: App,
  target: unknown,
  options: TrainOptions,
  startNow: boolean,
): Promise<JobOutcome | undefined> {
  const { services, studio } = app;
  if (refusedWhileBusy(app, 'training', startNow)) return undefined;
  const uri = uriOf(target) ?? (await pickDataset(services));
  if (!uri) return undefined;
  if (isModelFileName(services.files.nameOf(uri.toString()))) return trainModel(app, uri, options, startNow);
  const { summary } = await scanWithProgress(uri, services);
  const { name } = await services.newModel(options.name ?? summary.name);
  const ended = startNow ? services.jobs.nextEnd() : undefined;
  await studio.propose(
    {
      dataset: summary,
      location: locationOf(summary.uri, workspaceFolders()),
      defaults: withOverrides(trainingDefaults(services.settings()), options.overrides),
      name,
    },
    startNow,
  );
  return ended;
}

/** A model in training goes on; a finished one is the pattern for a new one on the same images. */
async function trainModel(
  app: App,
  uri: vscode.Uri,
  options: TrainOptions,
  startNow: boolean,
): Promise<JobOutcome | undefined> {
  const { services } = app;
  const { header, error } = await services.models.read(uri.toString());
  if (!header)
    throw new LensError(error?.code ?? 'invalid-model-file', error?.message ?? 'This model cannot be read.');
  const { card } = header;
  if (card.progress.state !== 'finished') return resumeModel(app, uri, startNow);
  const dataset = await findDataset(services, card);
  const overrides = {
    latent: card.spec.latent,
    recipe: card.spec.recipe,
    fit: card.preprocessing.fit,
    pattern: card.spec,
    ...options.overrides,
    training: { ...card.training, ...options.overrides?.training },
  };
  return propose(app, dataset, { ...options, name: options.name ?? card.name, overrides }, startNow);
}

const withOverrides = (
  defaults: TrainingDefaults,
  overrides: TrainOptions['overrides'],
): TrainingDefaults => ({
  ...defaults,
  ...overrides,
  training: { ...defaults.training, ...overrides?.training },
});

interface FolderItem extends vscode.QuickPickItem {
  readonly choose: () => Promise<vscode.Uri | undefined> | vscode.Uri;
}

/** A pick of the workspace's image folders, which fills while they are looked for. */
async function pickDataset(services: Services): Promise<vscode.Uri | undefined> {
  const abort = new AbortController();
  const picker = vscode.window.createQuickPick<FolderItem>();
  picker.title = vscode.l10n.t('Train an autoencoder');
  picker.placeholder = vscode.l10n.t('Choose the images to learn from');
  picker.matchOnDescription = true;
  const fixed: FolderItem[] = [
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse for a Folder…')}`,
      alwaysShow: true,
      choose: () => askForFolder(vscode.l10n.t('Choose the images to learn from'), vscode.l10n.t('Train')),
    },
    {
      label: `$(file-binary) ${vscode.l10n.t('Browse for IDX Files…')}`,
      description: vscode.l10n.t('MNIST and its family'),
      alwaysShow: true,
      choose: askForIdx,
    },
    {
      label: `$(sparkle) ${vscode.l10n.t('Create Sample Images…')}`,
      alwaysShow: true,
      choose: async () => {
        await vscode.commands.executeCommand(commands.createSamples);
        return undefined;
      },
    },
  ];
  picker.items = fixed;
  picker.busy = true;
  const chosen = new Promise<FolderItem | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  void suggestions(services, abort.signal).then((items) => {
    if (abort.signal.aborted) return;
    const separator = {
      label: '',
      kind: vscode.QuickPickItemKind.Separator,
      choose: () => Promise.resolve(undefined),
    };
    picker.items = items.length > 0 ? [...items, separator, ...fixed] : fixed;
    picker.busy = false;
  });
  const item = await chosen;
  abort.abort();
  picker.dispose();
  return item?.choose();
}

async function suggestions(services: Services, signal: AbortSignal): Promise<FolderItem[]> {
  const items: FolderItem[] = [];
  for (const { name, uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const folder of await suggestFolders(uri.toString(), services.files, signal)) {
      items.push({
        label: `$(folder) ${folder.path === '' ? name : folder.path}`,
        description: folder.idx
          ? vscode.l10n.t('IDX files')
          : vscode.l10n.t('{0} images seen', folder.images),
        choose: () => vscode.Uri.parse(folder.uri),
      });
    }
  }
  return items;
}

async function askForIdx(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose an IDX images file; its labels and test images are found beside it'),
    openLabel: vscode.l10n.t('Train'),
  });
  return chosen?.[0];
}
