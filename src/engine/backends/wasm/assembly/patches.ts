// The 3×3, stride 2, padding 1 neighbourhoods of a map as rows of a matrix (im2col), and their sum back (col2im).
//
// `map` is [count, height, width, channels]; the small map has half its height and width, rounded up. A "line" is one
// row of small positions: line g belongs to image g ÷ ⌈height/2⌉. A patch is (ky, kx, channel), row-major: for one ky
// the 3·channels floats lie together in the map, too.

/** Writes the patches of `lines` lines from `firstLine` on, `patchRow` floats apart. */
export function gatherPatches(
  map: usize, height: i32, width: i32, channels: i32, firstLine: i32, lines: i32, patches: usize, patchRow: i32,
): void {
  const smallHeight = (height + 1) >> 1;
  const smallWidth = (width + 1) >> 1;
  const imageBytes = (<usize>height * <usize>width * <usize>channels) << 2;
  const rowBytes = (<usize>width * <usize>channels) << 2;
  const pixelBytes = <usize>channels << 2;
  const span = <usize>3 * pixelBytes;
  const patchBytes = <usize>patchRow << 2;
  for (let line = firstLine; line < firstLine + lines; line++) {
    const image = map + <usize>(line / smallHeight) * imageBytes;
    const top = 2 * (line % smallHeight) - 1;
    for (let ky = 0; ky < 3; ky++) {
      const y = top + ky;
      let target = patches + <usize>ky * span;
      if (y < 0 || y >= height) {
        for (let sx = 0; sx < smallWidth; sx++) {
          clear(target, span);
          target += patchBytes;
        }
        continue;
      }
      const row = image + <usize>y * rowBytes;
      for (let sx = 0; sx < smallWidth; sx++) {
        const left = 2 * sx - 1;
        const source = row + <usize>left * pixelBytes;
        if (left >= 0 && left + 2 < width) {
          copy(target, source, span);
        } else {
          for (let kx = 0; kx < 3; kx++) {
            const inside = left + kx >= 0 && left + kx < width;
            const offset = <usize>kx * pixelBytes;
            if (inside) copy(target + offset, source + offset, pixelBytes);
            else clear(target + offset, pixelBytes);
          }
        }
        target += patchBytes;
      }
    }
    patches += <usize>smallWidth * patchBytes;
  }
}

/** Adds the patches of those lines to the map where they came from; what falls on the padding is dropped. */
export function scatterPatches(
  patches: usize, patchRow: i32, map: usize, height: i32, width: i32, channels: i32, firstLine: i32, lines: i32,
): void {
  const smallHeight = (height + 1) >> 1;
  const smallWidth = (width + 1) >> 1;
  const imageBytes = (<usize>height * <usize>width * <usize>channels) << 2;
  const rowBytes = (<usize>width * <usize>channels) << 2;
  const pixelBytes = <usize>channels << 2;
  const span = <usize>3 * pixelBytes;
  const patchBytes = <usize>patchRow << 2;
  for (let line = firstLine; line < firstLine + lines; line++) {
    const image = map + <usize>(line / smallHeight) * imageBytes;
    const top = 2 * (line % smallHeight) - 1;
    for (let ky = 0; ky < 3; ky++) {
      const y = top + ky;
      if (y < 0 || y >= height) continue;
      const row = image + <usize>y * rowBytes;
      let source = patches + <usize>ky * span;
      for (let sx = 0; sx < smallWidth; sx++) {
        const left = 2 * sx - 1;
        const first = max(0, -left);
        const end = min(3, width - left);
        const offset = <usize>first * pixelBytes;
        add(row + <usize>(left + first) * pixelBytes, source + offset, <usize>(end - first) * pixelBytes);
        source += patchBytes;
      }
    }
    patches += <usize>smallWidth * patchBytes;
  }
}

// Lengths in bytes; runs of whole vectors first, then single floats.

// @ts-ignore: decorator
@inline
function copy(target: usize, source: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + i, v128.load(source + i));
  for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(source + i));
}

// @ts-ignore: decorator
@inline
function clear(target: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + i, f32x4.splat(0));
  for (; i < bytes; i += 4) store<f32>(target + i, 0);
}

// @ts-ignore: decorator
@inline
function add(target: usize, source: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
  for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(source + i));
}
