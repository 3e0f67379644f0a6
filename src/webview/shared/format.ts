/** Numbers and names as people read them. Scores are formatted by `shared/verdict.ts`. */
import { formatCount } from '../../shared/count.ts';
import { formatPercent as formatShare } from '../../shared/verdict.ts';

/** Keeps every percent sign on the line of its number. */
export const unbroken = (text: string): string => text.replaceAll(' %', '\u00a0%');

/** A share as `shared/verdict.ts` writes it, `6.25 %`, held together. */
export const formatPercent = (share: number): string => unbroken(formatShare(share));

/** `0.4 s`, `8 s`, `3 min 20 s`, `1 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Coarser the further away, so that the number does not flicker: `about 3 min`, `20 s`. */
export function formatTimeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 10) return `${Math.ceil(seconds)} s`;
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return formatDuration(seconds);
}

/** A column of losses: the same number of decimals in every row, four significant figures in the smallest. */
export function alignedDecimals(values: readonly number[]): number {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0);
  if (positive.length === 0) return 4;
  const smallest = Math.min(...positive);
  return Math.min(10, Math.max(2, 3 - Math.floor(Math.log10(smallest))));
}

/** `2026-11-24 08:15`, local time; the text itself if it is no date. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The file name of a URI or path, decoded. */
export function baseName(uri: string): string {
  const name =
    uri
      .replace(/[?#].*$/, '')
      .split(/[/\\]/)
      .pop() ?? uri;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
