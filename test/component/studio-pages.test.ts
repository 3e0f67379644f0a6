/** The Studio's pages about a model: what they compute and show, driven as a user does. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decode, decodeApng } from 'fast-png';
import type { Locator, Page } from 'playwright-core';
import type { OpenedPage } from '../support/page-harness.ts';
import { openStudioPage, propose, showModel } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';
import { decodeFake, examplesOf } from './fakes/samples.ts';

const pageNames = ['Train', 'Reconstructions', 'Losses', 'Evaluate', 'Interpolate', 'Denoise', 'Generate'];

/** The gray values of an `ll-image` as drawn: each pixel once, whatever its enlargement. */
const drawn = (canvas: Locator, side = 28): Promise<number[]> =>
  canvas.evaluate((element, side) => {
    const canvas = element as HTMLCanvasElement;
    const times = canvas.width / side;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return Array.from(
      { length: side * side },
      (_, i) => data[(Math.floor(i / side) * times * canvas.width + (i % side) * times) * 4] ?? -1,
    );
  }, side);

/** Waits until what is read is as wanted: decoded images come a moment after what asked for them. */
async function eventually<T>(read: () => Promise<T>, holds: (value: T) => void): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    try {
      holds(value);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}
const becomes = <T>(read: () => Promise<T>, wanted: T): Promise<void> =>
  eventually(read, (value) => assert.deepEqual(value, wanted));
const changes = <T>(read: () => Promise<T>, before: T): Promise<void> =>
  eventually(read, (value) => assert.notDeepEqual(value, before));

const latent = (...entries: readonly (readonly [number, number])[]): Float32Array => {
  const values = new Float32Array(20);
  for (const [at, value] of entries) values[at] = value;
  return values;
};

describe('the pages of the Studio', () => {
  const studio = pageSuite().tests('studio');

  const image = (page: Page, name: string | RegExp): Locator => page.getByRole('img', { name, exact: true });
  const pick = (page: Page, ...names: readonly string[]): Promise<void> =>
    page.evaluate((names) => {
      globalThis.fakeHost.picked = names.map((name) => ({ uri: `file:///workspace/${name}`, name }));
      for (const { uri } of globalThis.fakeHost.picked)
        globalThis.fakeHost.files.set(uri, new Uint8Array(320));
    }, names);
  const saved = async (opened: OpenedPage, count: number): Promise<{ name: string; bytes: Uint8Array }> => {
    await opened.page.waitForFunction(
      (count) => globalThis.fakeHost.calls.filter(({ method }) => method === 'saveFile').length === count,
      count,
    );
    const call = (await opened.calls('saveFile'))[count - 1];
    return { name: String(call?.['name']), bytes: Uint8Array.from(call?.['bytes'] as number[]) };
  };

  studio(
    'are reached by keyboard, remembered across a reload, and left for a new training',
    async (_, page) => {
      await showModel(page, 'digits');
      const buttons = page.getByRole('navigation', { name: 'Studio' }).getByRole('button');
      await buttons.first().waitFor();
      assert.deepEqual(await buttons.allInnerTexts(), pageNames);
      await buttons.first().focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
      // The fake host forgets its files; which page was shown is the page's own to remember.
      await page.reload();
      await page.getByText('The file is no longer there.').waitFor();
      await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
      await propose(page, 'digits', 'digits');
      await page.getByText('Train on “digits”').waitFor();
      assert.equal(await page.getByRole('navigation', { name: 'Studio' }).count(), 0);
    },
  );

  studio(
    'Reconstructions: the same images by epoch, others decoded, each opens its file',
    async (opened, page) => {
      await showModel(page, 'digits');
      await openStudioPage(page, 'Reconstructions');
      const rows = await page.getByRole('rowheader').allInnerTexts();
      assert.deepEqual(rows, ['Input', ...[0, 4, 8, 12, 16, 20].map((epoch) => `Epoch ${epoch}`)]);
      assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), [
        ...['0', '1', '2', '3', '4', '6', '8', '9'],
      ]);
      const { inputs } = examplesOf('digits');
      assert.deepEqual(await drawn(image(page, 'Input, image 3 (2)')), [
        ...inputs.subarray(2 * 784, 3 * 784),
      ]);
      const others = image(page, 'Its reconstruction');
      await others.first().waitFor();
      const links = page.getByRole('button', { name: /\.png$/ });
      const first = await links.allInnerTexts();
      assert.equal(first.length, 8);
      await links.first().press('Enter');
      await page.waitForFunction(() =>
        globalThis.fakeHost.calls.some(({ method }) => method === 'openImage'),
      );
      const call = (await opened.calls('openImage'))[0];
      assert.equal(call?.['model'], 'file:///workspace/latent-lens/digits.lens.safetensors');
      const opensPath = String(call?.['path']);
      assert.ok(opensPath.endsWith(`/${first[0] ?? ''}`));
      // The folder's name is the class: the picture is what the decoder makes of the point's latent.
      const which = ['0', '1', '2', '3', '4', '6', '8', '9'].indexOf(opensPath[0] ?? '');
      await becomes(() => drawn(others.first()), [...decodeFake('digits', latent([which, 1]))]);
      await page.getByRole('button', { name: 'Draw Others' }).click();
      await changes(() => links.allInnerTexts(), first);
    },
  );

  studio('Losses: every rule with its threshold and the share that it flags', async (_, page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Losses');
    await page
      .getByRole('img', { name: /losses of 100 batches, training; mean 0\.009\d+, median/ })
      .waitFor();
    await page.getByRole('img', { name: /losses of 40 batches, validation; mean/ }).waitFor();
    const text = await page.getByRole('main').innerText();
    assert.match(text, /PCA, 20 components/);
    assert.match(text, /0\.0121/);
    const cells = async (rule: RegExp): Promise<string[]> =>
      page.getByRole('row', { name: rule }).getByRole('cell').allInnerTexts();
    // 200 images each, the same scores: the rate counts where the images had no part in the rule.
    assert.deepEqual(await cells(/^Calibrated/), ['0.0213', '0.5\u00a0%', '0.5\u00a0%']);
    assert.deepEqual(await cells(/quantile/), ['0.0213', '0.5\u00a0%', '0.5\u00a0%']);
    const two = await cells(/standard deviations/);
    await page.getByRole('spinbutton', { name: 'k' }).fill('1');
    await page.keyboard.press('Enter');
    await page.getByText('Mean + 1 standard deviations').waitFor();
    const one = await cells(/standard deviations/);
    assert.ok(Number(one[0]) < Number(two[0]));
    await page.getByRole('radio', { name: /^Notebook/ }).press('Space');
    await page.getByText(/it flags 23\.5\s% of 200 ordinary images/).waitFor();
  });

  studio('Losses: both histograms stand off the page, in the colours of the curve', async (_, page) => {
    await showModel(page, 'digits', { spec: { variant: 'variational' } });
    await page.getByText(/^The training loss includes the divergence/).waitFor();
    const curve = page.locator('ll-loss-chart canvas');
    // The orange that the dark theme gives at a third of its strength, at its full one.
    await eventually(
      () =>
        curve.evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          let orange = 0;
          for (let i = 0; i < data.length; i += 4)
            if ((data[i] ?? 0) > 220 && Math.abs((data[i + 1] ?? 0) - 92) < 12 && (data[i + 2] ?? 0) < 12)
              orange++;
          return orange;
        }),
      (pixels) => assert.ok(pixels > 40, `${pixels} pixels of the validation curve`),
    );
    await openStudioPage(page, 'Losses');
    const bar = page
      .getByRole('img', { name: /batches, validation/ })
      .locator('rect')
      .first();
    const fill = await bar.evaluate((element) => getComputedStyle(element).fill);
    const [red = 0, green = 0, blue = 0, alpha = 1] = (fill.match(/[\d.]+/g) ?? []).map(Number);
    assert.ok(red > 0.9 && green < 0.4 && blue < 0.1 && alpha > 0.6, fill);
  });

  studio(
    'Interpolate: ends from files and the map, both paths, steps, slider, exports',
    async (opened, page) => {
      await showModel(page, 'digits');
      await openStudioPage(page, 'Interpolate');
      await image(page, 'Step 10 of 10').or(image(page, 'Step 1 of 10')).first().waitFor();
      await page.evaluate(() =>
        globalThis.fakeHost.page.call('interpolate', {
          uri: 'file:///workspace/latent-lens/digits.lens.safetensors',
          name: 'digits',
          from: { point: 0 },
          to: { latent: Float32Array.from({ length: 20 }, (_, i) => (i === 3 ? 1 : 0)) },
        }),
      );
      await page.getByText('a place on the map').waitFor();
      await image(page, 'Step 1 of 10').waitFor();
      await becomes(() => drawn(image(page, 'Step 1 of 10')), [...decodeFake('digits', latent([0, 1]))]);
      const slider = page.getByRole('slider', { name: 'Step', exact: true });
      await slider.press('End');
      await becomes(() => drawn(image(page, 'Step 10 of 10')), [...decodeFake('digits', latent([3, 1]))]);
      await page.getByRole('slider', { name: 'Steps' }).press('Home');
      await image(page, 'Step 3 of 3').waitFor();
      await page.getByRole('button', { name: 'Show step 2' }).press('Enter');
      await becomes(
        () => drawn(image(page, 'Step 2 of 3')),
        [...decodeFake('digits', latent([0, 0.5], [3, 0.5]))],
      );
      await page.getByRole('radio', { name: 'Spherical' }).check();

      await page.getByRole('button', { name: 'Save Strip…' }).click();
      const strip = await saved(opened, 1);
      assert.equal(strip.name, 'digits interpolation strip.png');
      const { width, height, data, channels } = decode(strip.bytes, { checkCrc: true });
      assert.deepEqual([width, height], [3 * 168 + 2 * 8, 168]);
      const reds = Array.from({ length: 784 }, (_, i) => {
        const [x, y] = [(i % 28) * 6, Math.floor(i / 28) * 6];
        return data[(y * width + x) * channels];
      });
      assert.deepEqual(reds, [...decodeFake('digits', latent([0, 1]))]);
      await page.getByText('Saved as exports/digits interpolation strip.png.').waitFor();
      await page.getByRole('button', { name: 'Save Animation…' }).click();
      assert.equal(decodeApng((await saved(opened, 2)).bytes, { checkCrc: true }).numberOfFrames, 4);

      await pick(page, 'other/two.png');
      await page.getByRole('button', { name: 'Choose a file as end' }).click();
      await page.getByText('two.png').waitFor();
      await slider.press('End');
      await becomes(() => drawn(image(page, 'Step 3 of 3')), [...decodeFake('digits', latent([2, 1]))]);
    },
  );

  studio(
    'Interpolate: no animation where motion is unwanted',
    async (_, page) => {
      await showModel(page, 'digits');
      await openStudioPage(page, 'Interpolate');
      await image(page, 'Step 1 of 10').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Play' }).count(), 0);
    },
    { reducedMotion: true },
  );

  studio('Interpolate: plays and pauses', async (_, page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Interpolate');
    await image(page, 'Step 1 of 10').waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await image(page, 'Step 3 of 10').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  studio('Denoise: numbers follow σ and seed; a plain model is said to make it worse', async (_, page) => {
    await showModel(page, 'digits', { spec: { corruption: { noise: 0, erase: 0 } } });
    await openStudioPage(page, 'Denoise');
    await page.getByText(/The model brings the mean squared error down from 0\.02/).waitFor();
    await page.getByText('It was not trained to denoise').waitFor();
    const noisy = async (): Promise<string[]> =>
      page
        .getByRole('row', { name: /^Noisy/ })
        .getByRole('cell')
        .allInnerTexts();
    const before = await noisy();
    assert.equal(before.length, 8);
    assert.ok(
      before.every((text) => /^0\.0[12]\d\d$/.test(text.trim())),
      before.join(),
    );
    await page.getByLabel('Seed').fill('7');
    await page.keyboard.press('Enter');
    await changes(() => noisy(), before);
    await page.getByLabel('Noise σ').fill('0');
    await page.getByText(/The model makes it worse: the mean squared error goes up from 0 to 0\.0/).waitFor();
    await becomes(() => drawn(image(page, 'Noisy, image 1')), await drawn(image(page, 'Input, image 1')));
    await pick(page, 'a/one.png', 'a/broken.png');
    await page.getByRole('button', { name: 'Choose Files…' }).click();
    await page.getByText('The image “broken.png” ends too early.').waitFor();
    await pick(page, 'a/one.png');
    await page.getByRole('button', { name: 'Choose Files…' }).click();
    await image(page, 'Denoised, a/one.png').waitFor();
    assert.equal(await page.getByText('ends too early').count(), 0);
  });

  studio('Generate: seeded samples of a variational model, sliders decoded as they move', async (_, page) => {
    await showModel(page, 'digits', { spec: { variant: 'variational' } });
    await openStudioPage(page, 'Generate');
    const sample = image(page, 'Sample 1');
    await sample.waitFor();
    const first = await drawn(sample);
    await page.getByRole('button', { name: 'Draw Others' }).click();
    await changes(() => drawn(sample), first);
    await page.getByLabel('Seed').fill('1');
    await page.keyboard.press('Enter');
    await becomes(() => drawn(sample), first);
    const made = image(page, 'The decoder’s image of this latent');
    const mean = Array.from({ length: 8 }, (_, i) => [i, 0.125] as const);
    await becomes(() => drawn(made), [...decodeFake('digits', latent(...mean))]);
    await page.getByRole('slider', { name: 'Direction 1' }).press('End');
    await page.getByText('+3.00 σ').waitFor();
    const moved = latent([0, 0.125 + 3 * Math.fround(0.4)], ...mean.slice(1));
    await becomes(() => drawn(made), [...decodeFake('digits', moved)]);
    await page.getByRole('button', { name: 'Back to the Mean' }).click();
    await becomes(() => drawn(made), [...decodeFake('digits', latent(...mean))]);
  });

  studio('Generate: a plain model has no prior to draw from, and says so', async (_, page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Generate');
    await page.getByText('so there is nothing to draw them from').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Draw Others' }).count(), 0);
    await page.getByRole('slider', { name: 'Direction 8' }).waitFor();
  });
});
