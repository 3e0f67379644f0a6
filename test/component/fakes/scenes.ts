/** Every state of every page, and how to bring a page there: the looks and the accessibility tests go through them. */
import type { Page } from 'playwright-core';
import type { PageName } from '../../support/page-harness.ts';
import type {} from './host.ts';
import type { Kind, CardOptions } from './samples.ts';

export interface Scene {
  readonly name: string;
  readonly page: PageName;
  /** Brings the page there and waits until it shows. */
  readonly play: (page: Page) => Promise<void>;
}

/** Proposes a data set whose id says what the engine will do with it. */
export const propose = (page: Page, kind: Kind, id: string, startNow = false): Promise<void> =>
  page.evaluate(
    ([kind, id, startNow]) => {
      const { page, samples } = globalThis.fakeHost;
      return page.call('propose', { ...samples.proposalOf(samples.datasetOf(kind, id)), startNow });
    },
    [kind, id, startNow] as const,
  );

/** Puts a model file where the host finds it and shows it in the Studio. */
export const showModel = (page: Page, kind: Kind, options: CardOptions = {}): Promise<void> =>
  page.evaluate(
    ([kind, options]) => {
      const { page, samples, files } = globalThis.fakeHost;
      const uri = `file:///workspace/latent-lens/${kind}.lens.safetensors`;
      files.set(uri, samples.modelFileOf(kind, options));
      return page.call('showModel', { uri, name: kind });
    },
    [kind, options] as const,
  );

/** Starts a t-SNE of a model that is put where the host finds it; its seed says what the engine will do. */
export const project = (page: Page, seed: number, iterations = 1000): Promise<void> =>
  page.evaluate(
    ([seed, iterations]) => {
      const { page, samples, files } = globalThis.fakeHost;
      const model = 'file:///workspace/latent-lens/digits.lens.safetensors';
      files.set(model, samples.modelFileOf('digits'));
      return page.call('project', {
        ...{ jobId: `tsne-${seed}`, model, name: 'digits', points: 'held-out' },
        ...{ perplexity: 30, iterations, seed, continue: false },
      });
    },
    [seed, iterations] as const,
  );

/** Calibrates a model anew that is put where the host finds it; the data set's id says what the engine will do. */
export const recalibrate = (page: Page, id: string): Promise<unknown> =>
  page.evaluate((id) => {
    const { page, samples, files } = globalThis.fakeHost;
    const model = 'file:///workspace/latent-lens/digits.lens.safetensors';
    files.set(model, samples.modelFileOf('digits'));
    return page.call('recalibrate', {
      ...{ jobId: `calibration-${id}`, model, name: 'digits', dataset: samples.datasetOf('digits', id) },
      ...{ location: 'samples/digits/evening', origin: 'file:///workspace/samples/digits/train' },
      ...{ falseAlarmRate: 0.01, memoryBudget: 1e9 },
    });
  }, id);

export const openStudioPage = (page: Page, title: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Studio' }).getByRole('button', { name: title }).click();

/** Shows a part of an evaluation's result. */
export const openResultTab = (page: Page, title: string): Promise<void> =>
  page.getByRole('tab', { name: title }).click();

/** Evaluates on a folder of good images and, unless left out, of bad ones; the page Evaluate then shows its result. */
export async function evaluate(page: Page, bad = true, good = 20): Promise<void> {
  await page.evaluate(
    ([bad, good]) => {
      const host = globalThis.fakeHost;
      host.evaluation = host.samples.evaluationFolder(bad, good);
    },
    [bad, good] as const,
  );
  await openStudioPage(page, 'Evaluate');
  await page.getByRole('button', { name: 'Labelled Folder…' }).click();
  // The way to the page has the same name.
  const begin = page.locator('ll-evaluate-page').getByRole('button');
  await begin.and(page.getByRole('button', { name: /^Evaluate/ })).click();
  await page.locator('ll-evaluation-result').waitFor();
}

/** Asks the report for a check; resolves with its outcome. @param name `KIND/test/FOLDER/…` */
export const check = (page: Page, name: string, modelKey = 'one'): Promise<unknown> =>
  page.evaluate(
    ([name, modelKey]) => {
      const { page, samples, files } = globalThis.fakeHost;
      const kind = name.startsWith('parts') ? 'parts' : 'digits';
      const model = `file:///workspace/latent-lens/${kind}.lens.safetensors`;
      files.set(model, samples.modelFileOf(kind));
      return page.call('check', {
        image: `file:///workspace/samples/${name}`,
        name: `samples/${name}`.replace(/^samples\//, ''),
        bytes: new Uint8Array(320),
        model,
        modelKey: `${model} ${modelKey}`,
        modelName: kind,
        card: samples.cardOf(kind),
        falseAlarmRate: 0.01,
      });
    },
    [name, modelKey] as const,
  );

/** Has the report check a batch; resolves with its end. @param conduct what the images or the model do */
export const checkBatch = (
  page: Page,
  count: number,
  anomalous: number,
  conduct: 'quick' | 'slow' | 'empty-model' = 'quick',
): Promise<unknown> =>
  page.evaluate(
    ([count, anomalous, conduct]) => {
      const host = globalThis.fakeHost;
      const plain = host.samples.batchOf(count, anomalous);
      const slow = (name: string): string => name.replace('good/', 'good/slow/');
      const batch = conduct === 'slow' ? { ...plain, names: plain.names.map(slow) } : plain;
      host.batch = batch;
      host.files.set(
        batch.model,
        conduct === 'empty-model' ? new Uint8Array() : host.samples.modelFileOf('digits'),
      );
      return host.page.call('checkBatch', { batch, run: 'run', left: count, rows: [], terms: null });
    },
    [count, anomalous, conduct] as const,
  );

const showCard = (page: Page, kind: Kind, options: CardOptions, active: boolean): Promise<void> =>
  page.evaluate(
    ([kind, options, active]) => {
      const { page, samples } = globalThis.fakeHost;
      return page.call('show', {
        name: kind,
        size: 1_240_000,
        active,
        card: samples.cardOf(kind, options),
        tensors: [
          { name: 'encoder_module.0.weight', dtype: 'F32', shape: [16, 1, 3, 3] },
          { name: 'encoder_module.0.bias', dtype: 'F32', shape: [16] },
          { name: 'encoder_module.2.weight', dtype: 'F32', shape: [32, 16, 3, 3] },
          { name: 'calibration.scores', dtype: 'F64', shape: [200] },
        ],
      });
    },
    [kind, options, active] as const,
  );

const text = (page: Page, wanted: string | RegExp): Promise<void> => page.getByText(wanted).first().waitFor();

/** Images are drawn when their boxes have a size; charts a turn later. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

const scene = (page: PageName, name: string, play: (page: Page) => Promise<unknown>): Scene => ({
  name: `${page}-${name}`,
  page,
  play: async (opened) => {
    await play(opened);
    await settle(opened);
  },
});

export const scenes: readonly Scene[] = [
  scene('studio', 'empty', (page) => text(page, 'Choose Images…')),
  scene('studio', 'surveying', async (page) => {
    await propose(page, 'digits', 'endless');
    await text(page, '120 of 200');
  }),
  scene('studio', 'survey-failed', async (page) => {
    await propose(page, 'digits', 'no-images');
    await text(page, 'There is no image that can be read');
  }),
  scene('studio', 'proposal', async (page) => {
    await propose(page, 'digits', 'digits');
    await text(page, 'Learning rate');
    await page.getByText('2 files left out').click();
  }),
  scene('studio', 'proposal-inspecting', async (page) => {
    await propose(page, 'digits', 'long');
    await page.getByRole('button', { name: 'Inspect Images' }).click();
    await text(page, '700 of 2,000');
  }),
  scene('studio', 'proposal-inspected', async (page) => {
    await propose(page, 'digits', 'digits');
    await page.getByRole('button', { name: 'Inspect Images' }).click();
    await text(page, 'promises count 1,100');
  }),
  scene('studio', 'proposal-inspection-failed', async (page) => {
    await propose(page, 'digits', 'torn');
    await page.getByRole('button', { name: 'Inspect Images' }).click();
    await text(page, 'could not be read to its end');
  }),
  scene('studio', 'model-hygiene', async (page) => {
    await showModel(page, 'digits');
    await page.getByText(/in\s+40 clusters of near-duplicates/).click();
    await page.getByText('1 image constant or nearly empty').click();
  }),
  scene('studio', 'proposal-warnings', async (page) => {
    await propose(page, 'parts', 'parts');
    await page.getByLabel('Epochs').fill('none');
    await page.getByLabel('Height').fill('4');
    await page.getByRole('button', { name: 'Train' }).click();
    await text(page, 'must be a whole number');
  }),
  scene('studio', 'reading', async (page) => {
    await propose(page, 'digits', 'reading', true);
    await text(page, '1,240 of 2,000');
  }),
  scene('studio', 'running-digits', async (page) => {
    await propose(page, 'digits', 'hold', true);
    await text(page, '166 of 500');
  }),
  scene('studio', 'running-parts', async (page) => {
    await propose(page, 'parts', 'hold', true);
    await text(page, '166 of 500');
  }),
  scene('studio', 'finished', async (page) => {
    await propose(page, 'digits', 'digits', true);
    await text(page, 'After epoch');
  }),
  scene('studio', 'stopped', async (page) => {
    await propose(page, 'parts', 'hold', true);
    await text(page, '166 of 500');
    await page.getByRole('button', { name: 'Stop' }).click();
    await text(page, 'After epoch');
  }),
  scene('studio', 'failed', async (page) => {
    await propose(page, 'digits', 'diverge', true);
    await text(page, 'The loss is no longer a number');
  }),
  scene('studio', 'projecting', async (page) => {
    await project(page, 1);
    await text(page, '300 of 1,000 iterations');
  }),
  scene('studio', 'projected', async (page) => {
    await project(page, 42);
    await text(page, 't-SNE finished');
  }),
  scene('studio', 'projected-poor', async (page) => {
    await project(page, 2);
    await text(page, 'Few neighbours on this map');
  }),
  scene('studio', 'projection-failed', async (page) => {
    await project(page, 3);
    await text(page, 'is no longer a number');
  }),
  scene('studio', 'projection-cut-off', async (page) => {
    await project(page, 1);
    await text(page, '300 of 1,000 iterations');
    await page.reload();
    await text(page, 'was cut off');
  }),
  scene('studio', 'recalibrating', async (page) => {
    void recalibrate(page, 'hold').catch(() => undefined);
    await text(page, '60 of 150');
  }),
  scene('studio', 'recalibrated', async (page) => {
    await recalibrate(page, 'evening');
    await text(page, 'Calibrated anew');
    await page.getByText('1 file left out').click();
  }),
  scene('studio', 'recalibration-refused', async (page) => {
    await recalibrate(page, 'trained');
    await text(page, 'was trained on images in');
  }),
  scene('studio', 'page-losses-recalibrated', async (page) => {
    await recalibrate(page, 'evening');
    await page.getByRole('button', { name: 'Show Losses' }).click();
    await text(page, 'These images are of another kind');
  }),
  scene('studio', 'model', async (page) => {
    await showModel(page, 'parts');
    await text(page, 'After epoch');
    await page.getByText('Losses of 20 epochs').click();
  }),
  scene('studio', 'page-reconstructions', async (page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Reconstructions');
    await page.getByRole('img', { name: 'Its reconstruction' }).first().waitFor();
  }),
  scene('studio', 'page-losses', async (page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Losses');
    await page.getByRole('radio', { name: /^Notebook/ }).check();
  }),
  scene('studio', 'page-evaluate-empty', async (page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Evaluate');
    await text(page, 'Labelled Folder…');
  }),
  scene('studio', 'page-evaluate', async (page) => {
    await showModel(page, 'digits');
    await evaluate(page);
    await text(page, '1 image not read');
  }),
  scene('studio', 'page-evaluate-threshold', async (page) => {
    await showModel(page, 'digits');
    await evaluate(page);
    await openResultTab(page, 'Threshold');
    await text(page, 'Precision and recall');
  }),
  scene('studio', 'page-evaluate-mistakes', async (page) => {
    await showModel(page, 'digits');
    await evaluate(page);
    await openResultTab(page, 'Mistakes');
    await text(page, 'Bad images with the lowest scores');
  }),
  scene('studio', 'page-evaluate-images', async (page) => {
    await showModel(page, 'digits');
    await evaluate(page);
    await openResultTab(page, 'Images');
    await page.getByRole('button', { name: 'Export CSV…' }).click();
    await text(page, '41 rows saved as');
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.getByText('ends too early').waitFor();
  }),
  scene('studio', 'page-evaluate-synthetic', async (page) => {
    await showModel(page, 'digits');
    await evaluate(page, false);
    await text(page, 'By kind of synthetic defect');
  }),
  scene('studio', 'page-interpolate', async (page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Interpolate');
    await page.getByRole('img', { name: 'Step 1 of 10' }).waitFor();
    await page.getByRole('button', { name: 'Show step 4' }).click();
  }),
  scene('studio', 'page-interpolate-parts', async (page) => {
    await showModel(page, 'parts');
    await openStudioPage(page, 'Interpolate');
    await page.getByRole('img', { name: 'Step 1 of 10' }).waitFor();
  }),
  scene('studio', 'page-denoise', async (page) => {
    await showModel(page, 'digits');
    await openStudioPage(page, 'Denoise');
    await text(page, 'The model brings the mean squared error down');
  }),
  scene('studio', 'page-denoise-worse', async (page) => {
    await showModel(page, 'digits', { spec: { corruption: { noise: 0, erase: 0 } } });
    await openStudioPage(page, 'Denoise');
    await page.getByLabel('Noise σ').fill('0.02');
    await text(page, 'The model makes it worse');
  }),
  scene('studio', 'page-generate', async (page) => {
    await showModel(page, 'digits', { spec: { variant: 'variational' } });
    await openStudioPage(page, 'Generate');
    await page.getByRole('img', { name: 'Sample 32' }).waitFor();
    await page.getByRole('slider', { name: 'Direction 2' }).fill('1.5');
  }),
  scene('studio', 'page-unfinished', async (page) => {
    await showModel(page, 'parts', { state: 'stopped', epochs: 6 });
    await openStudioPage(page, 'Losses');
    await text(page, 'No epoch is complete yet');
  }),
  scene('report', 'waiting', (page) => text(page, 'Check an image')),
  scene('report', 'checking', async (page) => {
    void check(page, 'digits/test/good/crash-never.png').catch(() => undefined);
    void check(page, 'digits/test/good/slow.png').catch(() => undefined);
    await text(page, 'Checking with digits');
  }),
  scene('report', 'ordinary', async (page) => {
    await check(page, 'digits/test/good/004.png');
    await text(page, 'Not anomalous');
  }),
  scene('report', 'anomalous-digits', async (page) => {
    await check(page, 'digits/test/rotated/004.png');
    await text(page, 'Anomalous at');
  }),
  scene('report', 'anomalous-parts', async (page) => {
    await check(page, 'parts/test/scratches/003.png');
    await text(page, 'Anomalous at');
    await page.getByLabel('squared').check();
  }),
  scene('report', 'broken-image', async (page) => {
    await check(page, 'digits/test/good/broken.png');
    await text(page, 'ends too early');
  }),
  scene('report', 'uncalibrated', async (page) => {
    await check(page, 'digits/test/good/uncalibrated.png');
    await text(page, 'Choose Model…');
  }),
  scene('report', 'table', async (page) => {
    await checkBatch(page, 128, 7);
    await text(page, 'Of 128 images 7 are anomalous');
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByLabel('Filter by verdict').selectOption('anomalous');
  }),
  scene('report', 'table-all', async (page) => {
    await checkBatch(page, 60, 3);
    await text(page, 'Of 60 images 3 are anomalous');
    await page.getByRole('button', { name: 'Verdict', exact: true }).click();
    await page.getByText('1 file left out').click();
  }),
  scene('report', 'table-running', async (page) => {
    void checkBatch(page, 4000, 40, 'slow').catch(() => undefined);
    await page.locator('ll-check-table .row.ordinary').first().waitFor();
  }),
  scene('model-card', 'reading', (page) => text(page, 'Reading the model')),
  scene('model-card', 'finished', async (page) => {
    await showCard(page, 'digits', {}, true);
    await text(page, 'Active model');
    await page.getByText('4 tensors').click();
  }),
  scene('model-card', 'unfinished', async (page) => {
    await showCard(page, 'parts', { state: 'stopped', epochs: 6 }, false);
    await text(page, 'Set Active');
  }),
  scene('model-card', 'failed', async (page) => {
    await page.evaluate(() =>
      globalThis.fakeHost.page.call('showError', {
        name: 'weights.lens.safetensors',
        error: {
          code: 'invalid-model-file',
          message: 'This is not a valid safetensors file: its header is not JSON.',
        },
      }),
    );
    await text(page, 'its header is not JSON');
  }),
];
