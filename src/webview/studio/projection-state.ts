/** A running t-SNE as the Studio sees it: how snapshots change it, and what host and maps hear of it. Pure. */
import { isCancelled, toWireError } from '../../shared/errors.ts';
import type { ProjectionSnapshot } from '../../shared/protocol/engine.ts';
import type {
  ProjectionEnd,
  ProjectionProposal,
  ProjectionStatus,
} from '../../shared/protocol/projection.ts';

export interface RunningProjection {
  readonly proposal: ProjectionProposal;
  readonly stopping: boolean;
  /** Null until the worker's first. */
  readonly snapshot: ProjectionSnapshot | null;
  /** Where the iterations began, in milliseconds: the measure of the time left. */
  readonly began: { readonly at: number; readonly iteration: number } | null;
}

export const newProjection = (proposal: ProjectionProposal): RunningProjection => ({
  proposal,
  stopping: false,
  snapshot: null,
  began: null,
});

/** Takes a snapshot, which replaces the one before. @param now milliseconds */
export function withProjectionSnapshot(
  running: RunningProjection,
  snapshot: ProjectionSnapshot,
  now: number,
): RunningProjection {
  const began =
    running.began ?? (snapshot.phase === 'embedding' ? { at: now, iteration: snapshot.iteration } : null);
  return { ...running, snapshot, began };
}

/** Seconds until the last iteration at the pace so far; null while there is none, or nothing to iterate. */
export function secondsLeft({ snapshot, began }: RunningProjection, now: number): number | null {
  if (snapshot?.phase !== 'embedding' || began === null) return null;
  const done = snapshot.iteration - began.iteration;
  if (done <= 0 || now <= began.at) return null;
  return (((now - began.at) / done) * Math.max(0, snapshot.of - snapshot.iteration)) / 1000;
}

/** @param now milliseconds */
export function projectionStatus(running: RunningProjection, now: number): ProjectionStatus {
  const { proposal, snapshot, stopping } = running;
  const { jobId, name, model, perplexity, seed, iterations } = proposal;
  const before: ProjectionSnapshot = {
    ...{ jobId, name, phase: 'neighbours', share: 0, iteration: 0, of: iterations },
    ...{ coordinates: null, count: 0, total: 0, kl: null, engine: null },
  };
  return {
    ...(snapshot ?? before),
    ...{ kind: 'projection', model, perplexity, seed, stopping },
    secondsLeft: secondsLeft(running, now),
  };
}

/**
 * The end of a t-SNE that could not tell its own: a dead worker, a call that failed, a stop before it began.
 * @param savedAs where it was last saved
 */
export function endOfError(
  jobId: string,
  error: unknown,
  aborted: boolean,
  savedAs: string | null,
): ProjectionEnd {
  const stopped = aborted || isCancelled(error);
  return {
    jobId,
    state: stopped ? 'stopped' : 'failed',
    error: stopped ? null : toWireError(error),
    savedAs,
    card: null,
  };
}
