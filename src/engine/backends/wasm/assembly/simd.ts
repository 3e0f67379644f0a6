// Four float32 lanes: what the kernels share. The fused build is the one compiled with relaxed SIMD.

/** a·b + c; one rounding in the fused build, two in the plain one. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * e^x by range reduction x = k·ln 2 + r, |r| ≤ ln 2 / 2, and the Taylor polynomial of degree 7 (relative error
 * about 1e-7). ln 2 is split in two so that r keeps its bits (Cody & Waite). Saturates beyond ±87.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // pmin/pmax with x first keep a NaN, so that a diverged training shows.
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(87));
  const k = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504)));
  const high = f32x4.sub(bounded, f32x4.mul(k, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, f32x4.mul(k, f32x4.splat(-0.000212194440)));
  let p = f32x4.splat(1.0 / 5040.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127));
  return f32x4.mul(p, i32x4.shl(exponent, 23));
}
