/** The model that a check is to use, or why there is none. */
import * as vscode from 'vscode';
import { LensError, toWireError } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import { offer } from '../core/log.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';

/**
 * The model if it can give a verdict; otherwise says what is missing and offers what helps.
 * @param wanted the active model where left out
 */
export async function usableModel(app: App, wanted?: string): Promise<ModelEntry | undefined> {
  const { services } = app;
  // The active model is read by itself, so the folders are only listed where there is none.
  if (wanted === undefined && services.models.activeUri === undefined) await services.models.refresh();
  const { models } = services.models;
  const uri = wanted ?? services.models.activeUri;
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const trainOne = { title: vscode.l10n.t('Train a Model…'), run: () => run(commands.train) };
  const choose = { title: vscode.l10n.t('Choose Model…'), run: () => run(commands.chooseActiveModel) };
  if (uri === undefined) {
    const some = models.length > 0;
    const message = some
      ? vscode.l10n.t('Choose the model that images are checked with.')
      : vscode.l10n.t('There is no model yet. Train one on good images first.');
    void offer('info', message, some ? [choose, trainOne] : [trainOne], services.errors);
    return undefined;
  }
  let model: ModelEntry;
  try {
    model = await services.models.read(uri);
  } catch (error) {
    services.errors.show(error, 'Check', models.length > 0 ? [choose, trainOne] : [trainOne]);
    return undefined;
  }
  if (!model.header) {
    const { code, message, detail } = model.error ?? toWireError(undefined);
    services.errors.show(new LensError(code, `“${model.name}”: ${message}`, detail), 'Check', [choose]);
    return undefined;
  }
  if (!model.header.card.calibration) {
    const unfinished = model.header.card.progress.state !== 'finished';
    const why = unfinished
      ? `“${model.name}” gives no verdict yet: its training is not finished, so it has no threshold. Resume it, or choose another model.`
      : `“${model.name}” gives no verdict: it was trained without calibration images. Choose another model.`;
    const go = { title: vscode.l10n.t('Resume Training'), run: () => run(commands.resumeTraining, model) };
    services.errors.show(
      new LensError('model-not-calibrated', why),
      'Check',
      unfinished ? [go, choose] : [choose],
    );
    return undefined;
  }
  return model;
}
