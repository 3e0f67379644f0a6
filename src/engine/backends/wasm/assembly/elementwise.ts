// Bias, activations and their masks. Buffers have room for whole vectors: `length` is rounded up to a multiple of 4.

import { exponential } from './simd';

/** Activations by number; the caller's table is in kernels.ts. */
const relu = 1;
const sigmoid = 2;

// @ts-ignore: decorator
@inline
function activate(v: v128, activation: i32): v128 {
  // pmax with v first keeps a NaN, so that a diverged training shows.
  if (activation === relu) return f32x4.pmax(v, f32x4.splat(0));
  if (activation === sigmoid) {
    const one = f32x4.splat(1);
    return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(v))));
  }
  return v;
}

/** values[i, j] = activation(values[i, j] + bias[j]) for `[rows, columns]`, row-major. */
export function addBiasAndActivate(values: usize, bias: usize, rows: i32, columns: i32, activation: i32): void {
  if ((columns & 3) === 0) {
    for (let i = 0; i < rows; i++) {
      for (let j: usize = 0; j < <usize>columns << 2; j += 16) {
        v128.store(values, activate(f32x4.add(v128.load(values), v128.load(bias + j)), activation));
        values += 16;
      }
    }
    return;
  }
  // Images of 1 or 3 channels: the bias repeats after three vectors.
  const b0 = repeated(bias, columns, 0);
  const b1 = repeated(bias, columns, 4);
  const b2 = repeated(bias, columns, 8);
  const end = values + ((<usize>rows * <usize>columns) << 2);
  while (values < end) {
    v128.store(values, activate(f32x4.add(v128.load(values), b0), activation));
    if (values + 16 < end) v128.store(values, activate(f32x4.add(v128.load(values, 16), b1), activation), 16);
    if (values + 32 < end) v128.store(values, activate(f32x4.add(v128.load(values, 32), b2), activation), 32);
    values += 48;
  }
}

/** Four lanes of the endlessly repeated bias, from element `start`. */
// @ts-ignore: decorator
@inline
function repeated(bias: usize, columns: i32, start: i32): v128 {
  let v = f32x4.splat(0);
  v = f32x4.replace_lane(v, 0, load<f32>(bias + (<usize>((start + 0) % columns) << 2)));
  v = f32x4.replace_lane(v, 1, load<f32>(bias + (<usize>((start + 1) % columns) << 2)));
  v = f32x4.replace_lane(v, 2, load<f32>(bias + (<usize>((start + 2) % columns) << 2)));
  return f32x4.replace_lane(v, 3, load<f32>(bias + (<usize>((start + 3) % columns) << 2)));
}

/** gradient = 0 where the ReLU's output is 0. */
export function maskByRelu(gradient: usize, output: usize, length: i32): void {
  const zero = f32x4.splat(0);
  const end = gradient + (<usize>length << 2);
  for (; gradient < end; gradient += 16, output += 16) {
    v128.store(gradient, v128.and(v128.load(gradient), f32x4.gt(v128.load(output), zero)));
  }
}

/** target += source. */
export function addInto(target: usize, source: usize, length: i32): void {
  const end = target + (<usize>length << 2);
  for (; target < end; target += 16, source += 16) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
  }
}

/** sums[j] += Σᵢ values[i, j] for `[rows, columns]`, row-major. */
export function addColumnSums(values: usize, rows: i32, columns: i32, sums: usize): void {
  const rowBytes = <usize>columns << 2;
  if ((columns & 3) === 0) {
    for (let j: usize = 0; j < rowBytes; j += 16) {
      let sum = f32x4.splat(0);
      let at = values + j;
      for (let i = 0; i < rows; i++) {
        sum = f32x4.add(sum, v128.load(at));
        at += rowBytes;
      }
      v128.store(sums + j, f32x4.add(v128.load(sums + j), sum));
    }
    return;
  }
  for (let j: usize = 0; j < rowBytes; j += 4) {
    let sum: f64 = 0;
    let at = values + j;
    for (let i = 0; i < rows; i++) {
      sum += <f64>load<f32>(at);
      at += rowBytes;
    }
    store<f32>(sums + j, load<f32>(sums + j) + <f32>sum);
  }
}
