// Losses and their gradients; sums in f64.

import { exponential } from './simd';

/**
 * Sum of the squared differences of `length` floats; writes gradient = scale·(output − target), times
 * output·(1 − output) where the last layer is a sigmoid.
 */
export function squaredError(
  output: usize, target: usize, gradient: usize, length: i32, scale: f32, throughSigmoid: bool,
): f64 {
  const one = f32x4.splat(1);
  const factor = f32x4.splat(scale);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const y = v128.load(output);
    const difference = f32x4.sub(y, v128.load(target));
    let g = f32x4.mul(difference, factor);
    if (throughSigmoid) g = f32x4.mul(f32x4.mul(g, y), f32x4.sub(one, y));
    v128.store(gradient, g);
    const a = f64x2.promote_low_f32x4(difference);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(difference, difference, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    output += 16;
    target += 16;
    gradient += 16;
  }
  const sums = f64x2.add(low, high);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let i = whole; i < length; i++) {
    const y = load<f32>(output);
    const difference = y - load<f32>(target);
    store<f32>(gradient, throughSigmoid ? difference * scale * y * (1 - y) : difference * scale);
    sum += <f64>difference * <f64>difference;
    output += 4;
    target += 4;
    gradient += 4;
  }
  return sum;
}

/** latent = mean + noise·e^(logVariance/2) (Kingma & Welling 2014, the reparametrisation). */
export function sampleLatent(mean: usize, logVariance: usize, noise: usize, latent: usize, length: i32): void {
  const half = f32x4.splat(0.5);
  for (let i = 0; i < length; i += 4) {
    const deviation = exponential(f32x4.mul(v128.load(logVariance), half));
    v128.store(latent, f32x4.add(v128.load(mean), f32x4.mul(v128.load(noise), deviation)));
    mean += 16;
    logVariance += 16;
    noise += 16;
    latent += 16;
  }
}

/**
 * Sum over all elements of the divergence from the standard normal, ½(μ² + σ² − 1 − ln σ²), and the gradients of
 * reconstruction + scale·divergence by mean and log-variance from `latentGradient`.
 */
export function divergence(
  mean: usize, logVariance: usize, noise: usize, latentGradient: usize,
  meanGradient: usize, logVarianceGradient: usize, length: i32, scale: f32,
): f64 {
  const half = f32x4.splat(0.5);
  const one = f32x4.splat(1);
  const factor = f32x4.splat(scale);
  const halfFactor = f32x4.mul(factor, half);
  let sum: f64 = 0;
  for (let i = 0; i < length; i += 4) {
    const m = v128.load(mean);
    const l = v128.load(logVariance);
    const dz = v128.load(latentGradient);
    const deviation = exponential(f32x4.mul(l, half));
    const surplus = f32x4.sub(f32x4.mul(deviation, deviation), one);
    v128.store(meanGradient, f32x4.add(dz, f32x4.mul(factor, m)));
    const throughNoise = f32x4.mul(f32x4.mul(dz, v128.load(noise)), f32x4.mul(half, deviation));
    v128.store(logVarianceGradient, f32x4.add(throughNoise, f32x4.mul(halfFactor, surplus)));
    const terms = f32x4.add(f32x4.mul(m, m), f32x4.sub(surplus, l));
    sum += <f64>f32x4.extract_lane(terms, 0);
    sum += <f64>f32x4.extract_lane(terms, 1);
    sum += <f64>f32x4.extract_lane(terms, 2);
    sum += <f64>f32x4.extract_lane(terms, 3);
    mean += 16;
    logVariance += 16;
    noise += 16;
    latentGradient += 16;
    meanGradient += 16;
    logVarianceGradient += 16;
  }
  return 0.5 * sum;
}
