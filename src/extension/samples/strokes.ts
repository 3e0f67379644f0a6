/** Pen strokes: smooth curves through anchors, and the ink that a round pen leaves along them. */
import { clamp, lerp, smoothstep } from './numeric.ts';

/** A point that a stroke passes through, x to the right and y downwards; at a corner the direction may change sharply. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly corner: boolean;
}

/** Anchors in the order of writing. */
export type Stroke = readonly Anchor[];

/** A stroke as straight pieces; `along` is the length from the start to each vertex. */
export interface Polyline {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly along: Float64Array;
}

const PIECES = 8;

/** One coordinate of the uniform Catmull-Rom spline between b (t = 0) and c (t = 1). */
function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return (
    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
  );
}

/** A stroke as a polyline of eight pieces between any two anchors, smooth except at corners. A stroke has at least two anchors. */
export function flatten(stroke: Stroke): Polyline {
  const xs: number[] = [];
  const ys: number[] = [];
  const last = stroke.length - 1;
  for (let i = 0; i < last; i++) {
    const from = stroke[i] as Anchor;
    const to = stroke[i + 1] as Anchor;
    const before = i === 0 || from.corner ? undefined : stroke[i - 1];
    const after = i + 1 === last || to.corner ? undefined : stroke[i + 2];
    // Beyond an end or a corner the curve is continued as if mirrored.
    const ax = before?.x ?? 2 * from.x - to.x;
    const ay = before?.y ?? 2 * from.y - to.y;
    const dx = after?.x ?? 2 * to.x - from.x;
    const dy = after?.y ?? 2 * to.y - from.y;
    for (let piece = i === 0 ? 0 : 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      xs.push(catmullRom(ax, from.x, to.x, dx, t));
      ys.push(catmullRom(ay, from.y, to.y, dy, t));
    }
  }
  return polyline(Float64Array.from(xs), Float64Array.from(ys));
}

/** A polyline through the given vertices. */
export function polyline(xs: Float64Array, ys: Float64Array): Polyline {
  const along = new Float64Array(xs.length);
  for (let i = 1; i < xs.length; i++) {
    const dx = (xs[i] as number) - (xs[i - 1] as number);
    const dy = (ys[i] as number) - (ys[i - 1] as number);
    along[i] = (along[i - 1] as number) + Math.sqrt(dx * dx + dy * dy);
  }
  return { xs, ys, along };
}

/** Length of a polyline, in its own units. */
export function lengthOf(line: Polyline): number {
  return line.along[line.along.length - 1] ?? 0;
}

/**
 * Lowers a field of signed distances (negative inside) to the ink of one stroke.
 * @param field [side, side] row-major, in pixels; pixel centres lie at whole numbers + 0.5
 * @param radii half the pen's width at each vertex, in pixels
 */
export function inkDistance(field: Float64Array, side: number, line: Polyline, radii: Float64Array): void {
  const { xs, ys } = line;
  const reach = 2;
  for (let i = 1; i < xs.length; i++) {
    const ax = xs[i - 1] as number;
    const ay = ys[i - 1] as number;
    const bx = xs[i] as number;
    const by = ys[i] as number;
    const ra = radii[i - 1] as number;
    const rb = radii[i] as number;
    const margin = Math.max(ra, rb) + reach;
    const left = Math.max(0, Math.floor(Math.min(ax, bx) - margin));
    const right = Math.min(side - 1, Math.floor(Math.max(ax, bx) + margin));
    const top = Math.max(0, Math.floor(Math.min(ay, by) - margin));
    const bottom = Math.min(side - 1, Math.floor(Math.max(ay, by) + margin));
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const px = column + 0.5 - ax;
        const py = row + 0.5 - ay;
        const t = squared > 0 ? clamp((px * dx + py * dy) / squared, 0, 1) : 0;
        const ex = px - t * dx;
        const ey = py - t * dy;
        const distance = Math.sqrt(ex * ex + ey * ey) - lerp(ra, rb, t);
        const at = row * side + column;
        if (distance < (field[at] as number)) field[at] = distance;
      }
    }
  }
}

/** The share of a pixel that is inked, from its signed distance to the ink's edge; `softness` is the edge's width in pixels. */
export function coverage(distance: number, softness: number): number {
  return 1 - smoothstep(-softness / 2, softness / 2, distance);
}
