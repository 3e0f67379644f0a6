// A quadtree over the map, in linear arrays (Barnes & Hut 1986; van der Maaten 2014, §4.2).
//
// Points are sorted along a Morton curve (two interleaved 16-bit cell numbers), so that each cell is one run of the
// sorted points, and nodes are written in pre-order, so that a walk needs no stack: an accepted or finished node is
// followed by node `skip`, an opened one by the next record. Cells with a single occupied quarter are passed over: an
// inner node has at least two children, and `count` points have at most 2·count − 1 nodes.

/** Bytes of a node's record, below. */
export const nodeBytes: usize = 32;
// 0: barycentre x, y (float32); 8: number of points (float32); 12: their variance, the mean squared distance to the
// barycentre (float32); 16: skip; 20: first sorted point; 24: number of points of a leaf, 0 for an inner node.

/** Bytes of a node's box: least x, y, greatest x, y (float32). */
export const boxBytes: usize = 16;

/** Leaves hold at most so many points, except where more share one Morton cell. 32 measured best (of 8 to 32). */
const leafSize: u32 = 32;

const digitBits: u32 = 11;
const digits: u32 = 1 << digitBits;

// State of the build that the recursion shares.
let codes: usize = 0;
let sortedX: usize = 0;
let sortedY: usize = 0;
let nodes: usize = 0;
let boxes: usize = 0;
let next: u32 = 0;

// @ts-ignore: decorator
@inline
function spread(v: u32): u32 {
  v = (v | (v << 8)) & 0x00ff00ff;
  v = (v | (v << 4)) & 0x0f0f0f0f;
  v = (v | (v << 2)) & 0x33333333;
  return (v | (v << 1)) & 0x55555555;
}

// @ts-ignore: decorator
@inline
function at4(base: usize, i: u32): usize {
  return base + ((<usize>i) << 2);
}

/** Number of nodes after the last build. */
export function treeNodes(): u32 {
  return next;
}

/**
 * Sorts the points and builds the tree.
 *
 * `positions`: [count, 2] float32. `order`: uint32 [count], the point at each sorted place. `xs`, `ys`: the sorted
 * coordinates, [count]. `nodeRecords`, `nodeBoxes`: room for 2·count. `scratch`: uint32 [4·count + 3·2048].
 */
export function buildTree(
  positions: usize, count: u32, order: usize, xs: usize, ys: usize, nodeRecords: usize, nodeBoxes: usize,
  scratch: usize,
): void {
  const histograms = scratch;
  const keysA = scratch + 3 * (digits << 2);
  const keysB = at4(keysA, count);
  const orderA = at4(keysB, count);
  const orderB = at4(orderA, count);
  encode(positions, count, keysA, histograms);
  pass(keysA, 0, keysB, orderA, count, histograms, 0, true);
  pass(keysB, orderA, keysA, orderB, count, at4(histograms, digits), digitBits, false);
  pass(keysA, orderB, keysB, order, count, at4(histograms, 2 * digits), 2 * digitBits, false);
  for (let i: u32 = 0; i < count; i++) {
    const point = positions + ((<usize>load<u32>(at4(order, i))) << 3);
    store<f32>(at4(xs, i), load<f32>(point));
    store<f32>(at4(ys, i), load<f32>(point, 4));
  }
  codes = keysB;
  sortedX = xs;
  sortedY = ys;
  nodes = nodeRecords;
  boxes = nodeBoxes;
  next = 0;
  build(0, count);
}

/** Morton codes of the positions, and how often each digit of them occurs. */
function encode(positions: usize, count: u32, keys: usize, histograms: usize): void {
  let least = f32x4.splat(Infinity);
  let greatest = f32x4.splat(-Infinity);
  const bytes = (<usize>count) << 3;
  for (let offset: usize = 0; offset < bytes; offset += 8) {
    const point = v128.load64_splat(positions + offset);
    least = f32x4.min(least, point);
    greatest = f32x4.max(greatest, point);
  }
  const left = f32x4.extract_lane(least, 0);
  const top = f32x4.extract_lane(least, 1);
  const span = max(f32x4.extract_lane(greatest, 0) - left, f32x4.extract_lane(greatest, 1) - top);
  // All points in one place: any finite scale gives them one code.
  const scale: f32 = span > 0 ? min<f32>(<f32>65535 / span, f32.MAX_VALUE) : 0;
  memory.fill(histograms, 0, 3 * (digits << 2));
  const second = at4(histograms, digits);
  const third = at4(histograms, 2 * digits);
  for (let i: u32 = 0; i < count; i++) {
    const point = positions + ((<usize>i) << 3);
    const x = <u32>((load<f32>(point) - left) * scale);
    const y = <u32>((load<f32>(point, 4) - top) * scale);
    const code = spread(min<u32>(x, 65535)) | (spread(min<u32>(y, 65535)) << 1);
    store<u32>(at4(keys, i), code);
    increment(at4(histograms, code & (digits - 1)));
    increment(at4(second, (code >> digitBits) & (digits - 1)));
    increment(at4(third, code >> (2 * digitBits)));
  }
}

// @ts-ignore: decorator
@inline
function increment(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

/** One stable pass of the radix sort, from `keys` and `values` to the arrays after them. */
function pass(
  keys: usize, values: usize, keysOut: usize, valuesOut: usize, count: u32, histogram: usize, shift: u32,
  first: bool,
): void {
  let total: u32 = 0;
  for (let d: u32 = 0; d < digits; d++) {
    const slot = at4(histogram, d);
    const occurrences = load<u32>(slot);
    store<u32>(slot, total);
    total += occurrences;
  }
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u32>(at4(keys, i));
    const slot = at4(histogram, (key >> shift) & (digits - 1));
    const place = load<u32>(slot);
    store<u32>(slot, place + 1);
    store<u32>(at4(keysOut, place), key);
    store<u32>(at4(valuesOut, place), first ? i : load<u32>(at4(values, i)));
  }
}

/** Writes the node of the sorted points `start` … `end` − 1 and all below it; at most 17 deep, one per level. */
function build(start: u32, end: u32): void {
  const index = next++;
  const node = nodes + (<usize>index) * nodeBytes;
  const box = boxes + (<usize>index) * boxBytes;
  const firstCode = load<u32>(at4(codes, start));
  const different = firstCode ^ load<u32>(at4(codes, end - 1));
  store<u32>(node, start, 20);
  if (end - start <= leafSize || different == 0) {
    store<u32>(node, end - start, 24);
    summariseLeaf(node, box, start, end);
  } else {
    store<u32>(node, 0, 24);
    const shift = (31 - <u32>clz(different)) & ~1;
    let from = start;
    for (let quarter: u32 = 0; quarter < 4; quarter++) {
      const to = quarter == 3 ? end : upperEnd(from, end, shift, quarter);
      if (to > from) build(from, to);
      from = to;
    }
    summariseInner(node, box, index + 1, <f32>(end - start));
  }
  store<u32>(node, next, 16);
}

/** First of the sorted points `from` … `end` whose quarter at `shift` lies beyond `quarter`. */
function upperEnd(from: u32, end: u32, shift: u32, quarter: u32): u32 {
  while (from < end) {
    const middle = (from + end) >> 1;
    if (((load<u32>(at4(codes, middle)) >> shift) & 3) <= quarter) from = middle + 1;
    else end = middle;
  }
  return from;
}

function summariseLeaf(node: usize, box: usize, start: u32, end: u32): void {
  let sumX: f32 = 0;
  let sumY: f32 = 0;
  let left = load<f32>(at4(sortedX, start));
  let top = load<f32>(at4(sortedY, start));
  let right = left;
  let bottom = top;
  for (let i = start; i < end; i++) {
    const x = load<f32>(at4(sortedX, i));
    const y = load<f32>(at4(sortedY, i));
    sumX += x;
    sumY += y;
    left = min(left, x);
    right = max(right, x);
    top = min(top, y);
    bottom = max(bottom, y);
  }
  const share = <f32>1 / <f32>(end - start);
  const x = sumX * share;
  const y = sumY * share;
  let spreadSum: f32 = 0;
  for (let i = start; i < end; i++) {
    const dx = load<f32>(at4(sortedX, i)) - x;
    const dy = load<f32>(at4(sortedY, i)) - y;
    spreadSum += dx * dx + dy * dy;
  }
  store<f32>(node, x);
  store<f32>(node, y, 4);
  store<f32>(node, <f32>(end - start), 8);
  store<f32>(node, spreadSum * share, 12);
  store<f32>(box, left);
  store<f32>(box, top, 4);
  store<f32>(box, right, 8);
  store<f32>(box, bottom, 12);
}

/** Barycentre, variance (parallel axis theorem) and box from the children, whose first is `child`. */
function summariseInner(node: usize, box: usize, child: u32, mass: f32): void {
  let sumX: f32 = 0;
  let sumY: f32 = 0;
  let least = f32x4.splat(Infinity);
  let greatest = f32x4.splat(-Infinity);
  for (let c = child; c < next; ) {
    const record = nodes + (<usize>c) * nodeBytes;
    const childMass = load<f32>(record, 8);
    sumX += childMass * load<f32>(record);
    sumY += childMass * load<f32>(record, 4);
    const childBox = v128.load(boxes + (<usize>c) * boxBytes);
    least = f32x4.min(least, childBox);
    greatest = f32x4.max(greatest, childBox);
    c = load<u32>(record, 16);
  }
  const x = sumX / mass;
  const y = sumY / mass;
  let spreadSum: f32 = 0;
  for (let c = child; c < next; ) {
    const record = nodes + (<usize>c) * nodeBytes;
    const dx = load<f32>(record) - x;
    const dy = load<f32>(record, 4) - y;
    spreadSum += load<f32>(record, 8) * (dx * dx + dy * dy + load<f32>(record, 12));
    c = load<u32>(record, 16);
  }
  store<f32>(node, x);
  store<f32>(node, y, 4);
  store<f32>(node, mass, 8);
  store<f32>(node, spreadSum / mass, 12);
  v128.store(box, v128.shuffle<f32>(least, greatest, 0, 1, 6, 7));
}
