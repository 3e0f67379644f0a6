// One step of gradient descent with momentum and a gain per coordinate (Jacobs 1988, as in van der Maaten & Hinton 2008).

import { multiplyAdd } from '../../backends/wasm/assembly/simd';

/**
 * gradient = exaggeration·attraction − repulsion·inverseNormaliser (without the factor 4, which the learning rate
 * holds); a gain grows by 0.2 where gradient and velocity point apart, else shrinks by a fifth, never below 0.01;
 * velocity = momentum·velocity − learningRate·gain·gradient; then the positions move and are centred.
 * All arrays: [count, 2] float32, with room up to a multiple of 4 floats.
 */
export function descend(
  count: i32, positions: usize, velocities: usize, gains: usize, attractive: usize, repulsive: usize,
  exaggeration: f32, inverseNormaliser: f32, learningRate: f32, momentum: f32,
): void {
  const zero = f32x4.splat(0);
  const pull = f32x4.splat(exaggeration);
  const push = f32x4.splat(-inverseNormaliser);
  const rate = f32x4.splat(-learningRate);
  const keep = f32x4.splat(momentum);
  const bytes = ((<usize>count * 2 + 3) & ~3) << 2;
  let low = f64x2.splat(0);
  let high = low;
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = multiplyAdd(
      v128.load(repulsive + at), push, f32x4.mul(v128.load(attractive + at), pull));
    const velocity = v128.load(velocities + at);
    const gain = v128.load(gains + at);
    const apart = f32x4.lt(f32x4.mul(velocity, gradient), zero);
    const adapted = f32x4.max(
      v128.bitselect(f32x4.add(gain, f32x4.splat(0.2)), f32x4.mul(gain, f32x4.splat(0.8)), apart),
      f32x4.splat(0.01));
    const moved = multiplyAdd(f32x4.mul(gradient, rate), adapted, f32x4.mul(velocity, keep));
    const position = f32x4.add(v128.load(positions + at), moved);
    v128.store(gains + at, adapted);
    v128.store(velocities + at, moved);
    v128.store(positions + at, position);
    low = f64x2.add(low, f64x2.promote_low_f32x4(position));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(position, position, 2, 3, 0, 1)));
  }
  const mean = f64x2.div(f64x2.add(low, high), f64x2.splat(<f64>count));
  const centre = f32x4.demote_f64x2_zero(mean);
  const twice = v128.shuffle<f32>(centre, centre, 0, 1, 0, 1);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(positions + at, f32x4.sub(v128.load(positions + at), twice));
  }
  // An odd count leaves one filling point: it stays at the origin, at rest.
  if (count & 1) {
    store<f64>(positions + ((<usize>count) << 3), 0);
    store<f64>(velocities + ((<usize>count) << 3), 0);
  }
}
