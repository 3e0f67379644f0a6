// Transposed weights, packed for gemm.ts.

/**
 * The transpose of `matrix` `[rows, columns]` (row-major, `columns` a multiple of 4) in panels of 8 of its rows:
 * packed[(r ÷ 8)·8·columns + l·8 + (r mod 8)] = matrix[r, l]; the last panel is filled with zeros.
 */
export function packTransposed(matrix: usize, rows: i32, columns: i32, packed: usize): void {
  const rowBytes = <usize>columns << 2;
  for (let r = 0; r < rows; r += 8) {
    const whole = rows - r >= 8;
    if (whole) {
      packHalfPanel(matrix, rowBytes, columns, packed);
      packHalfPanel(matrix + (rowBytes << 2), rowBytes, columns, packed + 16);
    } else {
      packPartialPanel(matrix, rows - r, columns, packed);
    }
    matrix += rowBytes << 3;
    packed += rowBytes << 3;
  }
}

/** Four rows, transposed in blocks of 4 × 4. */
// @ts-ignore: decorator
@inline
function packHalfPanel(source: usize, rowBytes: usize, columns: i32, target: usize): void {
  for (let l = 0; l < columns; l += 4) {
    const r0 = v128.load(source);
    const r1 = v128.load(source + rowBytes);
    const r2 = v128.load(source + (rowBytes << 1));
    const r3 = v128.load(source + rowBytes + (rowBytes << 1));
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
    v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
    v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
    source += 16;
    target += 128;
  }
}

// @ts-ignore: decorator
@inline
function packPartialPanel(source: usize, rows: i32, columns: i32, target: usize): void {
  for (let l = 0; l < columns; l++) {
    for (let r = 0; r < 8; r++) {
      const at = source + ((<usize>r * <usize>columns + <usize>l) << 2);
      store<f32>(target + (<usize>r << 2), r < rows ? load<f32>(at) : 0);
    }
    target += 32;
  }
}
