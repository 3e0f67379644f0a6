/** The running job in a few words. */
import type { JobStatus } from '../../shared/protocol/studio.ts';

/** `40 s`, `3 min`, `1 h 20 min`: coarser the further away, as in the Studio. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Whole percents of the present phase, 0–100. */
export const percentOf = ({ done, total }: Pick<JobStatus, 'done' | 'total'>): number =>
  total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
