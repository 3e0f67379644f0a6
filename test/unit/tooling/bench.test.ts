// What the benches hold our figures against: the arithmetic of a step, and what a core can do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchAgainst } from '../../../bench/against.ts';
import { specOf, stepGigaflop } from '../../../bench/contestants.ts';
import { peakGigaflops } from '../../../bench/peak.ts';
import { hasRelaxedSimd } from '../../../src/engine/backends/wasm/relaxed-simd.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';

test("the notebook's step is 0.2695 GFLOP, counted by hand", () => {
  // Multiply-adds of an image: two strided layers, the seven-by-seven one, Linear; then the same mirrored.
  const [first, second, third, linear] = [14 * 14 * 9 * 16, 7 * 7 * 144 * 32, 1568 * 64, 64 * 20];
  const forward = 2 * (first + second + third + linear);
  assert.equal(stepGigaflop(notebookSpec), (2 * 64 * (3 * forward - first)) / 1e9);
  assert.equal(stepGigaflop(notebookSpec).toFixed(4), '0.2695');
});

test('larger images cost more', () => {
  const gray = stepGigaflop(specOf({ height: 64, width: 64, channels: 1 }));
  const colour = stepGigaflop(specOf({ height: 64, width: 64, channels: 3 }));
  assert.ok(gray > stepGigaflop(notebookSpec) && colour > gray);
});

test('the modules that measure a core are valid and run', () => {
  for (const build of hasRelaxedSimd() ? (['fma', 'simd'] as const) : (['simd'] as const)) {
    const peak = peakGigaflops(build);
    assert.ok(Number.isFinite(peak) && peak > 0, `${build}: ${peak}`);
  }
});

test('a bench against a commit that is not there says so', async () => {
  await assert.rejects(benchAgainst('train', 'no-such-revision'), /no commit “no-such-revision”/);
});
