// The self-test: its numbers are right, both engines pass, a broken engine does not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { selfTestCases } from '../../../src/engine/backends/self-test-cases.ts';
import { selfTestNumbers } from '../../../src/engine/backends/self-test-numbers.ts';
import { selfTest } from '../../../src/engine/backends/self-test.ts';
import type { Parameters } from '../../../src/engine/model/parameters.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { kernelBuilds, wasmEngine } from '../support/wasm.ts';
import { openEngine } from '../webgpu/open-engine.ts';
import { releaseSoftwareGpu } from '../webgpu/software-gpu.ts';
import { referenceNumbers } from './self-test-reference.ts';

after(releaseSoftwareGpu);

test('the stored numbers are those of the reference', () => {
  const flat = (value: unknown): number[] =>
    typeof value === 'number'
      ? [value]
      : Object.values(value as object).flatMap((member: unknown) => flat(member));
  for (const testCase of selfTestCases()) {
    const stored = flat(selfTestNumbers[testCase.name]);
    const computed = flat(referenceNumbers(testCase));
    assert.equal(stored.length, computed.length);
    stored.forEach((value, index) => {
      const expected = computed[index] ?? NaN;
      assert.ok(
        Math.abs(value - expected) <= 1e-7 * Math.abs(expected) + 1e-12,
        `${testCase.name}, number ${index}`,
      );
    });
  }
});

for (const build of kernelBuilds) {
  test(`the WASM engine (${build}) passes`, async (t) => {
    const engine = await wasmEngine(build);
    const result = await selfTest(engine);
    engine.dispose();
    assert.ok(result.passed, result.passed ? '' : result.failure);
    t.diagnostic(`worst error ${result.worst} of the allowed, ${result.compared} numbers`);
    assert.ok(result.worst < 0.1, 'far within the tolerances');
  });
}

test('the WebGPU engine passes', async (t) => {
  const open = await openEngine(t);
  if (!open) return;
  const started = performance.now();
  const result = await selfTest(open.engine);
  assert.ok(result.passed, result.passed ? '' : result.failure);
  t.diagnostic(
    `worst error ${result.worst} of the allowed, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  assert.ok(result.worst < 0.1, 'far within the tolerances');
});

/** The WASM engine with one method spoiled. */
async function spoiled(change: (engine: Engine) => Partial<Engine>): Promise<string> {
  const engine = await wasmEngine('simd');
  const result = await selfTest(
    new Proxy(engine, {
      get: (target, key) => {
        const changed: unknown = Reflect.get(change(target), key);
        const member: unknown = changed ?? Reflect.get(target, key);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    }),
  );
  engine.dispose();
  return result.passed ? '' : result.failure;
}

const changed = (
  parameters: Parameters,
  name: string,
  change: (values: Float32Array) => Float32Array,
): Parameters =>
  new Map([...parameters].map(([key, values]) => [key, key === name ? change(values) : values]));

test('gradients that are all zero do not pass, and the failure names them', async () => {
  const failure = await spoiled((engine) => ({
    gradients: async (batch) => {
      const { loss, gradients } = await engine.gradients(batch);
      const name = 'encoder_module.2.weight';
      return { loss, gradients: changed(gradients, name, (values) => values.map(() => 0)) };
    },
  }));
  assert.match(failure, /^plain: gradient of encoder_module\.2\.weight \(norm\) is 0\.000 instead of 0\.0/);
});

test('a gradient in another order does not pass', async () => {
  const failure = await spoiled((engine) => ({
    gradients: async (batch) => {
      const { loss, gradients } = await engine.gradients(batch);
      const name = 'decoder_module.2.weight';
      return { loss, gradients: changed(gradients, name, (values) => values.slice().reverse()) };
    },
  }));
  assert.match(failure, /decoder_module\.2\.weight \(projection\)/);
});

test('a step that changes nothing does not pass', async () => {
  const failure = await spoiled(() => ({ trainStep: () => Promise.resolve() }));
  assert.match(failure, /loss of step: 0 numbers instead of 2/);
});

test('a step that is too long by a twentieth does not pass', async () => {
  const failure = await spoiled((engine) => ({
    trainStep: async (batch, optimizer) => {
      await engine.trainStep(batch, { ...optimizer, learningRate: optimizer.learningRate * 1.05 });
    },
  }));
  assert.match(failure, /after training|loss of step/);
});

test('a number that is none does not pass', async () => {
  const failure = await spoiled((engine) => ({
    reconstruct: async (images, count) => {
      const { latents, images: out } = await engine.reconstruct(images, count);
      latents[4] = NaN;
      return { latents, images: out };
    },
  }));
  assert.match(failure, /^plain: latent 5 is NaN/);
});

test('an engine that throws does not pass, and says why', async () => {
  const failure = await spoiled(() => ({
    load: () => Promise.reject(new LensError('engine-failed', 'The GPU refused.', 'shader 7')),
  }));
  assert.equal(failure, 'The GPU refused. (shader 7)');
});
