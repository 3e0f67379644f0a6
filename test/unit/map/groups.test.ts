// What the colours say, the table that is exported, what is kept, and the painter's pixels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectionCsv } from '../../../src/webview/map/csv.ts';
import { csvField } from '../../../src/webview/shared/export/csv.ts';
import { hiddenPoints, selectionMask } from '../../../src/webview/map/drawing.ts';
import { buildGrid } from '../../../src/webview/map/grid.ts';
import { coloringsOf, groupPoints, quantileEdges, stepOf } from '../../../src/webview/map/groups.ts';
import { extremes, neighboursOf } from '../../../src/webview/map/neighbours.ts';
import { ScaledPictures, paint, scale, type Scene } from '../../../src/webview/map/painter.ts';
import { firstLook, readLook, toPersist } from '../../../src/webview/map/state.ts';
import { classColor } from '../../../src/webview/shared/class-palette.ts';

const points = {
  count: 5,
  labels: Int32Array.of(0, 1, 1, -1, 0),
  sets: Uint8Array.of(1, 1, 2, 0, 0),
  scores: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.9),
};
const classes = [{ name: 'cat' }, { name: 'dog' }, { name: 'fox' }];
const inputs = { points, classes, threshold: 0.35, dark: true };

test('classes: those present, each in its own colour; without a class last', () => {
  const { groups, of } = groupPoints('class', inputs);
  assert.deepEqual(
    groups.map(({ name, count }) => [name, count]),
    [
      ['cat', 2],
      ['dog', 2],
      ['no class', 1],
    ],
  );
  assert.deepEqual([...of], [0, 1, 1, 2, 0]);
  assert.deepEqual(groups[1]?.color, classColor(1, true));
});

test('verdicts: above the threshold is anomalous, and has a shape of its own', () => {
  const { groups, of } = groupPoints('verdict', inputs);
  assert.deepEqual(
    groups.map(({ id, shape, count }) => [id, shape, count]),
    [
      ['ordinary', 'dot', 3],
      ['anomalous', 'diamond', 2],
    ],
  );
  assert.deepEqual([...of], [0, 0, 0, 1, 1]);
});

test('sets and scores', () => {
  assert.deepEqual(
    groupPoints('set', inputs).groups.map(({ name }) => name),
    ['Fit', 'Validation', 'Calibration'],
  );
  const { groups, of } = groupPoints('score', inputs);
  assert.equal(
    groups.reduce((sum, { count }) => sum + count, 0),
    5,
  );
  assert.ok([...of].every((group, i) => i === 0 || group >= (of[i - 1] ?? 0)));
  assert.deepEqual(quantileEdges(new Float64Array(9).fill(2), 8), []);
  assert.equal(stepOf([1, 2, 3], 2), 1);
  assert.equal(stepOf([1, 2, 3], 2.1), 2);
});

test('only colourings that say something are offered', () => {
  assert.deepEqual(coloringsOf(inputs), ['class', 'score', 'set', 'verdict']);
  const bare = { points: { ...points, labels: new Int32Array(5).fill(-1) }, classes, threshold: null };
  assert.deepEqual(coloringsOf(bare), ['score', 'set']);
});

test('the palette: ten different colours on either background', () => {
  for (const dark of [true, false]) {
    const colors = Array.from({ length: 10 }, (_, index) => classColor(index, dark).join());
    assert.equal(new Set(colors).size, 10);
    assert.deepEqual(classColor(10, dark), classColor(0, dark));
  }
});

test('CSV: quotes, line breaks and formulas of hostile file names', () => {
  assert.equal(csvField('a,"b"\n'), '"a,""b""\n"');
  assert.equal(csvField('=HYPERLINK("x")'), `"'=HYPERLINK(""x"")"`);
  assert.equal(csvField('-1.png'), "'-1.png");
  assert.equal(csvField(0.25), '0.25');
  const table = selectionCsv(
    {
      points: {
        ...points,
        ...{ total: 5, heldOut: 3, latent: 1, latents: new Float32Array(5), thumbnails: null },
        files: Int32Array.of(0, 1, 2, 3, 4),
        positions: new Int32Array(5),
        paths: ['a.png', 'b,c.png', 'd.png', 'e.png', 'f.png'],
      },
      kind: 'folder',
      classes,
      threshold: 0.35,
      coordinates: Float32Array.of(0, 0, 1, 2, 0, 0, 0.5, -1, 0, 0),
    },
    [1, 3],
  );
  assert.equal(
    table,
    'file,class,set,score,anomalous,x,y\r\n"b,c.png",dog,validation,0.2,no,1,2\r\ne.png,,fit,0.4,yes,0.5,-1\r\n',
  );
});

test('what is kept is read back for the same model alone, and nothing invalid', () => {
  const look = { ...firstLook, selection: [1, 5], current: 2, view: { x: 1, y: 2, scale: 3 } };
  const kept = JSON.parse(JSON.stringify(toPersist('file:///a', look))) as unknown;
  assert.deepEqual(readLook(kept, 'file:///a'), look);
  assert.deepEqual(readLook(kept, 'file:///b'), firstLook);
  for (const bad of [
    null,
    7,
    {},
    { version: 2 },
    { ...(kept as object), look: { ...look, selection: [-1] } },
  ]) {
    assert.deepEqual(readLook(bad, 'file:///a'), firstLook);
  }
});

test('neighbours, outliers and twins by the latents', () => {
  const latents = { latents: Float32Array.of(0, 0, 1, 0, 1.1, 0, 9, 9), latent: 2 };
  const near = neighboursOf(latents, 4, 1, 2);
  assert.deepEqual(
    near.map(({ point }) => point),
    [2, 0],
  );
  assert.ok(Math.abs((near[0]?.value ?? 0) - 0.1) < 1e-6);
  const means = Float64Array.of(1, 0.1, 0.1, 4.5);
  assert.equal(extremes(means, 1, 'largest')[0]?.point, 3);
  assert.deepEqual(
    extremes(means, 2, 'smallest').map(({ point }) => point),
    [1, 2],
  );
});

const background = [10, 20, 30] as const;
function sceneOf(coordinates: Float32Array, change: Partial<Scene> = {}): Scene {
  const count = coordinates.length / 2;
  const grouping = groupPoints('class', {
    points: {
      count,
      labels: new Int32Array(count),
      sets: new Uint8Array(count),
      scores: new Float64Array(count),
    },
    classes,
    threshold: null,
    dark: true,
  });
  return {
    grid: buildGrid(coordinates),
    grouping,
    hidden: new Uint8Array(count),
    selected: null,
    background,
    foreground: [255, 255, 255],
    pictures: null,
    dotSize: 1,
    ...change,
  };
}
const word = ([red, green, blue]: readonly [number, number, number]): number =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

test('painted: a dot where its point lies, the background elsewhere, nothing of hidden points', () => {
  const target = { words: new Uint32Array(40 * 30), width: 40, height: 30, ratio: 1 };
  const view = { x: 0, y: 0, scale: 10 };
  const scene = sceneOf(Float32Array.of(1, 0.5, -30, 0));
  paint(target, view, scene, new ScaledPictures());
  assert.equal(target.words[10 * 40 + 30], word(classColor(0, true)));
  assert.equal(target.words[0], word(background));
  paint(target, view, { ...scene, hidden: Uint8Array.of(1, 1) }, new ScaledPictures());
  assert.ok(target.words.every((one) => one === word(background)));
});

test('painted: points at and beyond the border do no harm', () => {
  const target = { words: new Uint32Array(9 * 7), width: 9, height: 7, ratio: 2 };
  const around = Float32Array.of(-0.45, 0.35, 0.45, -0.35, 1e9, -1e9, 0.45, 0.35, -5, 5);
  const scene = sceneOf(around, { selected: Uint8Array.of(1, 0, 1, 0, 1) });
  for (const scale of [1e-6, 1, 10, 1e6]) paint(target, { x: 0, y: 0, scale }, scene, new ScaledPictures());
  assert.equal(target.words.length, 63);
});

test('painted: pictures pixel by pixel where there is room, and what is missing is named', () => {
  const pixels = Uint8Array.of(0, 80, 160, 240);
  const small = { pixels, offset: 0, height: 2, width: 2, channels: 1 as const };
  const target = { words: new Uint32Array(60 * 60), width: 60, height: 60, ratio: 1 };
  const scene = sceneOf(Float32Array.of(0, 0, 3, 0), {
    pictures: { side: 2, of: (point) => (point === 0 ? small : undefined) },
  });
  // 20 pixels from point to point.
  const painted = paint(target, { x: 0, y: 0, scale: 20 / scene.grid.spacing }, scene, new ScaledPictures());
  assert.equal(painted.picture, 18);
  const at = (x: number, y: number): number | undefined => target.words[(30 + y) * 60 + 30 + x];
  const gray = (value: number): number => word([value, value, value]);
  assert.deepEqual([at(-5, -5), at(5, -5), at(-5, 5), at(5, 5)], [0, 80, 160, 240].map(gray));
  assert.equal(at(-10, 0), word(classColor(0, true)), 'the frame has the colour of the class');
});

test('reduced pictures are means, enlarged ones repeat their pixels', () => {
  const small = {
    pixels: Uint8Array.of(0, 100, 200, 100),
    offset: 0,
    height: 2,
    width: 2,
    channels: 1 as const,
  };
  assert.deepEqual([...scale(small, 1).words], [word([100, 100, 100])]);
  assert.deepEqual(
    [...scale(small, 4).words.slice(0, 4)],
    [0, 0, 100, 100].map((value) => word([value, value, value])),
  );
});

test('masks of hidden and selected points', () => {
  const grouping = groupPoints('class', inputs);
  assert.deepEqual([...hiddenPoints(grouping, 5, ['class dog'])], [0, 1, 1, 0, 0]);
  assert.equal(selectionMask([], 5), null);
  assert.deepEqual([...(selectionMask([1, 99], 3) ?? [])], [0, 1, 0]);
});
