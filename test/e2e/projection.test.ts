// A t-SNE asked for on the map, in the real window: computed in a hidden Studio, drawn as it goes, stopped, gone on
// with, and in the model's file at the end.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { readProjection, type MapProjection } from '../../src/shared/map-points.ts';
import type { ProjectionName } from '../../src/shared/model-card.ts';
import type { Workbench } from '../support/vscode.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { modelPath, readModel, writeDigits } from './support/files.ts';
import { poll, Studio } from './support/studio.ts';
import { written } from './support/window-state.ts';

const canvas = 'll-map-canvas canvas';
const images = 450;
/** So many that it runs until it is stopped. */
const endless = 1_000_000;
/** A second attempt must not meet the map of the first. */
let seeds = 100;

workbenchSuite(
  'projection',
  {
    workspace: (workspace) => {
      writeDigits(path.join(workspace, 'digits'), images / 10);
      writeFileSync(path.join(workspace, 'notes.txt'), 'Something else to do meanwhile.\n');
    },
  },
  (suite) => {
    const file = (): string => modelPath(suite.workspace, 'digits');
    const stored = (name: ProjectionName): MapProjection | null => {
      const model = readModel(file());
      return model ? readProjection(model, name) : null;
    };
    const tsne = (): MapProjection | null => stored('tsne');
    const begun = (): MapProjection | null => stored('begun');

    async function train(window: Workbench): Promise<void> {
      if (readModel(file())) return;
      await window.explorerMenu('digits', 'Train Autoencoder…');
      const studio = new Studio(window);
      const proposal = await studio.proposal();
      await proposal.fill({ Epochs: 2 });
      await proposal.train();
      await studio.ended('finished');
    }

    /** Asks on the large map for a t-SNE of all images. */
    async function compute(map: Frame, iterations: number, seed: number): Promise<void> {
      await map.getByRole('button', { name: 'Compute t-SNE…' }).click();
      const form = map.getByRole('form', { name: 'Compute t-SNE' });
      await form.getByLabel('Images').selectOption('all');
      await form.getByLabel('Iterations').fill(String(iterations));
      await form.getByLabel('Seed').fill(String(seed));
      await form.getByRole('button', { name: 'Compute' }).click();
    }

    /** The iteration that the map's status shows. */
    async function iterationOn(map: Frame): Promise<number> {
      const text =
        (await map
          .locator('.status')
          .textContent({ timeout: 5000 })
          .catch(() => '')) ?? '';
      return Number(/Iteration ([\d,]+) of/.exec(text)?.[1]?.replaceAll(',', '') ?? -1);
    }

    async function reaches(window: Workbench, iteration: number): Promise<number> {
      let seen = -1;
      await poll(async () => {
        // Hidden and shown again the map is a new page.
        seen = await iterationOn(await window.webview(canvas));
        return seen >= iteration;
      }, `iteration ${iteration} on the map`);
      return seen;
    }

    async function closeStudio(window: Workbench): Promise<void> {
      const tab = window.tab('Latent Lens Studio');
      await tab.hover();
      await tab.getByRole('button', { name: /^Close/ }).click();
    }

    suite.test(
      'is computed in a hidden Studio, drawn on the map, stopped and gone on with to its end',
      async (window) => {
        await train(window);
        await closeStudio(window).catch(() => undefined);
        await window.command('Latent Lens: Open Latent Map in Editor');
        const seed = ++seeds;
        await compute(await window.webview(canvas), endless, seed);

        // The Studio was opened for it, and the map is in front again: the job runs behind it.
        const first = await reaches(window, 1);
        assert.equal(await (await window.webview(canvas)).getByLabel('Projection').inputValue(), 'begun');
        await window.tab('Latent Lens Studio').waitFor();
        await window.statusBarItem(/digits · t-SNE [\d,]+ of/).waitFor();
        await reaches(window, first + 200);

        // Behind a text file as well: nothing of it is in sight.
        await window.openFile('notes.txt');
        const shown = async (): Promise<number> => {
          const text = (await window.statusBarItem(/t-SNE \d/).textContent()) ?? '';
          return Number(/t-SNE (\d+) of/.exec(text)?.[1] ?? 0);
        };
        const before = await shown();
        await poll(async () => (await shown()) > before + 200, 'the iterations to go on behind a text file');

        await window.tab('Latent Map').click();
        const map = await window.webview(canvas);
        await reaches(window, before + 200);
        await map.getByRole('button', { name: 'Stop', exact: true }).click();
        await poll(() => (begun()?.card.iterations ?? 0) > before, 'the stopped map in the file');
        await map.locator('.status', { hasText: /stopped after [\d,]+ of 1,000,000 iterations/ }).waitFor();
        const stopped = begun();
        assert.ok(stopped);
        assert.equal(stopped.card.count, images);
        assert.equal(stopped.coordinates.length, 2 * images);
        assert.ok(stopped.coordinates.every(Number.isFinite));
        assert.ok(new Set(stopped.coordinates).size > images, 'the points lie apart');
        assert.ok(
          stopped.card.kl !== null && stopped.card.kl > 0 && stopped.card.kl < 3,
          `KL ${stopped.card.kl}`,
        );
        assert.deepEqual([stopped.card.seed, stopped.card.planned], [seed, endless]);

        // Continued and stopped again, it goes on from there.
        await map.getByRole('button', { name: 'Compute t-SNE…' }).click();
        await map.getByRole('button', { name: /^Continue from/ }).click();
        await reaches(window, stopped.card.iterations + 1);
        await window.command('Latent Lens: Stop t-SNE');
        await poll(
          () => (begun()?.card.iterations ?? 0) > stopped.card.iterations,
          'more iterations in the file',
        );
      },
      { attemptMs: 240_000 },
    );

    suite.test('ends with its measures on map and Studio, and comes back after a reload', async (window) => {
      await train(window);
      await window.command('Latent Lens: Open Latent Map in Editor');
      const seed = ++seeds;
      await compute(await window.webview(canvas), 300, seed);
      await poll(
        () => tsne()?.card.seed === seed && tsne()?.card.recall !== null,
        'the finished map in the file',
      );
      assert.equal(begun(), null, 'it has taken the place of what was stopped before it');
      const card = tsne()?.card;
      assert.deepEqual([card?.iterations, card?.planned, card?.perplexity], [300, 300, 30]);
      assert.ok(card?.kl && card.recall && card.trustworthiness);
      const map = await window.webview(canvas);
      const measures = `KL ${card.kl.toFixed(2)} · 10-NN recall ${card.recall.toFixed(2)}`;
      await map.locator('.status', { hasText: measures }).waitFor();

      await map.getByLabel('Search by file name').fill('3/00');
      await map.getByLabel('Search by file name').press('Enter');
      await map.getByRole('heading', { name: '10 images selected' }).waitFor();
      await window.tab('Latent Lens Studio').click();
      const studio = await window.webview('ll-projected-page');
      await studio.locator('.title.finished', { hasText: 't-SNE finished' }).waitFor();
      await studio.locator('dl.tiles', { hasText: card.recall.toFixed(2) }).waitFor();
      await studio.getByRole('button', { name: 'Show Map' }).waitFor();

      await window.tab('Latent Map').click();
      await (await window.webview(canvas)).locator('.status', { hasText: measures }).waitFor();
      await written(window.page, /"selection":\[\d+(,\d+){9}\]/);
      await window.reload();
      // Which tab was in front is VS Code's to remember, and it writes that down late.
      await window.tab('Latent Map').click();
      const again = await window.webview(canvas);
      await again.locator('.status', { hasText: measures }).waitFor();
      await again.getByRole('heading', { name: '10 images selected' }).waitFor();
      assert.equal(await again.getByLabel('Projection').inputValue(), 'tsne');
      // PCA is one choice away, and back.
      await again.getByLabel('Projection').selectOption('pca');
      await again.locator('.status', { hasText: /PCA/ }).waitFor();
    });

    suite.test('that ends with its panel keeps what it saved and offers to go on', async (window) => {
      await train(window);
      const finished = tsne();
      assert.ok(finished, 'the test before this one left a finished map');
      await window.command('Latent Lens: Open Latent Map in Editor');
      const seed = ++seeds;
      await compute(await window.webview(canvas), endless, seed);
      await poll(() => begun()?.card.seed === seed, 'the first save on the way');
      await closeStudio(window);
      await window.statusBarItem(/digits · t-SNE [\d,]+ of/).waitFor({ state: 'detached' });
      const saved = begun()?.card.iterations ?? 0;
      assert.ok(saved > 0);
      await window.answer(/was interrupted. It can go on from iteration/, 'Continue t-SNE');
      await window.statusBarItem(/digits · t-SNE [\d,]+ of/).waitFor();
      await window.tab('Latent Map').click();
      await reaches(window, saved + 1);
      await window.command('Latent Lens: Stop t-SNE');
      await poll(() => (begun()?.card.iterations ?? 0) > saved, 'more iterations in the file');
      assert.equal(begun()?.card.seed, seed);

      // The map that was finished before is as it was, and one choice away.
      assert.deepEqual(tsne(), finished);
      const map = await window.webview(canvas);
      await map.locator('.status', { hasText: /stopped after/ }).waitFor();
      await map.getByLabel('Projection').selectOption('tsne');
      await map
        .locator('.status', { hasText: `KL ${finished.card.kl?.toFixed(2)} · 10-NN recall` })
        .waitFor();
    });
  },
);
