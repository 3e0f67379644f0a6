import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Page } from 'playwright-core';
import { packBytes } from '../../src/shared/transport.ts';
import { changeTheme, type OpenedPage } from '../support/page-harness.ts';
import { project, propose, showModel } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('the Studio page', () => {
  const studio = pageSuite().tests('studio');

  const shows = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const called = (page: Page, method: string): Promise<unknown> =>
    page.waitForFunction(
      (wanted) => globalThis.fakeHost.calls.some((call) => call.method === wanted),
      method,
    );
  const logged = async (opened: OpenedPage, start: string): Promise<string> => {
    await opened.page.waitForFunction(
      (start) =>
        globalThis.fakeHost.calls.some(
          ({ method, params }) => method === 'log' && (params as { text: string }).text.startsWith(start),
        ),
      start,
    );
    const lines = (await opened.calls('log')).map(({ text }) => String(text));
    return lines.find((line) => line.startsWith(start)) ?? '';
  };

  studio('asks for images by the keyboard alone', async (opened, page) => {
    await shows(page, 'Choose Images…');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await called(page, 'chooseDataset');
    assert.equal((await opened.calls('ready')).length, 1);
  });

  studio('summarises the data set before training', async (_opened, page) => {
    await propose(page, 'digits', 'digits');
    await shows(page, 'Train on “digits”');
    const main = page.getByRole('main');
    await shows(page, 'trains the weights');
    const text = await main.innerText();
    for (const wanted of [
      '2,000',
      '1,600',
      'all 28 × 28 (of 200 looked at)',
      '10 classes',
      '2 files left out',
    ]) {
      assert.ok(text.includes(wanted), `${wanted} in: ${text}`);
    }
    await page.getByText('2 files left out').click();
    await shows(page, 'The file is empty.');
    assert.equal(await page.getByLabel('Height').inputValue(), '28');
  });

  studio('says in sentences what does not hold, and takes the focus there', async (opened, page) => {
    await propose(page, 'digits', 'digits');
    await page.getByLabel('Learning rate').fill('fast');
    await page.getByLabel('Latent size').fill('0');
    await button(page, 'Train').click();
    await shows(page, 'The latent size must be a whole number from 1 to 1,024.');
    await shows(page, 'The learning rate must be a number above 0, at most 1.');
    const focused = await page.evaluate(() => {
      let active: Element | null = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active?.id;
    });
    assert.equal(focused, 'latent');
    assert.equal((await opened.calls('jobChanged')).length, 0);
  });

  studio('trains with exactly what the form says, on Enter', async (opened, page) => {
    await propose(page, 'digits', 'digits');
    await page.getByLabel('Recipe').selectOption('notebook');
    assert.equal(await page.getByLabel('Epochs').inputValue(), '20');
    await page.getByLabel('Latent size').fill('12');
    await page.getByLabel('Height').fill('32');
    await page.getByLabel('Fitting').selectOption('cover');
    await page.getByLabel('Learning rate').fill('1e-4');
    await page.getByLabel('Name').fill(' nines ');
    await page.keyboard.press('Enter');
    const request = JSON.parse((await logged(opened, 'train ')).slice(6)) as Record<string, unknown>;
    assert.deepEqual(request, {
      name: 'nines',
      location: 'samples/digits/train',
      spec: {
        height: 32,
        width: 28,
        channels: 1,
        latent: 12,
        variant: 'plain',
        recipe: 'notebook',
        corruption: { noise: 0, erase: 0 },
        loss: 'mse',
      },
      fit: 'cover',
      training: { epochs: 20, batchSize: 64, learningRate: 0.0001, weightDecay: 0.00001, seed: 42 },
      falseAlarmRate: 0.01,
      memoryBudget: 1.5 * 1024 ** 3,
    });
  });

  studio('lets a look at the images be cancelled', async (opened, page) => {
    await propose(page, 'digits', 'endless');
    await shows(page, '120 of 200');
    await button(page, 'Cancel').click();
    await shows(page, 'Choose Images…');
    await logged(opened, 'survey cancelled');
  });

  studio('shows a running job and tells the host of it', async (opened, page) => {
    await propose(page, 'digits', 'hold', true);
    await shows(page, '166 of 500');
    const text = await page.getByRole('main').innerText();
    for (const wanted of ['7 of 20', '1,224', 'WASM', 'This window has no GPU adapter.', '28 × 28 gray']) {
      assert.ok(text.includes(wanted), `${wanted} in: ${text}`);
    }
    assert.equal(await page.getByRole('img', { name: /^Input, image/ }).count(), 8);
    assert.equal(await page.getByRole('img', { name: /^Reconstruction, image/ }).count(), 8);
    await page.getByRole('img', { name: /^Loss curve over 6 of 20 epochs/ }).waitFor();
    const [first] = await opened.calls('jobChanged');
    assert.equal(first?.['dataset'], 'hold');
    assert.equal(first?.['phase'], 'reading');
  });

  studio('keeps the keyboard’s place when the page changes its face', async (_opened, page) => {
    await propose(page, 'digits', 'hold');
    await button(page, 'Train').press('Enter');
    await shows(page, '166 of 500');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shows(page, 'Stopped in epoch 7 of 20');
  });

  studio('refuses a second training while one runs', async (_opened, page) => {
    await propose(page, 'digits', 'hold', true);
    await shows(page, '166 of 500');
    await assert.rejects(propose(page, 'parts', 'parts'), /already; stop it first/);
    await shows(page, '166 of 500');
  });

  studio('stops by its button, saves, and offers to resume', async (opened, page) => {
    await propose(page, 'digits', 'hold', true);
    await shows(page, '166 of 500');
    await button(page, 'Stop').press('Enter');
    await shows(page, 'Stopped in epoch 7 of 20');
    await shows(page, 'latent-lens/digits.lens.safetensors');
    const [outcome] = await opened.calls('jobEnded');
    assert.equal(outcome?.['state'], 'stopped');
    await button(page, 'Resume').click();
    await called(page, 'resumeModel');
    assert.deepEqual(await opened.calls('resumeModel'), [
      { uri: 'file:///workspace/latent-lens/digits.lens.safetensors' },
    ]);
  });

  studio(
    'answers the host’s stop with the outcome, and with null when nothing runs',
    async (_opened, page) => {
      const stop = (): Promise<unknown> => page.evaluate(() => globalThis.fakeHost.page.call('stop', {}));
      assert.equal(await stop(), null);
      await propose(page, 'digits', 'hold', true);
      await shows(page, '166 of 500');
      const outcome = (await stop()) as { state: string; savedAs: string };
      assert.equal(outcome.state, 'stopped');
      assert.equal(outcome.savedAs, 'latent-lens/digits.lens.safetensors');
    },
  );

  studio('stops a job whose images are still being looked at', async (opened, page) => {
    await propose(page, 'digits', 'endless', true);
    await shows(page, '120 of 200');
    await button(page, 'Stop').click();
    await shows(page, 'Stopped before training began');
    assert.equal((await opened.calls('jobEnded'))[0]?.['state'], 'stopped');
  });

  studio('saves in exact parts of at most 4 MiB that make up the file', async (opened, page) => {
    await propose(page, 'digits', 'large', true);
    await shows(page, 'Training finished');
    const parts = (await opened.calls('appendSave')).map(({ length }) => Number(length));
    const { size } = (await opened.calls('beginSave'))[0] as { size: number };
    const buffers = await page.evaluate(() => globalThis.fakeHost.saveBuffers);
    assert.ok(parts.length >= 3);
    assert.ok(parts.every((length) => length <= packBytes));
    assert.equal(
      parts.reduce((sum, length) => sum + length, 0),
      size,
    );
    assert.deepEqual(buffers, parts, 'no part drags a larger buffer along');
    const same = await page.evaluate(() => {
      const { saved, samples } = globalThis.fakeHost;
      const [file] = saved.values();
      const expected = samples.modelFileOf('digits', {}, 9 * 1024 * 1024);
      return file?.length === expected.length && file.every((byte, index) => byte === expected[index]);
    });
    assert.equal(same, true);
  });

  studio('shows the finished model and what to do with it', async (opened, page) => {
    await propose(page, 'digits', 'digits', true);
    await shows(page, 'Training finished');
    await shows(page, /An image is called anomalous when its score is above/);
    await page.getByRole('img', { name: /Histogram of 200 calibration scores/ }).waitFor();
    await button(page, 'Check an Image…').click();
    await called(page, 'checkImage');
    await button(page, 'Show Model File').click();
    await called(page, 'reveal');
    const slider = page.getByRole('slider');
    await slider.focus();
    await slider.press('Home');
    assert.equal(await slider.getAttribute('aria-valuetext'), 'epoch 0');
    assert.equal((await opened.calls('jobEnded'))[0]?.['state'], 'finished');
  });

  studio('passes the worker’s pulls on to the host and the packs back', async (opened, page) => {
    await propose(page, 'digits', 'pull', true);
    assert.equal(await logged(opened, 'pulled'), 'pulled 1000 7');
    assert.deepEqual(await opened.calls('pull'), [{ source: 'pull', cursor: { file: 0, offset: 0 } }]);
  });

  studio('goes on while nothing is painted', async (_opened, page) => {
    await page.evaluate(() => {
      globalThis.requestAnimationFrame = () => 0;
    });
    await propose(page, 'digits', 'digits', true);
    await called(page, 'jobEnded');
  });

  studio('ends the job with a sentence when the worker dies, and can start again', async (opened, page) => {
    await propose(page, 'digits', 'crash', true);
    await shows(page, 'The engine’s worker stopped unexpectedly');
    const [outcome] = await opened.calls('jobEnded');
    assert.equal(outcome?.['state'], 'failed');
    await button(page, 'Show Log').click();
    await called(page, 'showLog');
    await propose(page, 'digits', 'digits', true);
    await shows(page, 'Training finished');
  });

  studio('says so when memory is what ran out', async (opened, page) => {
    await propose(page, 'digits', 'memory', true);
    await shows(page, 'The window ran out of memory');
    const error = (await opened.calls('jobEnded'))[0]?.['error'] as { code: string };
    assert.equal(error.code, 'out-of-memory');
  });

  studio('shows why a save failed', async (_opened, page) => {
    await page.evaluate(() => {
      globalThis.fakeHost.fault = 'disk-full';
    });
    await propose(page, 'digits', 'disk-full', true);
    await shows(page, 'The disk is full; free some space and resume.');
    await shows(page, 'No checkpoint had been saved yet');
  });

  studio('keeps the last checkpoint in sight when training fails', async (_opened, page) => {
    await propose(page, 'digits', 'diverge', true);
    await shows(page, 'The loss is no longer a number after epoch 6');
    await shows(page, 'latent-lens/digits.lens.safetensors');
    await button(page, 'Resume').waitFor();
  });

  studio('reads the model in parts to resume, under the id it is given', async (opened, page) => {
    const size = await page.evaluate(() => {
      const { page, samples, files } = globalThis.fakeHost;
      const model = 'file:///workspace/latent-lens/my%20digits.lens.safetensors';
      const file = samples.modelFileOf('digits', { state: 'stopped', epochs: 6 }, 5 * 1024 * 1024);
      files.set(model, file);
      void page.call('resume', {
        jobId: 'job-7',
        dataset: samples.datasetOf('digits', 'hold'),
        model,
        falseAlarmRate: 0.01,
        memoryBudget: 1e9,
      });
      return file.length;
    });
    const line = await logged(opened, 'resume');
    assert.match(line, new RegExp(`^resume job-7 ${size} `));
    const reads = await opened.calls('readFile');
    assert.equal(reads.length, 2);
    assert.deepEqual(reads[1]?.['offset'], packBytes);
    await shows(page, 'Resumed from its last checkpoint.');
    assert.equal((await opened.calls('jobChanged'))[0]?.['name'], 'my digits');
  });

  studio('tells of a model that cannot be read', async (_opened, page) => {
    await page.evaluate(() => {
      const { page, files } = globalThis.fakeHost;
      files.set('file:///bad.lens.safetensors', new Uint8Array(40).fill(1));
      return page.call('showModel', { uri: 'file:///bad.lens.safetensors', name: 'bad' });
    });
    await shows(page, 'This is not a valid safetensors file');
  });

  studio('remembers the model it showed', async (opened, page) => {
    await showModel(page, 'digits');
    await shows(page, 'Finished after 20 epochs');
    await page.reload();
    await shows(page, 'The file is no longer there.');
    assert.equal(
      (await opened.calls('readFile'))[0]?.['uri'],
      'file:///workspace/latent-lens/digits.lens.safetensors',
    );
  });

  studio('says after a reload that a training was cut off', async (_opened, page) => {
    await propose(page, 'digits', 'hold', true);
    await shows(page, '166 of 500');
    await page.reload();
    await shows(page, 'The training of “digits” was cut off');
  });

  studio('draws its curve in the colours of the theme, also after a change', async (_opened, page) => {
    await propose(page, 'digits', 'hold', true);
    await page.getByRole('img', { name: /^Loss curve over 6/ }).waitFor();
    const hasColor = (name: string): Promise<boolean> =>
      page.evaluate((name) => {
        const wanted = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const rgb = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
        const find = (root: ParentNode): HTMLCanvasElement | null => {
          for (const element of root.querySelectorAll('*')) {
            if (element.matches('.uplot canvas')) return element as HTMLCanvasElement;
            const inside = element.shadowRoot && find(element.shadowRoot);
            if (inside) return inside;
          }
          return null;
        };
        const canvas = find(document);
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        for (let i = 0; i < data.length; i += 4) {
          if (rgb.every((value, channel) => value === data[i + channel])) return true;
        }
        return false;
      }, name);
    assert.equal(await hasColor('--vscode-charts-blue'), true);
    await changeTheme(page, 'high-contrast-light');
    await page.waitForTimeout(50);
    assert.equal(await hasColor('--vscode-charts-blue'), true);
    await page.getByLabel('Logarithmic').press('Space');
    assert.equal(await page.getByLabel('Logarithmic').isChecked(), true);
    assert.equal(await hasColor('--vscode-charts-blue'), true);
  });

  studio('computes a t-SNE of the model’s file and tells the host as it goes', async (opened, page) => {
    await project(page, 42);
    await shows(page, 't-SNE finished');
    const request = JSON.parse((await logged(opened, 'project ')).slice(8)) as Record<string, unknown>;
    const { bytes, ...asked } = request;
    assert.ok(Number(bytes) > 1000, 'the whole file');
    assert.deepEqual(asked, {
      ...{ points: 'held-out', perplexity: 30, iterations: 1000, seed: 42, continue: false },
      kernels: [16, 16],
    });
    const told = await opened.calls('jobChanged');
    const last = told.at(-1);
    assert.equal(last?.['kind'], 'projection');
    assert.equal(last?.['model'], 'file:///workspace/latent-lens/digits.lens.safetensors');
    assert.ok(told.every(({ of, name }) => of === 1000 && name === 'digits'));
    const [end] = await opened.calls('projectionEnded');
    assert.deepEqual([end?.['state'], end?.['savedAs']], ['finished', 'latent-lens/digits.lens.safetensors']);
    assert.equal('coordinates' in (end ?? {}), false, 'they are in the file');
    const main = await page.getByRole('main').innerText();
    for (const wanted of ['1.44', '0.47', '0.981', '24 of 2,000 images'])
      assert.ok(main.includes(wanted), wanted);
    await button(page, 'Show Map').click();
    await called(page, 'showMap');
    await button(page, 'Continue for 500 Iterations').click();
    await called(page, 'continueProjection');
    // The other pages are about the model meanwhile.
    await page.getByRole('navigation', { name: 'Studio' }).getByRole('button', { name: 'Losses' }).waitFor();
  });

  studio('stops a t-SNE by its button, and refuses a training meanwhile', async (opened, page) => {
    await project(page, 1);
    await shows(page, '300 of 1,000 iterations');
    await assert.rejects(propose(page, 'digits', 'digits', true), /A t-SNE is running in the Studio already/);
    await assert.rejects(project(page, 42), /A t-SNE is running/);
    const newest = (await opened.calls('jobChanged')).at(-1) as { iteration: number; kl: number };
    assert.deepEqual([newest.iteration, newest.kl], [300, 1.9]);
    await button(page, 'Stop').press('Enter');
    await shows(page, 't-SNE stopped after 300 of 1,000 iterations');
    const [end] = await opened.calls('projectionEnded');
    assert.equal(end?.['state'], 'stopped');
    await button(page, 'Continue').click();
    await called(page, 'continueProjection');
    await propose(page, 'digits', 'digits');
    await shows(page, 'Train on “digits”');
  });

  studio('gives a filled-in form back that a t-SNE took the place of', async (_opened, page) => {
    await propose(page, 'digits', 'digits');
    await page.getByLabel('Latent size').fill('7');
    await project(page, 42);
    await shows(page, 't-SNE finished');
    await button(page, 'Back to the Training Form').click();
    await shows(page, 'Train on “digits”');
    assert.equal(await page.getByLabel('Latent size').inputValue(), '7');
  });

  studio('answers the host’s stop with the end of a t-SNE', async (_opened, page) => {
    await project(page, 1);
    await shows(page, '300 of 1,000 iterations');
    const end = await page.evaluate(() => globalThis.fakeHost.page.call('stop', {}));
    assert.deepEqual([end?.jobId, end?.state], ['tsne-1', 'stopped']);
  });

  studio('says why a t-SNE failed, and that the model is as it was', async (opened, page) => {
    await project(page, 3);
    await shows(page, 'The t-SNE failed');
    await shows(page, 'compute it again with a smaller perplexity');
    await shows(page, 'The model’s file was not changed.');
    assert.equal((await opened.calls('projectionEnded'))[0]?.['state'], 'failed');
  });

  studio('offers to go on with a t-SNE that a reload cut off', async (_opened, page) => {
    await project(page, 1);
    await shows(page, '300 of 1,000 iterations');
    await page.reload();
    await shows(page, 'The t-SNE of “digits” was cut off');
    await button(page, 'Continue t-SNE').click();
    await called(page, 'continueProjection');
  });
});
