import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OpenedPage } from '../support/page-harness.ts';
import { scenes } from './fakes/scenes.ts';
import { pageSuite } from './page-suite.ts';

describe('the model card’s page', () => {
  const pages = pageSuite();

  const open = async (scene: string): Promise<OpenedPage> => {
    const opened = await pages.open('model-card');
    await scenes.find(({ name }) => name === scene)?.play(opened.page);
    return opened;
  };

  it('says what the model is, where it comes from and what it promises', async () => {
    const opened = await open('model-card-finished');
    // Percent signs are held to their numbers.
    const text = (await opened.page.getByRole('main').innerText()).replaceAll('\u00a0', ' ');
    for (const wanted of [
      'Finished after 20 epochs',
      'Active model',
      '28 × 28 gray (784 numbers) through a latent of 20',
      'samples/digits/train',
      'Of good images at most 1 % are, judged by 200 images',
      'flag 36.2 % of the validation images',
      'This window has no GPU adapter.',
      'encoder_module.0.weight',
      '16 × 1 × 3 × 3',
    ]) {
      assert.ok(text.includes(wanted), `${wanted} in: ${text}`);
    }
    assert.equal(await opened.page.getByRole('button', { name: 'Set Active' }).count(), 0);
    assert.equal(await opened.page.getByRole('button', { name: 'Resume' }).count(), 0);
    assert.deepEqual(await opened.violations(), []);
    await opened.close();
  });

  it('hands each of its actions to the host', async () => {
    const opened = await open('model-card-unfinished');
    for (const [name, method] of [
      ['Resume', 'resume'],
      ['Open in Studio', 'openInStudio'],
      ['Set Active', 'setActive'],
    ] as const) {
      await opened.page.getByRole('button', { name }).press('Enter');
      await opened.page.waitForFunction(
        (wanted) => globalThis.fakeHost.calls.some((call) => call.method === wanted),
        method,
      );
    }
    assert.equal(await opened.page.getByRole('button', { name: 'Check an Image…' }).count(), 0);
    assert.deepEqual(opened.errors, []);
    await opened.close();
  });

  it('says why a file is no model', async () => {
    const opened = await open('model-card-failed');
    await opened.page.getByRole('alert').getByText('its header is not JSON').waitFor();
    await opened.page.getByRole('button', { name: 'Show Log' }).click();
    await opened.page.waitForFunction(() =>
      globalThis.fakeHost.calls.some(({ method }) => method === 'showLog'),
    );
    await opened.close();
  });
});
