// Barnes-Hut repulsion. The points of a leaf share one walk of the tree: what they accept as one body and what they
// must take point by point is listed once, and each point then sums the lists, four entries at a time.

import { multiplyAdd } from '../../backends/wasm/assembly/simd';
import { boxBytes, nodeBytes, treeNodes } from './tree';

let bodies: u32 = 0;
let singles: u32 = 0;

// @ts-ignore: decorator
@inline
function at4(base: usize, i: u32): usize {
  return base + ((<usize>i) << 2);
}

// @ts-ignore: decorator
@inline
function laneSum(v: v128): f32 {
  return (
    (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/**
 * forces[i] ≈ Σ_j (y_i − y_j)·w_ij², w = 1 / (1 + |y_i − y_j|²); returns ≈ Σ_{i≠j} w_ij.
 *
 * `forces`: [count, 2] float32 in the points' own order. `lists`: float32 [6·(count + 4)]. A cell at distance d from
 * the leaf's box is one body where its width is at most θ·√(1 + d²), the scale on which the kernel bends. The width is
 * taken from the variance v of its points: an evenly filled square of width s has v = s²/6.
 */
export function treeRepulsion(
  count: u32, order: usize, xs: usize, ys: usize, nodes: usize, boxes: usize, lists: usize, theta: f32,
  forces: usize,
): f64 {
  const total = treeNodes();
  let normaliser: f64 = 0;
  for (let n: u32 = 0; n < total; n++) {
    const node = nodes + (<usize>n) * nodeBytes;
    const members = load<u32>(node, 24);
    if (members == 0) continue;
    walk(total, nodes, boxes + (<usize>n) * boxBytes, xs, ys, lists, count + 4, theta * theta / 6);
    const start = load<u32>(node, 20);
    for (let i = start; i < start + members; i++) {
      normaliser += <f64>evaluate(at4(xs, i), at4(ys, i), lists, count + 4, forces + ((<usize>load<u32>(at4(order, i))) << 3));
    }
  }
  return normaliser - <f64>count;
}

/** Fills the lists for a leaf's box: bodies (x, y, mass, variance) and single points (x, y), `stride` floats apart. */
function walk(
  total: u32, nodes: usize, box: usize, xs: usize, ys: usize, lists: usize, stride: u32, limit: f32,
): void {
  const left = load<f32>(box);
  const top = load<f32>(box, 4);
  const right = load<f32>(box, 8);
  const bottom = load<f32>(box, 12);
  const bodyX = lists;
  const bodyY = at4(bodyX, stride);
  const bodyMass = at4(bodyY, stride);
  const bodyVariance = at4(bodyMass, stride);
  const singleX = at4(bodyVariance, stride);
  const singleY = at4(singleX, stride);
  let b: u32 = 0;
  let s: u32 = 0;
  for (let n: u32 = 0; n < total; ) {
    const node = nodes + (<usize>n) * nodeBytes;
    const x = load<f32>(node);
    const y = load<f32>(node, 4);
    const dx = max(max(left - x, x - right), <f32>0);
    const dy = max(max(top - y, y - bottom), <f32>0);
    const variance = load<f32>(node, 12);
    if (variance <= limit * (<f32>1 + dx * dx + dy * dy)) {
      store<f32>(at4(bodyX, b), x);
      store<f32>(at4(bodyY, b), y);
      store<f32>(at4(bodyMass, b), load<f32>(node, 8));
      store<f32>(at4(bodyVariance, b), variance);
      b++;
      n = load<u32>(node, 16);
      continue;
    }
    const members = load<u32>(node, 24);
    const start = load<u32>(node, 20);
    for (let i = start; i < start + members; i++) {
      store<f32>(at4(singleX, s), load<f32>(at4(xs, i)));
      store<f32>(at4(singleY, s), load<f32>(at4(ys, i)));
      s++;
    }
    n++;
  }
  // Whole vectors: bodies without mass, points too far away to weigh anything.
  v128.store(at4(bodyX, b), f32x4.splat(0));
  v128.store(at4(bodyY, b), f32x4.splat(0));
  v128.store(at4(bodyMass, b), f32x4.splat(0));
  v128.store(at4(bodyVariance, b), f32x4.splat(0));
  v128.store(at4(singleX, s), f32x4.splat(1e18));
  v128.store(at4(singleY, s), f32x4.splat(1e18));
  bodies = b;
  singles = s;
}

/**
 * Sums the lists for the point at (`x`, `y`) into `force`; returns its part of the normaliser.
 *
 * A body of mass m and variance v is expanded to second order around its barycentre, the directions averaged:
 * w' = w + v/4·Δw = w·(1 + v·w·(1 − 2w)), and for the force f = d·w²: f' = f·(1 + v·w·(2 − 6w)).
 */
// @ts-ignore: decorator
@inline
function evaluate(x: usize, y: usize, lists: usize, stride: u32, force: usize): f32 {
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  const six = f32x4.splat(-6);
  const minusTwo = f32x4.splat(-2);
  const px = v128.load32_splat(x);
  const py = v128.load32_splat(y);
  let fx = f32x4.splat(0);
  let fy = fx;
  let sum = fx;
  const strideBytes = (<usize>stride) << 2;
  let entry = lists;
  let end = lists + ((<usize>bodies) << 2);
  for (; entry < end; entry += 16) {
    const dx = f32x4.sub(px, v128.load(entry));
    const dy = f32x4.sub(py, v128.load(entry + strideBytes));
    const mass = v128.load(entry + 2 * strideBytes);
    const variance = v128.load(entry + 3 * strideBytes);
    const w = f32x4.div(one, multiplyAdd(dx, dx, multiplyAdd(dy, dy, one)));
    const heavy = f32x4.mul(mass, w);
    const bend = f32x4.mul(variance, w);
    sum = f32x4.add(sum, multiplyAdd(f32x4.mul(heavy, bend), multiplyAdd(w, minusTwo, one), heavy));
    const pull = f32x4.mul(heavy, w);
    const strength = multiplyAdd(f32x4.mul(pull, bend), multiplyAdd(w, six, two), pull);
    fx = multiplyAdd(strength, dx, fx);
    fy = multiplyAdd(strength, dy, fy);
  }
  entry = lists + 4 * strideBytes;
  end = entry + ((<usize>singles) << 2);
  for (; entry < end; entry += 16) {
    const dx = f32x4.sub(px, v128.load(entry));
    const dy = f32x4.sub(py, v128.load(entry + strideBytes));
    const w = f32x4.div(one, multiplyAdd(dx, dx, multiplyAdd(dy, dy, one)));
    sum = f32x4.add(sum, w);
    const square = f32x4.mul(w, w);
    fx = multiplyAdd(square, dx, fx);
    fy = multiplyAdd(square, dy, fy);
  }
  store<f32>(force, laneSum(fx));
  store<f32>(force, laneSum(fy), 4);
  return laneSum(sum);
}
