/** The running job in a few words. */
import type { TrainingStatus } from '../../shared/protocol/studio.ts';

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
export function percentOf(
  status: Pick<TrainingStatus, 'done' | 'total'> | { readonly share: number },
): number {
  const share = 'share' in status ? status.share : status.total > 0 ? status.done / status.total : 0;
  return Math.max(0, Math.min(100, Math.floor(100 * share)));
}
