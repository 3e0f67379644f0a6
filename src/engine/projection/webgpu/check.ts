/** One iteration of the GPU against its formulas in float64: a driver that computes nonsense says nothing of it. */
import { LensError } from '../../../shared/errors.ts';
import type { Affinities } from '../affinities.ts';
import { schedule } from '../optimiser.ts';
import type { Preparation, TsneState } from '../preparation.ts';
import { trialState } from '../trial.ts';
import type { GpuGradient, GpuTsne } from './run.ts';

/** Points whose forces are summed over all pairs; the step is checked of all. */
const checkedPoints = 64;
/** Relative error that float32 sums stay far below. */
const tolerance = 1e-4;

/**
 * Takes a step of a trial map; the run has to be given its own state again.
 * @throws LensError `engine-failed`, `device-lost`
 */
export async function checkIteration(run: GpuTsne, { affinities }: Preparation): Promise<void> {
  const before = trialState(affinities.count);
  await run.load(before);
  const gradient = await run.gradient();
  await run.step(1);
  const after = await run.state();
  const failure = wrongForce(gradient, affinities, before.coordinates) ?? wrongStep(gradient, before, after);
  if (failure === undefined) return;
  throw new LensError(
    'engine-failed',
    'The GPU computes other forces on a map than the formula has. Choose the WASM engine in the settings.',
    failure,
  );
}

/** What is wrong with the forces of some points or the normaliser; undefined where nothing is. */
function wrongForce(
  { forces, weights, normaliser }: GpuGradient,
  affinities: Affinities,
  map: Float32Array,
): string | undefined {
  const { count } = affinities;
  const asked = Math.min(checkedPoints, count);
  for (let q = 0; q < asked; q++) {
    const i = Math.floor((q * count) / asked);
    const right = forceOn(i, affinities, map);
    const found = [...forces.subarray(4 * i, 4 * i + 4), weights[i] ?? NaN];
    if (!near(found.slice(0, 2), right.slice(0, 2))) return `attraction on point ${i}`;
    if (!near(found.slice(2), right.slice(2))) return `repulsion of point ${i}`;
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return near([normaliser], [sum]) ? undefined : 'normaliser';
}

/** Attraction (2), repulsion (2) and weight of a point, in float64. */
function forceOn(
  i: number,
  { count, starts, columns, values }: Affinities,
  map: Float32Array,
): readonly number[] {
  const force = [0, 0, 0, 0, 0];
  const add = (j: number, factor: (w: number) => number, at: number): number => {
    const dx = (map[2 * i] ?? NaN) - (map[2 * j] ?? NaN);
    const dy = (map[2 * i + 1] ?? NaN) - (map[2 * j + 1] ?? NaN);
    const w = 1 / (1 + dx * dx + dy * dy);
    force[at] = (force[at] ?? NaN) + factor(w) * dx;
    force[at + 1] = (force[at + 1] ?? NaN) + factor(w) * dy;
    return w;
  };
  for (let e = starts[i] ?? 0; e < (starts[i + 1] ?? 0); e++) {
    add(columns[e] ?? 0, (w) => (values[e] ?? NaN) * w, 0);
  }
  for (let j = 0; j < count; j++) if (j !== i) force[4] = (force[4] ?? NaN) + add(j, (w) => w * w, 2);
  return force;
}

/** The first step from rest: gains shrink to 0.8, and points move by their velocity from the centre. */
function wrongStep(
  { forces, normaliser }: GpuGradient,
  before: TsneState,
  after: TsneState,
): string | undefined {
  const count = before.coordinates.length / 2;
  const { exaggeration, learningRate } = schedule(before.iteration, count);
  const velocities: number[] = [];
  const places: number[] = [];
  for (const axis of [0, 1]) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += (before.coordinates[2 * i + axis] ?? NaN) / count;
    for (let i = 0; i < count; i++) {
      const pull = forces[4 * i + axis] ?? NaN;
      const push = forces[4 * i + 2 + axis] ?? NaN;
      const velocity = -learningRate * 0.8 * (exaggeration * pull - push / normaliser);
      velocities[2 * i + axis] = velocity;
      places[2 * i + axis] = (before.coordinates[2 * i + axis] ?? NaN) - mean + velocity;
    }
  }
  if (!near(after.gains, new Float32Array(2 * count).fill(0.8))) return 'gains';
  if (!near(after.velocities, velocities)) return 'velocities';
  return near(after.coordinates, places) ? undefined : 'places';
}

/** Whether ‖found − right‖ ≤ tolerance·‖right‖; a NaN is near nothing. */
function near(found: ArrayLike<number>, right: ArrayLike<number>): boolean {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < right.length; i++) {
    difference += ((found[i] ?? NaN) - (right[i] ?? NaN)) ** 2;
    norm += (right[i] ?? NaN) ** 2;
  }
  return difference <= tolerance ** 2 * norm;
}
