/**
 * WGSL of the search for neighbours by brute force. A thread keeps the nearest of one query in a max-heap ordered by
 * distance, then index, while all points stream by; memory is laid out so that neighbouring threads touch neighbouring
 * addresses. No barriers.
 */
import { workgroupSize } from './gpu.ts';

/** Points of one panel: `panels[(i ÷ 4)·dimensions + l]` holds coordinate l of four points. */
export const panelPoints = 4;

/** The uniform's numbers, in the order in which they are written. */
export const sliceNumbers = [
  'count',
  'dimensions',
  /** Neighbours that are kept. */
  'kept',
  /** Queries of this block, and the index of the first of them. */
  'queries',
  'firstQuery',
  /** Panels of this slice. */
  'firstPanel',
  'endPanel',
  /** 1 where it is the last slice: the heaps are sorted, nearest first. */
  'last',
] as const;

/** `distances`, `indices`: [kept, queries]. The slices of a block in their order. Threads: [queries]. */
export const neighbourShader = /* wgsl */ `
struct Slice { ${sliceNumbers.map((name) => `${name}: u32`).join(', ')} }
@group(0) @binding(0) var<uniform> slice: Slice;
@group(0) @binding(1) var<storage, read> panels: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> distances: array<f32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;

fn above(distance: f32, index: u32, otherDistance: f32, otherIndex: u32) -> bool {
  return distance > otherDistance || (distance == otherDistance && index > otherIndex);
}

fn put(slot: u32, query: u32, distance: f32, index: u32) {
  let place = slot * slice.queries + query;
  distances[place] = distance;
  indices[place] = index;
}

fn replaceRoot(query: u32, size: u32, distance: f32, index: u32) {
  var hole = 0u;
  loop {
    var child = 2u * hole + 1u;
    if (child >= size) { break; }
    var place = child * slice.queries + query;
    if (child + 1u < size) {
      let right = place + slice.queries;
      if (above(distances[right], indices[right], distances[place], indices[place])) {
        child++;
        place = right;
      }
    }
    if (!above(distances[place], indices[place], distance, index)) { break; }
    put(hole, query, distances[place], indices[place]);
    hole = child;
  }
  put(hole, query, distance, index);
}

@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) thread: vec3u) {
  let query = thread.x;
  if (query >= slice.queries) { return; }
  if (slice.firstPanel == 0u) {
    for (var slot = 0u; slot < slice.kept; slot++) { put(slot, query, 3.4e38, 0xffffffffu); }
  }
  let own = slice.firstQuery + query;
  let origin = own / ${panelPoints}u * slice.dimensions;
  let lane = own % ${panelPoints}u;
  var limit = distances[query];
  for (var panel = slice.firstPanel; panel < slice.endPanel; panel++) {
    var squared = vec4f();
    for (var l = 0u; l < slice.dimensions; l++) {
      let difference = panels[panel * slice.dimensions + l] - panels[origin + l][lane];
      squared += difference * difference;
    }
    // Points come in ascending order: of two equally near ones the first stays.
    if (!any(squared < vec4f(limit))) { continue; }
    for (var r = 0u; r < ${panelPoints}u; r++) {
      let index = panel * ${panelPoints}u + r;
      if (squared[r] < limit && index < slice.count && index != own) {
        replaceRoot(query, slice.kept, squared[r], index);
        limit = distances[query];
      }
    }
  }
  if (slice.last == 0u) { return; }
  for (var end = slice.kept - 1u; end > 0u; end--) {
    let place = end * slice.queries + query;
    let distance = distances[place];
    let index = indices[place];
    put(end, query, distances[query], indices[query]);
    replaceRoot(query, end, distance, index);
  }
}`;
