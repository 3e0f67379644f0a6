/** Smooth random textures. */
import { lerp } from './numeric.ts';
import type { SampleRandom } from './random.ts';

/** A table of independent levels in [−1, 1). */
export function noiseTable(length: number, random: SampleRandom): Float64Array {
  return Float64Array.from({ length }, () => random.range(-1, 1));
}

/** One-dimensional value noise: the table read at a fractional place, smooth, and repeated beyond its ends. */
export function noise1(table: Float64Array, place: number): number {
  const cell = Math.floor(place);
  const t = place - cell;
  const from = ((cell % table.length) + table.length) % table.length;
  const to = (from + 1) % table.length;
  return lerp(table[from] ?? 0, table[to] ?? 0, t * t * (3 - 2 * t));
}

/** Two-dimensional value noise over a square table of side² levels (side a power of two), repeated beyond its edges. */
export function noise2(table: Float64Array, side: number, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const tx = x - column;
  const ty = y - row;
  const u = tx * tx * (3 - 2 * tx);
  const v = ty * ty * (3 - 2 * ty);
  const mask = side - 1;
  const left = column & mask;
  const right = (left + 1) & mask;
  const top = (row & mask) * side;
  const bottom = ((row + 1) & mask) * side;
  return lerp(
    lerp(table[top + left] as number, table[top + right] as number, u),
    lerp(table[bottom + left] as number, table[bottom + right] as number, u),
    v,
  );
}
