/** A running job as the Studio sees it: how messages change it, and what the host hears of it. Pure. */
import type { DatasetSummary } from '../../shared/dataset.ts';
import { isCancelled, toWireError } from '../../shared/errors.ts';
import type { JobOutcome, JobSnapshot } from '../../shared/protocol/engine.ts';
import type { TrainingStatus } from '../../shared/protocol/studio.ts';
import { emptyTrace, extendTrace, traceEpoch } from '../components/loss-series.ts';
import type { RunningJob } from './state.ts';

export const newJob = (
  jobId: string,
  name: string,
  dataset: DatasetSummary,
  resumed: boolean,
): RunningJob => ({
  jobId,
  name,
  resumed,
  stopping: false,
  before: { text: 'Starting the engine', done: 0, total: 0 },
  snapshot: null,
  trace: emptyTrace,
  epochs: 0,
  classes: dataset.classes.map((one) => one.name),
});

/** Number of complete epochs. */
export const epochsDone = ({ snapshot }: RunningJob): number => snapshot?.history.length ?? 0;

/** Takes a snapshot, which replaces the one before; its batch losses join the trace. */
export function withSnapshot(job: RunningJob, snapshot: JobSnapshot): RunningJob {
  const epochs = snapshot.card?.training.epochs ?? job.epochs;
  const epoch = snapshot.history.length;
  const training = snapshot.phase === 'training' && epochs > 0 && snapshot.total > 0;
  return {
    ...job,
    snapshot,
    name: snapshot.name,
    epochs,
    trace: training
      ? extendTrace(job.trace, traceEpoch(snapshot.runningLosses, epoch, snapshot.total / epochs), epoch)
      : job.trace,
    classes: snapshot.card?.dataset.classes.map(({ name }) => name) ?? job.classes,
  };
}

export function statusOf(job: RunningJob, dataset: DatasetSummary): TrainingStatus {
  const { jobId, name, epochs, snapshot } = job;
  return {
    kind: 'training',
    jobId,
    name,
    phase: snapshot?.phase ?? 'reading',
    done: snapshot?.done ?? 0,
    total: snapshot?.total ?? dataset.files,
    engine: snapshot?.engine ?? null,
    secondsLeft: snapshot?.secondsLeft ?? null,
    epoch: epochsDone(job),
    epochs,
    dataset: dataset.id,
  };
}

/**
 * The outcome of a job that could not tell its own: a dead worker, a call that failed, a stop before it began.
 * @param aborted whether the user had stopped it
 */
export function outcomeOfError(
  job: RunningJob,
  error: unknown,
  aborted: boolean,
  savedAs: string | null,
): JobOutcome {
  const stopped = aborted || isCancelled(error);
  return {
    jobId: job.jobId,
    state: stopped ? 'stopped' : 'failed',
    error: stopped ? null : toWireError(error),
    savedAs,
    card: job.snapshot?.card ?? null,
    resumeNote: null,
  };
}
