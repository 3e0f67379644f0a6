import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect, type Channel } from '../../../src/shared/rpc.ts';
import { assetAttributes } from '../../../src/shared/page-assets.ts';
import { packBytes } from '../../../src/shared/transport.ts';
import { FileParts } from '../../../src/extension/views/file-parts.ts';
import { contentSecurityPolicy, escapeHtml, pageHtml } from '../../../src/extension/views/html.ts';
import { PageLink } from '../../../src/extension/views/page-link.ts';
import { MemoryFiles } from './support/memory-files.ts';

describe('the HTML of a page', () => {
  const html = pageHtml({
    title: 'A "title" <b>',
    language: 'en',
    cspSource: "'self' https://*.example",
    script: 'https://x/studio.js?a=1&b=2',
    codicons: 'https://x/codicon.css',
    assets: {
      engineWorker: 'e',
      forwardWorker: 's',
      shardWorker: 'h',
      kernelsSimd: 'k',
      kernelsFma: 'f"',
      projectionSimd: 'p',
      projectionFma: 'q',
    },
  });

  it('lets scripts and styles come from the extension alone', () => {
    const policy = contentSecurityPolicy('SOURCE');
    const directives = new Map(
      policy.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1)]),
    );
    assert.deepEqual(directives.get('default-src'), ["'none'"]);
    assert.deepEqual(directives.get('script-src'), ['SOURCE', "'wasm-unsafe-eval'"]);
    assert.deepEqual(directives.get('worker-src'), ['blob:']);
    assert.deepEqual(directives.get('connect-src'), ['SOURCE', 'blob:']);
    assert.deepEqual(directives.get('style-src'), ['SOURCE']);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:/);
  });

  it('has no inline script or style, and names the page’s files', () => {
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    for (const attribute of Object.values(assetAttributes))
      assert.match(html, new RegExp(` ${attribute}="[^"]`));
    assert.match(html, /id="vscode-codicon-stylesheet"/);
  });

  it('escapes what it is given', () => {
    assert.match(html, /<title>A &quot;title&quot; &lt;b&gt;<\/title>/);
    assert.match(html, /data-kernels-fma="f&quot;"/);
    assert.match(html, /studio\.js\?a=1&amp;b=2/);
    assert.equal(escapeHtml(`<>&"'`), '&lt;&gt;&amp;&quot;&#39;');
  });
});

interface HostApi {
  ready(params: { readonly pageId: string }): string;
  slow(params: { readonly value: number }): number;
}
interface PageApi {
  show(params: { readonly value: number }): number;
}

/** A webview whose page can be replaced, as VS Code does when a panel moves. */
class FakeWebview {
  private toHost: (message: unknown) => void = () => undefined;
  private toPage: (message: unknown) => void = () => undefined;
  disposed = false;

  readonly messages = {
    post: (message: unknown) => setImmediate(() => this.toPage(structuredClone(message))),
    listen: (receive: (message: unknown) => void) => {
      this.toHost = receive;
      return { dispose: () => (this.disposed = true) };
    },
  };

  /** A page with this id; the one before it hears nothing any more. */
  page(show: PageApi['show'] = ({ value }) => value) {
    const channel: Channel = {
      post: (message) => setImmediate(() => this.toHost(structuredClone(message))),
      listen: (receive) => {
        this.toPage = receive;
        return () => undefined;
      },
    };
    return connect<PageApi, HostApi>(channel, { show });
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function linkTo(
  webview: FakeWebview,
  handlers: Partial<{ slow: () => Promise<number> }> = {},
  loadBudgetMs = 5000,
) {
  const arrivals: boolean[] = [];
  const link = new PageLink<HostApi, PageApi>({
    messages: webview.messages,
    handlers: { ready: ({ pageId }) => `hello ${pageId}`, slow: handlers.slow ?? (() => 1) },
    onReady: (recreated) => arrivals.push(recreated),
    onNoticeError: (error) => {
      throw error;
    },
    loadBudgetMs,
  });
  return { link, arrivals };
}

describe('the link to a page', () => {
  it('waits for the page before it calls it', async () => {
    const webview = new FakeWebview();
    const { link, arrivals } = linkTo(webview);
    const called = link.call('show', { value: 3 });
    const page = webview.page(({ value }) => value + 1);
    assert.equal(await page.call('ready', { pageId: 'a' }), 'hello a');
    assert.equal(await called, 4);
    assert.deepEqual(arrivals, [false]);
  });

  it('tells a recreated page from a message that came twice', async () => {
    const webview = new FakeWebview();
    const { arrivals } = linkTo(webview);
    const first = webview.page();
    await first.call('ready', { pageId: 'a' });
    await first.call('ready', { pageId: 'a' });
    await tick();
    assert.deepEqual(arrivals, [false]);
    await webview.page().call('ready', { pageId: 'b' });
    await tick();
    assert.deepEqual(arrivals, [false, true]);
  });

  it('ends the calls to a page that is gone, and keeps its answers from the next', async () => {
    const webview = new FakeWebview();
    let answer: (value: number) => void = () => undefined;
    const { link } = linkTo(webview, { slow: () => new Promise((resolve) => (answer = resolve)) });
    const first = webview.page(() => new Promise<number>(() => undefined) as unknown as number);
    await first.call('ready', { pageId: 'a' });
    await tick();
    const toOld = link.call('show', { value: 1 });
    const asked = first.call('slow', { value: 1 });
    asked.catch(() => undefined);
    await tick();
    const second = webview.page(({ value }) => value * 10);
    const ready = second.call('ready', { pageId: 'b' });
    await assert.rejects(toOld, { code: 'disconnected' });
    assert.equal(await ready, 'hello b');
    // The old page's question had an id that the new page uses as well.
    answer(42);
    const asksAgain = second.call('slow', { value: 2 });
    await tick();
    answer(7);
    assert.equal(await asksAgain, 7);
    assert.equal(await link.call('show', { value: 2 }), 20);
  });

  it('fails with a sentence where the page never loads', async () => {
    const { link } = linkTo(new FakeWebview(), {}, 10);
    await assert.rejects(link.call('show', { value: 1 }), { code: 'disconnected', message: /did not load/ });
  });

  it('fails what waits when the panel is closed', async () => {
    const webview = new FakeWebview();
    const { link } = linkTo(webview);
    const waiting = link.call('show', { value: 1 });
    link.dispose();
    await assert.rejects(waiting, { code: 'disconnected' });
    await assert.rejects(link.call('show', { value: 1 }), { code: 'disconnected' });
    assert.equal(webview.disposed, true);
  });

  it('ignores what is no message of ours, also before the page is there', async () => {
    const webview = new FakeWebview();
    const { arrivals } = linkTo(webview);
    for (const message of [
      null,
      'text',
      { lens: 'request', method: 'ready', params: {} },
      { lens: 'reply', id: 1 },
    ]) {
      webview.page();
      (webview as unknown as { toHost(message: unknown): void }).toHost(message);
    }
    await tick();
    assert.deepEqual(arrivals, []);
  });
});

describe('files that pages read in parts', () => {
  const uri = 'memory:/m/a.bin';
  const content = Uint8Array.from({ length: 10 }, (_, i) => i);

  it('come as exact slices, from one read', async () => {
    const files = new MemoryFiles({ 'm/a.bin': content });
    const parts = new FileParts(files);
    parts.allow(uri);
    const first = await parts.read({ uri, offset: 0, length: 4 });
    const second = await parts.read({ uri, offset: 4, length: 100 });
    assert.deepEqual([...first.bytes, ...second.bytes], [...content]);
    assert.equal(first.size, 10);
    assert.equal(first.bytes.buffer.byteLength, 4);
    assert.equal(files.steps.length, 1);
  });

  it('are those that were handed out, and those always allowed', async () => {
    const files = new MemoryFiles({ 'm/a.bin': content, 'm/b.model': content });
    const parts = new FileParts(files, (name) => name.endsWith('.model'));
    await assert.rejects(parts.read({ uri, offset: 0, length: 1 }), { code: 'no-permission' });
    assert.equal((await parts.read({ uri: 'memory:/m/b.model', offset: 0, length: 1 })).bytes.length, 1);
  });

  it('refuse impossible parts and tell what cannot be read', async () => {
    const parts = new FileParts(new MemoryFiles());
    parts.allow(uri);
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.POSITIVE_INFINITY],
    ] as const) {
      await assert.rejects(parts.read({ uri, offset, length }), { code: 'internal' });
    }
    await assert.rejects(parts.read({ uri, offset: 0, length: 1 }), { code: 'not-found' });
  });

  it('are never longer than a pack, and end where the file ends', async () => {
    const files = new MemoryFiles({ 'm/a.bin': new Uint8Array(packBytes + 10) });
    const parts = new FileParts(files);
    parts.allow(uri);
    assert.equal((await parts.read({ uri, offset: 0, length: 2 * packBytes })).bytes.length, packBytes);
    assert.equal((await parts.read({ uri, offset: packBytes, length: packBytes })).bytes.length, 10);
    assert.equal((await parts.read({ uri, offset: 2 * packBytes, length: 5 })).bytes.length, 0);
  });

  it('that start over are read anew', async () => {
    const files = new MemoryFiles({ 'm/a.bin': content });
    const parts = new FileParts(files);
    parts.allow(uri);
    await parts.read({ uri, offset: 0, length: 1 });
    files.put('m/a.bin', new Uint8Array(3).fill(9));
    assert.deepEqual([...(await parts.read({ uri, offset: 0, length: 10 })).bytes], [9, 9, 9]);
    parts.release();
  });
});
