/** What a job's end means for the rest of the window. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import type { ProjectionEnd } from '../../shared/protocol/projection.ts';
import type { App } from '../commands/app.ts';

/** A model trained to its end is the one to check with; a failure is told where it can be acted on. */
export async function afterJob({ services }: App, outcome: JobOutcome): Promise<void> {
  const { models, jobs, log, errors } = services;
  const uri = jobs.fileOf(outcome.jobId);
  log.info(
    `Training ${outcome.jobId} ${outcome.state}${outcome.savedAs === null ? '' : `, saved as ${outcome.savedAs}`}.`,
  );
  await models.refresh();
  if (outcome.state === 'finished' && uri !== undefined) await models.setActive(uri);
  if (outcome.state !== 'failed' || !outcome.error) return;
  const { code, message, detail } = outcome.error;
  const kept = uri !== undefined && models.models.some((model) => model.uri === uri);
  const resume = {
    title: vscode.l10n.t('Resume Training'),
    run: () => vscode.commands.executeCommand(commands.resumeTraining, vscode.Uri.parse(uri ?? '')),
  };
  errors.show(new LensError(code, message, detail), 'Training', kept ? [resume] : []);
}

/** The maps read the file anew with the list of models; a failure is told, the model is as it was last saved. */
export async function afterProjection({ services }: App, end: ProjectionEnd): Promise<void> {
  const { models, log, errors } = services;
  log.info(
    `t-SNE ${end.jobId} ${end.state}${end.savedAs === null ? ', nothing saved' : `, saved as ${end.savedAs}`}.`,
  );
  await models.refresh();
  if (end.state !== 'failed' || !end.error) return;
  errors.show(new LensError(end.error.code, end.error.message, end.error.detail), 't-SNE');
}
