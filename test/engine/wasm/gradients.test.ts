// Gradients of the wasm engine over the model family, against tfjs's autodiff and against differences of the loss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { initialParameters, type Parameters } from '../../../src/engine/model/parameters.ts';
import { cases, randomBatch } from '../support/cases.ts';
import { relativeError } from '../support/compare.ts';
import { tfjsGradients } from '../support/tfjs-network.ts';
import { kernelBuilds, wasmEngine } from '../support/wasm.ts';

for (const { name, spec, count, corrupted } of cases) {
  const network = buildNetwork(spec);
  const parameters = initialParameters(network, 7);
  const batch = randomBatch(network, count, 11, corrupted);

  test(`${name}: loss and gradients are tfjs's`, async (t) => {
    const expected = await tfjsGradients(network, parameters, batch);
    for (const build of kernelBuilds) {
      const engine = await wasmEngine(build);
      await engine.load(network, parameters);
      const { loss, gradients } = await engine.gradients(batch);
      assert.ok(
        Math.abs(loss - expected.loss) <= 1e-6 * expected.loss,
        `loss ${loss} against ${expected.loss}`,
      );
      assert.deepEqual([...gradients.keys()], [...expected.gradients.keys()]);
      let worst = 0;
      for (const [tensor, values] of gradients) {
        const error = relativeError(values, expected.gradients.get(tensor) ?? []);
        worst = Math.max(worst, error);
        // tfjs itself sums in float32, one term after another: over many images it is the less exact of the two.
        assert.ok(error <= 2e-5, `${build}: the gradient of ${tensor} is off by ${error}`);
      }
      t.diagnostic(`${build}: worst relative error ${worst}`);
      engine.dispose();
    }
  });

  test(`${name}: along each tensor's gradient the loss grows as it says`, async () => {
    const engine = await wasmEngine('simd');
    const lossAt = async (values: Parameters): Promise<number> => {
      await engine.load(network, values);
      return (await engine.gradients(batch)).loss;
    };
    await engine.load(network, parameters);
    const { gradients } = await engine.gradients(batch);
    let measuredTensors = 0;
    for (const [tensor, gradient] of gradients) {
      const slope = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
      if (slope < 1e-4) continue;
      measuredTensors++;
      // Large against the loss's rounding (about 1e-9), small against the distance to the next ReLU's kink.
      const step = 1e-6 / slope;
      const moved = (sign: number): Parameters =>
        new Map([
          ...parameters,
          [
            tensor,
            Float32Array.from(
              parameters.get(tensor) ?? [],
              (p, i) => p + (sign * step * (gradient[i] ?? 0)) / slope,
            ),
          ],
        ]);
      const measured = ((await lossAt(moved(1))) - (await lossAt(moved(-1)))) / (2 * step);
      assert.ok(
        Math.abs(measured - slope) <= 0.05 * slope,
        `${tensor}: slope ${slope}, measured ${measured}`,
      );
    }
    assert.ok(measuredTensors >= 4, `only ${measuredTensors} tensors have a slope to measure`);
    engine.dispose();
  });
}
