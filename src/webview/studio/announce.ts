/** What a screen reader hears of a running job: little, and only what changed. */
import { formatScore } from '../../shared/verdict.ts';
import { formatTimeLeft } from '../shared/format.ts';
import { projectionProgress } from '../shared/projection-words.ts';
import { phaseNames } from '../shared/words.ts';
import type { RunningProjection } from './projection-state.ts';
import type { RunningJob } from './state.ts';

export function announcementOf({ snapshot, before, stopping, epochs }: RunningJob): string {
  if (stopping) return 'Stopping; the model is being saved.';
  if (snapshot === null) return `${before.text}.`;
  const phase = phaseNames[snapshot.phase];
  if (snapshot.phase !== 'training') return `${phase}.`;
  const last = snapshot.history.at(-1);
  if (last === undefined) return `${phase}, epoch 1 of ${epochs}.`;
  const validation = last.validation === null ? '' : `, validation loss ${formatScore(last.validation)}`;
  const left = snapshot.secondsLeft === null ? '' : `, ${formatTimeLeft(snapshot.secondsLeft)} left`;
  return `Epoch ${last.epoch} of ${epochs} done: training loss ${formatScore(last.train)}${validation}${left}.`;
}

export function projectionAnnouncement({ snapshot, stopping }: RunningProjection): string {
  if (stopping) return 'Stopping; the map is being saved.';
  return snapshot === null ? 'Reading the model.' : `${projectionProgress(snapshot)}.`;
}
