// Gradient descent against its formulas, written out plainly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Workspace } from '../../../src/engine/projection/kernels.ts';
import { Descent } from '../../../src/engine/projection/optimiser.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';
import { largestDifference } from '../support/compare.ts';
import { builds, program } from './support.ts';

const settings = { exaggeration: 12, momentum: 0.5, learningRate: 200 };
const normaliser = 40;

/** One step in float64, in place. */
function plainStep(
  state: Record<'positions' | 'velocities' | 'gains', number[]>,
  attractive: Float32Array,
  repulsive: Float32Array,
): void {
  const { positions, velocities, gains } = state;
  const count = positions.length / 2;
  for (let i = 0; i < positions.length; i++) {
    const gradient = settings.exaggeration * (attractive[i] ?? NaN) - (repulsive[i] ?? NaN) / normaliser;
    const velocity = velocities[i] ?? NaN;
    const gain = gains[i] ?? NaN;
    gains[i] = Math.max(0.01, velocity * gradient < 0 ? gain + 0.2 : gain * 0.8);
    velocities[i] = settings.momentum * velocity - settings.learningRate * (gains[i] ?? NaN) * gradient;
    positions[i] = (positions[i] ?? NaN) + (velocities[i] ?? NaN);
  }
  for (const axis of [0, 1]) {
    let mean = 0;
    for (let i = axis; i < positions.length; i += 2) mean += (positions[i] ?? NaN) / count;
    for (let i = axis; i < positions.length; i += 2) positions[i] = (positions[i] ?? NaN) - mean;
  }
}

for (const build of builds) {
  for (const count of [4, 7]) {
    test(`${build}, ${count} points: momentum, gains down to 0.01, and centring`, async () => {
      const next = keyedRandom(count);
      const normal = (scale: number): Float32Array =>
        Float32Array.from({ length: 2 * count }, () => scale * normalPair(next)[0]);
      const workspace = new Workspace(await program(build));
      const reserve = (): number => workspace.reserve(2 * count + 2);
      const [positions, attractive, repulsive] = [reserve(), reserve(), reserve()];
      const start = normal(1);
      workspace.floats(positions, 2 * count).set(start);
      const descent = new Descent(workspace, count, positions);
      const zeros = new Array<number>(2 * count).fill(0);
      const plain = { positions: [...start], velocities: zeros, gains: zeros.map(() => 1) };
      const steady = normal(1e-5);
      for (let step = 0; step < 45; step++) {
        // Forty steps of slopes that stay and slopes that turn each time; then all turn at random.
        const pull =
          step < 40 ? steady.map((value, i) => (i % 3 === 0 ? -1 : 1) ** step * value) : normal(1e-5);
        const push = normal(1e-6);
        workspace.floats(attractive, 2 * count).set(pull);
        workspace.floats(repulsive, 2 * count).set(push);
        descent.step(attractive, repulsive, normaliser, settings);
        plainStep(plain, pull, push);
      }
      const { velocities, gains } = descent.state;
      assert.ok(Math.min(...plain.gains) < 0.5 && Math.max(...plain.gains) > 1, 'both rules were used');
      assert.ok(largestDifference(gains, plain.gains) < 1e-4);
      assert.ok(largestDifference(velocities, plain.velocities) < 1e-5);
      assert.ok(largestDifference(workspace.floats(positions, 2 * count), plain.positions) < 1e-4);
    });
  }
}

test('a gain never falls below 0.01', async () => {
  const workspace = new Workspace(await program('fma'));
  const [positions, attractive, repulsive] = [0, 1, 2].map(() => workspace.reserve(10)) as [
    number,
    number,
    number,
  ];
  const descent = new Descent(workspace, 4, positions);
  for (let step = 0; step < 40; step++) {
    workspace.floats(attractive, 8).fill(step % 2 === 0 ? 1e-6 : -1e-6);
    descent.step(attractive, repulsive, normaliser, settings);
  }
  for (const gain of descent.state.gains) assert.equal(gain, Math.fround(0.01));
});
