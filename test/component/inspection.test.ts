// A look at all images before training: what the page asks of the engine, what it lists, and the way to each file.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import type { OpenedPage } from '../support/page-harness.ts';
import { project, propose, showModel } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('an inspection of the images', () => {
  const studio = pageSuite().tests('studio');

  const begin = (page: Page): Promise<void> => page.getByRole('button', { name: 'Inspect Images' }).click();
  const logged = async (opened: OpenedPage): Promise<string[]> =>
    (await opened.calls('log')).map(({ text }) => String(text));

  studio(
    'names clusters, empty images and odd sizes, each a key away from its file',
    async (opened, page) => {
      await propose(page, 'digits', 'digits');
      await page.getByLabel('Height').fill('24');
      await begin(page);
      const inspection = page.locator('ll-inspection');
      await inspection
        .getByText(/1,200 of 2,000 images .* have a near-duplicate: promises count 1,100\./)
        .waitFor();
      // Most have a twin: said as a warning.
      assert.equal(await inspection.locator('.warning').count(), 1);
      assert.ok((await logged(opened)).includes('inspect 24 28 detector contain'));
      assert.match(
        await inspection.getByRole('status').innerText(),
        /^Of 2,000 images: 1,200 with a near-duplicate, 41 exact copies, 30 nearly empty, 1 of odd size\.$/,
      );
      const cluster = inspection.getByRole('list', { name: '31 images' });
      assert.equal(await cluster.getByRole('listitem').count(), 12);
      await inspection.getByText('and 19 more', { exact: true }).waitFor();
      await inspection.getByRole('heading', { name: '4 images, pixel by pixel the same' }).first().waitFor();
      await inspection.getByText('and 240 more, counted only.').waitFor();
      await inspection.getByText('54 more clusters').waitFor();
      await cluster.getByRole('button', { name: 'train/0/shot-0-3.png' }).press('Enter');
      const blank = inspection.getByRole('list', { name: 'Constant or nearly empty: 30' });
      assert.equal(await blank.first().getByRole('button').count(), 24);
      await inspection.getByText('6 more images').click();
      await inspection.getByRole('button', { name: 'train/2/blank-29.png' }).click();
      await inspection.getByText('28 × 900').waitFor();
      await page.waitForFunction(
        () => globalThis.fakeHost.calls.filter(({ method }) => method === 'openFile').length === 2,
      );
      assert.deepEqual(await opened.calls('openFile'), [
        { dataset: 'digits', path: 'train/0/shot-0-3.png' },
        { dataset: 'digits', path: 'train/2/blank-29.png' },
      ]);
      // The form stays as it was filled in.
      assert.equal(await page.getByLabel('Height').inputValue(), '24');
    },
  );

  studio('says where nothing stands out', async (_, page) => {
    await propose(page, 'parts', 'parts');
    await begin(page);
    await page.getByText('Nothing stands out among 600 images.').waitFor();
    assert.equal(await page.locator('ll-inspection section').count(), 0);
  });

  studio('is stopped by its button, by a training and by another job', async (opened, page) => {
    const cancelled = (count: number): Promise<unknown> =>
      page.waitForFunction(
        (count) =>
          globalThis.fakeHost.calls.filter(
            ({ params }) => (params as { text?: string }).text === 'inspection cancelled',
          ).length === count,
        count,
      );
    await propose(page, 'digits', 'long');
    await begin(page);
    await page.getByText('700 of 2,000').waitFor();
    await page.getByRole('button', { name: 'Stop Inspecting' }).press('Enter');
    await cancelled(1);
    await begin(page);
    await page.getByText('700 of 2,000').waitFor();
    await project(page, 42);
    await page.getByText('t-SNE finished').waitFor();
    await cancelled(2);
    await page.getByRole('button', { name: 'Back to the Training Form' }).click();
    await begin(page);
    await page.getByText('700 of 2,000').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await cancelled(3);
    await page.getByText('After epoch').first().waitFor();
    // The host hears of it by a message, which may come after the page's own picture of the end.
    await page.waitForFunction(() => globalThis.fakeHost.calls.some(({ method }) => method === 'jobEnded'));
    assert.equal((await opened.calls('jobEnded')).length, 1);
  });

  studio('that fails says why, and the form goes on', async (_, page) => {
    await propose(page, 'digits', 'torn');
    await begin(page);
    await page.getByText('“digits” could not be read to its end.').waitFor();
    await page.getByLabel('Epochs').fill('3');
    assert.equal(await page.getByRole('button', { name: 'Train', exact: true }).isEnabled(), true);
  });

  studio('leaves names of clusters in the model, which open their files', async (opened, page) => {
    await showModel(page, 'digits');
    await page.getByText(/95 of 2,000 images in\s+40 clusters of near-duplicates/).click();
    await page.getByText('and 38 clusters more, counted only.').waitFor();
    await page.getByRole('button', { name: '7/two.png' }).click();
    await page.getByText('1 image constant or nearly empty').click();
    await page.getByRole('button', { name: '4/blank.png' }).press('Enter');
    const model = 'file:///workspace/latent-lens/digits.lens.safetensors';
    await page.waitForFunction(
      () => globalThis.fakeHost.calls.filter(({ method }) => method === 'openImage').length === 2,
    );
    assert.deepEqual(await opened.calls('openImage'), [
      { model, path: '7/two.png' },
      { model, path: '4/blank.png' },
    ]);
  });
});
