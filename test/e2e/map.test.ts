// The Latent Map in the real window: a fresh model's points, in the side bar and in an editor, also after a reload; what
// is drawn around, decoded, walked through and kept is held to what the model file says.
import assert from 'node:assert/strict';
import path from 'node:path';
import { ForwardModel } from '../../src/engine/latents/forward-model.ts';
import { latentAt } from '../../src/shared/latent-map.ts';
import { readPoints, readProjection, type MapPoints } from '../../src/shared/map-points.ts';
import type { ModelSpec } from '../../src/shared/model-spec.ts';
import { toScreen, type Point } from '../../src/webview/map/plane.ts';
import { wasmEngine } from '../engine/support/wasm.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits } from './support/files.ts';
import { LatentMap, mapCanvas } from './support/latent-map.ts';
import { poll, Studio } from './support/studio.ts';
import { written } from './support/window-state.ts';

/** Number of colours on the canvas: one where nothing is drawn. */
const coloursOn = ({ frame }: LatentMap): Promise<number> =>
  frame.locator(mapCanvas).evaluate((element) => {
    const drawing = element as HTMLCanvasElement;
    const pixels = drawing.getContext('2d')?.getImageData(0, 0, drawing.width, drawing.height).data ?? [];
    const seen = new Set<number>();
    for (let i = 0; i < pixels.length; i += 4)
      seen.add(((pixels[i] ?? 0) << 16) | ((pixels[i + 1] ?? 0) << 8) | (pixels[i + 2] ?? 0));
    return seen.size;
  });

async function drawnMap(window: Workbench): Promise<LatentMap> {
  const map = await LatentMap.open(window);
  await map.frame.locator('.status', { hasText: /^\s*\d+ of 150 images/ }).waitFor();
  await poll(async () => (await coloursOn(map)) >= 3, 'points on the map');
  return map;
}

/** What the file says of the map, and the decoder, run here. */
interface Truth {
  readonly points: MapPoints;
  readonly coordinates: Float32Array;
  readonly spec: ModelSpec;
  decode(latent: Float32Array): Promise<Uint8Array>;
}

async function truthOf(file: string): Promise<Truth> {
  const model = readModel(file);
  assert.ok(model, 'the model was trained by the first test');
  const points = readPoints(model);
  const projection = readProjection(model, 'pca');
  assert.ok(points && projection);
  const forward = await ForwardModel.load(await wasmEngine('simd'), model);
  return {
    points,
    coordinates: projection.coordinates,
    spec: model.card.spec,
    decode: async (latent) => (await forward.decode(latent, 1)).images,
  };
}

const latentOf = ({ latents, latent }: MapPoints, point: number): Float32Array =>
  latents.slice(point * latent, (point + 1) * latent);

/** The point nearest to a place of the map. */
function nearestTo(coordinates: Float32Array, { x, y }: Point): number {
  let best = { point: -1, distance: Infinity };
  for (let point = 0; point < coordinates.length / 2; point++) {
    const distance = Math.hypot((coordinates[2 * point] ?? 0) - x, (coordinates[2 * point + 1] ?? 0) - y);
    if (distance < best.distance) best = { point, distance };
  }
  return best.point;
}

/** One of 255 grays: the worker's build may round where the other does not. */
function assertPixels(drawn: readonly number[], expected: Uint8Array): void {
  assert.equal(drawn.length, expected.length);
  drawn.forEach((value, i) => {
    assert.ok(Math.abs(value - (expected[i] ?? NaN)) <= 1, `pixel ${i}: ${value}, not ${expected[i]}`);
  });
}

workbenchSuite(
  'map',
  { workspace: (workspace) => writeDigits(path.join(workspace, 'digits'), 15) },
  (suite) => {
    const file = (): string => modelPath(suite.workspace, 'digits');
    const openLarge = async (window: Workbench): Promise<LatentMap> => {
      await window.command('Latent Lens: Open Latent Map in Editor');
      await window.tab('Latent Map').waitFor();
      return drawnMap(window);
    };

    suite.test('draws the points of a fresh model in the view, with room for them', async (window) => {
      if (!readModel(file())) {
        await window.explorerMenu('digits', 'Train Autoencoder…');
        const studio = new Studio(window);
        const proposal = await studio.proposal();
        await proposal.fill({ Epochs: 2 });
        await proposal.train();
        await studio.ended('finished');
      }
      assert.equal(readModel(file())?.card.points?.total, 150);
      await window.command('Latent Lens: Show Latent Map');
      const map = await drawnMap(window);
      const { size } = await map.canvas();
      const height = await map.frame.evaluate(() => innerHeight);
      assert.ok(size.height >= 0.6 * height, `the map has ${size.height} of ${height} pixels`);
    });

    suite.test(
      'selects with the lasso what lies in it, and shows it again after a reload',
      async (window) => {
        const { coordinates, points } = await truthOf(file());
        let map = await openLarge(window);
        await map.tool('Select by drawing around images').click();
        const { view, size } = await map.canvas();
        const corners = [
          { x: 0.22, y: 0.3 },
          { x: 0.6, y: 0.2 },
          { x: 0.7, y: 0.62 },
          { x: 0.4, y: 0.8 },
        ].map(({ x, y }) => ({ x: Math.round(x * size.width), y: Math.round(y * size.height) }));
        await map.drag(corners);
        // Convex, clockwise on screen: what is inside lies on one side of every edge.
        const expected = Array.from({ length: coordinates.length / 2 }, (_, point) => point).filter(
          (point) => {
            const at = toScreen(view, size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0);
            return corners.every((a, i) => {
              const b = corners[(i + 1) % corners.length] ?? a;
              return (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) > 0;
            });
          },
        );
        assert.ok(expected.length >= 10 && expected.length <= 140, `${expected.length} lie in the lasso`);
        const heading = (): Promise<void> =>
          map.frame.getByRole('heading', { name: `${expected.length} images selected` }).waitFor();
        await heading();
        const before = await map.look();
        assert.deepEqual(before.selection, expected);
        const listed = map.frame.locator('ll-selection-panel .row').first();
        assert.equal(await listed.getAttribute('title'), points.paths[points.files[expected[0] ?? 0] ?? -1]);
        await map.tool('Zoom in').click();
        await map.frame.getByLabel('Colour').selectOption('score');
        await poll(async () => (await map.look()).view !== null, 'the zoom');
        const kept = await map.look();

        await written(
          window.page,
          'latentLens.mapEditor',
          `"selection":[${expected.join(',')}]`,
          '"coloring":"score"',
        );
        await window.reload();
        await window.tab('Latent Map').click();
        map = await drawnMap(window);
        await heading();
        assert.deepEqual(await map.look(), kept);
      },
    );

    suite.test(
      'decodes an empty place, live under the pointer: the pixels are the decoder’s',
      async (window) => {
        const { points, coordinates, spec, decode } = await truthOf(file());
        const map = await openLarge(window);
        const { view, size } = await map.canvas();
        const clearOf = (at: Point): number =>
          Math.min(
            ...Array.from({ length: coordinates.length / 2 }, (_, point) => {
              const one = toScreen(view, size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0);
              return Math.hypot(one.x - at.x, one.y - at.y);
            }),
          );
        const places: Point[] = [];
        for (let x = 30; x < size.width - 30; x += 10)
          for (let y = 30; y < size.height - 30; y += 10) places.push({ x, y });
        const [empty] = places.sort((a, b) => clearOf(b) - clearOf(a));
        assert.ok(empty);
        await map.click(empty);
        const image = map.frame.locator('#probe');
        await image.waitFor();
        const shown: string[] = [];
        for (const place of [empty, { x: size.width / 2 + 40, y: size.height / 2 }, { x: 60, y: 60 }]) {
          await map.moveTo(place);
          // The pointer says where it is in whole pixels; the place that is decoded must be there.
          await poll(async () => {
            const { probe } = await map.canvas();
            const at = probe && toScreen(view, size, probe.x, probe.y);
            return at !== null && Math.hypot(at.x - place.x, at.y - place.y) <= 1.5;
          }, 'the decoded place to follow the pointer');
          const { probe } = await map.canvas();
          assert.ok(probe);
          const { latents, latent } = points;
          const mixed = latentAt({ coordinates, latents, latent }, probe.x, probe.y);
          assert.ok(mixed);
          const expected = await decode(mixed);
          await poll(async () => {
            const drawn = await map.pixels(image, spec);
            return drawn.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) <= 1);
          }, 'the decoder’s image of this place');
          shown.push((await map.pixels(image, spec)).join());
        }
        assert.equal(new Set(shown).size, 3, 'three places, three images');
        await window.page.keyboard.press('Escape');
        await image.waitFor({ state: 'detached' });
      },
    );

    suite.test('decodes the way between two images that were clicked with Alt', async (window) => {
      const { points, coordinates, spec, decode } = await truthOf(file());
      const map = await openLarge(window);
      // The outermost images, left and right.
      const all = Array.from({ length: coordinates.length / 2 }, (_, point) => point);
      const byX = all.sort((a, b) => (coordinates[2 * a] ?? 0) - (coordinates[2 * b] ?? 0));
      for (const point of [byX[0] ?? 0, byX.at(-1) ?? 0]) {
        const { view, size } = await map.canvas();
        await map.click(
          toScreen(view, size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0),
          'Alt',
        );
        await map.frame.getByRole('heading', { name: 'Interpolation' }).waitFor();
      }
      const strip = map.frame.locator('ll-path-strip ll-image');
      await map.frame.getByRole('img', { name: 'Step 10 of 10' }).waitFor();
      assert.equal(await strip.count(), 10);
      const { path: ends } = await map.canvas();
      const [start, end] = ends.map((place) => nearestTo(coordinates, place));
      assert.ok(start !== undefined && end !== undefined && start !== end);
      assertPixels(await map.pixels(strip.first(), spec), await decode(latentOf(points, start)));
      assertPixels(await map.pixels(strip.last(), spec), await decode(latentOf(points, end)));
      const between = await map.pixels(strip.nth(4), spec);
      const half = Float32Array.from(
        latentOf(points, start),
        (value, i) => value + (4 / 9) * ((latentOf(points, end)[i] ?? 0) - value),
      );
      assertPixels(between, await decode(half));
    });

    suite.test('goes from image to image by the keyboard, selects and opens them', async (window) => {
      const { points, coordinates } = await truthOf(file());
      const map = await openLarge(window);
      const { view } = await map.canvas();
      await map.frame.locator(mapCanvas).focus();
      await window.page.keyboard.press('Enter');
      const first = nearestTo(coordinates, view);
      await poll(async () => (await map.look()).current === first, 'the image in the middle');
      const to = (from: number, along: (dx: number, dy: number) => number): number => {
        let best = { point: -1, distance: Infinity };
        for (let point = 0; point < coordinates.length / 2; point++) {
          const dx = (coordinates[2 * point] ?? 0) - (coordinates[2 * from] ?? 0);
          const dy = (coordinates[2 * point + 1] ?? 0) - (coordinates[2 * from + 1] ?? 0);
          const ahead = along(dx, dy);
          const distance = Math.hypot(dx, dy);
          // Within 45° of the arrow.
          if (ahead > 0 && ahead >= distance * Math.SQRT1_2 && distance < best.distance)
            best = { point, distance };
        }
        return best.point;
      };
      const right = to(first, (dx) => dx);
      const down = to(right, (_, dy) => -dy);
      assert.ok(right >= 0 && down >= 0);
      await window.page.keyboard.press('ArrowRight');
      await poll(async () => (await map.look()).current === right, 'the image to the right');
      await window.page.keyboard.press('Space');
      await window.page.keyboard.press('ArrowDown');
      await poll(async () => (await map.look()).current === down, 'the image below it');
      await window.page.keyboard.press('Space');
      await map.frame.getByRole('heading', { name: '2 images selected' }).waitFor();
      assert.deepEqual(
        (await map.look()).selection,
        [right, down].sort((a, b) => a - b),
      );
      await window.page.keyboard.press('Enter');
      const name = path.posix.basename(points.paths[points.files[down] ?? -1] ?? '');
      await window.tab(name).waitFor();
    });

    suite.test('checks what is selected, one after the other', async (window) => {
      const { points } = await truthOf(file());
      const map = await openLarge(window);
      await map.frame.getByLabel('Search by file name').fill('3/');
      await window.page.keyboard.press('Enter');
      await map.frame.getByRole('heading', { name: '15 images selected' }).waitFor();
      const { selection } = await map.look();
      assert.ok(selection.every((point) => points.paths[points.files[point] ?? -1]?.startsWith('3/')));
      await map.frame.getByRole('button', { name: 'Check All' }).click();
      await map.frame.getByText(/15 images\s+checked:/).waitFor();
      const verdicts = map.frame.locator('ll-selection-panel .row .verdict');
      assert.ok((await verdicts.count()) >= 5);
      for (const verdict of await verdicts.allTextContents())
        assert.match(verdict.trim(), /^(not )?anomalous$/);
    });
  },
);
