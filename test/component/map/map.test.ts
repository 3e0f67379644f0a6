import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { ForwardModel } from '../../../src/engine/latents/forward-model.ts';
import { latentAt } from '../../../src/shared/latent-map.ts';
import type { MapPoints } from '../../../src/shared/map-points.ts';
import { toScreen, toWorld, boundsOf, fit, type Point, type Size } from '../../../src/webview/map/plane.ts';
import { wasmEngine } from '../../engine/support/wasm.ts';
import type { OpenedPage } from '../../support/page-harness.ts';
import { sharedHarness, testPage } from '../page-suite.ts';
import { showMap, startMapHarness, uriOf } from './harness.ts';
import { digitCount, digitsMap } from './model.ts';

describe('the map page', () => {
  let points: MapPoints;
  let coordinates: Float32Array;
  let forward: ForwardModel;
  const harness = sharedHarness(async (browser) => {
    const digits = await digitsMap();
    ({ points, coordinates } = digits);
    forward = await ForwardModel.load(await wasmEngine('simd'), digits.file);
    return startMapHarness(browser, { digits: digits.bytes });
  });

  const map = (name: string, body: (opened: OpenedPage, page: Page) => Promise<void>, width = 900): void =>
    testPage(name, () => harness().open({ width }), body);

  const canvasOf = (page: Page) => page.locator('ll-map-canvas canvas');
  /** Where the canvas is on the page, and its size. */
  const place = async (page: Page): Promise<{ origin: Point; size: Size }> => {
    const box = await canvasOf(page).boundingBox();
    assert.ok(box);
    return { origin: box, size: box };
  };
  /** Where a point lies on the page while all of the map is shown. */
  const pageOf = async (page: Page, point: number): Promise<Point> => {
    const { origin, size } = await place(page);
    const view = fit(boundsOf(coordinates), size);
    const at = toScreen(view, size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0);
    return { x: origin.x + at.x, y: origin.y + at.y };
  };
  const stateOf = (
    page: Page,
  ): Promise<{ look: { selection: number[]; current: number; coloring: string } }> =>
    page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return globalThis.mapHost.state as never;
    });
  /** The place on screen that is farthest from every point, in a coarse grid. */
  const emptyPlace = async (page: Page): Promise<{ at: Point; world: Point }> => {
    const { origin, size } = await place(page);
    const view = fit(boundsOf(coordinates), size);
    let best = { distance: -1, at: { x: 0, y: 0 } };
    for (let x = 40; x < size.width - 40; x += 10) {
      for (let y = 40; y < size.height - 40; y += 10) {
        let nearest = Infinity;
        for (let i = 0; i < digitCount; i++) {
          const at = toScreen(view, size, coordinates[2 * i] ?? 0, coordinates[2 * i + 1] ?? 0);
          nearest = Math.min(nearest, Math.hypot(at.x - x, at.y - y));
        }
        if (nearest > best.distance) best = { distance: nearest, at: { x, y } };
      }
    }
    const { at } = best;
    return { at: { x: origin.x + at.x, y: origin.y + at.y }, world: toWorld(view, size, at.x, at.y) };
  };
  /** Gray values of a picture as the page drew it, one for each of its own pixels. */
  const pixelsOf = (page: Page, selector: string): Promise<number[]> =>
    page
      .locator(selector)
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => {
        const times = canvas.width / 28;
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
        return Array.from({ length: 28 * 28 }, (_, i) => {
          const y = Math.floor((Math.floor(i / 28) + 0.5) * times);
          const x = Math.floor(((i % 28) + 0.5) * times);
          return data?.[4 * (y * canvas.width + x)] ?? -1;
        });
      });

  map('draws every class in its colour, and says how many of how many', async (_opened, page) => {
    await showMap(page, 'digits');
    await page.getByText(`${digitCount} of ${digitCount} images`).waitFor();
    const colors = await canvasOf(page).evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      const counts: Record<string, number> = {};
      for (let i = 0; data && i < data.length; i += 4) {
        const key = `${data[i]},${data[i + 1]},${data[i + 2]}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      return counts;
    });
    for (const color of ['86,180,233', '230,159,0', '0,175,130', '170,215,120']) {
      assert.ok((colors[color] ?? 0) > 100, color);
    }
  });

  map('hides a class with its legend entry', async (_opened, page) => {
    await showMap(page, 'digits');
    const seen = (): Promise<number> =>
      canvasOf(page).evaluate((canvas: HTMLCanvasElement) => {
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let count = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] === 230 && data[i + 1] === 159) count++;
        return count;
      });
    assert.ok((await seen()) > 0);
    await page.getByRole('button', { name: /^1\s*40$/ }).click();
    await page.waitForTimeout(100);
    assert.equal(await seen(), 0);
  });

  map('decodes an empty place: the pixels are the decoder’s own', async (_opened, page) => {
    await showMap(page, 'digits');
    const { at, world } = await emptyPlace(page);
    await page.mouse.click(at.x, at.y);
    await page.locator('#probe').waitFor();
    const { latents, latent } = points;
    const expected = latentAt({ coordinates, latents, latent }, world.x, world.y);
    assert.ok(expected);
    const { images } = await forward.decode(expected, 1);
    const drawn = await pixelsOf(page, '#probe');
    drawn.forEach((value, i) => assert.ok(Math.abs(value - (images[i] ?? 0)) <= 2, `pixel ${i}`));
    assert.ok(Math.max(...drawn) - Math.min(...drawn) > 60, 'the image shows something');
    // Live under the pointer, until Escape.
    const target = await pageOf(page, 3);
    await page.mouse.move(target.x, target.y, { steps: 3 });
    await page.waitForFunction(
      (before) => {
        const canvas = document
          .querySelector('ll-map')
          ?.shadowRoot?.querySelector('ll-map-explorer')
          ?.shadowRoot?.querySelector('ll-place-card')
          ?.shadowRoot?.querySelector('#probe')
          ?.shadowRoot?.querySelector('canvas');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
        return data !== undefined && data.reduce((sum, value) => sum + value, 0) !== before;
      },
      drawn.reduce((sum, value) => sum + value, 0),
    );
    await canvasOf(page).focus();
    await page.keyboard.press('Escape');
    await page.locator('#probe').waitFor({ state: 'detached' });
  });

  map('selects with the lasso exactly what lies inside', async (opened, page) => {
    await showMap(page, 'digits');
    await page.getByRole('button', { name: 'Select by drawing around images' }).click();
    const { origin, size } = await place(page);
    const corners = [
      { x: size.width * 0.3, y: size.height * 0.25 },
      { x: size.width * 0.75, y: size.height * 0.3 },
      { x: size.width * 0.6, y: size.height * 0.7 },
      { x: size.width * 0.35, y: size.height * 0.6 },
    ];
    const [first = { x: 0, y: 0 }, ...others] = corners;
    await page.mouse.move(origin.x + first.x, origin.y + first.y);
    await page.mouse.down();
    for (const { x, y } of others) await page.mouse.move(origin.x + x, origin.y + y);
    await page.mouse.up();
    const view = fit(boundsOf(coordinates), size);
    // A convex polygon, corners clockwise on screen: inside is on one side of every edge.
    const expected = Array.from({ length: digitCount }, (_, point) => point).filter((point) => {
      const at = toScreen(view, size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0);
      return corners.every((a, i) => {
        const b = corners[(i + 1) % corners.length] ?? a;
        return (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) > 0;
      });
    });
    assert.ok(expected.length > 10);
    await page.getByRole('heading', { name: `${expected.length} images selected` }).waitFor();
    assert.deepEqual((await stateOf(page)).look.selection, expected);

    await page.getByRole('button', { name: 'Copy Paths' }).click();
    await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'copyPaths'));
    const [copied] = await opened.calls('copyPaths');
    assert.deepEqual(
      copied?.['paths'],
      expected.map((point) => points.paths[points.files[point] ?? -1]),
    );
    await page.getByRole('button', { name: 'Export CSV…' }).click();
    await page.waitForFunction(() => globalThis.mapHost.saved.size === 1);
    const csv = await page.evaluate(() =>
      new TextDecoder().decode(globalThis.mapHost.saved.get('digits-selection.csv')),
    );
    assert.equal(csv.trimEnd().split('\r\n').length, expected.length + 1);
    assert.ok(csv.startsWith('file,class,set,score,anomalous,x,y\r\n'));
  });

  map(
    'shows an image with reconstruction under the pointer, and keeps it on a click',
    async (opened, page) => {
      await showMap(page, 'digits');
      const at = await pageOf(page, 5);
      await page.mouse.move(at.x, at.y);
      await page.locator('ll-place-card ll-point-details ll-image').nth(1).waitFor();
      await page.mouse.click(at.x, at.y);
      await page.getByText('Nearest by latent').waitFor();
      const { current } = (await stateOf(page)).look;
      assert.ok(current >= 0);
      const { images } = await forward.decode(
        points.latents.slice(current * points.latent, (current + 1) * points.latent),
        1,
      );
      const drawn = await pixelsOf(page, '.panel ll-point-details figure:nth-of-type(2) ll-image');
      drawn.forEach((value, i) => assert.ok(Math.abs(value - (images[i] ?? 0)) <= 2, `pixel ${i}`));
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'openImage'));
      const [asked] = await opened.calls('openImage');
      assert.deepEqual(asked, { model: uriOf('digits'), path: points.paths[points.files[current] ?? -1] });
    },
  );

  map(
    'goes from image to image by the keyboard, and zooms until pictures have room',
    async (opened, page) => {
      await showMap(page, 'digits');
      await canvasOf(page).focus();
      await page.keyboard.press('Enter');
      const first = (await stateOf(page)).look.current;
      await page.keyboard.press('ArrowRight');
      const second = (await stateOf(page)).look.current;
      assert.ok(first >= 0 && second >= 0 && first !== second);
      assert.ok((coordinates[2 * second] ?? 0) > (coordinates[2 * first] ?? 0));
      await page
        .locator('[aria-live=polite]')
        .getByText(/class \d, score .*; point/)
        .waitFor();
      await page.keyboard.press('Space');
      assert.deepEqual((await stateOf(page)).look.selection, [second]);
      for (let i = 0; i < 12; i++) await page.keyboard.press('+');
      await page.locator('canvas[data-detail=pictures]').waitFor();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'openImage'));
      assert.equal((await opened.calls('openImage')).length, 1);
    },
  );

  map('decodes a way between two places', async (_opened, page) => {
    await showMap(page, 'digits');
    for (const point of [2, 40]) {
      const at = await pageOf(page, point);
      await page.keyboard.down('Alt');
      await page.mouse.click(at.x, at.y);
      await page.keyboard.up('Alt');
    }
    await page.getByRole('img', { name: 'Step 10 of 10' }).waitFor();
    const drawn = await pixelsOf(page, 'll-path-strip li:nth-child(1) ll-image');
    assert.ok(Math.max(...drawn) > 60);
    // By keyboard: from the current image to another.
    await page.getByRole('button', { name: 'Close the interpolation' }).click();
    await canvasOf(page).focus();
    await page.keyboard.press('Enter');
    const start = (await stateOf(page)).look.current;
    await page.keyboard.press('Alt+Enter');
    await page.getByText('where the way shall end').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const end = (await stateOf(page)).look.current;
    await page.keyboard.press('Alt+Enter');
    await page.getByRole('img', { name: 'Step 10 of 10' }).waitFor();
    assert.notEqual(start, end);
    for (const [step, point] of [
      [1, start],
      [10, end],
    ] as const) {
      const { images } = await forward.decode(
        points.latents.slice(point * points.latent, (point + 1) * points.latent),
        1,
      );
      const shown = await pixelsOf(page, `ll-path-strip li:nth-child(${step}) ll-image`);
      shown.forEach((value, i) => assert.ok(Math.abs(value - (images[i] ?? 0)) <= 1, `pixel ${i}`));
    }
  });

  map('finds outliers and near-duplicates by the latents', async (_opened, page) => {
    await showMap(page, 'digits');
    await page.getByLabel('List', { exact: true }).selectOption('largest');
    await page.getByRole('heading', { name: 'Outliers' }).waitFor();
    await page.getByLabel('List', { exact: true }).selectOption('smallest');
    await page.getByRole('heading', { name: 'Near-duplicates' }).waitFor();
    await page.getByRole('button', { name: 'Select These' }).click();
    await page.getByRole('heading', { name: '50 images selected' }).waitFor();
  });

  map('keeps what it showed across a reload', async (_opened, page) => {
    await showMap(page, 'digits');
    await page.getByLabel('Search by file name').fill('3/00');
    await page.getByLabel('Search by file name').press('Enter');
    await page.getByLabel('Colour').selectOption('set');
    const before = await stateOf(page);
    assert.equal(before.look.selection.length, 10);
    await page.reload();
    await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'ready'));
    await showMap(page, 'digits');
    await page.getByRole('heading', { name: '10 images selected' }).waitFor();
    assert.deepEqual(await stateOf(page), before);
  });

  map(
    'says that the images are gone, and offers to find them',
    async (_opened, page) => {
      await showMap(page, 'digits', { dataset: 'missing', location: 'photos/old' });
      await page.getByText('The images are not at photos/old').waitFor();
      await page.getByRole('button', { name: 'Re-link…' }).click();
      await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'relink'));
    },
    250,
  );

  map('says what is wrong with a file that is no model', async (_opened, page) => {
    await page.evaluate(async () => {
      globalThis.mapHost.files.set('file:///x', new Uint8Array(20));
      await globalThis.mapHost.page.call('showModel', {
        ...{ uri: 'file:///x', key: 'x', name: 'x', dataset: 'found', location: '' },
      });
    });
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Choose Model…' }).click();
    await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'chooseModel'));
  });
});
