/** A grid over the points of the plane: which are near, which are in a rectangle. Pure. */
import { boundsOf, type Bounds } from './plane.ts';

export interface Grid {
  /** F32 `[n, 2]`. */
  readonly coordinates: Float32Array;
  readonly bounds: Bounds;
  /** Side of a cell in world units. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** U32 `[columns · rows + 1]`: where each cell begins in `order`, row-major. */
  readonly starts: Uint32Array;
  /** U32 `[n]`: points by cell; within a cell ascending. */
  readonly order: Uint32Array;
  /** Typical distance between neighbours: square root of the occupied area per point, in world units. */
  readonly spacing: number;
}

const mostCells = 1 << 20;

/** @param coordinates F32 `[n, 2]`, finite */
export function buildGrid(coordinates: Float32Array): Grid {
  const count = coordinates.length >> 1;
  const bounds = boundsOf(coordinates);
  const width = Math.max(bounds.right - bounds.left, 1e-9);
  const height = Math.max(bounds.top - bounds.bottom, 1e-9);
  // About two points in a cell, were they spread evenly; a line of points must not make endless cells.
  const cells = Math.max(1, Math.min(mostCells, count / 2));
  const cell = Math.max(Math.sqrt((width * height) / cells), Math.max(width, height) / 2048);
  const columns = Math.floor(width / cell) + 1;
  const rows = Math.floor(height / cell) + 1;
  const starts = new Uint32Array(columns * rows + 1);
  const cellOf = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const column = Math.floor(((coordinates[2 * i] ?? 0) - bounds.left) / cell);
    const row = Math.floor(((coordinates[2 * i + 1] ?? 0) - bounds.bottom) / cell);
    const at = Math.min(row, rows - 1) * columns + Math.min(column, columns - 1);
    cellOf[i] = at;
    starts[at + 1] = (starts[at + 1] ?? 0) + 1;
  }
  let occupied = 0;
  for (let at = 0; at < columns * rows; at++) {
    if ((starts[at + 1] ?? 0) > 0) occupied++;
    starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0);
  }
  const next = starts.slice(0, columns * rows);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const at = cellOf[i] ?? 0;
    const place = next[at] ?? 0;
    order[place] = i;
    next[at] = place + 1;
  }
  const spacing = count === 0 ? 1 : Math.sqrt((occupied * cell * cell) / count);
  return { coordinates, bounds, cell, columns, rows, starts, order, spacing };
}

/** Calls back for every point inside, borders included. */
export function eachInside(
  grid: Grid,
  { left, right, bottom, top }: Bounds,
  visit: (point: number) => void,
): void {
  const { coordinates, bounds, cell, columns, rows, starts, order } = grid;
  const clamp = (value: number, most: number): number =>
    Math.min(most, Math.max(0, Math.floor(Number.isFinite(value) ? value : 0)));
  if (right < bounds.left || left > bounds.right || top < bounds.bottom || bottom > bounds.top) return;
  const first = clamp((left - bounds.left) / cell, columns - 1);
  const last = clamp((right - bounds.left) / cell, columns - 1);
  const low = clamp((bottom - bounds.bottom) / cell, rows - 1);
  const high = clamp((top - bounds.bottom) / cell, rows - 1);
  for (let row = low; row <= high; row++) {
    const from = starts[row * columns + first] ?? 0;
    const to = starts[row * columns + last + 1] ?? 0;
    for (let at = from; at < to; at++) {
      const point = order[at] ?? 0;
      const x = coordinates[2 * point] ?? 0;
      const y = coordinates[2 * point + 1] ?? 0;
      if (x >= left && x <= right && y >= bottom && y <= top) visit(point);
    }
  }
}

/** The nearest point within `radius` world units that counts; −1 where there is none. */
export function nearestWithin(
  grid: Grid,
  x: number,
  y: number,
  radius: number,
  among: (point: number) => boolean = () => true,
): number {
  let nearest = -1;
  let best = radius * radius;
  const box = { left: x - radius, right: x + radius, bottom: y - radius, top: y + radius };
  eachInside(grid, box, (point) => {
    const dx = (grid.coordinates[2 * point] ?? 0) - x;
    const dy = (grid.coordinates[2 * point + 1] ?? 0) - y;
    const square = dx * dx + dy * dy;
    if (square > best || (square === best && nearest >= 0) || !among(point)) return;
    best = square;
    nearest = point;
  });
  return nearest;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The neighbour of a point in a direction: of the points in that quadrant (±45°) the nearest that counts; −1 for none.
 */
export function neighbourTowards(
  { coordinates }: Pick<Grid, 'coordinates'>,
  from: number,
  direction: Direction,
  among: (point: number) => boolean = () => true,
): number {
  const x = coordinates[2 * from] ?? 0;
  const y = coordinates[2 * from + 1] ?? 0;
  let nearest = -1;
  let best = Infinity;
  for (let i = 0; i < coordinates.length >> 1; i++) {
    const dx = (coordinates[2 * i] ?? 0) - x;
    const dy = (coordinates[2 * i + 1] ?? 0) - y;
    const along = direction === 'left' ? -dx : direction === 'right' ? dx : direction === 'up' ? dy : -dy;
    const across = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    if (along <= 0 || across > along) continue;
    const square = dx * dx + dy * dy;
    if (square >= best || i === from || !among(i)) continue;
    best = square;
    nearest = i;
  }
  return nearest;
}
