// The map's surface: its room in a side bar, the panel behind More, the table, checks of a selection, exports. Models
// without training, up to 70,000 points.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { ForwardModel } from '../../../src/engine/latents/forward-model.ts';
import { checkImage } from '../../../src/engine/scoring/check.ts';
import { encodeGrayPng } from '../../../src/extension/samples/index.ts';
import { readPoints, type MapPoints } from '../../../src/shared/map-points.ts';
import { readModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import { formatScore } from '../../../src/shared/verdict.ts';
import { wasmEngine } from '../../engine/support/wasm.ts';
import type {} from '../../../src/webview/map/canvas.ts';
import type { OpenedPage } from '../../support/page-harness.ts';
import { sharedHarness, testPage } from '../page-suite.ts';
import { showMap, startMapHarness, uriOf } from './harness.ts';
import { largeModel } from './large-model.ts';

const small = 420;
const large = 70_000;

describe('the surface of the map', () => {
  let file: ModelFile;
  let points: MapPoints;
  const harness = sharedHarness(async (browser) => {
    const bytes = largeModel(small);
    file = readModelFile(bytes);
    const read = readPoints(file);
    assert.ok(read);
    points = read;
    return startMapHarness(browser, { small: bytes, large: largeModel(large) });
  });

  const map = (
    name: string,
    body: (opened: OpenedPage, page: Page) => Promise<void>,
    size: { readonly width: number; readonly height: number } = { width: 900, height: 700 },
  ): void => testPage(name, () => harness().open(size), body);

  const lookOf = (page: Page): Promise<Record<string, unknown>> =>
    page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return (globalThis.mapHost.state as { look: Record<string, unknown> }).look;
    });
  const more = (page: Page) => page.getByRole('button', { name: 'More', exact: true });
  const grid = (page: Page) => page.locator('ll-point-table').getByRole('grid');
  const toTable = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Show the images as a table' }).click();
    await grid(page).locator('.row[data-index="0"]').waitFor();
  };
  const rowsOf = (page: Page): Promise<number[]> =>
    page
      .locator('ll-point-table .row[data-point]')
      .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['point'])));
  const saved = async (page: Page, name: string): Promise<Uint8Array> => {
    await page.waitForFunction((wanted) => globalThis.mapHost.saved.has(wanted), name);
    return Uint8Array.from(
      await page.evaluate((wanted) => [...(globalThis.mapHost.saved.get(wanted) ?? [])], name),
    );
  };

  map(
    'a choice made while the map moves is kept at once: the tab may be left the next moment',
    async (_opened, page) => {
      await showMap(page, 'small');
      const kept = await page.evaluate(() => {
        const { session } = document.querySelector('ll-map') ?? {};
        if (!session) throw new Error('The page shows no map.');
        for (let step = 0; step < 3; step++) session.change({ view: { x: step, y: 0, scale: 2 } });
        session.change({ selection: [3, 5] });
        return (globalThis.mapHost.state as { look: { selection: number[] } }).look.selection;
      });
      assert.deepEqual(kept, [3, 5]);
    },
  );

  for (const [width, height] of [
    [230, 370],
    [250, 400],
    [300, 400],
  ] as const) {
    map(
      `has most of the height at ${width} × ${height}`,
      async (_opened, page) => {
        await showMap(page, 'small');
        const heightOf = async (selector: string): Promise<number> =>
          (await page.locator(selector).boundingBox())?.height ?? NaN;
        assert.ok((await heightOf('ll-map-canvas canvas')) >= 0.8 * height);
        assert.ok((await heightOf('ll-map-toolbar')) <= 36, 'tools in one row');
        assert.ok((await heightOf('.status')) <= 26, 'status in one line');
        assert.match((await page.locator('.status').getAttribute('title')) ?? '', /trustworthiness 0\.980/);
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(sideways, 0);
        const legend = await page.locator('ll-map-legend').boundingBox();
        const canvas = await page.locator('ll-map-canvas').boundingBox();
        assert.ok(legend && canvas && legend.height >= 16 && legend.height <= 30);
        assert.ok(legend.y + legend.height <= canvas.y + canvas.height, 'the legend lies on the map');
        // No tool is cut off.
        for (const button of await page.locator('ll-map-toolbar button:visible').all()) {
          const box = await button.boundingBox();
          assert.ok(box && box.x >= 0 && box.x + box.width <= width, await button.innerHTML());
        }
      },
      { width, height },
    );
  }

  map(
    'keeps the rest behind More, by keyboard too',
    async (_opened, page) => {
      await showMap(page, 'small');
      await more(page).focus();
      await page.keyboard.press('Enter');
      const colour = page.getByLabel('Colour');
      await colour.waitFor();
      assert.ok(await colour.evaluate((select) => select.matches(':focus')));
      await page.keyboard.type('Sc');
      await page.getByRole('button', { name: 'Legend: Score' }).waitFor();
      const panel = await page.locator('ll-map-toolbar .more').boundingBox();
      assert.ok(panel && panel.x >= 0 && panel.x + panel.width <= 250 && panel.y + panel.height <= 400);
      await page.keyboard.press('Escape');
      await colour.waitFor({ state: 'detached' });
      assert.ok(await more(page).evaluate((button) => button.matches(':focus')));
      // It closes when the focus goes elsewhere.
      await page.keyboard.press('Enter');
      await colour.waitFor();
      await page.locator('ll-map-canvas canvas').focus();
      await colour.waitFor({ state: 'detached' });
    },
    { width: 250, height: 400 },
  );

  map(
    'folds the legend to a line of marks, which unfolds and hides classes',
    async (_opened, page) => {
      await showMap(page, 'small');
      const fold = page.getByRole('button', { name: 'Legend: Class' });
      await fold.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^3\s*42$/ }).click();
      assert.deepEqual((await lookOf(page))['hidden'], ['class 3']);
      await fold.click();
      await page.getByRole('button', { name: /^3\s*42$/ }).waitFor({ state: 'detached' });
    },
    { width: 250, height: 400 },
  );

  map('draws larger dots where they are wanted', async (_opened, page) => {
    await showMap(page, 'small');
    await page.getByRole('button', { name: 'Show images where there is room' }).click();
    await page.locator('canvas[data-detail=dots]').waitFor();
    const covered = (): Promise<number> =>
      page.locator('ll-map-canvas canvas').evaluate((canvas: HTMLCanvasElement) => {
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let count = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1]) count++;
        return count;
      });
    const before = await covered();
    await more(page).click();
    await page.getByLabel('Point size').fill('2');
    assert.equal((await lookOf(page))['dotSize'], 2);
    const after = await covered();
    assert.ok(after > 1.6 * before, `${after} of ${before} pixels`);
  });

  map('lists 70,000 points as a table of which only the rows in sight exist', async (opened, page) => {
    await showMap(page, 'large');
    await toTable(page);
    assert.equal(await grid(page).getAttribute('aria-rowcount'), String(large + 1));
    assert.deepEqual((await rowsOf(page)).slice(0, 3), [0, 10, 20], 'class 0 in the order of its numbers');
    await grid(page).focus();
    await page.keyboard.press('End');
    await grid(page)
      .locator(`.row[data-index="${large - 1}"]`)
      .waitFor();
    assert.ok((await rowsOf(page)).length < 80);
    assert.equal((await lookOf(page))['current'], large - 1);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => globalThis.mapHost.calls.some(({ method }) => method === 'openImage'));
    assert.deepEqual(await opened.calls('openImage'), [
      { model: uriOf('large'), path: `9/${large / 10 - 1}.png` },
    ]);
  });

  map('sorts the table, and shares current image and selection with the map', async (_opened, page) => {
    await showMap(page, 'small');
    await toTable(page);
    await page.getByRole('button', { name: 'Score' }).click();
    const byScore = Array.from(points.scores.keys()).sort(
      (a, b) => (points.scores[b] ?? 0) - (points.scores[a] ?? 0),
    );
    assert.deepEqual((await rowsOf(page)).slice(0, 15), byScore.slice(0, 15));
    assert.equal(
      await page.getByRole('columnheader', { name: 'Score' }).getAttribute('aria-sort'),
      'descending',
    );
    await page.getByRole('button', { name: 'Score' }).click();
    assert.deepEqual((await rowsOf(page)).slice(0, 15), byScore.toReversed().slice(0, 15));
    const [first = -1, second = -1, third = -1, fourth = -1] = byScore.toReversed();
    await grid(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const ascending = (list: number[]): number[] => list.sort((a, b) => a - b);
    let look = await lookOf(page);
    assert.deepEqual(look['selection'], ascending([second, third, fourth]));
    assert.equal(look['current'], fourth);
    await page.locator(`ll-point-table .row[data-point="${first}"]`).click({ modifiers: ['Control'] });
    look = await lookOf(page);
    assert.deepEqual(look['selection'], ascending([first, second, third, fourth]));
    // Back on the map the same images are chosen.
    await page.getByRole('button', { name: 'Show the images as a table' }).click();
    await page.getByRole('heading', { name: '4 images selected' }).waitFor();
    assert.deepEqual((await lookOf(page))['selection'], look['selection']);
    await page.getByRole('button', { name: 'Show the images as a table' }).click();
    await grid(page).focus();
    await page.keyboard.press('Control+a');
    await page.getByRole('heading', { name: `${small} images selected` }).waitFor();
  });

  /** Even images of this gray, by path, for the host to hand out. */
  const giveImages = (page: Page, images: Readonly<Record<string, number>>): Promise<void> =>
    page.evaluate(
      (given) => {
        for (const [path, bytes] of Object.entries(given))
          globalThis.mapHost.files.set(path, Uint8Array.from(bytes));
      },
      Object.fromEntries(
        Object.entries(images).map(([path, gray]) => [
          path,
          [...encodeGrayPng(28, 28, new Uint8Array(28 * 28).fill(gray))],
        ]),
      ),
    );

  map('checks all selected images and shows what came out', async (_opened, page) => {
    await showMap(page, 'small');
    const grays = { '4/0.png': 255, '4/1.png': 128, '4/3.png': 0 };
    await giveImages(page, grays);
    await page.getByLabel('Search by file name').fill('4/');
    await page.getByLabel('Search by file name').press('Enter');
    await page.getByRole('heading', { name: '42 images selected' }).waitFor();
    await page.getByRole('button', { name: 'Check All' }).click();
    await page.getByText(/3 images\s+checked: 2 anomalous at a false-alarm rate of 1\s%/).waitFor();
    await page.getByText('39 images could not be checked.').waitFor();
    const forward = await ForwardModel.load(await wasmEngine('simd'), file);
    for (const [path, gray] of Object.entries(grays)) {
      const data = new Uint8Array(28 * 28 * 4).fill(gray).map((value, i) => (i % 4 === 3 ? 255 : value));
      const image = { width: 28, height: 28, data };
      const { verdict } = await checkImage(forward.engine, file, image, 0.01);
      const row = page.locator(`ll-selection-panel ll-point-list .row[title="${path}"]`);
      await row.locator('.number').getByText(formatScore(verdict.score), { exact: true }).waitFor();
      const said = (await row.locator('.verdict').textContent())?.trim();
      assert.equal(said, verdict.anomalous ? 'anomalous' : 'not anomalous');
      assert.equal(verdict.anomalous, gray !== 128);
    }
    await page
      .locator('ll-selection-panel .row[title="4/2.png"] .verdict[title^="The image is no longer"]')
      .waitFor();
    await page.getByRole('button', { name: 'Select the Anomalous' }).click();
    await page.getByRole('heading', { name: '2 images selected' }).waitFor();
    assert.deepEqual((await lookOf(page))['selection'], [4, 34]);
  });

  map('stops a check: what was found stays', async (opened, page) => {
    await showMap(page, 'small');
    await giveImages(page, { '5/0.png': 128, '5/1.png': 128 });
    await page.getByLabel('Search by file name').fill('5/');
    await page.getByLabel('Search by file name').press('Enter');
    await page.evaluate(() => {
      globalThis.mapHost.hold = new Promise((resolve) => addEventListener('release', () => resolve()));
    });
    await page.getByRole('button', { name: 'Check All' }).click();
    await page.getByText('0 of 42 images').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Check All' }).waitFor();
    await page.evaluate(() => dispatchEvent(new Event('release')));
    await page.waitForTimeout(200);
    assert.equal(await page.locator('ll-selection-panel .row .verdict').count(), 0, 'nothing was checked');
    assert.equal((await opened.calls('log')).length, 0);
  });

  map('finds the outliers that brute force finds', async (_opened, page) => {
    await showMap(page, 'small');
    const { latents, latent } = points;
    const means = Array.from({ length: small }, (_, a) => {
      const distances = Array.from({ length: small }, (_, b) => {
        let square = 0;
        for (let i = 0; i < latent; i++)
          square += ((latents[a * latent + i] ?? 0) - (latents[b * latent + i] ?? 0)) ** 2;
        return Math.sqrt(square);
      }).sort((x, y) => x - y);
      return distances.slice(1, 11).reduce((sum, value) => sum + value, 0) / 10;
    });
    const expected = Array.from(means.keys())
      .sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0))
      .slice(0, 50);
    await page.getByLabel('List', { exact: true }).selectOption('largest');
    await page.getByRole('heading', { name: 'Outliers' }).waitFor();
    await page.getByRole('button', { name: 'Select These' }).click();
    assert.deepEqual(
      (await lookOf(page))['selection'],
      expected.sort((a, b) => a - b),
    );
  });

  map('compares 70,000 images without standing still, until it is stopped', async (_opened, page) => {
    await showMap(page, 'large');
    await page.getByLabel('List', { exact: true }).selectOption('smallest');
    await page
      .getByText(/[1-9][\d,]* of 70,000/)
      .first()
      .waitFor();
    // The decoder answers meanwhile.
    await page.getByRole('button', { name: 'Show what the decoder makes' }).click();
    await page.locator('#probe').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Comparing all images').waitFor({ state: 'detached' });
  });

  /** Small pictures come one after the other: until none has come for a while, what is saved is soon not what is shown. */
  const settled = (page: Page): Promise<void> =>
    page.locator('ll-map-canvas canvas').evaluate(async (canvas: HTMLCanvasElement) => {
      const wait = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 150));
      for (let [before, alike] = ['', 0]; alike < 4;) {
        await wait();
        const now = canvas.toDataURL();
        alike = now === before ? alike + 1 : 0;
        before = now;
      }
    });

  map('saves the picture as PNG and all points as CSV', async (_opened, page) => {
    await showMap(page, 'small');
    await more(page).click();
    await settled(page);
    await page.getByRole('button', { name: 'Save the map as PNG…' }).click();
    const png = await saved(page, 'small-map.png');
    const same = await page.evaluate(
      async (bytes) => {
        const image = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
        const copy = new OffscreenCanvas(image.width, image.height);
        const context = copy.getContext('2d');
        context?.drawImage(image, 0, 0);
        const canvas = document
          .querySelector('ll-map')
          ?.shadowRoot?.querySelector('ll-map-explorer')
          ?.shadowRoot?.querySelector('ll-map-canvas')
          ?.shadowRoot?.querySelector('canvas');
        if (!canvas || canvas.width !== image.width || canvas.height !== image.height) return false;
        const shown = canvas.getContext('2d')?.getImageData(0, 0, image.width, image.height).data;
        const file = context?.getImageData(0, 0, image.width, image.height).data;
        return shown !== undefined && shown.every((value, i) => value === file?.[i]);
      },
      [...png],
    );
    assert.ok(same, 'the file shows what the page shows');
    await more(page).click();
    await page.getByRole('button', { name: 'Export all as CSV…' }).click();
    const lines = new TextDecoder()
      .decode(await saved(page, 'small-map.csv'))
      .trimEnd()
      .split('\r\n');
    assert.equal(lines.length, small + 1);
    assert.equal(lines[0], 'file,class,set,score,anomalous,x,y');
    assert.ok(lines[8]?.startsWith(`7/0.png,7,test,${points.scores[7]},`));
  });

  map('looks after a pan as if it were painted anew', async (_opened, page) => {
    await showMap(page, 'large');
    const picture = (): Promise<string> =>
      page.locator('ll-map-canvas canvas').evaluate(async (canvas: HTMLCanvasElement) => {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
        return canvas.toDataURL();
      });
    const before = await picture();
    await page.mouse.move(400, 300);
    await page.mouse.down();
    for (const [x, y] of [
      [431, 290],
      [380, 371],
      [377, 371],
      [520, 222],
    ] as const)
      await page.mouse.move(x, y);
    const dragged = await picture();
    await page.mouse.up();
    await page
      .locator('ll-map-canvas')
      .evaluate((element) => (element as HTMLElementTagNameMap['ll-map-canvas']).repaint());
    assert.equal(await picture(), dragged);
    assert.notEqual(dragged, before);
  });
});
