/** Which rows of the table are listed, and in which order. Pure. */
import { isFailed, type BatchRow } from '../../shared/batch.ts';

/** A column: a fixed one, or the z of a channel by its name. */
export type TableColumn = 'name' | 'verdict' | 'score' | 'p' | `z:${string}`;

export interface TableSort {
  readonly column: TableColumn;
  readonly descending: boolean;
}

export const verdictFilters = ['all', 'anomalous', 'ordinary', 'failed'] as const;
export type VerdictFilter = (typeof verdictFilters)[number];

export interface TableFilter {
  /** Words that all have to stand in the name, in either case. */
  readonly text: string;
  readonly verdict: VerdictFilter;
}

export const firstSort: TableSort = { column: 'score', descending: true };
export const noFilter: TableFilter = { text: '', verdict: 'all' };

/** Numbers within names count as numbers: `img2` comes before `img10`. */
const collator = new Intl.Collator('en', { numeric: true });

function passes(row: BatchRow, name: string, words: readonly string[], verdict: VerdictFilter): boolean {
  const kind = isFailed(row) ? 'failed' : row.anomalous ? 'anomalous' : 'ordinary';
  if (verdict !== 'all' && verdict !== kind) return false;
  if (words.length === 0) return true;
  const lower = name.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** What a row is sorted by; null where it has no such value, which comes last whichever way the column runs. */
function keyOf(row: BatchRow, column: TableColumn): number | null {
  if (column === 'verdict') return isFailed(row) ? 1 : row.anomalous ? 2 : 0;
  if (isFailed(row)) return null;
  if (column === 'score') return row.score;
  if (column === 'p') return row.pValue;
  return row.channels.find(({ name }) => column === `z:${name}`)?.z ?? null;
}

/**
 * @param rows by place in the batch; undefined where an image is not checked yet, which lists nothing
 * @param names by place in the batch
 * @returns places in the batch, in order; rows that are equal by the column stand by name
 */
export function tableOrder(
  rows: readonly (BatchRow | undefined)[],
  names: readonly string[],
  { text, verdict }: TableFilter,
  { column, descending }: TableSort,
): Uint32Array {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const places: number[] = [];
  const keys = new Map<number, number | null>();
  rows.forEach((row, index) => {
    if (!row || !passes(row, names[index] ?? '', words, verdict)) return;
    places.push(index);
    if (column !== 'name') keys.set(index, keyOf(row, column));
  });
  const byName = (a: number, b: number): number => collator.compare(names[a] ?? '', names[b] ?? '') || a - b;
  const sign = descending ? -1 : 1;
  if (column === 'name') return Uint32Array.from(places.sort((a, b) => sign * byName(a, b)));
  places.sort((a, b) => {
    const [x = null, y = null] = [keys.get(a), keys.get(b)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    return sign * (x - y) || byName(a, b);
  });
  return Uint32Array.from(places);
}

/** Names of the channels that any row has, in the order in which they come. */
export function channelsOf(rows: readonly (BatchRow | undefined)[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) if (row && !isFailed(row)) for (const { name } of row.channels) names.add(name);
  return [...names];
}
