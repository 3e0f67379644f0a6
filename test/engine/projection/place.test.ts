// Points left out of a map, placed in it afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PanelledPoints } from '../../../src/engine/projection/panels.ts';
import { neighbourQuality, neighbourRecall } from '../../../src/engine/projection/metrics.ts';
import { placePoints } from '../../../src/engine/projection/place.ts';
import { createTsne } from '../../../src/engine/projection/run.ts';
import { cloud, program } from './support.ts';

test('points left out find most of the neighbours that they would have had on the map', async () => {
  const [mapped, added, dimensions] = [1_900, 100, 6];
  const { points } = cloud(mapped + added, dimensions, 5, 30);
  const set = { points: points.slice(0, mapped * dimensions), count: mapped, dimensions };
  const kernels = await program('fma');
  const run = await createTsne({ ...set, seed: 1, kernels });
  run.step(600);
  const map = run.coordinates;
  const own = await neighbourQuality(kernels, set, map, 1);

  const left = points.slice(mapped * dimensions);
  const placed = await placePoints(set, map, left, run.perplexity);

  // Truth and map with the placed points among them; only they are asked, and only for mapped neighbours.
  const queries = Uint32Array.from({ length: added }, (_, m) => mapped + m);
  const k = 10 + added;
  const search = async (values: Float32Array, width: number) => {
    const all = { points: values, count: mapped + added, dimensions: width };
    const found = await new PanelledPoints(kernels, all).nearest(queries, k);
    const indices = new Uint32Array(added * 10);
    for (let m = 0; m < added; m++) {
      const row = found.indices.subarray(m * k, (m + 1) * k).filter((index) => index < mapped);
      indices.set(row.subarray(0, 10), m * 10);
    }
    return { ...found, k: 10, indices };
  };
  const both = new Float32Array(2 * (mapped + added));
  both.set(map);
  both.set(placed.coordinates, 2 * mapped);
  const recall = neighbourRecall(await search(points, dimensions), await search(both, 2), 10);
  assert.ok(recall > 0.6 * own.recall, `${recall} of the map’s ${own.recall}`);
});
