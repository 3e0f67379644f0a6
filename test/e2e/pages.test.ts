// The Studio's pages about a model in the real window: what they show is what the model file and the mathematics say.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { ForwardModel } from '../../src/engine/latents/forward-model.ts';
import { readPoints, type MapPoints } from '../../src/shared/map-points.ts';
import { tensorNames, type ModelFile } from '../../src/shared/model-file.ts';
import { formatScore } from '../../src/shared/verdict.ts';
import { wasmEngine } from '../engine/support/wasm.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite, type Suite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits, writeSampleImages } from './support/files.ts';
import { largestDistance, meanSquaredError, pixelsOf, StudioPages } from './support/pages.ts';
import { poll, Studio } from './support/studio.ts';

/** Bytes of a 28 × 28 gray image. */
const size = 784;
/** The window may compute with another kernel build than the test: a rounding apart. */
const rounding = 1;
/** Epochs whose reconstructions the file keeps; so few images need as many to be told apart. */
const keptEpochs = [0, 4, 8, 12, 16, 20, 24];
const strip = 'digits interpolation strip.png';

interface Expected {
  readonly file: ModelFile;
  readonly points: MapPoints;
  /** The model in Node: the window's own worker is not asked. */
  readonly forward: ForwardModel;
}

/** The model of these tests, trained where it is missing: plain, on clean images. */
async function digits(suite: Suite, window: Workbench): Promise<Expected> {
  const file = await trained(suite, window, 'digits', { Recipe: 'Notebook (MNIST)' });
  const points = readPoints(file);
  assert.ok(points?.thumbnails, 'the model file has no points with pictures');
  return { file, points, forward: await ForwardModel.load(await wasmEngine('simd'), file) };
}

async function trained(
  suite: Suite,
  window: Workbench,
  name: string,
  choices: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>> = {},
): Promise<ModelFile> {
  const before = readModel(modelPath(suite.workspace, name));
  if (before?.card.progress.state === 'finished') return before;
  await window.explorerMenu('digits', 'Train Autoencoder…');
  const studio = new Studio(window);
  const proposal = await studio.proposal();
  for (const [label, choice] of Object.entries(choices)) {
    await proposal.field(label).selectOption({ label: choice });
  }
  await proposal.fill({
    Name: name,
    Epochs: keptEpochs.at(-1) ?? 0,
    'Batch size': 8,
    'Learning rate': 0.003,
    ...values,
  });
  await proposal.train();
  await studio.ended('finished');
  const file = readModel(modelPath(suite.workspace, name));
  assert.ok(file, 'there is no model file');
  return file;
}

const bytes = (file: ModelFile, tensor: string): Uint8Array => {
  const data = file.tensors.get(tensor)?.data;
  assert.ok(data instanceof Uint8Array, `${tensor} is missing`);
  return data;
};
const doubles = (file: ModelFile, tensor: string): Float64Array => {
  const data = file.tensors.get(tensor)?.data;
  assert.ok(data instanceof Float64Array && data.length > 0, `${tensor} is missing`);
  return data;
};
const row = (images: Uint8Array, index: number): Uint8Array =>
  images.subarray(index * size, (index + 1) * size);
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

workbenchSuite(
  'pages',
  {
    workspace: (workspace) => {
      writeDigits(path.join(workspace, 'digits'), 15);
      writeSampleImages('digits/test/good', path.join(workspace, 'good'), 1, 'good-');
    },
  },
  (suite) => {
    suite.test('Reconstructions and Losses show what the model file keeps', async (window) => {
      const { file, points, forward } = await digits(suite, window);
      const pages = await StudioPages.open(window, 'digits', 'Reconstructions');
      const titles = keptEpochs.map((epoch) => `Epoch ${epoch}`);
      const rows = await pages.frame.getByRole('rowheader').allTextContents();
      assert.deepEqual(
        rows.map((text) => text.trim()),
        ['Input', ...titles],
      );
      const inputs = bytes(file, tensorNames.exampleInputs);
      const made = bytes(file, tensorNames.exampleReconstructions);
      const count = inputs.length / size;
      for (let image = 0; image < count; image++) {
        const cell = (title: string): ReturnType<StudioPages['image']> =>
          pages.image(new RegExp(`^${title}, image ${image + 1} \\(`));
        await pages.shows(cell('Input'), row(inputs, image), 0, `input ${image + 1}`);
        for (const [index, title] of titles.entries())
          await pages.shows(cell(title), row(made, index * count + image), 0, `${title}, image ${image + 1}`);
      }
      const errorAt = (index: number): number =>
        meanSquaredError(made.subarray(index * inputs.length, (index + 1) * inputs.length), inputs);
      assert.ok(errorAt(titles.length - 1) < 0.7 * errorAt(0), 'the training taught nothing');
      const others = pages.frame.locator('ll-reconstructions-page ul li');
      const wanted = Math.min(8, points.heldOut);
      await poll(async () => (await others.count()) === wanted, `${wanted} other images`);
      const name = (await others.first().getByRole('button').getAttribute('title')) ?? '';
      const point = points.paths.indexOf(name.replace(/^Open /, ''));
      assert.ok(point >= 0 && point < points.heldOut, `${name} is not a held-out image`);
      const { reconstructions } = await forward.reconstruct(thumbnail(points, point), 1);
      const pair = others.first().getByRole('img');
      await pages.shows(pair.nth(0), thumbnail(points, point), 0, 'the other image');
      await pages.shows(pair.nth(1), reconstructions, rounding, 'its reconstruction');

      await pages.go('Losses');
      for (const [series, tensor] of [
        ['training', tensorNames.trainBatchLosses],
        ['validation', tensorNames.validationBatchLosses],
      ] as const) {
        const losses = doubles(file, tensor);
        const histogram = pages
          .image(new RegExp(`^Histogram of the losses of ${losses.length} batch`))
          .and(pages.image(new RegExp(`, ${series}; mean ${escaped(formatScore(mean(losses)))}, median `)));
        await histogram.waitFor();
        assert.ok((await histogram.locator('rect').count()) >= 1, `no bars for ${series}`);
      }
      const scores = doubles(file, tensorNames.validationScores);
      const batches = doubles(file, tensorNames.validationBatchLosses);
      const centre = mean(batches);
      const deviation = Math.sqrt(mean(Array.from(batches, (loss) => (loss - centre) ** 2)));
      const threshold = file.card.calibration?.threshold ?? Number.NaN;
      for (const [rule, limit] of [
        ['Calibrated', threshold],
        ['Notebook', centre + deviation],
      ] as const) {
        const cells = pages.frame.getByRole('row', { name: new RegExp(`^${rule}`) }).getByRole('cell');
        const flagged = scores.filter((score) => score > limit).length / scores.length;
        assert.equal(await pages.text(cells.nth(0)), formatScore(limit), rule);
        assert.equal(await pages.text(cells.nth(1)), `${Number((flagged * 100).toPrecision(3))} %`, rule);
      }
      const bars = pages.frame.locator('ll-distribution').last().locator('rect.over');
      const beyond = await bars.count();
      await pages.frame.getByRole('radio', { name: /^Notebook/ }).check();
      assert.ok(
        (await bars.count()) > beyond,
        'the lower line of the notebook’s rule leaves no more bars beyond it',
      );
    });

    suite.test('Interpolate decodes the way between two images and saves it', async (window) => {
      const { points, forward } = await digits(suite, window);
      const pages = await StudioPages.open(window, 'digits', 'Interpolate');
      const steps = pages.frame.locator('ll-interpolate-page .strip li').getByRole('img');
      const steady = (count: number): Promise<void> =>
        poll(async () => (await steps.count()) === count, `${count} steps`);
      const ends: { latent: Float32Array; picture: Uint8Array }[] = [];
      for (const side of ['Start', 'End']) {
        const end = pages.frame.getByRole('region', { name: side, exact: true });
        const point = points.paths.indexOf((await end.locator('.name').getAttribute('title')) ?? '');
        assert.ok(point >= 0, `the ${side} is no image of the map`);
        const picture = thumbnail(points, point);
        await pages.shows(end.getByRole('img'), picture, 0, side);
        const { latents, reconstructions } = await forward.reconstruct(picture, 1);
        ends.push({ latent: latents, picture: reconstructions });
      }
      const [from, to] = ends;
      assert.ok(from && to);
      assert.ok(largestDistance(from.picture, to.picture) > 100, 'both ends are alike');
      await steady(10);
      await pages.shows(steps.first(), from.picture, rounding, 'the first step');
      await pages.shows(steps.last(), to.picture, rounding, 'the last step');

      const slider = pages.frame.getByRole('slider', { name: 'Steps' });
      await slider.press('End');
      await steady(50);
      await slider.press('Home');
      await steady(3);
      const between = (weight: number): Float32Array =>
        from.latent.map((value, i) => weight * (value + (to.latent[i] ?? 0)));
      const linear = await forward.decode(between(0.5), 1);
      await pages.shows(steps.nth(1), linear.images, rounding, 'the middle of the line');
      // Halfway along an arc the weights are sin(ω/2) / sin(ω) = 1 / (2 cos(ω/2)) each.
      const spherical = await forward.decode(between(0.5 / Math.cos(angle(from.latent, to.latent) / 2)), 1);
      assert.ok(largestDistance(linear.images, spherical.images) > 4 * rounding, 'line and arc are alike');
      await pages.frame.getByRole('radio', { name: 'Spherical' }).check();
      await pages.shows(steps.nth(1), spherical.images, rounding, 'the middle of the arc');
      await pages.shows(steps.first(), from.picture, rounding, 'the first step of the arc');
      const shown = await Promise.all([0, 1, 2].map((step) => pixelsOf(steps.nth(step))));

      const saved = path.join(suite.workspace, strip);
      rmSync(saved, { force: true });
      await pages.frame.getByRole('button', { name: 'Save Strip…' }).click();
      await window.acceptPath(strip);
      await pages.frame.getByText(`Saved as ${strip}`).waitFor();
      await poll(() => existsSync(saved), 'the strip to be written');
      const { width, height, data, channels } = decode(readFileSync(saved), { checkCrc: true });
      const times = 6;
      assert.deepEqual([width, height], [3 * 28 * times + 2 * 8, 28 * times]);
      for (const [step, pixels] of shown.entries()) {
        const left = step * (28 * times + 8);
        const written = Array.from({ length: size }, (_, i) => {
          const [x, y] = [left + (i % 28) * times, Math.floor(i / 28) * times];
          return data[(y * width + x) * channels] ?? -1;
        });
        assert.deepEqual(written, pixels, `step ${step + 1} of the saved strip`);
      }

      await pages.frame.getByRole('button', { name: 'Choose a file as start' }).click();
      await window.acceptPath(path.join(suite.workspace, 'good/good-000.png'));
      await pages.frame.getByText('good-000.png').waitFor();
      const chosen = decode(readFileSync(path.join(suite.workspace, 'good/good-000.png')));
      const { reconstructions } = await forward.reconstruct(Uint8Array.from(chosen.data), 1);
      await pages.shows(steps.first(), reconstructions, rounding, 'the first step from a file');
    });

    suite.test('Denoise tells noisy from denoised by numbers that the pictures bear out', async (window) => {
      const { file } = await digits(suite, window);
      const pages = await StudioPages.open(window, 'digits', 'Denoise');
      const inputs = bytes(file, tensorNames.exampleInputs);
      const count = inputs.length / size;
      await pages.image(`Denoised, image ${count}`).waitFor();
      const row = (title: string): ReturnType<StudioPages['image']> =>
        pages.frame.getByRole('row', { name: new RegExp(`^${title}`) });
      const errors = async (title: string): Promise<number[]> =>
        (await row(title).getByRole('cell').allTextContents()).map(Number);
      const pictures = async (title: string): Promise<number[]> =>
        (
          await Promise.all([...Array(count).keys()].map((i) => pixelsOf(row(title).getByRole('img').nth(i))))
        ).flat();

      const before = await errors('Noisy');
      assert.equal(before.length, count);
      const noisy = await pictures('Noisy');
      assert.deepEqual(await pictures('Input'), [...inputs]);
      for (const title of ['Noisy', 'Denoised']) {
        const told = await errors(title);
        const drawn = await pictures(title);
        told.forEach((error, image) => {
          const part = drawn.slice(image * size, (image + 1) * size);
          const own = meanSquaredError(part, inputs.subarray(image * size, (image + 1) * size));
          assert.ok(own > 0.001, `${title}, image ${image + 1} is the input`);
          // Pictures are rounded to bytes, errors to four decimals.
          assert.ok(Math.abs(error - own) < 0.0002, `${title} ${image + 1}: says ${error}, shows ${own}`);
        });
      }
      const verdict = await pages.text(pages.frame.locator('ll-denoise-page .verdict'));
      const [, from = '', to = ''] = /goes up from ([\d.]+) to ([\d.]+)\./.exec(verdict) ?? [];
      assert.match(verdict, /^The model makes it worse.*It was not trained to denoise/);
      assert.ok(Math.abs(Number(from) - mean(before)) < 0.0001, verdict);
      assert.ok(Math.abs(Number(to) - mean(await errors('Denoised'))) < 0.0001, verdict);

      await pages.frame.getByLabel('Seed').fill('7');
      await pages.frame.getByLabel('Seed').press('Enter');
      await poll(async () => largestDistance(await pictures('Noisy'), noisy) > 20, 'other noise');
      const other = await errors('Noisy');
      assert.notDeepEqual(other, before);
      await pages.frame.getByLabel('Noise σ').press('End');
      await poll(async () => mean(await errors('Noisy')) > 4 * mean(other), 'stronger noise');
    });

    suite.test('Generate decodes its sliders as they move', async (window) => {
      const { forward } = await digits(suite, window);
      const pages = await StudioPages.open(window, 'digits', 'Generate');
      await pages.frame.getByText('so there is nothing to draw them from').waitFor();
      const axes = forward.principalDirections(2);
      const picture = pages.image('The decoder’s image of this latent');
      const at = async (first: number, second: number): Promise<Uint8Array> => {
        const latent = axes.mean.map((value, i) => {
          const along = (axis: number): number =>
            (axes.deviations[axis] ?? 0) * (axes.directions[axis * axes.mean.length + i] ?? 0);
          return value + first * along(0) + second * along(1);
        });
        return (await forward.decode(latent, 1)).images;
      };
      const centre = await at(0, 0);
      await pages.shows(picture, centre, rounding, 'the mean');
      await pages.frame.getByRole('slider', { name: 'Direction 1' }).press('End');
      await pages.shows(picture, await at(3, 0), rounding, 'three deviations along the first direction');
      assert.ok(largestDistance(await at(3, 0), centre) > 50, 'the slider changes next to nothing');
      await pages.frame.getByRole('slider', { name: 'Direction 2' }).press('Home');
      await pages.shows(picture, await at(3, -3), rounding, 'both directions');
      await pages.frame.getByRole('button', { name: 'Back to the Mean' }).click();
      await pages.shows(picture, centre, rounding, 'the mean again');
    });

    suite.test(
      'Generate samples a variational model; Denoise names what it was trained for',
      async (window) => {
        const sampler = await trained(suite, window, 'sampler', { Variant: 'Variational' }, { β: 0.1 });
        assert.equal(sampler.card.spec.corruption.noise, 0.2);
        const own = await ForwardModel.load(await wasmEngine('simd'), sampler);
        const pages = await StudioPages.open(window, 'sampler', 'Generate');
        const last = async (seed: number): Promise<Uint8Array> =>
          (await own.samplePrior(32, seed)).images.subarray(31 * size);
        await pages.shows(pages.image('Sample 32'), await last(1), rounding, 'sample 32');
        await pages.frame.getByRole('button', { name: 'Draw Others' }).click();
        await pages.shows(pages.image('Sample 32'), await last(2), rounding, 'sample 32 of another draw');
        assert.ok(largestDistance(await last(1), await last(2)) > 20, 'both draws are alike');
        await pages.go('Denoise');
        await pages.frame.getByText('It was trained to repair noise of σ = 0.2.').waitFor();
      },
    );
  },
);

/** The small picture of a point, which at this size is the image itself. */
function thumbnail({ thumbnails }: MapPoints, point: number): Uint8Array {
  assert.ok(thumbnails && point < thumbnails.count && thumbnails.width === 28);
  return row(thumbnails.pixels, point);
}

/** Radians between two latents. */
function angle(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
