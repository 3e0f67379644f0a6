/** Which points a drawn line or a box takes in. Pure. */
import { eachInside, type Grid } from './grid.ts';
import type { Bounds, Point } from './plane.ts';

/** Even–odd rule: whether a place lies inside the polygon, which closes by itself. */
export function insidePolygon(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i];
    const b = polygon[j];
    if (!a || !b || a.y > y === b.y > y) continue;
    if (x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Points inside a polygon of world coordinates that count, ascending. Fewer than three corners take in nothing. */
export function pointsInLasso(
  grid: Grid,
  polygon: readonly Point[],
  among: (point: number) => boolean = () => true,
): number[] {
  if (polygon.length < 3) return [];
  const xs = polygon.map(({ x }) => x);
  const ys = polygon.map(({ y }) => y);
  const box = {
    left: Math.min(...xs),
    right: Math.max(...xs),
    bottom: Math.min(...ys),
    top: Math.max(...ys),
  };
  return pointsInBox(
    grid,
    box,
    (point) =>
      insidePolygon(polygon, grid.coordinates[2 * point] ?? 0, grid.coordinates[2 * point + 1] ?? 0) &&
      among(point),
  );
}

/** Points inside a box of world coordinates that count, ascending. */
export function pointsInBox(
  grid: Grid,
  box: Bounds,
  among: (point: number) => boolean = () => true,
): number[] {
  const found: number[] = [];
  eachInside(grid, box, (point) => {
    if (among(point)) found.push(point);
  });
  return found.sort((a, b) => a - b);
}

export const boxOf = (a: Point, b: Point): Bounds => ({
  left: Math.min(a.x, b.x),
  right: Math.max(a.x, b.x),
  bottom: Math.min(a.y, b.y),
  top: Math.max(a.y, b.y),
});
