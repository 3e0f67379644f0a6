/** The order of the table's rows. Pure. */
import type { MapPoints } from '../../shared/map-points.ts';

export const tableColumns = ['name', 'class', 'score', 'set', 'verdict'] as const;
export type TableColumn = (typeof tableColumns)[number];

export interface TableSort {
  readonly column: TableColumn;
  readonly descending: boolean;
}

export interface Sortable {
  readonly points: Pick<MapPoints, 'files' | 'positions' | 'paths' | 'labels' | 'sets' | 'scores'>;
  /** An image is anomalous if its score is greater; null without calibration. */
  readonly threshold: number | null;
}

/** Numbers within names count as numbers: `img2` comes before `img10`. */
const collator = new Intl.Collator('en', { numeric: true });

/** I32 `[paths]`: place of each path among all of them, in the order of people. */
export function pathRanks(paths: readonly string[]): Int32Array {
  const order = Array.from(paths, (path, index) => ({ path, index }));
  order.sort((a, b) => collator.compare(a.path, b.path) || a.index - b.index);
  const ranks = new Int32Array(paths.length);
  order.forEach(({ index }, rank) => (ranks[index] = rank));
  return ranks;
}

/**
 * Points that are not hidden, in the order that was asked for; equal ones by name, whichever way the column runs.
 * @param ranks of {@link pathRanks}
 * @param hidden U8 `[n]`: 1 where a point is left out
 */
export function tableOrder(
  { points, threshold }: Sortable,
  ranks: Int32Array,
  hidden: Uint8Array,
  { column, descending }: TableSort,
): Uint32Array {
  const { files, positions, labels, sets, scores } = points;
  const keyOf = (point: number): number => {
    switch (column) {
      case 'name':
        return ranks[files[point] ?? 0] ?? 0;
      case 'class':
        // Those without a class come last.
        return (labels[point] ?? -1) < 0 ? Number.MAX_SAFE_INTEGER : (labels[point] ?? 0);
      case 'score':
        return scores[point] ?? 0;
      case 'set':
        return sets[point] ?? 0;
      case 'verdict':
        return threshold !== null && (scores[point] ?? 0) > threshold ? 1 : 0;
    }
  };
  const keys = Float64Array.from(hidden, (_, point) => keyOf(point));
  const names = Float64Array.from(hidden, (_, point) => ranks[files[point] ?? 0] ?? 0);
  const order = Uint32Array.from(hidden.keys()).filter((point) => hidden[point] !== 1);
  const sign = descending ? -1 : 1;
  return order.sort(
    (a, b) =>
      sign * ((keys[a] as number) - (keys[b] as number)) ||
      (names[a] as number) - (names[b] as number) ||
      (column === 'name' ? sign : 1) * ((positions[a] ?? 0) - (positions[b] ?? 0)) ||
      a - b,
  );
}
