/** The order of the table's rows. Pure. */
import type { MapPoints } from '../../shared/map-points.ts';
import { orderedRows, type TableSort } from '../shared/row-order.ts';

export const tableColumns = ['name', 'class', 'score', 'set', 'verdict'] as const;
export type TableColumn = (typeof tableColumns)[number];

export type PointSort = TableSort<TableColumn>;

export interface Sortable {
  readonly points: Pick<MapPoints, 'files' | 'positions' | 'paths' | 'labels' | 'sets' | 'scores'>;
  /** An image is anomalous if its score is greater; null without calibration. */
  readonly threshold: number | null;
}

/**
 * Points that are not hidden, in the order that was asked for; equal ones by name, whichever way the column runs.
 * @param ranks of the paths, by `nameRanks`
 * @param hidden U8 `[n]`: 1 where a point is left out
 */
export function tableOrder(
  { points, threshold }: Sortable,
  ranks: Int32Array,
  hidden: Uint8Array,
  { column, descending }: PointSort,
): Uint32Array {
  const { files, positions, labels, sets, scores } = points;
  const rankOf = (point: number): number => ranks[files[point] ?? 0] ?? 0;
  const keys: Readonly<Record<Exclude<TableColumn, 'name'>, (point: number) => number>> = {
    class: (point) => {
      const label = labels[point] ?? -1;
      return label < 0 ? Number.NaN : label;
    },
    score: (point) => scores[point] ?? Number.NaN,
    set: (point) => sets[point] ?? 0,
    verdict: (point) => (threshold !== null && (scores[point] ?? 0) > threshold ? 1 : 0),
  };
  return orderedRows(
    Array.from(hidden.keys()).filter((point) => hidden[point] !== 1),
    {
      descending,
      byName: (a, b) => rankOf(a) - rankOf(b) || (positions[a] ?? 0) - (positions[b] ?? 0) || a - b,
      keyOf: column === 'name' ? null : keys[column],
    },
  );
}
