// All pairs of points of the map, O(N²): the repulsion of small maps, and the exact normaliser.

import { multiplyAdd } from '../../backends/wasm/assembly/simd';

/** So many points are summed in float32 before their sum joins the float64 total. */
const block = 512;

// @ts-ignore: decorator
@inline
function laneSum(v: v128): f64 {
  return (
    (<f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1)) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/**
 * forces[i] = Σ_j (y_i − y_j)·w_ij², w = 1 / (1 + |y_i − y_j|²); returns Σ_{i≠j} w_ij.
 * `positions`, `forces`: [count, 2]; `xs`, `ys`: the same coordinates apart, filled up to a multiple of 4 with 1e18, where
 * weights vanish.
 */
export function exactRepulsion(positions: usize, count: i32, xs: usize, ys: usize, forces: usize): f64 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  let total: f64 = 0;
  for (let i = 0; i < count; i++) {
    const px = v128.load32_splat(positions + ((<usize>i) << 3));
    const py = v128.load32_splat(positions + ((<usize>i) << 3), 4);
    let fx: f64 = 0;
    let fy: f64 = 0;
    for (let start = 0; start < count; start += block) {
      const end = min(start + block, count);
      let sx = zero, sy = zero, sum = zero;
      for (let j = start; j < end; j += 4) {
        const dx = f32x4.sub(px, v128.load(xs + ((<usize>j) << 2)));
        const dy = f32x4.sub(py, v128.load(ys + ((<usize>j) << 2)));
        const w = f32x4.div(one, multiplyAdd(dx, dx, multiplyAdd(dy, dy, one)));
        sum = f32x4.add(sum, w);
        const square = f32x4.mul(w, w);
        sx = multiplyAdd(square, dx, sx);
        sy = multiplyAdd(square, dy, sy);
      }
      total += laneSum(sum);
      fx += laneSum(sx);
      fy += laneSum(sy);
    }
    store<f32>(forces + ((<usize>i) << 3), <f32>fx);
    store<f32>(forces + ((<usize>i) << 3), <f32>fy, 4);
  }
  return total - <f64>count;
}

/** Σ_{i≠j} 1 / (1 + |y_i − y_j|²) for the rows i from `first` to `end` − 1; the coordinates as in exactRepulsion. */
export function exactNormaliser(xs: usize, ys: usize, count: i32, first: i32, end: i32): f64 {
  const one = f32x4.splat(1);
  let total: f64 = 0;
  for (let i = first; i < end; i++) {
    const px = v128.load32_splat(xs + ((<usize>i) << 2));
    const py = v128.load32_splat(ys + ((<usize>i) << 2));
    for (let start = 0; start < count; start += block) {
      const stop = min(start + block, count);
      let sum = f32x4.splat(0);
      for (let j = start; j < stop; j += 4) {
        const dx = f32x4.sub(px, v128.load(xs + ((<usize>j) << 2)));
        const dy = f32x4.sub(py, v128.load(ys + ((<usize>j) << 2)));
        sum = f32x4.add(sum, f32x4.div(one, multiplyAdd(dx, dx, multiplyAdd(dy, dy, one))));
      }
      total += laneSum(sum);
    }
  }
  return total - <f64>(end - first);
}
