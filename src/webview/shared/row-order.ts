/** The order of a table's rows. Pure. */

export interface TableSort<Column extends string> {
  readonly column: Column;
  readonly descending: boolean;
}

/**
 * What a click on a column's heading makes of the order: the same column turns round.
 * @param descendingFirst columns whose highest values come first at the first click
 */
export function turnedBy<Column extends string>(
  sort: TableSort<Column>,
  column: Column,
  descendingFirst: (column: Column) => boolean,
): TableSort<Column> {
  return { column, descending: sort.column === column ? !sort.descending : descendingFirst(column) };
}

/** Numbers within names count as numbers: `img2` comes before `img10`. */
const collator = new Intl.Collator('en', { numeric: true });

/** Compares names in the order of people. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b);

/** I32 `[names]`: place of each name among all of them, in the order of people. */
export function nameRanks(names: readonly string[]): Int32Array {
  const order = Array.from(names.keys());
  order.sort((a, b) => compareNames(names[a] ?? '', names[b] ?? '') || a - b);
  const ranks = new Int32Array(names.length);
  order.forEach((index, rank) => (ranks[index] = rank));
  return ranks;
}

export interface RowOrder {
  readonly descending: boolean;
  /** The order of rows whose keys are equal, whichever way the column runs. */
  readonly byName: (a: number, b: number) => number;
  /** What a row is sorted by, NaN where it has no such value; null sorts by name itself. */
  readonly keyOf: ((row: number) => number) | null;
}

/** @param rows what is listed, in any order. @returns them in order; rows without a value last, whichever way it runs */
export function orderedRows(
  rows: Iterable<number>,
  { descending, byName, keyOf }: RowOrder,
): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from(rows);
  const sign = descending ? -1 : 1;
  if (keyOf === null) return order.sort((a, b) => sign * byName(a, b));
  const keys = new Float64Array(1 + order.reduce((last, row) => Math.max(last, row), -1));
  for (const row of order) keys[row] = keyOf(row);
  return order.sort((a, b) => {
    // Both lie within the keys.
    const [x, y] = [keys[a] as number, keys[b] as number];
    const missing = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return missing || (Number.isNaN(x) ? 0 : sign * (x - y)) || byName(a, b);
  });
}
