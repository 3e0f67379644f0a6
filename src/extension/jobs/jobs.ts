/** The job that the Studio's worker runs, as the host knows it: its state, its file, who waits for its end. */
import { LensError } from '../../shared/errors.ts';
import type { EngineCard } from '../../shared/model-card.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import type { ProjectionEnd, ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { JobStatus } from '../../shared/protocol/studio.ts';
import type { JobRecord, JobRecords } from './record.ts';

export interface JobsOptions {
  readonly records: JobRecords;
  readonly session: string;
  /** URI for a new model of this name; a free one. */
  readonly newTarget: (name: string) => Promise<string>;
  /** URI of the data set of this id. */
  readonly datasetUri: (id: string) => string | undefined;
}

/** A job that writes what it has so far: it can be gone on with. A calibration leaves the file whole until its end. */
type LastingJob = Exclude<JobStatus, { kind: 'calibration' }>;

const lostMessage = ({ kind, name }: LastingJob, saved: boolean): string => {
  if (kind === 'projection')
    return `The t-SNE of “${name}” ended with its panel; what it had saved is kept and can be gone on with.`;
  return saved
    ? `The training of “${name}” ended with its panel; its last checkpoint is kept and can be resumed.`
    : `The training of “${name}” ended with its panel before anything was saved.`;
};

export class Jobs {
  private status: JobStatus | null = null;
  private lastEngine: EngineCard | null = null;
  private readonly targets = new Map<string, Promise<string>>();
  private readonly savedFiles = new Map<string, string>();
  private readonly ended = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Set<(outcome: JobOutcome) => void>();
  private readonly waitingForProjection = new Set<(end: ProjectionEnd) => void>();

  constructor(private readonly options: JobsOptions) {}

  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** The engine of the running job, else of the last one: a job may end before its first notice. */
  get engine(): EngineCard | null {
    return (this.status?.kind === 'training' ? this.status.engine : null) ?? this.lastEngine;
  }

  /** The running job. */
  get current(): JobStatus | null {
    return this.status;
  }

  /** The running t-SNE. */
  get projection(): ProjectionStatus | null {
    return this.status?.kind === 'projection' ? this.status : null;
  }

  /** Id of the data set of the running training. */
  get dataset(): string | undefined {
    return this.status?.kind === 'training' ? this.status.dataset : undefined;
  }

  async changed(status: JobStatus): Promise<void> {
    // A notice that was overtaken by the job's end must not bring it back.
    if (this.ended.has(status.jobId)) return;
    this.status = status;
    if (status.kind === 'training') this.lastEngine = status.engine ?? this.lastEngine;
    this.notify();
    if (status.kind !== 'calibration') await this.remember(status);
  }

  async finished(outcome: JobOutcome): Promise<void> {
    this.lastEngine = outcome.card?.engine ?? this.lastEngine;
    await this.end(outcome.jobId);
    settle(this.waiting, outcome);
    this.notify();
  }

  async projected(end: ProjectionEnd): Promise<void> {
    await this.end(end.jobId);
    settle(this.waitingForProjection, end);
    this.notify();
  }

  /** Whoever asked for the calibration has its outcome, or its page is gone. */
  calibrated(jobId: string): void {
    this.leave(jobId);
    this.notify();
  }

  /** The job's page is gone and the job will start anew under another id. */
  forget(): void {
    if (this.status) this.ended.add(this.status.jobId);
    this.status = null;
    this.notify();
  }

  /** The page that ran the job is gone for good: the job is over, its checkpoint and its record stay. */
  abandoned(): JobRecord | undefined {
    const lost = this.status;
    this.status = null;
    const record = this.options.records.read();
    if (lost && lost.kind !== 'calibration') {
      const end = {
        jobId: lost.jobId,
        state: 'failed',
        error: { code: 'disconnected', message: lostMessage(lost, Boolean(record?.model)) },
        savedAs: null,
        card: null,
      } as const;
      if (lost.kind === 'training') settle(this.waiting, { ...end, resumeNote: null });
      else settle(this.waitingForProjection, end);
    }
    this.notify();
    return lost && record?.jobId === lost.jobId ? record : undefined;
  }

  /** Resolves when the next training ends, whichever way. */
  nextEnd(signal?: AbortSignal): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        if (this.waiting.delete(resolve)) reject(new LensError('cancelled', 'Cancelled.'));
      });
    });
  }

  /** Resolves when the next t-SNE ends, whichever way. */
  nextProjectionEnd(): Promise<ProjectionEnd> {
    return new Promise((resolve) => this.waitingForProjection.add(resolve));
  }

  /** A resumed job and a t-SNE write the file that they came from. */
  adopt(jobId: string, uri: string): void {
    this.ended.delete(jobId);
    this.targets.set(jobId, Promise.resolve(uri));
    this.savedFiles.set(jobId, uri);
  }

  /** URI of the job's model file, the same for all its saves; a free name the first time. */
  targetOf(jobId: string, name: string): Promise<string> {
    const known = this.targets.get(jobId);
    if (known) return known;
    const target = this.options.newTarget(name);
    this.targets.set(jobId, target);
    target.catch(() => this.targets.delete(jobId));
    return target;
  }

  /** The file was renamed: later saves go there. */
  moved(from: string, to: string): void {
    for (const [jobId, target] of this.targets) {
      this.targets.set(
        jobId,
        target.then((uri) => (uri === from ? to : uri)),
      );
    }
    for (const [jobId, uri] of this.savedFiles) if (uri === from) this.savedFiles.set(jobId, to);
  }

  /** URI of the file that the job has saved, or came from. */
  fileOf(jobId: string): string | undefined {
    return this.savedFiles.get(jobId);
  }

  async saved(jobId: string, uri: string): Promise<void> {
    this.savedFiles.set(jobId, uri);
    const record = this.options.records.read();
    if (record?.jobId === jobId) await this.options.records.write({ ...record, model: uri });
  }

  private leave(jobId: string): void {
    this.ended.add(jobId);
    if (this.status?.jobId === jobId) this.status = null;
  }

  private async end(jobId: string): Promise<void> {
    this.leave(jobId);
    await this.options.records.clear();
  }

  private async remember(status: LastingJob): Promise<void> {
    const { records, session, datasetUri } = this.options;
    const before = records.read();
    const known = before?.jobId === status.jobId ? before : undefined;
    const dataset = status.kind === 'training' ? datasetUri(status.dataset) : undefined;
    await records.write({
      kind: status.kind,
      jobId: status.jobId,
      session,
      name: status.name,
      model: this.fileOf(status.jobId) ?? known?.model ?? null,
      dataset: dataset ?? known?.dataset ?? '',
    });
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Tells everyone who waits, once. */
function settle<T>(waiting: Set<(value: T) => void>, value: T): void {
  for (const resolve of waiting) resolve(value);
  waiting.clear();
}
