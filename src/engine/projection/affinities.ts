/**
 * Second stage: how much each point wants each other one near (van der Maaten & Hinton 2008, eq. 1; van der Maaten
 * 2014, §4.1): a Gaussian over the nearest neighbours, as wide as the perplexity asks, made symmetric.
 */
import { pause, type StageHooks } from './hooks.ts';
import type { Neighbours } from './panels.ts';

/** A sparse symmetric matrix by rows (CSR) whose values sum to 1. */
export interface Affinities {
  readonly count: number;
  /** `[count + 1]`: row i has the entries starts[i] … starts[i + 1] − 1. */
  readonly starts: Uint32Array;
  /** Ascending within a row. */
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

const entropyTolerance = 1e-7;
const mostSteps = 100;

/**
 * Weights exp(−β·d) / Σ of one row, with β such that their entropy is log(perplexity): Newton's method on log β inside
 * a bracket, which is halved wherever Newton leaves it. Where no β reaches the entropy (more equally near twins than
 * the perplexity), the twins share evenly.
 * @param squared `[k]` squared distances, ascending; any unit
 * @param weights `[k]`, written
 */
export function conditionalWeights(squared: Float32Array, perplexity: number, weights: Float64Array): void {
  const k = squared.length;
  const nearest = squared[0] ?? 0;
  const target = Math.log(perplexity);
  let mean = 0;
  for (let j = 0; j < k; j++) mean += ((squared[j] ?? 0) - nearest) / k;
  if (mean === 0) {
    weights.fill(1 / k);
    return;
  }
  let low = -Infinity;
  let high = Infinity;
  let logBeta = -Math.log(mean);
  let sum = 0;
  for (let step = 0; step < mostSteps; step++) {
    const beta = Math.exp(logBeta);
    let first = 0;
    let second = 0;
    sum = 0;
    for (let j = 0; j < k; j++) {
      const energy = beta * ((squared[j] ?? 0) - nearest);
      const weight = Math.exp(-energy);
      weights[j] = weight;
      sum += weight;
      first += weight * energy;
      second += weight * energy * energy;
    }
    first /= sum;
    const excess = Math.log(sum) + first - target;
    if (Math.abs(excess) < entropyTolerance) break;
    if (excess > 0) low = logBeta;
    else high = logBeta;
    // The entropy falls with log β by the variance of the energy.
    let next = logBeta + excess / (second / sum - first * first);
    if (!(next > low && next < high)) {
      if (low === -Infinity) next = logBeta - 2;
      else if (high === Infinity) next = logBeta + 2;
      else next = (low + high) / 2;
    }
    next = Math.min(Math.max(next, logBeta - 4), logBeta + 4);
    if (next === logBeta || next > 700) break;
    logBeta = next;
  }
  for (let j = 0; j < k; j++) weights[j] = (weights[j] ?? 0) / sum;
}

/** Entries of a matrix by rows, without the claim to symmetry. */
interface Rows {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** The transpose of a square matrix; its columns ascend whatever the order of the given ones. */
function transpose({ starts, columns, values }: Rows): Rows {
  const count = starts.length - 1;
  const places = new Uint32Array(count + 1);
  for (let e = 0; e < columns.length; e++) {
    const next = (columns[e] ?? 0) + 1;
    places[next] = (places[next] ?? 0) + 1;
  }
  for (let i = 0; i < count; i++) places[i + 1] = (places[i + 1] ?? 0) + (places[i] ?? 0);
  const result = {
    starts: places.slice(),
    columns: new Uint32Array(columns.length),
    values: new Float32Array(columns.length),
  };
  for (let i = 0; i < count; i++) {
    const end = starts[i + 1] ?? 0;
    for (let e = starts[i] ?? 0; e < end; e++) {
      const column = columns[e] ?? 0;
      const place = places[column] ?? 0;
      places[column] = place + 1;
      result.columns[place] = i;
      result.values[place] = values[e] ?? 0;
    }
  }
  return result;
}

/** (A + B)·factor for two matrices whose columns ascend. */
function scaledSum(a: Rows, b: Rows, factor: number): Affinities {
  const count = a.starts.length - 1;
  const starts = new Uint32Array(count + 1);
  const columns = new Uint32Array(a.columns.length + b.columns.length);
  const values = new Float32Array(columns.length);
  let place = 0;
  for (let i = 0; i < count; i++) {
    let p = a.starts[i] ?? 0;
    let q = b.starts[i] ?? 0;
    const pEnd = a.starts[i + 1] ?? 0;
    const qEnd = b.starts[i + 1] ?? 0;
    while (p < pEnd || q < qEnd) {
      const left = p < pEnd ? (a.columns[p] ?? 0) : count;
      const right = q < qEnd ? (b.columns[q] ?? 0) : count;
      let value = 0;
      if (left <= right) value += a.values[p++] ?? 0;
      if (right <= left) value += b.values[q++] ?? 0;
      columns[place] = Math.min(left, right);
      values[place++] = value * factor;
    }
    starts[i + 1] = place;
  }
  return { count, starts, columns: columns.slice(0, place), values: values.slice(0, place) };
}

/**
 * Joint probabilities (P + Pᵀ) / 2N of the points whose neighbours are given.
 * @param neighbours of all points, in their order; its k > perplexity
 * @throws LensError `cancelled`
 */
export async function jointAffinities(
  neighbours: Neighbours,
  perplexity: number,
  hooks: StageHooks = {},
): Promise<Affinities> {
  const { k, indices, squared } = neighbours;
  const count = indices.length / k;
  const values = new Float32Array(indices.length);
  const weights = new Float64Array(k);
  for (let i = 0; i < count; i++) {
    conditionalWeights(squared.subarray(i * k, (i + 1) * k), perplexity, weights);
    values.set(weights, i * k);
    if (i % 1024 === 1023) await pause(hooks, i + 1, count);
  }
  const starts = Uint32Array.from({ length: count + 1 }, (_, i) => i * k);
  const transposed = transpose({ starts, columns: indices, values });
  await pause(hooks, count, count);
  return scaledSum(transpose(transposed), transposed, 1 / (2 * count));
}
