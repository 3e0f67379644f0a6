/** The Studio's jobs, one at a time: begins them, passes on what the worker says, and tells how they end. Draws nothing. */
import { LensError, fromWireError, type WireError } from '../../shared/errors.ts';
import type {
  JobOutcome,
  JobSnapshot,
  Progress,
  ProjectionSnapshot,
  RecalibrationOutcome,
} from '../../shared/protocol/engine.ts';
import type { ProjectionEnd, ProjectionProposal } from '../../shared/protocol/projection.ts';
import type { RecalibrationProposal } from '../../shared/protocol/recalibration.ts';
import { fetchProjectionKernels } from '../shared/assets.ts';
import type { EngineLink } from './engine-link.ts';
import type { HostLink } from './host-link.ts';
import { rememberedTraining, type ModelFile, type Scene } from './memory.ts';
import { ProjectionJob } from './projection-job.ts';
import { RecalibrationJob } from './recalibration-job.ts';
import type { Saved } from './save-relay.ts';
import type { EndedState, StudioState } from './state.ts';
import { TrainingJob, type TrainingStart, type TrainingWork } from './training-job.ts';

/** What the jobs need of their page. */
export interface JobsSeam {
  readonly host: Pick<HostLink, 'readFile' | 'tell' | 'tellEnd' | 'tellProjectionEnd' | 'report' | 'save'>;
  /** Runs a call in the worker. */
  readonly run: EngineLink['run'];
  readonly show: (state: StudioState) => void;
  /** What a page that takes the place of this one should know. */
  readonly stage: (scene: Scene) => void;
  /** A job has ended. @param model its model's file, if it has one; to be shown where the state has room for it */
  readonly showEnd: (state: EndedState, model: ModelFile | null) => void;
}

export class Jobs {
  #training: TrainingJob | undefined;
  #projection: ProjectionJob | undefined;
  #recalibration: RecalibrationJob | undefined;

  constructor(private readonly seam: JobsSeam) {}

  get busy(): boolean {
    return this.#job !== undefined;
  }

  /** @throws LensError `internal` while a job runs */
  refuseWhileBusy(): void {
    if (!this.busy) return;
    const what = this.#training ? 'A training' : this.#projection ? 'A t-SNE' : 'A calibration';
    throw new LensError('internal', `${what} is running in the Studio already; stop it first.`);
  }

  train(start: TrainingStart, work: TrainingWork): void {
    const { host, run, show } = this.seam;
    const job = new TrainingJob(start, work, {
      run,
      tell: (status) => void host.tell(status),
      onChange: (running) => show({ kind: 'running', job: running }),
      onMilestone: () => this.#stageTraining(),
    });
    this.#training = job;
    this.#stageTraining();
    void job.end.then((outcome) => this.#trained(job, outcome));
  }

  project(proposal: ProjectionProposal): void {
    const { host, run, show, stage } = this.seam;
    const job = new ProjectionJob(proposal, {
      run,
      readFile: (uri) => host.readFile(uri),
      kernels: fetchProjectionKernels,
      tell: (status) => host.tell(status),
      onChange: (projection) => show({ kind: 'projecting', projection }),
      now: () => performance.now(),
    });
    this.#projection = job;
    const { model: uri, name } = proposal;
    stage({ projecting: { uri, name } });
    void job.end.then((end) => this.#projected(job, end));
  }

  async recalibrate(proposal: RecalibrationProposal): Promise<RecalibrationOutcome> {
    const { host, run, show, stage, showEnd } = this.seam;
    const { model: uri, name } = proposal;
    const job = new RecalibrationJob(proposal, {
      run,
      readFile: (file) => host.readFile(file),
      tell: (status) => host.tell(status),
      onChange: (recalibration) => show({ kind: 'recalibrating', recalibration }),
    });
    this.#recalibration = job;
    // A page that takes the place of this one shows the model: its file is whole, before and after.
    stage({ model: { uri, name } });
    const outcome = await job.end;
    this.#recalibration = undefined;
    const { running: recalibration } = job;
    const model = { kind: 'reading', name } as const;
    showEnd({ kind: 'recalibrated', recalibration, outcome, model }, { uri, name });
    return outcome;
  }

  /** Stops the running job with what it has so far. @returns its outcome, or null if none runs */
  async stop(): Promise<JobOutcome | ProjectionEnd | RecalibrationOutcome | null> {
    return this.#job?.stop() ?? null;
  }

  // — the worker —

  async save(file: {
    readonly jobId: string;
    readonly name: string;
    readonly bytes: Uint8Array;
  }): Promise<Pick<Saved, 'savedAs'>> {
    const saved = await this.seam.host.save(file);
    const { savedAs } = saved;
    if (this.#training?.jobId === file.jobId) this.#training.saved(saved);
    else if (this.#projection?.running.proposal.jobId === file.jobId) this.#projection.saved(savedAs);
    return { savedAs };
  }

  takeSnapshot(snapshot: JobSnapshot): void {
    this.#training?.take(snapshot);
  }

  takeProjection(snapshot: ProjectionSnapshot): void {
    this.#projection?.take(snapshot);
  }

  /** How far the worker is with something that has no snapshots. */
  takeProgress(progress: Progress): void {
    if (this.#training) this.#training.takeProgress(progress);
    else this.#recalibration?.take(progress);
  }

  // — ends —

  #trained({ running: job, file }: TrainingJob, outcome: JobOutcome): void {
    const { host, showEnd } = this.seam;
    this.#training = undefined;
    const { name } = job;
    const uri = file?.uri ?? null;
    const model = uri === null || outcome.state === 'failed' ? null : ({ kind: 'reading', name } as const);
    showEnd({ kind: 'ended', job, outcome, uri, model }, uri === null ? null : { uri, name });
    this.#reportEnd(outcome.error, 'job');
    host.tellEnd(outcome);
  }

  #projected({ running: projection }: ProjectionJob, end: ProjectionEnd): void {
    const { host, showEnd } = this.seam;
    this.#projection = undefined;
    const { model: uri, name } = projection.proposal;
    const model = { kind: 'reading', name } as const;
    showEnd({ kind: 'projected', projection, end, model }, { uri, name });
    this.#reportEnd(end.error, 't-SNE');
    host.tellProjectionEnd(end);
  }

  #reportEnd(error: WireError | null, what: string): void {
    if (error !== null) this.seam.host.report(fromWireError(error), what);
  }

  #stageTraining(): void {
    if (!this.#training) return;
    const { running, file } = this.#training;
    this.seam.stage({ running: rememberedTraining(running, file?.uri ?? null) });
  }

  get #job(): TrainingJob | ProjectionJob | RecalibrationJob | undefined {
    return this.#training ?? this.#projection ?? this.#recalibration;
  }
}
