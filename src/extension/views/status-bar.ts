/** The engine in use and the running job, at the foot of the window. */
import * as vscode from 'vscode';
import { commands, contextKeys } from '../../shared/names.ts';
import type { EngineCard } from '../../shared/model-card.ts';
import type { JobPhase, ProjectionPhase } from '../../shared/protocol/engine.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { RecalibrationStatus } from '../../shared/protocol/recalibration.ts';
import type { JobStatus, TrainingStatus } from '../../shared/protocol/studio.ts';
import type { Services } from '../core/services.ts';
import { formatDuration, percentOf } from '../jobs/status-text.ts';

const engineName = ({ kind }: EngineCard): string => (kind === 'webgpu' ? 'WebGPU' : 'WASM');

function trainingText(status: TrainingStatus): string {
  const texts: Record<JobPhase, string> = {
    reading: vscode.l10n.t('Reading images {0} %', percentOf(status)),
    training: vscode.l10n.t('Epoch {0} of {1}', Math.min(status.epoch + 1, status.epochs), status.epochs),
    calibrating: vscode.l10n.t('Calibrating {0} %', percentOf(status)),
    saving: vscode.l10n.t('Saving'),
  };
  return texts[status.phase];
}

function projectionText(status: ProjectionStatus): string {
  const texts: Record<ProjectionPhase, string> = {
    neighbours: vscode.l10n.t('t-SNE: neighbours {0} %', percentOf(status)),
    embedding: vscode.l10n.t('t-SNE {0} of {1}', status.iteration, status.of),
    measuring: vscode.l10n.t('t-SNE: measuring'),
    saving: vscode.l10n.t('t-SNE: saving'),
  };
  return texts[status.phase];
}

const calibrationText = (status: RecalibrationStatus): string =>
  status.total > 0
    ? vscode.l10n.t('Calibration: {0} {1} %', status.text, percentOf(status))
    : vscode.l10n.t('Calibration: {0}', status.text);

function phaseText(status: JobStatus): string {
  if (status.kind === 'training') return trainingText(status);
  return status.kind === 'projection' ? projectionText(status) : calibrationText(status);
}

function headline(job: JobStatus | null): string {
  if (job === null) return vscode.l10n.t('Latent Lens');
  const headlines = {
    training: vscode.l10n.t('Latent Lens is training “{0}”', job.name),
    projection: vscode.l10n.t('Latent Lens is computing the t-SNE of “{0}”', job.name),
    calibration: vscode.l10n.t('Latent Lens is calibrating “{0}” anew', job.name),
  };
  return headlines[job.kind];
}

export class StatusBar implements vscode.Disposable {
  private item: vscode.StatusBarItem | undefined;
  private engine: EngineCard | null = null;
  private running: JobStatus['kind'] | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.subscription = services.jobs.onChange(() => this.update());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item?.dispose();
  }

  private update(): void {
    const job = this.services.jobs.current;
    this.engine = this.services.jobs.engine;
    if (this.running !== job?.kind) {
      this.running = job?.kind;
      const set = (key: string, value: boolean): void =>
        void vscode.commands.executeCommand('setContext', key, value);
      set(contextKeys.jobRunning, job !== null);
      set(contextKeys.training, job?.kind === 'training');
      set(contextKeys.projecting, job?.kind === 'projection');
    }
    if (!job && !this.engine) return this.item?.hide();
    const item = this.open();
    const engine = this.engine ? engineName(this.engine) : undefined;
    const left =
      job && job.secondsLeft !== null
        ? vscode.l10n.t('{0} left', formatDuration(job.secondsLeft))
        : undefined;
    item.text = job
      ? `$(sync~spin) ${[job.name, phaseText(job), left].filter((part) => part !== undefined).join(' · ')}`
      : `$(circuit-board) ${engine ?? ''}`;
    item.tooltip = this.tooltip(job, engine, left);
    item.show();
  }

  private tooltip(job: JobStatus | null, engine: string | undefined, left: string | undefined): string {
    const lines = [
      headline(job),
      ...(job ? [[phaseText(job), left].filter((part) => part !== undefined).join(', ')] : []),
      ...this.engineLines(job, engine),
      vscode.l10n.t('Click to open the Studio'),
    ];
    return lines.join('\n');
  }

  private engineLines(job: JobStatus | null, engine: string | undefined): readonly string[] {
    // A t-SNE has an engine of its own.
    if (job?.kind === 'projection') return job.engine === null ? [] : [job.engine];
    // Scores are those of checks, whatever trained the model.
    if (job?.kind === 'calibration') return [];
    return engine && this.engine ? [vscode.l10n.t('Engine: {0} ({1})', engine, this.engine.reason)] : [];
  }

  private open(): vscode.StatusBarItem {
    if (!this.item) {
      this.item = vscode.window.createStatusBarItem('latentLens.status', vscode.StatusBarAlignment.Left, 0);
      this.item.name = 'Latent Lens';
      this.item.command = commands.openStudio;
    }
    return this.item;
  }
}
