/**
 * WGSL of an iteration: the halves of the gradient (../gradient.ts has the formula) and the step (../assembly/optimiser.ts),
 * over all pairs. Every sum has its fixed order, so that a run gives the same map each time on one adapter; no shader
 * waits at a barrier, so that a software adapter runs them, too.
 */
import { workgroupSize } from './gpu.ts';

/** Points that a thread takes of the rows; a power of two. */
export const rowTile = 4;
/** Points that a thread takes of the columns: long enough to weigh more than its result, short enough to fill a GPU. */
export const segment = 512;
/** Threads that sum what every point adds to the normaliser and the centre. */
export const sumThreads = 256;

export const segmentsOf = (count: number): number => Math.ceil(count / segment);

/** The uniform; written in this order. */
const iterationStruct = /* wgsl */ `
struct Iteration { count: u32, exaggeration: f32, momentum: f32, learningRate: f32 }
@group(0) @binding(0) var<uniform> iteration: Iteration;`;

const main = /* wgsl */ `
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) thread: vec3u)`;

/**
 * parts[s][i] = Σ_j (w²·(y_i − y_j), w) over the points j of segment s, a point itself among them.
 * Threads: [rows / {@link rowTile}, segments].
 */
export const repelShader = /* wgsl */ `${iterationStruct}
@group(0) @binding(1) var<storage, read> positions: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;
${main} {
  let first = thread.x * ${rowTile}u;
  if (first >= iteration.count) { return; }
  let last = iteration.count - 1u;
  let a = positions[first];
  let b = positions[min(first + 1u, last)];
  let c = positions[min(first + 2u, last)];
  let d = positions[min(first + 3u, last)];
  let xs = vec4f(a.x, b.x, c.x, d.x);
  let ys = vec4f(a.y, b.y, c.y, d.y);
  var forceX = vec4f();
  var forceY = vec4f();
  var sum = vec4f();
  let end = min((thread.y + 1u) * ${segment}u, iteration.count);
  for (var j = thread.y * ${segment}u; j < end; j++) {
    let other = positions[j];
    let dx = xs - other.x;
    let dy = ys - other.y;
    let w = 1.0 / (1.0 + dx * dx + dy * dy);
    let square = w * w;
    forceX += square * dx;
    forceY += square * dy;
    sum += w;
  }
  let row = thread.y * iteration.count + first;
  let rows = min(${rowTile}u, iteration.count - first);
  for (var r = 0u; r < rows; r++) {
    parts[row + r] = vec4f(forceX[r], forceY[r], sum[r], 0.0);
  }
}`;

/**
 * forces[i] = (attraction, repulsion not yet divided by Z), weights[i] = Σ_{j≠i} w_ij: adds up the segments of
 * {@link repelShader} and the row of the affinities. Threads: [points].
 */
export const gatherShader = /* wgsl */ `${iterationStruct}
@group(0) @binding(1) var<storage, read> positions: array<vec2f>;
@group(0) @binding(2) var<storage, read> parts: array<vec4f>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read> columns: array<u32>;
@group(0) @binding(5) var<storage, read> values: array<f32>;
@group(0) @binding(6) var<storage, read_write> forces: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> weights: array<f32>;
${main} {
  let i = thread.x;
  if (i >= iteration.count) { return; }
  let segments = (iteration.count + ${segment - 1}u) / ${segment}u;
  var repulsion = vec3f();
  for (var s = 0u; s < segments; s++) {
    repulsion += parts[s * iteration.count + i].xyz;
  }
  let place = positions[i];
  var attraction = vec2f();
  let end = starts[i + 1u];
  for (var e = starts[i]; e < end; e++) {
    let difference = place - positions[columns[e]];
    attraction += values[e] / (1.0 + dot(difference, difference)) * difference;
  }
  forces[i] = vec4f(attraction, repulsion.xy);
  weights[i] = repulsion.z - 1.0;
}`;

/** sums[t] = Σ (weight, y) over every {@link sumThreads}th point from t on. Threads: [sumThreads]. */
export const sumShader = /* wgsl */ `${iterationStruct}
@group(0) @binding(1) var<storage, read> positions: array<vec2f>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;
${main} {
  var sum = vec3f();
  for (var i = thread.x; i < iteration.count; i += ${sumThreads}u) {
    sum += vec3f(weights[i], positions[i]);
  }
  sums[thread.x] = vec4f(sum, 0.0);
}`;

/** Moves the positions once, and centres them on where they were. Threads: [points]. */
export const moveShader = /* wgsl */ `${iterationStruct}
@group(0) @binding(1) var<storage, read> forces: array<vec4f>;
@group(0) @binding(2) var<storage, read> sums: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> positions: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> velocities: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> gains: array<vec2f>;
${main} {
  let i = thread.x;
  if (i >= iteration.count) { return; }
  var total = vec3f();
  for (var t = 0u; t < ${sumThreads}u; t++) {
    total += sums[t].xyz;
  }
  let force = forces[i];
  let gradient = iteration.exaggeration * force.xy - force.zw / total.x;
  let velocity = velocities[i];
  let gain = gains[i];
  let adapted = max(select(gain * 0.8, gain + 0.2, velocity * gradient < vec2f()), vec2f(0.01));
  let moved = iteration.momentum * velocity - iteration.learningRate * adapted * gradient;
  gains[i] = adapted;
  velocities[i] = moved;
  positions[i] = positions[i] - total.yz / f32(iteration.count) + moved;
}`;
