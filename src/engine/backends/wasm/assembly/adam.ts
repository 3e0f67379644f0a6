// Adam (Kingma & Ba 2015) with L2 added to the gradient, as torch.optim.Adam does it.

/**
 * One step on `length` parameters (a multiple of 4). `stepSize` = learning rate ÷ (1 − β₁ᵗ), `correction` =
 * 1 ÷ √(1 − β₂ᵗ).
 */
export function adam(
  parameters: usize, gradients: usize, firstMoments: usize, secondMoments: usize, length: i32,
  stepSize: f32, correction: f32, weightDecay: f32,
): void {
  const decay = f32x4.splat(weightDecay);
  const beta1 = f32x4.splat(0.9);
  const oneMinusBeta1 = f32x4.splat(0.1);
  const beta2 = f32x4.splat(0.999);
  const oneMinusBeta2 = f32x4.splat(0.001);
  const epsilon = f32x4.splat(1e-8);
  const step = f32x4.splat(stepSize);
  const scale = f32x4.splat(correction);
  for (let i = 0; i < length; i += 4) {
    const p = v128.load(parameters);
    const g = f32x4.add(v128.load(gradients), f32x4.mul(decay, p));
    const m = f32x4.add(f32x4.mul(v128.load(firstMoments), beta1), f32x4.mul(g, oneMinusBeta1));
    const v = f32x4.add(f32x4.mul(v128.load(secondMoments), beta2), f32x4.mul(f32x4.mul(g, g), oneMinusBeta2));
    v128.store(firstMoments, m);
    v128.store(secondMoments, v);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), scale), epsilon);
    v128.store(parameters, f32x4.sub(p, f32x4.div(f32x4.mul(step, m), denominator)));
    parameters += 16;
    gradients += 16;
    firstMoments += 16;
    secondMoments += 16;
  }
}
