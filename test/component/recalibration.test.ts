// A calibration anew in the Studio's page: what it asks of the engine, what it shows, and the way out.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { openStudioPage, project, propose, recalibrate, showModel } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('a calibration anew', () => {
  const studio = pageSuite().tests('studio');

  studio('says what it promises now, what was before, and saves under its own job', async (opened, page) => {
    const outcome = await recalibrate(page, 'evening');
    assert.equal((outcome as { state: string }).state, 'finished');
    const text = (await page.getByRole('main').innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /Saved in latent-lens\/digits\.lens\.safetensors; checks use it from now on/);
    assert.match(text, /Of good images at most 1\.1 % are, judged by 90 images/);
    assert.match(text, /You asked for 1 %; so few images cannot promise less/);
    assert.match(text, /on 150 images of samples\/digits\/evening, which count as 90/);
    assert.match(text, /Before, the threshold was 0\.02/);
    assert.match(text, /1 file left out/);
    const [begun] = await opened.calls('beginSave');
    assert.equal(begun?.['jobId'], 'calibration-evening');

    await page.getByRole('button', { name: 'Show Losses' }).click();
    await page.getByRole('heading', { name: 'Calibration' }).waitFor();
    await page.getByText('These images are of another kind').waitFor();
    // The page reads the file as it was saved.
    const cells = await page
      .getByRole('row', { name: /^Calibrated/ })
      .getByRole('cell')
      .allInnerTexts();
    assert.equal(cells[0], '0.031');
    await page.getByRole('button', { name: 'Recalibrate…' }).click();
    await page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'recalibrateModel'),
    );
    assert.deepEqual(await opened.calls('recalibrateModel'), [
      { uri: 'file:///workspace/latent-lens/digits.lens.safetensors' },
    ]);
  });

  studio('is cancelled with the file as it was, and gives the form back', async (opened, page) => {
    await propose(page, 'digits', 'digits');
    await page.getByLabel('Epochs').fill('7');
    const end = recalibrate(page, 'hold');
    await page.getByText('60 of 150').waitFor();
    // Nothing else begins meanwhile.
    await assert.rejects(project(page, 1), /A calibration is running/);
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    assert.deepEqual(await end, {
      jobId: 'calibration-hold',
      ...{ state: 'stopped', error: null, savedAs: null, calibration: null, skipped: [] },
    });
    await page.getByText('Calibration cancelled').waitFor();
    await page.getByText('The model’s file was not changed.').waitFor();
    assert.deepEqual(await opened.calls('beginSave'), []);
    await page.getByRole('button', { name: 'Back to the Training Form' }).click();
    assert.equal(await page.getByLabel('Epochs').inputValue(), '7');
  });

  studio('that is refused says why, and asks for other images', async (opened, page) => {
    await recalibrate(page, 'trained');
    await page.getByText(/was trained on images in “digits”/).waitFor();
    await page.getByRole('button', { name: 'Choose Other Images…' }).click();
    await page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'recalibrateModel'),
    );
    assert.deepEqual(await opened.calls('beginSave'), []);
  });

  studio('is offered for models that have a calibration', async (_, page) => {
    await showModel(page, 'digits', { state: 'stopped', epochs: 6 });
    await openStudioPage(page, 'Losses');
    await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Recalibrate…' }).count(), 0);
  });
});
