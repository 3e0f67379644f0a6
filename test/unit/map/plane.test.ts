// The geometry of the map: view, grid, lasso, level of detail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureSize, dotRadius } from '../../../src/webview/map/detail.ts';
import { buildGrid, eachInside, nearestWithin, neighbourTowards } from '../../../src/webview/map/grid.ts';
import { insidePolygon, pointsInBox, pointsInLasso } from '../../../src/webview/map/lasso.ts';
import { boundsOf, fit, pan, toScreen, toWorld, zoomAt } from '../../../src/webview/map/plane.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

const size = { width: 400, height: 300 };

function scattered(count: number): Float32Array {
  const next = keyedRandom(5);
  return Float32Array.from({ length: 2 * count }, () => uniform(next) * 20 - 10);
}

test('screen and world are each other’s inverse; up is up', () => {
  const view = { x: 3, y: -2, scale: 17 };
  const world = toWorld(view, size, 120, 33);
  const back = toScreen(view, size, world.x, world.y);
  assert.ok(Math.abs(back.x - 120) < 1e-9 && Math.abs(back.y - 33) < 1e-9);
  assert.ok(toScreen(view, size, 0, 1).y < toScreen(view, size, 0, 0).y);
});

test('fit shows every point within the margin; nothing and a single place have a view too', () => {
  const coordinates = scattered(500);
  const view = fit(boundsOf(coordinates), size, 24);
  for (let i = 0; i < 500; i++) {
    const { x, y } = toScreen(view, size, coordinates[2 * i] ?? 0, coordinates[2 * i + 1] ?? 0);
    assert.ok(x >= 23.99 && x <= 376.01 && y >= 23.99 && y <= 276.01);
  }
  for (const few of [new Float32Array(0), Float32Array.of(5, 5), Float32Array.of(5, 5, 5, 5)]) {
    const { x, y, scale } = fit(boundsOf(few), size);
    assert.ok([x, y, scale].every(Number.isFinite) && scale > 0);
  }
});

test('zooming keeps what is under the pointer, within its limits; panning moves by pixels', () => {
  const view = { x: 1, y: 2, scale: 10 };
  const at = { x: 50, y: 260 };
  const before = toWorld(view, size, at.x, at.y);
  const zoomed = zoomAt(view, size, at, 3, { least: 1, most: 100 });
  const after = toWorld(zoomed, size, at.x, at.y);
  assert.equal(zoomed.scale, 30);
  assert.ok(Math.hypot(before.x - after.x, before.y - after.y) < 1e-9);
  assert.equal(zoomAt(view, size, at, 1e9, { least: 1, most: 100 }).scale, 100);
  assert.equal(zoomAt(view, size, at, 1e-9, { least: 1, most: 100 }).scale, 1);
  assert.deepEqual(toScreen(pan(view, 7, -4), size, view.x, view.y), { x: 207, y: 146 });
});

test('the grid finds what a scan finds: in boxes, and nearest', () => {
  const coordinates = scattered(3000);
  const grid = buildGrid(coordinates);
  assert.deepEqual(
    [...grid.order].sort((a, b) => a - b),
    Array.from({ length: 3000 }, (_, i) => i),
  );
  const next = keyedRandom(9);
  for (let round = 0; round < 60; round++) {
    const [x, y, r] = [uniform(next) * 24 - 12, uniform(next) * 24 - 12, uniform(next) * 4];
    const box = { left: x - r, right: x + r, bottom: y - r, top: y + r };
    const inBox: number[] = [];
    let [nearest, best] = [-1, r];
    for (let i = 0; i < 3000; i++) {
      const [px, py] = [coordinates[2 * i] ?? 0, coordinates[2 * i + 1] ?? 0];
      if (px >= box.left && px <= box.right && py >= box.bottom && py <= box.top) inBox.push(i);
      const distance = Math.hypot(px - x, py - y);
      if (distance < best) [nearest, best] = [i, distance];
    }
    assert.deepEqual(pointsInBox(grid, box), inBox);
    assert.equal(nearestWithin(grid, x, y, r), nearest);
  }
  assert.equal(
    nearestWithin(grid, 0, 0, 30, () => false),
    -1,
  );
});

test('degenerate maps have a grid: none, one point, all at one place, one line', () => {
  for (const coordinates of [
    new Float32Array(0),
    Float32Array.of(1, 1),
    new Float32Array(2000).fill(3),
    Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? i : 0)),
  ]) {
    const grid = buildGrid(coordinates);
    assert.ok(grid.columns * grid.rows <= 2049 * 2049 && grid.spacing > 0);
    let seen = 0;
    eachInside(grid, { left: -1e9, right: 1e9, bottom: -1e9, top: 1e9 }, () => seen++);
    assert.equal(seen, coordinates.length / 2);
  }
});

test('the neighbour towards a direction lies there, and nothing beyond the border', () => {
  const coordinates = Float32Array.of(0, 0, 1, 0.2, 3, 0, 0, 2, -1, -0.5, 0, -4);
  assert.equal(neighbourTowards({ coordinates }, 0, 'right'), 1);
  assert.equal(neighbourTowards({ coordinates }, 0, 'up'), 3);
  assert.equal(neighbourTowards({ coordinates }, 0, 'left'), 4);
  assert.equal(neighbourTowards({ coordinates }, 0, 'down'), 5);
  assert.equal(neighbourTowards({ coordinates }, 2, 'right'), -1);
  assert.equal(
    neighbourTowards({ coordinates }, 0, 'right', (point) => point !== 1),
    2,
  );
});

test('a lasso takes in what is inside, hollows left out', () => {
  // A U: its middle is outside.
  const polygon = [
    [0, 0],
    [6, 0],
    [6, 6],
    [4, 6],
    [4, 2],
    [2, 2],
    [2, 6],
    [0, 6],
  ].map(([x = 0, y = 0]) => ({ x, y }));
  assert.ok(insidePolygon(polygon, 1, 5) && insidePolygon(polygon, 5, 5) && insidePolygon(polygon, 3, 1));
  assert.ok(!insidePolygon(polygon, 3, 4) && !insidePolygon(polygon, 7, 1));
  const grid = buildGrid(Float32Array.of(1, 5, 3, 4, 5, 5, 3, 1, 9, 9));
  assert.deepEqual(pointsInLasso(grid, polygon), [0, 2, 3]);
  assert.deepEqual(
    pointsInLasso(grid, polygon, (point) => point !== 2),
    [0, 3],
  );
  assert.deepEqual(pointsInLasso(grid, polygon.slice(0, 2)), []);
});

test('pictures come with room for them, in whole multiples of their pixels', () => {
  assert.equal(pictureSize(11.9, 28, 1), 0);
  assert.equal(pictureSize(23.9, 28, 2), 0);
  assert.ok(pictureSize(12, 28, 1) > 0);
  assert.equal(pictureSize(31, 28, 1), 28);
  assert.equal(pictureSize(61, 28, 1), 56);
  assert.equal(pictureSize(1e6, 28, 1), 112);
  assert.equal(pictureSize(31, 28, 1, 2), 56);
  assert.equal(pictureSize(31, 28, 1, 0.5), 12);
  for (let room = 12; room < 200; room++) assert.ok(pictureSize(room, 28, 1) <= room);
  assert.ok(dotRadius(0.01, 1) >= 1 && dotRadius(1e6, 1) <= 5);
});
