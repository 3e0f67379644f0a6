/** One long job at a time is all that the engine runs: what is said to whoever wants another. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import type { JobStatus } from '../../shared/protocol/studio.ts';
import { offer } from '../core/log.ts';
import type { App } from './app.ts';

function busyMessage({ kind, name }: JobStatus, wanted: JobStatus['kind']): string {
  if (kind === 'calibration')
    return vscode.l10n.t('“{0}” is being calibrated. Cancel that, or wait for its end.', name);
  if (kind === 'projection')
    return vscode.l10n.t('The t-SNE of “{0}” is being computed. Stop it, or wait for its end.', name);
  if (wanted === 'training')
    return vscode.l10n.t('“{0}” is being trained. Stop it before the next training.', name);
  return wanted === 'calibration'
    ? vscode.l10n.t('“{0}” is being trained. A model can be calibrated when that is stopped or ended.', name)
    : vscode.l10n.t('“{0}” is being trained. A t-SNE can be computed when that is stopped or ended.', name);
}

/**
 * Says that a job is running and what can be done; answers whether one is.
 * @param strict throws the sentence instead of offering it, for automation
 * @throws LensError `engine-unavailable` where `strict`
 */
export function refusedWhileBusy(app: App, wanted: JobStatus['kind'], strict: boolean): boolean {
  const { jobs, errors } = app.services;
  const { current } = jobs;
  if (!current) return false;
  const message = busyMessage(current, wanted);
  if (strict) throw new LensError('engine-unavailable', message);
  const stops = {
    training: vscode.l10n.t('Stop Training'),
    projection: vscode.l10n.t('Stop t-SNE'),
    calibration: vscode.l10n.t('Cancel Calibration'),
  };
  void offer(
    'info',
    message,
    [
      { title: vscode.l10n.t('Open Studio'), run: () => app.studio.show() },
      {
        title: stops[current.kind],
        // It stops whatever runs.
        run: () => vscode.commands.executeCommand(commands.stopTraining),
      },
    ],
    errors,
  );
  return true;
}
