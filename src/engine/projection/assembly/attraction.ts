// The attractive half of the gradient: sums over the sparse affinities.

import { multiplyAdd } from '../../backends/wasm/assembly/simd';

/**
 * forces[i] = Σ_j p_ij·(y_i − y_j) / (1 + |y_i − y_j|²) (van der Maaten 2014, eq. 8, first term).
 *
 * `positions`, `forces`: [count, 2] float32. `starts`: [count + 1] uint32, row i's entries in `columns` (uint32) and
 * `values` (float32); each row is a multiple of 4 entries long, filled up with zeros.
 */
export function attraction(
  positions: usize, count: i32, starts: usize, columns: usize, values: usize, forces: usize,
): void {
  const one = f32x4.splat(1);
  let e: usize = load<u32>(starts);
  for (let i = 0; i < count; i++) {
    const end: usize = load<u32>(starts + ((<usize>i) << 2), 4);
    const px = v128.load32_splat(positions + ((<usize>i) << 3));
    const py = v128.load32_splat(positions + ((<usize>i) << 3), 4);
    let fx = f32x4.splat(0);
    let fy = fx;
    for (; e < end; e += 4) {
      const column = columns + (e << 2);
      let a = v128.load64_zero(positions + ((<usize>load<u32>(column)) << 3));
      a = v128.load64_lane(positions + ((<usize>load<u32>(column, 4)) << 3), a, 1);
      let b = v128.load64_zero(positions + ((<usize>load<u32>(column, 8)) << 3));
      b = v128.load64_lane(positions + ((<usize>load<u32>(column, 12)) << 3), b, 1);
      const dx = f32x4.sub(px, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
      const dy = f32x4.sub(py, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
      const distance = multiplyAdd(dx, dx, multiplyAdd(dy, dy, one));
      const weight = f32x4.div(v128.load(values + (e << 2)), distance);
      fx = multiplyAdd(weight, dx, fx);
      fy = multiplyAdd(weight, dy, fy);
    }
    const low = f32x4.add(v128.shuffle<f32>(fx, fy, 0, 4, 1, 5), v128.shuffle<f32>(fx, fy, 2, 6, 3, 7));
    const sum = f32x4.add(low, v128.shuffle<f32>(low, low, 2, 3, 0, 1));
    v128.store64_lane(forces + ((<usize>i) << 3), sum, 0);
  }
}
