/** The Studio's page Evaluate, driven as a user does; its figures against counts of the fake worker's own scores. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { auroc } from '../../src/engine/scoring/statistics.ts';
import { syntheticKinds } from '../../src/shared/protocol/evaluate.ts';
import { evaluatedScore, evaluationFolder } from './fakes/samples.ts';
import { evaluate, openResultTab, openStudioPage, showModel } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

const read = evaluationFolder().paths.filter(
  (path) => path.startsWith('test/') && !path.includes('truncated'),
);
const scoresOf = (folder: string): number[] =>
  read.filter((path) => path.startsWith(`test/${folder}/`)).map((path) => evaluatedScore(path));
const good = scoresOf('good');
const bad = [...scoresOf('broken'), ...scoresOf('rotated')];
const above = (scores: readonly number[], threshold: number): number =>
  scores.filter((score) => score > threshold).length;

describe('the page Evaluate', () => {
  const studio = pageSuite().tests('studio', { width: 1000, height: 900 }, (page) =>
    showModel(page, 'digits'),
  );

  const tile = async (page: Page, term: string): Promise<string> =>
    (
      await page
        .locator('ll-evaluation-result dl.tiles > div', { hasText: term })
        .first()
        .locator('dd')
        .innerText()
    ).trim();
  const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Threshold' });
  const threshold = async (page: Page): Promise<number> =>
    Number(await slider(page).getAttribute('aria-valuenow'));
  /** Numbers of the table of found, missed, false alarms and passed. */
  const counts = async (page: Page): Promise<number[]> =>
    (await page.locator('table.confusion td.number').allInnerTexts()).map((text) =>
      Number.parseInt(text, 10),
    );
  const expected = (at: number): number[] => {
    const [found, alarms] = [above(bad, at), above(good, at)];
    return [found, bad.length - found, alarms, good.length - alarms];
  };

  studio('a promise that good images break is called broken, one that they keep is not', async (_, page) => {
    const warning = page.locator('ll-evaluation-result .warning');
    await evaluate(page);
    assert.equal(await warning.count(), 0);
    // The fake's scores of a folder called “Good” are those of bad images.
    await page.evaluate(() => {
      const host = globalThis.fakeHost;
      const { paths, ...folder } = host.samples.evaluationFolder();
      host.evaluation = {
        ...folder,
        source: 'another',
        paths: paths.map((path) => path.replace('/good/', '/Good/')),
      };
    });
    await page.getByRole('button', { name: 'Labelled Folder…' }).click();
    await page
      .locator('ll-evaluate-page')
      .getByRole('button', { name: /^Evaluate/ })
      .click();
    await warning.waitFor();
    assert.match(
      await warning.innerText(),
      /^\d+ of 20 good images are flagged .* at most 1\u00a0% was promised.* less than 0\.01\u00a0% of cases/,
    );
  });

  studio(
    'counts of good, bad and unread images, areas and kinds are those of the scores',
    async (_, page) => {
      await evaluate(page);
      await page.getByText('20 good images and 20 bad images of samples/digits').waitFor();
      assert.equal(await tile(page, 'AUROC'), auroc(good, bad).toFixed(4));
      const rows = await page.locator('table.kinds tbody tr').allInnerTexts();
      assert.deepEqual(
        rows.map((row) => row.split('\t').slice(0, 3)),
        ['broken', 'rotated'].map((kind) => [
          kind,
          String(scoresOf(kind).length),
          auroc(good, scoresOf(kind)).toFixed(4),
        ]),
      );
      await page.getByText('1 image left out, outside “test”').waitFor();
      await openResultTab(page, 'Images');
      await page.getByRole('grid', { name: '41 images of samples/digits' }).waitFor();
      await openResultTab(page, 'Mistakes');
      const worst = await page
        .getByRole('button', { name: /caught$|missed$/ })
        .first()
        .innerText();
      const [path] = read
        .filter((each) => !each.startsWith('test/good/'))
        .sort((a, b) => evaluatedScore(a) - evaluatedScore(b));
      assert.ok(path && worst.includes(path.split('/').pop() ?? '-'), `${worst} is not ${path}`);
    },
  );

  studio(
    'the threshold is dragged and moved by keys, its counts follow, and it finds back',
    async (_, page) => {
      await evaluate(page);
      await openResultTab(page, 'Threshold');
      const calibrated = await threshold(page);
      assert.deepEqual(await counts(page), expected(calibrated));
      const drawing = page.locator('ll-threshold-histogram');
      const box = await drawing.boundingBox();
      assert.ok(box);
      const seen = new Set<string>();
      for (const share of [0.2, 0.45, 0.7]) {
        await page.mouse.move(box.x + (await grip(page)), box.y + 100);
        await page.mouse.down();
        await page.mouse.move(box.x + share * box.width, box.y + 60, { steps: 4 });
        await page.mouse.up();
        const at = await threshold(page);
        const low = Number(await slider(page).getAttribute('aria-valuemin'));
        const high = Number(await slider(page).getAttribute('aria-valuemax'));
        assert.ok(Math.abs((at - low) / (high - low) - share) < 0.01, `dragged to ${at}`);
        assert.deepEqual(await counts(page), expected(at));
        seen.add((await counts(page)).join());
      }
      assert.equal(seen.size, 3, 'the counts did not follow');
      const before = await threshold(page);
      await slider(page).press('ArrowRight');
      assert.ok((await threshold(page)) > before);
      await slider(page).press('PageDown');
      assert.ok((await threshold(page)) < before);
      assert.deepEqual(await counts(page), expected(await threshold(page)));
      await slider(page).press('Home');
      assert.deepEqual(await counts(page), [20, 0, 20, 0]);
      await slider(page).press('End');
      assert.deepEqual(await counts(page), [0, 20, 0, 20]);
      const spoken = await slider(page).getAttribute('aria-valuetext');
      assert.match(spoken ?? '', /0 of 20 good and 0 of 20 bad images are flagged/);
      await page.getByRole('button', { name: 'Best F1' }).click();
      const f1 = ([found = 0, missed = 0, alarms = 0]: readonly number[]): number =>
        (2 * found) / (2 * found + alarms + missed);
      const best = Math.max(...[...good, ...bad].map((score) => f1(expected(score - 1e-9))));
      assert.ok(Math.abs(f1(await counts(page)) - best) < 1e-12);
      await page.getByRole('button', { name: 'Calibrated Threshold' }).click();
      assert.equal(await threshold(page), calibrated);
    },
  );

  studio(
    'a moved threshold stays while other pages are shown and over a reload, for the same images alone',
    async (_, page) => {
      await evaluate(page);
      await openResultTab(page, 'Threshold');
      const calibrated = await threshold(page);
      await slider(page).press('PageDown');
      const moved = await threshold(page);
      assert.notEqual(moved, calibrated);
      await openStudioPage(page, 'Losses');
      await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
      await openStudioPage(page, 'Evaluate');
      assert.equal(await threshold(page), moved);
      assert.deepEqual(await counts(page), expected(moved));

      await page.reload();
      await page.getByText('The file is no longer there.').waitFor();
      await showModel(page, 'digits');
      await evaluate(page);
      assert.equal(await threshold(page), moved);

      await evaluate(page, true, 12);
      await page.getByText('12 good images and 20 bad images of samples/digits').waitFor();
      assert.equal(await threshold(page), calibrated);
    },
  );

  /** Where the threshold stands, in pixels from the drawing’s left edge. */
  const grip = async (page: Page): Promise<number> => {
    const [handle, drawing] = [
      await page.locator('ll-threshold-histogram .grip').boundingBox(),
      await page.locator('ll-threshold-histogram').boundingBox(),
    ];
    return (handle?.x ?? 0) + (handle?.width ?? 0) / 2 - (drawing?.x ?? 0);
  };

  studio(
    'what was found stays while other pages are shown; images open, scores are saved',
    async (opened, page) => {
      await evaluate(page);
      await openStudioPage(page, 'Losses');
      await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
      await openStudioPage(page, 'Evaluate');
      await page.locator('ll-evaluation-result').waitFor();
      await openResultTab(page, 'Mistakes');
      await page
        .getByRole('button', { name: /rightly passed$|false alarm$/ })
        .first()
        .click();
      const [path] = read
        .filter((each) => each.startsWith('test/good/'))
        .sort((a, b) => evaluatedScore(b) - evaluatedScore(a));
      await page.waitForFunction(() =>
        globalThis.fakeHost.calls.some(({ method }) => method === 'openEvaluated'),
      );
      assert.deepEqual(await opened.calls('openEvaluated'), [
        { root: 'file:///workspace/samples/digits', path },
      ]);
      await openResultTab(page, 'Images');
      await page.getByRole('button', { name: 'Export CSV…' }).click();
      await page.waitForFunction(() => globalThis.fakeHost.calls.some(({ method }) => method === 'saveFile'));
      const [saved] = await opened.calls('saveFile');
      assert.equal(saved?.['name'], 'digits-evaluation.csv');
      const line = page.getByRole('status').getByText('41 rows saved as exports/digits-evaluation.csv.');
      assert.ok(await line.isVisible());
      assert.ok(await inSight(line), 'beside its button');
      await page.evaluate(() => (globalThis.fakeHost.savesAs = null));
      await page.getByRole('button', { name: 'Export CSV…' }).click();
      await line.waitFor({ state: 'detached' });
      const lines = new TextDecoder()
        .decode(Uint8Array.from(saved?.['bytes'] as number[]))
        .trimEnd()
        .split('\r\n');
      assert.equal(lines.length, 1 + read.length + 1);
      assert.match(
        lines.at(-1) ?? '',
        /^test\/good\/truncated-020\.png,good,0,,,,,[\d.]+,[\d.]+,not read,.+early/,
      );
      for (const line of lines.slice(1, -1)) {
        const [file = '', label, isBad, score] = line.split(',');
        assert.equal(Number(score), evaluatedScore(file));
        assert.deepEqual([label, isBad], [file.split('/')[1], file.startsWith('test/good/') ? '0' : '1']);
      }
    },
  );

  const inSight = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  const rows = (page: Page): Locator => page.locator('ll-evaluation-table .all .row');
  const words = async (locator: Locator): Promise<string> =>
    ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
  const active = (page: Page): Locator => page.locator('ll-evaluation-table .row.active .text');
  /** Paths from the highest score. */
  const byScore = [...read].sort(
    (a, b) => evaluatedScore(b) - evaluatedScore(a) || a.localeCompare(b, 'en', { numeric: true }),
  );

  studio('all images are listed with score, p, verdict and outcome, and sorted by each', async (_, page) => {
    await evaluate(page);
    await openResultTab(page, 'Images');
    const grid = page.getByRole('grid', { name: '41 images of samples/digits' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '42');
    assert.match(
      await words(rows(page).first()),
      /^test\/(rotated|broken)\/\d+\.png (rotated|broken) [\d.]+ [\d.]+ % anomalous caught$/,
    );
    assert.equal(await rows(page).first().locator('.text').textContent(), byScore[0]);
    assert.equal(await rows(page).locator('.blank').count(), 0, 'of those in sight');
    const sortBy = (title: string): Promise<void> =>
      page.getByRole('button', { name: title, exact: true }).click();
    await sortBy('Image');
    await page
      .getByRole('columnheader', { name: 'Image' })
      .and(page.locator('[aria-sort=ascending]'))
      .waitFor();
    assert.match(await words(rows(page).first()), /^test\/broken\/000\.png/);
    await sortBy('Set');
    assert.match(await words(rows(page).first()), /^test\/good\/000\.png good/);
    await sortBy('Outcome');
    assert.match(await words(rows(page).first()), /not anomalous missed$/);
    await sortBy('Outcome');
    assert.match(await words(rows(page).first()), /not anomalous rightly passed$/);
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await active(page).getByText('truncated-020.png').waitFor();
    const last = rows(page).last();
    assert.match(
      await words(last),
      /^test\/good\/truncated-020\.png good “.*” ends too early; it may not have been copied whole\. not read$/,
    );
    // Reason and outcome stand below the columns that they are in place of.
    assert.equal(await last.locator('.reason').getAttribute('aria-colspan'), '3');
    const left = async (locator: Locator): Promise<number> =>
      Math.round((await locator.boundingBox())?.x ?? -1);
    const heading = (cell: string): Locator => page.locator(`ll-evaluation-table .header .cell.${cell}`);
    assert.equal(await left(last.locator('.reason')), await left(heading('score')));
    assert.equal(await left(last.locator('.outcome')), await left(heading('outcome')));
  });

  studio(
    'where room is short, tabs stay in one line and the table needs no scrolling sideways',
    async (_, page) => {
      await evaluate(page);
      await openResultTab(page, 'Images');
      await rows(page).first().waitFor();
      const columns = (): Promise<string[]> =>
        page
          .locator('ll-evaluation-table .header .cell')
          .evaluateAll((cells) =>
            cells.filter((cell) => cell.getClientRects().length > 0).map((cell) => cell.textContent.trim()),
          );
      const wide = ['Image', 'Set', 'Score', 'p', 'Verdict', 'Outcome'];
      for (const [width, shown] of [
        [1000, wide],
        [640, ['Image', 'Set', 'Score', 'Outcome']],
        [300, ['Image', 'Score', 'Outcome']],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await columns(), shown, `at ${width} px`);
        await page.getByRole('grid').focus();
        // The last row has a reason in place of its numbers.
        await page.keyboard.press('End');
        await active(page).getByText('truncated-020.png').waitFor();
        const scrolls = page.locator('ll-evaluation-table .scroll');
        assert.equal(await scrolls.evaluate((box) => box.scrollWidth - box.clientWidth), 0, `at ${width} px`);
        for (const role of ['navigation', 'tablist'] as const) {
          const buttons = page.getByRole(role).getByRole(role === 'tablist' ? 'tab' : 'button');
          const tops = await buttons.evaluateAll((tabs) =>
            tabs.map((tab) => tab.getBoundingClientRect().top),
          );
          assert.equal(new Set(tops).size, 1, `${role} at ${width} px`);
          const chosen = page.getByRole(role).locator('[aria-selected=true], [aria-current=page]');
          await page.waitForFunction(
            (tab) => {
              const room = tab?.closest('.tab-row')?.getBoundingClientRect();
              const box = tab?.getBoundingClientRect();
              return room && box && box.left >= room.left - 0.5 && box.right <= room.right + 0.5;
            },
            await chosen.elementHandle(),
          );
        }
      }
    },
  );

  studio(
    'outcomes filter the table, follow the threshold, and go into the CSV as listed',
    async (opened, page) => {
      await evaluate(page);
      await openResultTab(page, 'Threshold');
      for (let i = 0; i < 3; i++) await slider(page).press('PageDown');
      const [caught = 0, missed = 0, alarms = 0, passed = 0] = await counts(page);
      assert.ok(alarms > 0 && missed + passed > 0, 'the threshold tells nothing');
      await page.getByRole('button', { name: /\d false alarms?$/ }).click();
      // The focus goes along with what was asked for.
      await page.getByRole('tab', { name: 'Images', selected: true }).and(page.locator(':focus')).waitFor();
      const filter = page.getByLabel('Filter by outcome');
      assert.equal(await filter.inputValue(), 'falseAlarm');
      await page.getByText('moved threshold').waitFor();
      for (const [outcome, count] of Object.entries({
        caught,
        missed,
        falseAlarm: alarms,
        passed,
        unread: 1,
        all: 41,
      })) {
        await filter.selectOption(outcome);
        await page
          .getByRole('status')
          .getByText(`${count} row${count === 1 ? '' : 's'}`, { exact: true })
          .waitFor();
      }
      await filter.selectOption('falseAlarm');
      await page.getByRole('button', { name: 'Image', exact: true }).click();
      await page.getByRole('button', { name: 'Export CSV…' }).click();
      await page.waitForFunction(() => globalThis.fakeHost.calls.some(({ method }) => method === 'saveFile'));
      const [saved] = await opened.calls('saveFile');
      const lines = new TextDecoder()
        .decode(Uint8Array.from(saved?.['bytes'] as number[]))
        .trimEnd()
        .split('\r\n');
      const files = lines.slice(1).map((line) => line.split(',')[0] ?? '');
      assert.equal(files.length, alarms);
      assert.deepEqual(files, [...files].sort());
      assert.ok(lines.slice(1).every((line) => line.endsWith(',false alarm,')));
    },
  );

  studio('the table is worked by keys, and what it is at stays, also over a reload', async (opened, page) => {
    await evaluate(page);
    // From the first part to the last: tabs are one stop, and arrows go round.
    await page.getByRole('tab', { name: 'Overview' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Threshold', selected: true }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(page).textContent(), byScore[1]);
    const grid = page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-activedescendant'), 'row-1');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'openEvaluated'),
    );
    assert.deepEqual(await opened.calls('openEvaluated'), [
      { root: 'file:///workspace/samples/digits', path: byScore[1] },
    ]);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    assert.equal(await active(page).textContent(), byScore.at(-1));
    await openStudioPage(page, 'Losses');
    await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
    await openStudioPage(page, 'Evaluate');
    assert.equal(await active(page).textContent(), byScore.at(-1));
    assert.ok(await active(page).isVisible());

    await page.getByLabel('Filter by outcome').selectOption('passed');
    await page.reload();
    await page.getByText('The file is no longer there.').waitFor();
    await showModel(page, 'digits');
    await evaluate(page);
    await page.getByRole('tab', { name: 'Images', selected: true }).waitFor();
    assert.equal(await page.getByLabel('Filter by outcome').inputValue(), 'passed');
    assert.equal(await active(page).textContent(), byScore.at(-1));
  });

  studio('of 10,000 images only the rows in sight exist, and each gets its picture', async (_, page) => {
    await evaluate(page, true, 9980);
    await openResultTab(page, 'Images');
    const grid = page.getByRole('grid', { name: '10,001 images of samples/digits' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '10002');
    const elements = (): Promise<number> =>
      page
        .locator('ll-evaluation-table')
        .evaluate((table) => table.shadowRoot?.querySelectorAll('*').length ?? 0);
    const before = await elements();
    assert.ok(before < 1000, `${before} elements`);
    await grid.focus();
    await page.keyboard.press('End');
    // The last one could not be read, and has no picture to wait for.
    await page.keyboard.press('ArrowUp');
    await active(page).waitFor();
    assert.ok((await elements()) < 1000);
    await page.getByRole('button', { name: 'Image', exact: true }).click();
    // The oldest pictures are not kept; what is in sight is read again.
    await page.waitForFunction(() => {
      const table = document
        .querySelector('ll-studio')
        ?.shadowRoot?.querySelector('ll-evaluate-page')
        ?.shadowRoot?.querySelector('ll-evaluation-result')
        ?.shadowRoot?.querySelector('ll-evaluation-images')
        ?.shadowRoot?.querySelector('ll-evaluation-table')?.shadowRoot;
      return table?.querySelector('.all .row ll-image') && !table.querySelector('.blank');
    });
  });

  studio('without bad images defects are drawn, and everything says synthetic', async (_, page) => {
    await evaluate(page, false);
    await page.getByText('20 good images and 80 synthetic defects of samples/digits').waitFor();
    const drawn = (kind: (typeof syntheticKinds)[number]): number[] =>
      read.filter((path) => path.startsWith('test/good/')).map((path) => evaluatedScore(path, kind));
    assert.equal(await tile(page, 'AUROC, synthetic'), auroc(good, syntheticKinds.flatMap(drawn)).toFixed(4));
    const rows = await page.locator('table.kinds tbody tr').allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.split('\t').slice(0, 3)),
      syntheticKinds.map((kind) => [`${kind} (synthetic)`, '20', auroc(good, drawn(kind)).toFixed(4)]),
    );
    assert.equal(
      await page
        .locator('ll-evaluation-result')
        .getByText(/\bbad\b/)
        .count(),
      0,
    );
  });

  studio('the model’s own calibration images are listed from the model file', async (opened, page) => {
    await openStudioPage(page, 'Evaluate');
    await page.evaluate(() => {
      globalThis.fakeHost.evaluation = globalThis.fakeHost.samples.evaluationFolder(false);
    });
    await page.getByRole('button', { name: 'Calibration Images' }).click();
    await page.getByText('These are the images that set the threshold').waitFor();
    const [call] = await opened.calls('listEvaluation');
    assert.equal(call?.['from'], 'model');
    assert.equal((call?.['paths'] as string[]).length, 12);
  });

  studio(
    'a folder without good images is refused in a sentence; none chosen changes nothing',
    async (_, page) => {
      await openStudioPage(page, 'Evaluate');
      await page.getByRole('button', { name: 'Labelled Folder…' }).click();
      await page.evaluate(() => {
        const folder = globalThis.fakeHost.samples.evaluationFolder();
        globalThis.fakeHost.evaluation = { ...folder, paths: ['test/rotated/000.png'] };
      });
      await page.getByRole('button', { name: 'Labelled Folder…' }).click();
      await page.getByText('has no images in a sub-folder “good” or “normal”').waitFor();
    },
  );

  studio('after a reload it offers the same folder again', async (_, page) => {
    await evaluate(page);
    await page.reload();
    await page.getByText('The file is no longer there.').waitFor();
    await showModel(page, 'digits');
    await page.evaluate(() => {
      globalThis.fakeHost.evaluation = globalThis.fakeHost.samples.evaluationFolder();
    });
    await page.getByRole('button', { name: 'Choose “samples/digits” again' }).click();
    await page.getByText('20 bad images (broken 8, rotated 12)').waitFor();
    const [call] = await page.evaluate(() =>
      globalThis.fakeHost.calls
        .filter(({ method }) => method === 'listEvaluation')
        .map(({ params }) => params),
    );
    assert.equal((call as { uri: string }).uri, 'file:///workspace/samples/digits');
  });
});
