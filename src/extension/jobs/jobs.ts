/** The job that the Studio's worker runs, as the host knows it: its state, its file, who waits for its end. */
import { LensError } from '../../shared/errors.ts';
import type { EngineCard } from '../../shared/model-card.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
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

export class Jobs {
  private status: JobStatus | null = null;
  private lastEngine: EngineCard | null = null;
  private readonly targets = new Map<string, Promise<string>>();
  private readonly savedFiles = new Map<string, string>();
  private readonly ended = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Set<(outcome: JobOutcome) => void>();

  constructor(private readonly options: JobsOptions) {}

  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** The engine of the running job, else of the last one: a job may end before its first notice. */
  get engine(): EngineCard | null {
    return this.status?.engine ?? this.lastEngine;
  }

  /** The running job. */
  get current(): JobStatus | null {
    return this.status;
  }

  async changed(status: JobStatus): Promise<void> {
    // A notice that was overtaken by the job's end must not bring it back.
    if (this.ended.has(status.jobId)) return;
    this.status = status;
    this.lastEngine = status.engine ?? this.lastEngine;
    this.notify();
    await this.remember(status);
  }

  async finished(outcome: JobOutcome): Promise<void> {
    this.ended.add(outcome.jobId);
    this.lastEngine = outcome.card?.engine ?? this.lastEngine;
    if (this.status === null || this.status.jobId === outcome.jobId) this.status = null;
    await this.options.records.clear();
    for (const resolve of this.waiting) resolve(outcome);
    this.waiting.clear();
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
    if (lost) {
      const message = record?.model
        ? `The training of “${lost.name}” ended with its panel; its last checkpoint is kept and can be resumed.`
        : `The training of “${lost.name}” ended with its panel before anything was saved.`;
      for (const resolve of this.waiting) {
        resolve({
          jobId: lost.jobId,
          state: 'failed',
          error: { code: 'disconnected', message },
          savedAs: null,
          card: null,
          resumeNote: null,
        });
      }
      this.waiting.clear();
    }
    this.notify();
    return lost && record?.jobId === lost.jobId ? record : undefined;
  }

  /** Resolves when the next job ends, whichever way. */
  nextEnd(signal?: AbortSignal): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        if (this.waiting.delete(resolve)) reject(new LensError('cancelled', 'Cancelled.'));
      });
    });
  }

  /** A resumed job writes the file that it came from. */
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

  private async remember(status: JobStatus): Promise<void> {
    const { records, session, datasetUri } = this.options;
    const before = records.read();
    const known = before?.jobId === status.jobId ? before : undefined;
    await records.write({
      jobId: status.jobId,
      session,
      name: status.name,
      model: this.fileOf(status.jobId) ?? known?.model ?? null,
      dataset: datasetUri(status.dataset) ?? known?.dataset ?? '',
    });
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
