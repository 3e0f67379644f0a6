// A map that is moved must look as if it had been painted anew, to the pixel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGrid } from '../../../src/webview/map/grid.ts';
import {
  ScaledPictures,
  frameOf,
  paint,
  paintMoved,
  type Scene,
  type Target,
} from '../../../src/webview/map/painter.ts';
import { pan } from '../../../src/webview/map/plane.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

const count = 700;
const next = keyedRandom(1, 1);
// Halves of pixels are left out: a coordinate there may round either way after a move.
const coordinates = Float32Array.from({ length: 2 * count }, () => Math.floor(uniform(next) * 160) + 0.25);

function sceneOf(change: Partial<Scene>): Scene {
  const groups = [
    { id: 'a', name: 'a', color: [200, 30, 30], shape: 'dot', count: 0 },
    { id: 'b', name: 'b', color: [30, 200, 90], shape: 'diamond', count: 0 },
  ] as const;
  return {
    grid: buildGrid(coordinates),
    grouping: { coloring: 'class', groups, of: Uint16Array.from({ length: count }, (_, i) => i % 2) },
    hidden: Uint8Array.from({ length: count }, (_, i) => (i % 11 === 0 ? 1 : 0)),
    selected: null,
    background: [9, 9, 9],
    foreground: [255, 255, 255],
    pictures: null,
    dotSize: 1,
    ...change,
  };
}

const targetOf = (): Target => ({ words: new Uint32Array(120 * 90), width: 120, height: 90, ratio: 1 });
const pixels = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);
const small = { pixels, offset: 0, height: 4, width: 4, channels: 1 as const };

const scenes: Readonly<Record<string, { readonly scene: Scene; readonly scale: number }>> = {
  dots: { scene: sceneOf({}), scale: 1 },
  'large dots, some selected': {
    scene: sceneOf({
      dotSize: 3,
      selected: Uint8Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    }),
    scale: 2,
  },
  'pictures and dots for those that are missing': {
    scene: sceneOf({ pictures: { side: 4, of: (point) => (point % 3 === 0 ? undefined : small) } }),
    scale: 8,
  },
};

for (const [name, { scene, scale }] of Object.entries(scenes)) {
  for (const [dx, dy] of [
    [7, 0],
    [0, -5],
    [-13, 11],
    [119, -89],
    [1, 1],
  ] as const) {
    test(`moved by ${dx}, ${dy}: ${name}`, () => {
      const view = { x: 80, y: 80, scale };
      const moved = targetOf();
      const scaled = new ScaledPictures();
      paint(moved, view, scene, scaled);
      const before = moved.words.slice();
      const after = pan(view, dx, dy);
      paintMoved(moved, frameOf(moved, after), scene, scaled, dx, dy);
      const anew = targetOf();
      const painted = paint(anew, after, scene, scaled);
      assert.deepEqual(moved.words, anew.words);
      assert.notDeepEqual(moved.words, before, 'something moved');
      if (name.startsWith('pictures')) assert.ok(painted.picture > 0);
    });
  }
}
