/** Recalibrate: from a model and a folder of other good images to a calibration in the Studio's worker. */
import * as vscode from 'vscode';
import type { RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import { locationOf } from '../core/location.ts';
import { workspaceFolders } from '../core/workspace-folders.ts';
import { ModelImages } from '../datasets/model-images.ts';
import type { App } from './app.ts';
import { refusedWhileBusy } from './busy.ts';
import { modelUri } from './models.ts';
import { scanWithProgress } from './scan.ts';
import { askForFolder } from './targets.ts';
import { usableModel } from './usable-model.ts';

/** For automation: `latentLens.recalibrate(model, { folder })`. */
export interface RecalibrateOptions {
  /** Asked for where left out. */
  readonly folder?: vscode.Uri;
}

/** @returns how it ended; undefined where nothing was begun */
export async function recalibrate(
  app: App,
  target: unknown,
  { folder }: RecalibrateOptions = {},
): Promise<RecalibrationOutcome | undefined> {
  const { services, studio } = app;
  if (refusedWhileBusy(app, 'calibration', false)) return undefined;
  const model = await usableModel(app, modelUri(target)?.toString());
  const card = model?.header?.card;
  if (!model || !card) return undefined;
  const images =
    folder ??
    (await askForFolder(
      vscode.l10n.t('Choose good images to calibrate “{0}” on, none of which it was trained on', model.name),
      vscode.l10n.t('Calibrate'),
    ));
  if (!images) return undefined;
  const { summary } = await scanWithProgress(images, services);
  const learned = new ModelImages(services.files, services.context.workspaceState, workspaceFolders);
  const { falseAlarmRate, memoryBudget } = services.settings();
  const outcome = await studio.recalibrate({
    ...{ jobId: crypto.randomUUID(), model: model.uri, name: model.name, dataset: summary },
    location: locationOf(summary.uri, workspaceFolders()),
    origin: (await learned.root(model.uri, card.dataset)) ?? null,
    ...{ falseAlarmRate, memoryBudget },
  });
  services.datasets.release(summary.id);
  await services.models.refresh();
  services.log.info(`Calibration of “${model.name}” on ${services.describe(summary.uri)}: ${outcome.state}.`);
  return outcome;
}
