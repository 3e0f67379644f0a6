import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import type { CheckOutcome } from '../../src/shared/protocol/report.ts';
import { packBytes } from '../../src/shared/transport.ts';
import { check } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('the report page', () => {
  const report = pageSuite().tests('report', { width: 600 });

  const shows = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
  const called = (page: Page, method: string): Promise<unknown> =>
    page.waitForFunction(
      (wanted) => globalThis.fakeHost.calls.some((call) => call.method === wanted),
      method,
    );

  report(
    'gives the verdict in words, with pictures and the place among good images',
    async (_opened, page) => {
      const outcome = (await check(page, 'digits/test/rotated/004.png')) as CheckOutcome;
      assert.ok(outcome.ok && outcome.verdict.anomalous && outcome.milliseconds > 0);
      await shows(page, 'Anomalous at a false-alarm rate of 1 %.');
      await shows(page, 'Score 0.0613. Of 2,000 good images none scores as high or higher (p = 0.05 %).');
      // Input, heat, reconstruction, difference and the histogram; the small pictures stand on named buttons.
      assert.equal(await page.getByRole('img').count(), 5);
      await page.getByRole('img', { name: /this image’s score 0\.0613 is above it/ }).waitFor();
      const live = page.locator('[aria-live=polite]');
      assert.match((await live.textContent()) ?? '', /^004\.png: Anomalous at/);
    },
  );

  report('calls an ordinary image not anomalous', async (_opened, page) => {
    await check(page, 'digits/test/good/001.png');
    await shows(page, 'Not anomalous at a false-alarm rate of 1 %.');
    await page.getByRole('img', { name: /is not above it/ }).waitFor();
  });

  report('shows the newest check, whatever comes late', async (_opened, page) => {
    const slow = check(page, 'digits/test/good/slow.png');
    const skipped = check(page, 'digits/test/good/slow-too.png');
    const newest = check(page, 'digits/test/rotated/000.png');
    const outcomes = (await Promise.all([slow, skipped, newest])) as CheckOutcome[];
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code)),
      ['cancelled', 'cancelled', 'ok'],
    );
    await shows(page, 'digits/test/rotated/000.png');
    assert.equal(await page.getByText('slow').count(), 0);
  });

  report('reads a model once, and again when it has changed', async (opened, page) => {
    await check(page, 'digits/test/good/001.png', 'one');
    await check(page, 'digits/test/good/002.png', 'one');
    assert.equal((await opened.calls('readFile')).length, 1);
    await check(page, 'digits/test/good/002.png', 'two');
    assert.equal((await opened.calls('readFile')).length, 2);
  });

  report('pulls a large image in parts', async (opened, page) => {
    const size = packBytes + 17;
    await page.evaluate((size) => {
      const { page, samples, files } = globalThis.fakeHost;
      files.set('file:///large.png', new Uint8Array(size));
      files.set('file:///m.lens.safetensors', samples.modelFileOf('digits'));
      return page.call('check', {
        image: 'file:///large.png',
        name: 'digits/test/good/large.png',
        bytes: null,
        model: 'file:///m.lens.safetensors',
        modelKey: 'm',
        modelName: 'm',
        card: samples.cardOf('digits'),
        falseAlarmRate: 0.01,
      });
    }, size);
    await shows(page, 'Not anomalous');
    const reads = (await opened.calls('readFile')).filter(({ uri }) => uri === 'file:///large.png');
    assert.deepEqual(
      reads.map(({ offset, length }) => [offset, length]),
      [
        [0, packBytes],
        [packBytes, 17],
      ],
    );
  });

  report('says why an image cannot be checked', async (opened, page) => {
    const outcome = (await check(page, 'digits/test/good/broken.png')) as CheckOutcome;
    assert.ok(!outcome.ok && outcome.error.code === 'truncated');
    await page.getByRole('alert').getByText('ends too early').waitFor();
    await page.getByRole('button', { name: 'Show Log' }).click();
    await called(page, 'showLog');
    assert.equal((await opened.calls('log')).length, 1);
  });

  report('shows what the host could not read', async (_opened, page) => {
    await page.evaluate(() =>
      globalThis.fakeHost.page.call('showError', {
        name: 'photos/gone.png',
        error: { code: 'not-found', message: 'The image “gone.png” is no longer there.' },
      }),
    );
    await shows(page, 'The image “gone.png” is no longer there.');
  });

  report('offers another model where this one cannot judge', async (_opened, page) => {
    await check(page, 'digits/test/good/uncalibrated.png');
    await page.getByRole('button', { name: 'Choose Model…' }).press('Enter');
    await called(page, 'chooseModel');
    await page.getByRole('button', { name: 'Train a Model…' }).click();
    await called(page, 'train');
  });

  report('survives the death of its worker', async (_opened, page) => {
    const outcome = (await check(page, 'digits/test/good/crash.png')) as CheckOutcome;
    assert.ok(!outcome.ok && outcome.error.code === 'engine-failed');
    await shows(page, 'The engine’s worker stopped unexpectedly');
    const next = (await check(page, 'digits/test/good/003.png')) as CheckOutcome;
    assert.equal(next.ok, true);
  });

  report('opens the image and the model by the keyboard', async (opened, page) => {
    await check(page, 'digits/test/good/001.png');
    await page.getByRole('button', { name: 'digits/test/good/001.png' }).press('Enter');
    await page.getByRole('button', { name: 'digits', exact: true }).press('Enter');
    await called(page, 'openFile');
    await page.waitForFunction(
      () => globalThis.fakeHost.calls.filter(({ method }) => method === 'openFile').length === 2,
    );
    assert.deepEqual(
      (await opened.calls('openFile')).map(({ uri }) => uri),
      [
        'file:///workspace/samples/digits/test/good/001.png',
        'file:///workspace/latent-lens/digits.lens.safetensors',
      ],
    );
  });

  report('changes between signed and squared differences by the arrow keys', async (_opened, page) => {
    await check(page, 'digits/test/rotated/004.png');
    await page.getByRole('img', { name: /^Reconstruction minus input/ }).waitFor();
    await page.getByLabel('signed').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('img', { name: /^Squared difference/ }).waitFor();
  });

  report('says which channels stand out, and what simpler detectors say', async (_opened, page) => {
    await check(page, 'digits/test/rotated/004.png');
    await shows(page, 'Structure stands out by itself.');
    const cells = page.locator('ll-channels tbody tr').first().locator('td');
    assert.match((await cells.first().textContent()) ?? '', /Structure\s+stands out.*SSIM.*learned/s);
    assert.deepEqual(
      (await cells.allTextContents()).slice(1).map((text) => text.trim()),
      ['3.21', '2.6'],
    );
    const beside = (await page.locator('ll-channels li').allTextContents()).map((text) =>
      text.replace(/\s+/g, ' ').trim(),
    );
    assert.match(beside[0] ?? '', /^The autoencoder alone: (not )?anomalous \(p = [\d.]+ %\)$/);
    assert.match(beside[1] ?? '', /^PCA with as many components \(20 components\): not anomalous/);
    await shows(page, 'sum of the standard scores of structure and orientation');
  });

  report('lays the heat over the input, outlined, as strong as the slider says', async (_opened, page) => {
    await check(page, 'digits/test/rotated/004.png');
    const heat = page.getByRole('img', {
      name: /^Where the image departs, by structure; a region is outlined/,
    });
    await heat.waitFor();
    await shows(page, 'Outlined: hotter than any place of all but 1 % of good images.');
    const colours = (): Promise<number> =>
      heat.evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement)
          .getContext('2d')
          ?.getImageData(0, 0, width, height) ?? {
          data: new Uint8ClampedArray(),
        };
        let coloured = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] !== data[i + 2]) coloured++;
        return coloured;
      });
    assert.ok((await colours()) > 1000);
    await page.getByLabel('Opacity').fill('0');
    await page.waitForTimeout(100);
    assert.equal(await colours(), 0, 'without opacity the image alone, and its outline in black and white');
    await check(page, 'digits/test/good/001.png');
    await page.getByRole('img', { name: /nothing is outlined/ }).waitFor();
    await shows(page, 'No place is hotter than in all but 1 % of good images.');
  });

  report(
    'shows the nearest training images and opens them; shows the place on the map',
    async (opened, page) => {
      await check(page, 'digits/test/good/001.png');
      const near = page.getByRole('button', { name: /^000\.png 2 · distance 1\.2$/ });
      await near.click();
      await called(page, 'openNear');
      await page.getByRole('button', { name: 'Show on Map' }).click();
      await called(page, 'showOnMap');
      const model = 'file:///workspace/latent-lens/digits.lens.safetensors';
      assert.deepEqual(await opened.calls('openNear'), [{ model, path: '2/000.png' }]);
      assert.deepEqual(await opened.calls('showOnMap'), [{ model }]);
      assert.equal(await page.locator('ll-nearest ll-image').count(), 8);
    },
  );

  report('is exported as one HTML file and as a PNG', async (opened, page) => {
    await check(page, 'digits/test/rotated/004.png');
    await page.locator('ll-nearest ll-image').first().waitFor();
    await page.getByRole('button', { name: 'Export HTML…' }).click();
    await shows(page, 'Saved as exports/004-report.html.');
    await page.getByRole('button', { name: 'Export PNG…' }).click();
    await shows(page, 'Saved as exports/004-report.png.');
    const [html, png] = (await opened.calls('saveFile')).map(({ bytes }) =>
      Uint8Array.from(bytes as number[]),
    );
    assert.ok(html && png);
    const text = new TextDecoder().decode(html);
    assert.match(text, /Anomalous at a false-alarm rate of 1\u00a0%\./);
    assert.equal([...text.matchAll(/<img [^>]*src="data:image\/png;base64,/g)].length, 12);
    assert.doesNotMatch(text, /https?:|<script|src="(?!data:)/);
    const picture = decode(png);
    assert.equal(picture.width, 1200);
    assert.ok(picture.height > 700);
    // Not a white sheet: pictures and words have been drawn.
    const dark = picture.data.filter((value, i) => i % picture.channels === 0 && value < 100).length;
    assert.ok(dark > 20_000, String(dark));
  });

  report('remembers which image it showed', async (_opened, page) => {
    await check(page, 'digits/test/good/001.png');
    assert.deepEqual(await page.evaluate(() => globalThis.fakeHost.state), {
      version: 2,
      image: 'file:///workspace/samples/digits/test/good/001.png',
      batch: null,
      face: 'image',
    });
  });
});
