import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalAxes } from '../../../src/engine/latents/principal-axes.ts';
import { principalPlane } from '../../../src/engine/projection/pca.ts';
import { keyedRandom, normalPair } from '../../../src/shared/random.ts';

/** Normal latents with the deviations 5, 3, 2, 1, 0.1 … along axes that are turned in the plane of the first two. */
function latents(count: number, size: number): Float32Array {
  const deviations = [5, 3, 2, 1];
  const values = new Float32Array(count * size);
  const next = keyedRandom(3);
  for (let n = 0; n < count; n++) {
    const own = Array.from({ length: size }, (_, i) => normalPair(next)[0] * (deviations[i] ?? 0.1) + 1);
    const [a = 0, b = 0] = own;
    values.set([0.6 * a - 0.8 * b, 0.8 * a + 0.6 * b, ...own.slice(2)], n * size);
  }
  return values;
}

test('directions are orthonormal, by falling deviation, their largest entry positive', () => {
  const [count, size] = [4_000, 12];
  const { directions, deviations, mean } = principalAxes(latents(count, size), count, size, 4);
  assert.equal(directions.length, 4 * size);
  [5, 3, 2, 1].forEach((deviation, d) => {
    assert.ok(Math.abs((deviations[d] ?? 0) / deviation - 1) < 0.05, `${deviations[d]}`);
    const row = directions.subarray(d * size, (d + 1) * size);
    assert.ok(Math.max(...row) >= Math.max(...row.map(Math.abs)));
    for (let e = 0; e < 4; e++) {
      const other = directions.subarray(e * size, (e + 1) * size);
      const dot = row.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      assert.ok(Math.abs(dot - Number(d === e)) < 1e-5);
    }
  });
  const [x = 0, y = 0] = directions;
  assert.ok(Math.abs(x - 0.6) < 0.05 && Math.abs(y - 0.8) < 0.05, `${x} ${y}`);
  assert.ok(Math.abs((mean[5] ?? 0) - 1) < 0.02);
});

test('the first two are the axes of the map’s principal plane', async () => {
  const [count, size] = [500, 40];
  const points = latents(count, size);
  const { directions } = principalAxes(points, count, size, 2);
  const { axes } = await principalPlane({ points, count, dimensions: size });
  directions.forEach((value, i) => assert.ok(Math.abs(value - (axes[i] ?? 0)) < 1e-4));
});

test('no more directions than the latent has numbers; identical latents deviate nowhere', () => {
  const { directions, deviations } = principalAxes(new Float32Array(30).fill(2), 10, 3, 8);
  assert.equal(directions.length, 9);
  assert.deepEqual([...deviations], [0, 0, 0]);
  assert.ok(directions.every(Number.isFinite));
});
