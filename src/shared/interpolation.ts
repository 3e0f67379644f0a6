/** The way from one latent to another. Pure. */

export const interpolations = ['linear', 'spherical'] as const;
export type Interpolation = (typeof interpolations)[number];

export const minSteps = 3;
export const maxSteps = 50;
/** As in the notebook. */
export const defaultSteps = 10;

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** Below this sine of the angle between two latents the arc is a line, or has no direction of its own. */
const smallestSine = 1e-4;

/** Weights of both ends at `t` in 0–1. */
function weights(start: Float32Array, end: Float32Array, how: Interpolation, t: number): [number, number] {
  if (how === 'linear') return [1 - t, t];
  const lengths = Math.sqrt(dot(start, start) * dot(end, end));
  const cosine = lengths > 0 ? Math.min(1, Math.max(-1, dot(start, end) / lengths)) : 1;
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  if (sine < smallestSine) return [1 - t, t];
  return [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
}

/**
 * Latents from `start` (first row) to `end` (last row).
 * `spherical` turns the direction evenly and blends the lengths along (Shoemake 1985; White 2016 for latents); between
 * latents of one or opposite directions, where there is no one arc, it is linear.
 * @param start F32 `[k]`
 * @param end F32 `[k]`
 * @param steps number of rows, both ends included: 3 to 50
 * @returns F32 `[steps, k]`
 * @throws RangeError for other numbers of steps, or latents of different sizes
 */
export function interpolate(
  start: Float32Array,
  end: Float32Array,
  steps: number,
  how: Interpolation,
): Float32Array {
  if (!Number.isInteger(steps) || steps < minSteps || steps > maxSteps) {
    throw new RangeError(`an interpolation has ${minSteps} to ${maxSteps} steps, not ${steps}`);
  }
  if (start.length !== end.length) throw new RangeError('latents of different sizes');
  const size = start.length;
  const rows = new Float32Array(steps * size);
  for (let step = 0; step < steps; step++) {
    const [a, b] = weights(start, end, how, step / (steps - 1));
    for (let i = 0; i < size; i++) rows[step * size + i] = a * (start[i] ?? 0) + b * (end[i] ?? 0);
  }
  // The ends are themselves, not what rounding makes of them.
  rows.set(start, 0);
  rows.set(end, (steps - 1) * size);
  return rows;
}
