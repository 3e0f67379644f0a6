import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { accessibilityViolations, openComponent, themes } from '../support/component.ts';

describe('component pages', () => {
  let browser: Browser;
  before(async () => void (browser = await launchChromium()), { timeout: 90_000 });
  after(() => closeChromium(browser));

  for (const theme of themes)
    it(`stand under the variables of VS Code’s own ${theme} theme`, async () => {
      const { page, close } = await openComponent(browser, { script: '', theme });
      const [background, kind] = await page.evaluate(() => [
        getComputedStyle(document.body).getPropertyValue('--vscode-editor-background'),
        document.body.dataset['vscodeThemeKind'],
      ]);
      assert.match(background ?? '', /^#[0-9a-f]{6}$/);
      assert.equal(kind, `vscode-${theme}`);
      await close();
    });

  it('talk to a host in both directions', async () => {
    const component = await openComponent(browser, {
      script: `declare const acquireVsCodeApi: () => { postMessage(message: unknown): void };
        const host = acquireVsCodeApi();
        addEventListener('message', ({ data }) => host.postMessage({ echo: data }));
        host.postMessage('ready');`,
    });
    assert.deepEqual(await component.posted(), ['ready']);
    await component.send({ n: 1 });
    await component.page.waitForFunction(
      () => (globalThis as unknown as { posted: unknown[] }).posted.length === 2,
    );
    assert.deepEqual(await component.posted(), ['ready', { echo: { n: 1 } }]);
    assert.deepEqual(component.errors, []);
    await component.close();
  });

  it('offer the software WebGPU adapter, on the page and in a worker', async () => {
    const { page, close } = await openComponent(browser, { script: '' });
    const found = await page.evaluate(async () => {
      const probe = `navigator.gpu.requestAdapter().then((a) => postMessage(a?.info.architecture ?? 'none'))`;
      const worker = new Worker(URL.createObjectURL(new Blob([probe])));
      const inWorker = await new Promise<unknown>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
      return [(await navigator.gpu.requestAdapter())?.info.architecture, inWorker];
    });
    assert.deepEqual(found, ['swiftshader', 'swiftshader']);
    await close();
  });

  it('are read by axe-core, which finds a button without a name', async () => {
    const bad = await openComponent(browser, { script: '', body: '<button></button>' });
    assert.match((await accessibilityViolations(bad.page)).join('\n'), /^button-name: /);
    const good = await openComponent(browser, { script: '', body: '<button>Train</button>' });
    assert.deepEqual(await accessibilityViolations(good.page), []);
    await bad.close();
    await good.close();
  });
});
