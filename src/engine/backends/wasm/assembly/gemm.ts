// Matrix product C = A·B or C += A·B, in tiles of 4 rows × 8 columns held in registers (4×8 measured best; 6×8 spills).
//
// A is read as A(i, l) = a[i·aRow + l·aStep], so a transposed A costs nothing.
// B is read in panels of 8 columns: B(l, j) = b[(j ÷ 8)·bPanel + l·bRow + (j mod 8)]. A row-major B with rows of n
// floats has bPanel = 8, bRow = n; a packed one (packing.ts) has bRow = 8.
// Each element of the product is summed over l in ascending order before it meets C, whatever tile it lies in, so a
// row's result does not depend on how many rows are computed together.

import { multiplyAdd } from './simd';

// @ts-ignore: decorator
@inline
function put(c: usize, value: v128, accumulate: bool): void {
  v128.store(c, accumulate ? f32x4.add(v128.load(c), value) : value);
}

// @ts-ignore: decorator
@inline
function tile4x8(
  depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  const aRow2 = aRow << 1;
  const aRow3 = aRow + aRow2;
  for (let l = 0; l < depth; l++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a + aRow);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a + aRow2);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a + aRow3);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    a += aStep;
    b += bRow;
  }
  put(c, c00, accumulate);
  put(c + 16, c01, accumulate);
  c += cRow;
  put(c, c10, accumulate);
  put(c + 16, c11, accumulate);
  c += cRow;
  put(c, c20, accumulate);
  put(c + 16, c21, accumulate);
  c += cRow;
  put(c, c30, accumulate);
  put(c + 16, c31, accumulate);
}

// @ts-ignore: decorator
@inline
function tile4x4(
  depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  const zero = f32x4.splat(0);
  let c0 = zero, c1 = zero, c2 = zero, c3 = zero;
  const aRow2 = aRow << 1;
  const aRow3 = aRow + aRow2;
  for (let l = 0; l < depth; l++) {
    const b0 = v128.load(b);
    c0 = multiplyAdd(v128.load32_splat(a), b0, c0);
    c1 = multiplyAdd(v128.load32_splat(a + aRow), b0, c1);
    c2 = multiplyAdd(v128.load32_splat(a + aRow2), b0, c2);
    c3 = multiplyAdd(v128.load32_splat(a + aRow3), b0, c3);
    a += aStep;
    b += bRow;
  }
  put(c, c0, accumulate);
  put(c + cRow, c1, accumulate);
  put(c + (cRow << 1), c2, accumulate);
  put(c + cRow + (cRow << 1), c3, accumulate);
}

// @ts-ignore: decorator
@inline
function tile1x8(depth: i32, a: usize, aStep: usize, b: usize, bRow: usize, c: usize, accumulate: bool): void {
  let c0 = f32x4.splat(0), c1 = c0;
  for (let l = 0; l < depth; l++) {
    const s = v128.load32_splat(a);
    c0 = multiplyAdd(s, v128.load(b), c0);
    c1 = multiplyAdd(s, v128.load(b, 16), c1);
    a += aStep;
    b += bRow;
  }
  put(c, c0, accumulate);
  put(c + 16, c1, accumulate);
}

// @ts-ignore: decorator
@inline
function tile1x4(depth: i32, a: usize, aStep: usize, b: usize, bRow: usize, c: usize, accumulate: bool): void {
  let c0 = f32x4.splat(0);
  for (let l = 0; l < depth; l++) {
    c0 = multiplyAdd(v128.load32_splat(a), v128.load(b), c0);
    a += aStep;
    b += bRow;
  }
  put(c, c0, accumulate);
}

// @ts-ignore: decorator
@inline
function tile(
  tall: bool, wide: bool, depth: i32,
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  if (tall) {
    if (wide) tile4x8(depth, a, aRow, aStep, b, bRow, c, cRow, accumulate);
    else tile4x4(depth, a, aRow, aStep, b, bRow, c, cRow, accumulate);
  } else {
    if (wide) tile1x8(depth, a, aStep, b, bRow, c, accumulate);
    else tile1x4(depth, a, aStep, b, bRow, c, accumulate);
  }
}

/**
 * First row of the next tile. Up to three rows are left over at the end: a product that replaces C computes some rows
 * twice in one last full tile; one that accumulates takes them one by one.
 */
// @ts-ignore: decorator
@inline
function tileRow(i: i32, rows: i32, accumulate: bool): i32 {
  return rows - i < 4 && rows >= 4 && !accumulate ? rows - 4 : i;
}

/**
 * `rows` and `depth` any, `columns` a multiple of 4, strides in floats.
 * `accumulate`: add the product to C instead of replacing it.
 */
export function gemm(
  rows: i32, columns: i32, depth: i32,
  a: usize, aRow: usize, aStep: usize, b: usize, bPanel: usize, bRow: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  aRow <<= 2;
  aStep <<= 2;
  bPanel <<= 2;
  bRow <<= 2;
  cRow <<= 2;
  // The larger operand is walked once; the smaller one stays in the cache.
  if (rows >= columns) {
    for (let i = 0; i < rows; ) {
      i = tileRow(i, rows, accumulate);
      const tall = rows - i >= 4;
      const ai = a + <usize>i * aRow;
      const ci = c + <usize>i * cRow;
      for (let j = 0; j < columns; j += 8) {
        tile(tall, columns - j >= 8, depth, ai, aRow, aStep,
          b + <usize>(j >> 3) * bPanel, bRow, ci + (<usize>j << 2), cRow, accumulate);
      }
      i += tall ? 4 : 1;
    }
  } else {
    for (let j = 0; j < columns; j += 8) {
      const bj = b + <usize>(j >> 3) * bPanel;
      const cj = c + (<usize>j << 2);
      for (let i = 0; i < rows; ) {
        i = tileRow(i, rows, accumulate);
        const tall = rows - i >= 4;
        tile(tall, columns - j >= 8, depth, a + <usize>i * aRow, aRow, aStep,
          bj, bRow, cj + <usize>i * cRow, cRow, accumulate);
        i += tall ? 4 : 1;
      }
    }
  }
}
