/** One long job at a time is all that the engine runs: what is said to whoever wants another. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import type { JobStatus } from '../../shared/protocol/studio.ts';
import { offer } from '../core/log.ts';
import type { App } from './app.ts';

/** What is asked for while another job runs. */
export type WantedJob = JobStatus['kind'] | 'calibration';

function busyMessage({ kind, name }: JobStatus, wanted: WantedJob): string {
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
export function refusedWhileBusy(app: App, wanted: WantedJob, strict: boolean): boolean {
  const { jobs, errors } = app.services;
  const { current } = jobs;
  if (!current) return false;
  const message = busyMessage(current, wanted);
  if (strict) throw new LensError('engine-unavailable', message);
  const projecting = current.kind === 'projection';
  void offer(
    'info',
    message,
    [
      { title: vscode.l10n.t('Open Studio'), run: () => app.studio.show() },
      {
        title: projecting ? vscode.l10n.t('Stop t-SNE') : vscode.l10n.t('Stop Training'),
        run: () => vscode.commands.executeCommand(projecting ? commands.stopTsne : commands.stopTraining),
      },
    ],
    errors,
  );
  return true;
}
