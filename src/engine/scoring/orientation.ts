/**
 * Histograms of signed edge orientations, H(x; cell): what channels B, C and D look at (guide, §3.1). Hand-made, in the
 * tradition of HOG (Dalal & Triggs 2005), with overlapping cells and soft, sharpened votes.
 */
import type { Plane } from './gray.ts';

export const orientations = 8;
const epsilon = 1e-8;

/** Cells along a side of `size` pixels. */
export const cellsAlong = (size: number, cell: number): number => Math.floor(size / cell);

/** Numbers in the histogram of a plane. */
export const histogramSize = (height: number, width: number, cell: number): number =>
  cellsAlong(height, cell) * cellsAlong(width, cell) * orientations;

/**
 * H(x; cell). gx, gy = 3×3 Prewitt / 3 with zero padding, m = √(gx² + gy² + 1e-8);
 * energy_k = max(0, gx·cos φ_k + gy·sin φ_k)³ / m², φ_k = 2πk/8; mean over windows of 2·cell at a stride of cell with
 * zero padding of cell/2 (zeros count); √(· + 1e-8).
 * @param cell even
 * @param out `[rows, columns, 8]` of cells, row-major, from `offset` on
 */
export function orientationHistogram(
  { height, width, values }: Plane,
  cell: number,
  out: Float64Array | Float32Array,
  offset = 0,
): void {
  const half = cell / 2;
  // Windows are made of half cells: 2i − 1 … 2i + 2 along each side.
  const blocksDown = Math.ceil(height / half);
  const blocksAcross = Math.ceil(width / half);
  const blocks = new Float64Array(blocksDown * blocksAcross * orientations);
  const diagonal = Math.SQRT1_2;
  for (let y = 0; y < height; y++) {
    const up = y > 0;
    const down = y < height - 1;
    const row = y * width;
    const blockRow = Math.floor(y / half) * blocksAcross;
    for (let x = 0; x < width; x++) {
      const at = row + x;
      const left = x > 0;
      const right = x < width - 1;
      const a = up && left ? (values[at - width - 1] as number) : 0;
      const b = up ? (values[at - width] as number) : 0;
      const c = up && right ? (values[at - width + 1] as number) : 0;
      const d = left ? (values[at - 1] as number) : 0;
      const e = right ? (values[at + 1] as number) : 0;
      const f = down && left ? (values[at + width - 1] as number) : 0;
      const g = down ? (values[at + width] as number) : 0;
      const h = down && right ? (values[at + width + 1] as number) : 0;
      const gx = (c + e + h - a - d - f) / 3;
      const gy = (f + g + h - a - b - c) / 3;
      if (gx === 0 && gy === 0) continue;
      const weight = 1 / (gx * gx + gy * gy + epsilon);
      const block = (blockRow + Math.floor(x / half)) * orientations;
      // Opposite directions share a projection: one of the two has energy.
      for (let k = 0; k < 4; k++) {
        const p = k === 0 ? gx : k === 1 ? (gx + gy) * diagonal : k === 2 ? gy : (gy - gx) * diagonal;
        const bin = block + (p > 0 ? k : k + 4);
        blocks[bin] = (blocks[bin] as number) + Math.abs(p * p * p) * weight;
      }
    }
  }
  const rows = cellsAlong(height, cell);
  const columns = cellsAlong(width, cell);
  const area = 4 * cell * cell;
  for (let i = 0; i < rows; i++) {
    const lastDown = Math.min(blocksDown - 1, 2 * i + 2);
    for (let j = 0; j < columns; j++) {
      const lastAcross = Math.min(blocksAcross - 1, 2 * j + 2);
      const to = offset + (i * columns + j) * orientations;
      for (let k = 0; k < orientations; k++) {
        let sum = 0;
        for (let v = Math.max(0, 2 * i - 1); v <= lastDown; v++) {
          for (let u = Math.max(0, 2 * j - 1); u <= lastAcross; u++) {
            sum += blocks[(v * blocksAcross + u) * orientations + k] as number;
          }
        }
        out[to + k] = Math.sqrt(sum / area + epsilon);
      }
    }
  }
}
