/** A training in the Studio: runs its work in the engine's worker, tells the host how far it is, knows where it is saved. */
import type { DatasetSummary } from '../../shared/dataset.ts';
import type { JobOutcome, JobSnapshot, Progress } from '../../shared/protocol/engine.ts';
import type { TrainingStatus } from '../../shared/protocol/studio.ts';
import { throttle } from '../shared/throttle.ts';
import type { EngineLink, EngineWorker } from './engine-link.ts';
import { epochsDone, newJob, outcomeOfError, statusOf, withSnapshot } from './job-state.ts';
import type { Saved } from './save-relay.ts';
import type { RunningJob } from './state.ts';

/** Milliseconds between two notices to the host. */
const statusInterval = 500;

/** What the work of a training may do to its job. */
export interface TrainingHandle {
  readonly jobId: string;
  /** Ends what comes before the engine's own work: survey, reading the model. */
  readonly signal: AbortSignal;
  /** To be called before the engine gets the job, which it then stops itself. @throws where the job was stopped before */
  handOver(): void;
  /** Epochs of the whole run, once they are known. */
  plan(epochs: number): void;
  saved(file: Saved): void;
}

export type TrainingWork = (job: TrainingHandle, worker: EngineWorker) => Promise<JobOutcome>;

/** Names the job and what it trains on. */
export interface TrainingStart {
  readonly jobId: string;
  readonly name: string;
  readonly dataset: DatasetSummary;
  readonly resumed: boolean;
}

/** What the job needs of its page. */
export interface TrainingSeam {
  /** Runs a call in the worker. */
  readonly run: EngineLink['run'];
  /** Tells the host. */
  readonly tell: (status: TrainingStatus) => void;
  readonly onChange: (running: RunningJob) => void;
  /** An epoch is done, or the model was saved: what a page that takes the place of this one should know. */
  readonly onMilestone: () => void;
}

export class TrainingJob implements TrainingHandle {
  /** How it ended; never rejects. */
  readonly end: Promise<JobOutcome>;
  readonly jobId: string;

  #running: RunningJob;
  #file: Saved | null = null;
  #inEngine = false;
  readonly #dataset: DatasetSummary;
  readonly #abort = new AbortController();
  readonly #status = throttle<TrainingStatus>(statusInterval, (status) => this.seam.tell(status));

  constructor(
    { jobId, name, dataset, resumed }: TrainingStart,
    work: TrainingWork,
    private readonly seam: TrainingSeam,
  ) {
    this.jobId = jobId;
    this.#dataset = dataset;
    this.#running = newJob(jobId, name, dataset, resumed);
    this.#change({});
    this.#tell();
    this.end = this.#follow(work);
  }

  get running(): RunningJob {
    return this.#running;
  }

  /** Where the model was last saved; null if it never was. */
  get file(): Saved | null {
    return this.#file;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  handOver(): void {
    this.signal.throwIfAborted();
    this.#inEngine = true;
  }

  plan(epochs: number): void {
    this.#change({ epochs });
  }

  saved(file: Saved): void {
    this.#file = file;
    this.seam.onMilestone();
  }

  /** A snapshot of the worker; those of other jobs are none of ours. */
  take(snapshot: JobSnapshot): void {
    if (snapshot.jobId !== this.jobId) return;
    const before = epochsDone(this.#running);
    this.#change(withSnapshot(this.#running, snapshot));
    if (epochsDone(this.#running) !== before) this.seam.onMilestone();
    this.#tell();
  }

  /** How far the worker is with what comes before its first snapshot. */
  takeProgress(before: Progress): void {
    this.#change({ before });
  }

  /** Stops it with a checkpoint. */
  async stop(): Promise<JobOutcome> {
    const { jobId } = this;
    this.#change({ stopping: true });
    if (!this.#inEngine) this.#abort.abort();
    // The outcome tells the rest; a worker that died meanwhile has ended the job already.
    else await this.seam.run((worker) => worker.call('stop', { jobId })).catch(() => undefined);
    return this.end;
  }

  async #follow(work: TrainingWork): Promise<JobOutcome> {
    try {
      return await this.seam.run((worker) => work(this, worker));
    } catch (error) {
      return outcomeOfError(this.#running, error, this.signal.aborted, this.#file?.savedAs ?? null);
    } finally {
      this.#status.cancel();
    }
  }

  #change(change: Partial<RunningJob>): void {
    this.#running = { ...this.#running, ...change };
    this.seam.onChange(this.#running);
  }

  #tell(): void {
    this.#status.push(statusOf(this.#running, this.#dataset));
  }
}
