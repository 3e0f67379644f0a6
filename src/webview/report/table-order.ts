/** Which rows of the table are listed, and in which order. Pure. */
import { isFailed, type BatchRow } from '../../shared/batch.ts';
import { compareNames, orderedRows, type TableSort } from '../shared/row-order.ts';

/** A column: a fixed one, or the z of a channel by its name. */
export type TableColumn = 'name' | 'verdict' | 'score' | 'p' | `z:${string}`;

export type CheckSort = TableSort<TableColumn>;

export const verdictFilters = ['all', 'anomalous', 'ordinary', 'failed'] as const;
export type VerdictFilter = (typeof verdictFilters)[number];

export interface TableFilter {
  /** Words that all have to stand in the name, in either case. */
  readonly text: string;
  readonly verdict: VerdictFilter;
}

export const firstSort: CheckSort = { column: 'score', descending: true };
export const noFilter: TableFilter = { text: '', verdict: 'all' };

function passes(row: BatchRow, name: string, words: readonly string[], verdict: VerdictFilter): boolean {
  const kind = isFailed(row) ? 'failed' : row.anomalous ? 'anomalous' : 'ordinary';
  if (verdict !== 'all' && verdict !== kind) return false;
  if (words.length === 0) return true;
  const lower = name.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** What a row is sorted by; NaN where it has no such value. */
function keyOf(row: BatchRow | undefined, column: TableColumn): number {
  if (row === undefined) return Number.NaN;
  if (column === 'verdict') return isFailed(row) ? 1 : row.anomalous ? 2 : 0;
  if (isFailed(row)) return Number.NaN;
  if (column === 'score') return row.score;
  if (column === 'p') return row.pValue;
  return row.channels.find(({ name }) => column === `z:${name}`)?.z ?? Number.NaN;
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
  { column, descending }: CheckSort,
): Uint32Array {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const places = Array.from(rows.keys()).filter((index) => {
    const row = rows[index];
    return row !== undefined && passes(row, names[index] ?? '', words, verdict);
  });
  return orderedRows(places, {
    descending,
    byName: (a, b) => compareNames(names[a] ?? '', names[b] ?? '') || a - b,
    keyOf: column === 'name' ? null : (index) => keyOf(rows[index], column),
  });
}

/** Names of the channels that any row has, in the order in which they come. */
export function channelsOf(rows: readonly (BatchRow | undefined)[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) if (row && !isFailed(row)) for (const { name } of row.channels) names.add(name);
  return [...names];
}
