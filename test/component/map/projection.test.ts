// A t-SNE on the map: asked for, drawn as it comes, ended; and its looks on the way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { MapPoints } from '../../../src/shared/map-points.ts';
import { tensor } from '../../../src/engine/model/model-tensors.ts';
import { projectionTensor, writeModelFile } from '../../../src/shared/model-file.ts';
import type { ProjectionStatus } from '../../../src/shared/protocol/projection.ts';
import { boundsOf, fit, toScreen } from '../../../src/webview/map/plane.ts';
import {
  changeTheme,
  screenshotPath,
  seriousViolations,
  themes,
  type OpenedPage,
} from '../../support/page-harness.ts';
import { sharedHarness, testPage } from '../page-suite.ts';
import { showMap, startMapHarness, uriOf } from './harness.ts';
import { digitCount, digitsMap } from './model.ts';

/** What the page needs of a status; its coordinates are made in the page. */
const statusOf = (change: Partial<ProjectionStatus> = {}): Omit<ProjectionStatus, 'coordinates'> => ({
  ...{ kind: 'projection', jobId: 'p', model: uriOf('pca'), name: 'pca', phase: 'embedding', share: 0.3 },
  ...{ iteration: 300, of: 1000, count: digitCount, total: digitCount, kl: 1.93 },
  ...{ engine: 'WASM: chosen in settings' },
  ...{ perplexity: 30, seed: 42, stopping: false, secondsLeft: 12 },
  ...change,
});

/** Points on a spiral, from the middle outwards: nothing that a projection would make. */
const spiral = (turns: number): Float32Array =>
  Float32Array.from({ length: 2 * digitCount }, (_, i) => {
    const t = Math.floor(i / 2) / digitCount;
    return 40 * t * (i % 2 === 0 ? Math.cos(turns * 6.28 * t) : Math.sin(turns * 6.28 * t));
  });

const tell = (page: Page, status: object | null, coordinates: Float32Array | null): Promise<void> =>
  page.evaluate(
    ([status, numbers]) =>
      globalThis.mapHost.page.call('projecting', {
        running:
          status === null
            ? null
            : ({ ...status, coordinates: numbers && Float32Array.from(numbers) } as ProjectionStatus),
      }),
    [status, coordinates && [...coordinates]] as const,
  );

describe('a t-SNE on the map', () => {
  let points: MapPoints;
  let saved: Float32Array;
  const harness = sharedHarness(async (browser) => {
    const { bytes, file, ...read } = await digitsMap();
    points = read.points;
    saved = read.coordinates;
    const projections = file.card.projections.filter(({ method }) => method === 'pca');
    const [tsne] = file.card.projections.filter(({ method }) => method === 'tsne');
    assert.ok(tsne);
    const begunProjection = { ...tsne, iterations: 340, planned: 1000, recall: null, trustworthiness: null };
    const tensors = new Map([
      ...file.tensors,
      [projectionTensor('begun'), tensor([digitCount, 2], spiral(2))] as const,
    ]);
    return startMapHarness(browser, {
      digits: bytes,
      pca: writeModelFile({ ...file, card: { ...file.card, projections } }),
      begun: writeModelFile({ card: { ...file.card, projections, begunProjection }, tensors }),
      both: writeModelFile({ card: { ...file.card, begunProjection }, tensors }),
    });
  });

  const map = (name: string, body: (opened: OpenedPage, page: Page) => Promise<void>): void =>
    testPage(name, () => harness().open(), body);

  const called = (page: Page, method: string): Promise<unknown> =>
    page.waitForFunction((wanted) => globalThis.mapHost.calls.some((call) => call.method === wanted), method);
  const lookOf = async (page: Page): Promise<{ projection: string; selection: number[]; view: unknown }> => {
    await page.waitForTimeout(400);
    return page.evaluate(() => (globalThis.mapHost.state as { look: never }).look);
  };
  const chosen = (page: Page): Promise<string> => page.getByLabel('Projection').inputValue();
  const choices = async (page: Page): Promise<readonly string[]> =>
    (await page.getByLabel('Projection').locator('option').allInnerTexts()).map((text) => text.trim());

  /** The model’s file is another one now; as the host tells it, first that, then that nothing runs. */
  const end = (page: Page, name: string, now: string): Promise<void> =>
    page.evaluate(
      async ([uri, name, now]) => {
        const { files, page } = globalThis.mapHost;
        files.set(uri, new Uint8Array(await (await fetch(`/models/${now}`)).arrayBuffer()));
        const shown = { uri, key: `${uri} 2`, name, dataset: 'found' as const, location: name };
        await Promise.all([page.call('showModel', shown), page.call('projecting', { running: null })]);
      },
      [uriOf(name), name, now] as const,
    );

  /** The share of points at whose place, with all of the map in sight, something is drawn. */
  const drawnAt = async (page: Page, coordinates: Float32Array): Promise<number> => {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 150)));
    const canvas = page.locator('ll-map-canvas canvas');
    const box = await canvas.boundingBox();
    assert.ok(box);
    const view = fit(boundsOf(coordinates), box);
    const places = Array.from({ length: digitCount }, (_, point) =>
      toScreen(view, box, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0),
    );
    return canvas.evaluate((element: HTMLCanvasElement, places) => {
      const ratio = element.width / element.clientWidth;
      const { data } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? {};
      const at = (x: number, y: number): number => {
        const i = 4 * (Math.round(y * ratio) * element.width + Math.round(x * ratio));
        return data ? ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0) : 0;
      };
      const background = at(1, 1);
      return places.filter(({ x, y }) => at(x, y) !== background).length / places.length;
    }, places);
  };

  map(
    'is asked for with the chosen images and numbers, also where the file has none yet',
    async (opened, page) => {
      await showMap(page, 'pca');
      assert.equal(await page.getByLabel('Projection').count(), 0);
      await page.getByRole('button', { name: 'Compute t-SNE…' }).click();
      const form = page.getByRole('form', { name: 'Compute t-SNE' });
      assert.equal(await form.getByLabel('Perplexity').inputValue(), '30');
      assert.equal(await form.getByLabel('Iterations').inputValue(), '1000');
      const images = form.getByLabel('Images');
      assert.equal(await images.inputValue(), 'held-out');
      assert.match(await images.innerText(), new RegExp(`All \\(${points.count} of ${points.total}\\)`));
      assert.equal(await form.getByRole('button', { name: /^Continue/ }).count(), 0);

      await form.getByLabel('Iterations').fill('2.5');
      await form.getByRole('button', { name: 'Compute' }).click();
      await form.getByText('The number of iterations must be a whole number from 10 to 1,000,000.').waitFor();
      assert.equal((await opened.calls('project')).length, 0);

      await images.selectOption('all');
      await form.getByLabel('Iterations').fill('250');
      await form.getByLabel('Perplexity').fill('12.5');
      await form.getByLabel('Seed').fill('7');
      await form.getByLabel('Seed').press('Enter');
      await called(page, 'project');
      assert.deepEqual(await opened.calls('project'), [
        {
          model: uriOf('pca'),
          choices: { points: 'all', perplexity: 12.5, iterations: 250, seed: 7 },
        },
      ]);
      await form.waitFor({ state: 'detached' });
    },
  );

  map('of a model that has one is gone on with, and Escape closes the form', async (opened, page) => {
    await showMap(page, 'digits');
    await page.getByRole('button', { name: 'Compute t-SNE…' }).click();
    const form = page.getByRole('form', { name: 'Compute t-SNE' });
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Compute t-SNE…' }).click();
    await form.getByRole('button', { name: 'Continue to 850' }).click();
    await called(page, 'continueProjection');
    assert.deepEqual(await opened.calls('continueProjection'), [{ model: uriOf('digits') }]);
  });

  map('is drawn as its pictures come, and leaves PCA one choice away', async (opened, page) => {
    await showMap(page, 'pca');
    await tell(page, statusOf({ phase: 'neighbours', share: 0.4, iteration: 0, kl: null }), null);
    await page.getByText('t-SNE · Finding neighbours · 40 %').waitFor();
    assert.equal(await page.getByLabel('Projection').count(), 0);

    await tell(page, statusOf(), spiral(3));
    await page.locator('.status').getByText('t-SNE · Iteration 300 of 1,000 · KL 1.93').waitFor();
    assert.equal(await chosen(page), 'begun');
    assert.deepEqual(await choices(page), ['t-SNE, running', 'PCA']);
    await page.getByTitle('WASM: chosen in settings').waitFor();
    await page.getByText(`${digitCount} of ${digitCount} images`).waitFor();
    const share = await drawnAt(page, spiral(3));
    assert.ok(share > 0.95, `${share} of the points are where the picture has them`);
    await tell(page, statusOf({ iteration: 310 }), spiral(5));
    const next = await drawnAt(page, spiral(5));
    assert.ok(next > 0.95, `${next} of the points moved on`);

    await page.getByLabel('Projection').selectOption('pca');
    await tell(page, statusOf({ iteration: 320 }), spiral(6));
    await page.getByText('t-SNE · Iteration 320 of 1,000').waitFor();
    assert.equal(await chosen(page), 'pca', 'the choice of the user stands');
    assert.match(await page.locator('.status').innerText(), /PCA/);

    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await called(page, 'stopProjection');
    await tell(page, statusOf({ iteration: 321, stopping: true }), spiral(6));
    await page.locator('vscode-button[disabled]', { hasText: 'Stopping…' }).waitFor();
    assert.equal((await opened.calls('readFile')).length, 1, 'the file is not read meanwhile');
  });

  map('keeps the view of who looks closer, and the selection', async (_opened, page) => {
    await showMap(page, 'pca');
    await page.getByLabel('Search by file name').fill('3/00');
    await page.getByLabel('Search by file name').press('Enter');
    await tell(page, statusOf(), spiral(3));
    assert.equal((await lookOf(page)).view, null, 'all of a new map is shown');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const before = await lookOf(page);
    assert.notEqual(before.view, null);
    await tell(page, statusOf({ iteration: 400 }), spiral(4));
    assert.deepEqual(await lookOf(page), before);
    // At its end the file is read again.
    await end(page, 'pca', 'digits');
    await page
      .locator('.status')
      .getByText(/10-NN recall/)
      .waitFor();
    const after = await lookOf(page);
    assert.deepEqual(
      [after.projection, after.selection, after.view],
      ['tsne', before.selection, before.view],
    );
    assert.equal(after.selection.length, 10);
  });

  map('ends with what the file has: the map that was saved', async (_opened, page) => {
    await showMap(page, 'pca');
    await tell(page, statusOf(), spiral(3));
    await end(page, 'pca', 'digits');
    await page
      .locator('.status')
      .getByText(/10-NN recall/)
      .waitFor();
    assert.equal(await chosen(page), 'tsne');
    const share = await drawnAt(page, saved);
    assert.ok(share > 0.95, `${share} of the points are where the file has them`);
    assert.equal(await page.getByRole('button', { name: 'Stop', exact: true }).count(), 0);
  });

  map('that fails before anything is saved gives its place back', async (_opened, page) => {
    await showMap(page, 'pca');
    await tell(page, statusOf(), spiral(3));
    assert.equal(await chosen(page), 'begun');
    await tell(page, null, null);
    await page.locator('.status').getByText(/PCA/).waitFor();
    assert.equal(await page.getByLabel('Projection').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Compute t-SNE…' }).isEnabled(), true);
  });

  map('that was stopped stands beside the finished one, which is shown first', async (_opened, page) => {
    await showMap(page, 'both');
    assert.deepEqual(await choices(page), ['t-SNE', 't-SNE, 340 of 1,000 iterations', 'PCA']);
    assert.equal(await chosen(page), 'tsne');
    const finished = await drawnAt(page, saved);
    assert.ok(finished > 0.95, `${finished} of the points are where the finished one has them`);
    await page.getByLabel('Projection').selectOption('begun');
    await page
      .locator('.status')
      .getByText(/stopped after 340 of 1,000 iterations/)
      .waitFor();
    const begun = await drawnAt(page, spiral(2));
    assert.ok(begun > 0.95, `${begun} of the points are where the stopped one has them`);
    await page.getByRole('button', { name: 'Compute t-SNE…' }).click();
    await page.getByRole('button', { name: 'Continue from 340 of 1,000' }).waitFor();
  });

  map('that was stopped comes before the principal components', async (_opened, page) => {
    await showMap(page, 'begun');
    assert.deepEqual(await choices(page), ['t-SNE, 340 of 1,000 iterations', 'PCA']);
    assert.equal(await chosen(page), 'begun');
  });

  map('leaves the finished one to look at, and is shown still when it stops', async (_opened, page) => {
    await showMap(page, 'digits');
    const job = { model: uriOf('digits'), name: 'digits' };
    await tell(page, statusOf(job), spiral(3));
    await page.locator('.status').getByText('Iteration 300 of 1,000').waitFor();
    assert.deepEqual(await choices(page), ['t-SNE', 't-SNE, running', 'PCA']);
    assert.equal(await chosen(page), 'begun');
    await page.getByLabel('Projection').selectOption('tsne');
    await page
      .locator('.status')
      .getByText(/10-NN recall/)
      .waitFor();
    await tell(page, statusOf({ ...job, iteration: 330 }), spiral(4));
    assert.equal(await chosen(page), 'tsne', 'the choice of the user stands');
    assert.ok((await drawnAt(page, saved)) > 0.95);
    await page.getByLabel('Projection').selectOption('begun');
    await page.locator('.status').getByText('Iteration 330 of 1,000').waitFor();
    await end(page, 'digits', 'both');
    await page
      .locator('.status')
      .getByText(/stopped after 340 of 1,000 iterations/)
      .waitFor();
    assert.equal(await chosen(page), 'begun');
    assert.deepEqual(await choices(page), ['t-SNE', 't-SNE, 340 of 1,000 iterations', 'PCA']);
    // The next one is followed, whatever was chosen meanwhile.
    await page.getByLabel('Projection').selectOption('pca');
    await tell(page, statusOf({ ...job, jobId: 'next' }), spiral(5));
    await page.locator('.status').getByText('Iteration 300 of 1,000').waitFor();
    assert.equal(await chosen(page), 'begun');
  });

  map('that came before the file was read is shown once it is', async (_opened, page) => {
    await tell(page, statusOf(), spiral(3));
    await showMap(page, 'pca');
    await page.locator('.status').getByText('Iteration 300 of 1,000').waitFor();
    assert.ok((await drawnAt(page, spiral(3))) > 0.95);
  });

  const scenes: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    'map-compute': async (page) => {
      await showMap(page, 'digits');
      await page.getByRole('button', { name: 'Compute t-SNE…' }).click();
      await page.getByLabel('Iterations').fill('none');
      await page.getByText('must be a whole number').waitFor();
    },
    'map-begun': async (page) => {
      await showMap(page, 'both');
      await page.getByLabel('Projection').selectOption('begun');
      await page.locator('.status', { hasText: /stopped after/ }).waitFor();
    },
    'map-projecting': async (page) => {
      await showMap(page, 'pca');
      await tell(page, statusOf(), saved);
      await page.locator('.status').getByText('Iteration 300 of 1,000').waitFor();
    },
  };
  for (const [name, play] of Object.entries(scenes)) {
    it(`${name}: readable in every theme and width`, async () => {
      const { page, errors, close } = await harness().open();
      await play(page);
      for (const theme of themes) {
        await changeTheme(page, theme);
        await page.waitForTimeout(60);
        await page.screenshot({ path: screenshotPath(theme, name), caret: 'initial' });
      }
      await changeTheme(page, 'dark');
      for (const width of [250, 1400, 900]) {
        await page.setViewportSize({ width, height: 700 });
        await page.waitForTimeout(100);
        await page.screenshot({ path: screenshotPath(`dark-${width}`, name), caret: 'initial' });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, `scrolls sideways at ${width} px`);
      }
      assert.deepEqual(await page.evaluate(() => globalThis.mapHost.violations), []);
      assert.deepEqual(errors, []);
      assert.deepEqual(await seriousViolations(page), []);
      for (const theme of themes) {
        await changeTheme(page, theme);
        assert.deepEqual(await seriousViolations(page, ['color-contrast']), [], theme);
      }
      await close();
    });
  }
});
