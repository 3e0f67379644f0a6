// Exact nearest neighbours by brute force: squared distances in tiles of 4 queries × 8 points, and one bounded heap
// per query. Points and queries lie in panels of eight (panels.ts).
//
// A neighbour is one 64-bit key, the distance's bits above the index: floats that are not negative order as their
// bits do, so one comparison orders by distance, then by index, and ties never depend on the order of the blocks.

import { multiplyAdd } from '../../backends/wasm/assembly/simd';
import { distanceTile } from './panels';

const empty: u64 = 0x7f800000ffffffff;

// @ts-ignore: decorator
@inline
function threshold(heap: usize): f32 {
  return load<f32>(heap, 4);
}

/** Replaces the root of a max-heap and restores the order. */
function replaceRoot(heap: usize, size: i32, key: u64): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    let childKey = load<u64>(heap + ((<usize>child) << 3));
    if (child + 1 < size) {
      const right = load<u64>(heap + ((<usize>child) << 3), 8);
      if (right > childKey) {
        childKey = right;
        child++;
      }
    }
    if (childKey <= key) break;
    store<u64>(heap + ((<usize>hole) << 3), childKey);
    hole = child;
  }
  store<u64>(heap + ((<usize>hole) << 3), key);
}

/** Offers the closer ones of eight distances to a query's heap. */
function offer(heap: usize, k: i32, distances: usize, first: u32, self: u32): void {
  for (let lane: u32 = 0; lane < 8; lane++) {
    const distance = load<u32>(distances + ((<usize>lane) << 2));
    const key = ((<u64>distance) << 32) | (first + lane);
    if (key < load<u64>(heap) && first + lane != self) replaceRoot(heap, k, key);
  }
}

/** Sorts a max-heap in place, ascending. */
function sortHeap(heap: usize, size: i32): void {
  for (let end = size - 1; end > 0; end--) {
    const last = load<u64>(heap + ((<usize>end) << 3));
    const first = load<u64>(heap);
    store<u64>(heap + ((<usize>end) << 3), first);
    replaceRoot(heap, end, last);
  }
}

/**
 * The `k` nearest points of each query, nearest first, as pairs (index, squared distance) of 32 bits each, in
 * `keys[queries][k]`. A query is not its own neighbour: `self[q]` is its index among the points, or 2³²−1.
 * `queries` is a multiple of 4; the query panels start at a whole panel. `tile` is scratch of 32 floats.
 */
export function nearest(
  queryPanels: usize, queries: i32, self: usize, panels: usize, count: i32, dimensions: i32,
  k: i32, keys: usize, tile: usize,
): void {
  const panelBytes = (<usize>dimensions) << 5;
  const rowBytes = (<usize>k) << 3;
  for (let i = 0; i < queries * k; i++) store<u64>(keys + ((<usize>i) << 3), empty);
  const panelCount = (count + 7) >> 3;
  for (let p = 0; p < panelCount; p++) {
    const panel = panels + <usize>p * panelBytes;
    for (let q = 0; q < queries; q += 4) {
      const query = queryPanels + <usize>(q >> 3) * panelBytes + ((<usize>q & 4) << 2);
      distanceTile(query, panel, dimensions, tile);
      const heap = keys + <usize>q * rowBytes;
      for (let r = 0; r < 4; r++) {
        const row = heap + <usize>r * rowBytes;
        const distances = tile + ((<usize>r) << 5);
        const limit = f32x4.splat(threshold(row));
        // ≤, because an equal distance with a lower index goes first.
        const closer = v128.or(
          f32x4.le(v128.load(distances), limit),
          f32x4.le(v128.load(distances, 16), limit),
        );
        if (v128.any_true(closer)) offer(row, k, distances, (<u32>p) << 3, load<u32>(self + ((<usize>(q + r)) << 2)));
      }
    }
  }
  for (let q = 0; q < queries; q++) sortHeap(keys + <usize>q * rowBytes, k);
}

/**
 * Squared distances of each query to `k` named points, `indices[queries][k]` → `distances[queries][k]`, rounded as
 * the tiles round them.
 */
export function pairDistances(
  queryPanels: usize, queries: i32, panels: usize, dimensions: i32, k: i32, indices: usize, distances: usize,
): void {
  const panelBytes = (<usize>dimensions) << 5;
  for (let q = 0; q < queries; q++) {
    for (let j = 0; j < k; j++) {
      let a = queryPanels + <usize>(q >> 3) * panelBytes + ((<usize>q & 7) << 2);
      const index = load<u32>(indices);
      let b = panels + <usize>(index >> 3) * panelBytes + ((<usize>index & 7) << 2);
      let sum = f32x4.splat(0);
      for (let l = 0; l < dimensions; l++) {
        const difference = f32x4.sub(v128.load32_splat(b), v128.load32_splat(a));
        sum = multiplyAdd(difference, difference, sum);
        a += 32;
        b += 32;
      }
      store<f32>(distances, f32x4.extract_lane(sum, 0));
      indices += 4;
      distances += 4;
    }
  }
}

/**
 * How many points (itself among them) are strictly closer to each query than each of its `k` thresholds:
 * `counts[queries][k]` from `thresholds[queries][k]`. `queries` is a multiple of 4.
 */
export function countCloser(
  queryPanels: usize, queries: i32, panels: usize, count: i32, dimensions: i32,
  k: i32, thresholds: usize, counts: usize, tile: usize,
): void {
  const panelBytes = (<usize>dimensions) << 5;
  const panelCount = (count + 7) >> 3;
  memory.fill(counts, 0, (<usize>queries * <usize>k) << 2);
  for (let p = 0; p < panelCount; p++) {
    const panel = panels + <usize>p * panelBytes;
    for (let q = 0; q < queries; q += 4) {
      const query = queryPanels + <usize>(q >> 3) * panelBytes + ((<usize>q & 4) << 2);
      distanceTile(query, panel, dimensions, tile);
      for (let r = 0; r < 4; r++) {
        const low = v128.load(tile + ((<usize>r) << 5));
        const high = v128.load(tile + ((<usize>r) << 5), 16);
        let at = ((<usize>(q + r)) * <usize>k) << 2;
        for (let j = 0; j < k; j++) {
          const limit = v128.load32_splat(thresholds + at);
          const closer =
            i32x4.bitmask(f32x4.lt(low, limit)) | (i32x4.bitmask(f32x4.lt(high, limit)) << 4);
          if (closer != 0) store<u32>(counts + at, load<u32>(counts + at) + <u32>popcnt(closer));
          at += 4;
        }
      }
    }
  }
}
