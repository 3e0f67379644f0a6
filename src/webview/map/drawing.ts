/** What the canvas draws and hits: one model under one projection and one look, made anew when either changes. */
import type { MapModel } from './state.ts';
import type { Grid } from './grid.ts';
import type { Grouping } from './groups.ts';

export interface Drawing {
  readonly model: MapModel;
  readonly grid: Grid;
  readonly grouping: Grouping;
  /** U8 `[n]`: 1 where a point is not drawn. */
  readonly hidden: Uint8Array;
  /** U8 `[n]`, or null where nothing is selected. */
  readonly selected: Uint8Array | null;
}

export function hiddenPoints(grouping: Grouping, count: number, hiddenGroups: readonly string[]): Uint8Array {
  const groups = grouping.groups.map(({ id }) => hiddenGroups.includes(id));
  return Uint8Array.from({ length: count }, (_, point) => (groups[grouping.of[point] ?? 0] ? 1 : 0));
}

/** @returns null for an empty selection */
export function selectionMask(selection: readonly number[], count: number): Uint8Array | null {
  if (selection.length === 0) return null;
  const mask = new Uint8Array(count);
  for (const point of selection) if (point < count) mask[point] = 1;
  return mask;
}
