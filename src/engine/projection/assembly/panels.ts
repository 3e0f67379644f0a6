// Points in panels of eight, the layout that the distance tiles read: coordinate l of point i lies at
// panel[(i ÷ 8)·dimensions·8 + l·8 + (i mod 8)], as float32. Lanes beyond the last point hold NaN, which is
// closer to nothing.

import { multiplyAdd } from '../../backends/wasm/assembly/simd';

/** Squared distances of four queries to the eight points of a panel, summed over the coordinates in ascending order. */
// @ts-ignore: decorator
@inline
export function distanceTile(query: usize, panel: usize, dimensions: i32, out: usize): void {
  const zero = f32x4.splat(0);
  let d00 = zero, d01 = zero, d10 = zero, d11 = zero, d20 = zero, d21 = zero, d30 = zero, d31 = zero;
  for (let l = 0; l < dimensions; l++) {
    const p0 = v128.load(panel);
    const p1 = v128.load(panel, 16);
    let q = v128.load32_splat(query);
    let a = f32x4.sub(p0, q);
    let b = f32x4.sub(p1, q);
    d00 = multiplyAdd(a, a, d00);
    d01 = multiplyAdd(b, b, d01);
    q = v128.load32_splat(query, 4);
    a = f32x4.sub(p0, q);
    b = f32x4.sub(p1, q);
    d10 = multiplyAdd(a, a, d10);
    d11 = multiplyAdd(b, b, d11);
    q = v128.load32_splat(query, 8);
    a = f32x4.sub(p0, q);
    b = f32x4.sub(p1, q);
    d20 = multiplyAdd(a, a, d20);
    d21 = multiplyAdd(b, b, d21);
    q = v128.load32_splat(query, 12);
    a = f32x4.sub(p0, q);
    b = f32x4.sub(p1, q);
    d30 = multiplyAdd(a, a, d30);
    d31 = multiplyAdd(b, b, d31);
    panel += 32;
    query += 32;
  }
  v128.store(out, d00);
  v128.store(out, d01, 16);
  v128.store(out, d10, 32);
  v128.store(out, d11, 48);
  v128.store(out, d20, 64);
  v128.store(out, d21, 80);
  v128.store(out, d30, 96);
  v128.store(out, d31, 112);
}
