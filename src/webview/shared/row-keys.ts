/** Keys that move through a list of rows. Pure. */

/**
 * The row that a key leads to: arrows, pages, ends.
 * @param active the row that the keyboard is at, −1 for none
 * @returns undefined for another key
 */
export function rowOfKey(key: string, active: number, count: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const row = steps[key];
  return row === undefined ? undefined : Math.min(count - 1, Math.max(0, row));
}
