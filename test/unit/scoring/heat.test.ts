// Maps over the view: where a cell lies, and nothing beside a photo.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageRectangle } from '../../../src/engine/data/fit.ts';
import { spread, spreadOverPlane } from '../../../src/engine/scoring/heat.ts';
import type { Plane } from '../../../src/engine/scoring/gray.ts';

/** One hot cell. */
const hot = (height: number, width: number, row: number, column: number): Plane => {
  const values = new Float64Array(height * width);
  values[row * width + column] = 1;
  return { height, width, values };
};

/** Row and column of the largest value's plateau, by its centre of mass. */
function centre(values: Float32Array, width: number): [number, number] {
  let [sum, y, x] = [0, 0, 0];
  values.forEach((value, i) => {
    sum += value;
    y += value * (Math.floor(i / width) + 0.5);
    x += value * ((i % width) + 0.5);
  });
  return [y / sum, x / sum];
}

const view = { height: 28, width: 28, channels: 1, mode: 'contain' } as const;
const same = { height: 28, width: 28 };

describe('over the view', () => {
  test('a window of structure lies where its pixels are, a cell of orientations in its square', () => {
    // Window (3, 6) of 5 × 5 at half size covers pixels 6–15 by 12–21.
    const [y, x] = centre(spread('structure', hot(10, 10, 3, 6), same, view), 28);
    assert.ok(Math.abs(y - 11) < 0.01 && Math.abs(x - 17) < 0.01, `${y} ${x}`);
    const [v, u] = centre(spread('orientation', hot(7, 7, 2, 4), same, view), 28);
    assert.ok(Math.abs(v - 10) < 0.01 && Math.abs(u - 18) < 0.01, `${v} ${u}`);
    const error = hot(28, 28, 4, 9);
    assert.deepEqual([...spread('error', error, same, view)], [...error.values]);
  });

  test('between cells it is bilinear, at the edges the outermost cell’s value', () => {
    const map = { height: 1, width: 2, values: Float64Array.of(0, 1) };
    const row = spreadOverPlane(map, 4).subarray(0, 4);
    assert.deepEqual([...row], [0, 0.25, 0.75, 1]);
  });

  test('a photo’s map lies over the photo, not over the border beside it', () => {
    // 100 wide and 50 high in a square: a band of 14 rows from row 7 on.
    const original = { height: 50, width: 100 };
    assert.deepEqual(imageRectangle(original, view), { x: 0, y: 7, width: 28, height: 14 });
    const ones = { height: 32, width: 32, values: new Float64Array(1024).fill(1) };
    const heat = spread('place', ones, original, view);
    heat.forEach((value, i) => {
      const row = Math.floor(i / 28);
      assert.equal(value, row >= 7 && row < 21 ? 1 : 0);
    });
    const [y, x] = centre(spread('whole', hot(8, 8, 4, 2), original, view), 28);
    assert.ok(Math.abs(y - (7 + 4.5 * 1.75)) < 0.5 && Math.abs(x - 2.5 * 3.5) < 0.5, `${y} ${x}`);
  });

  test('what “cover” cut off lies beyond the view', () => {
    const cover = { ...view, mode: 'cover' } as const;
    assert.deepEqual(imageRectangle({ height: 50, width: 100 }, cover), {
      ...{ x: -14, y: 0, width: 56, height: 28 },
    });
    const left = spread('place', hot(32, 32, 16, 2), { height: 50, width: 100 }, cover);
    assert.ok(left.every((value) => value < 1e-6));
  });
});
