/** A folder checked through the commands, with the report's page played by the test: what the host remembers of it. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { encodeRecords, decodeRecords } from '../../../src/extension/checks/record.ts';
import type { CheckedMany } from '../../../src/extension/commands/check-many.ts';
import type { BatchRow, BatchTerms } from '../../../src/shared/batch.ts';
import { colors, commands, panels } from '../../../src/shared/names.ts';
import type {
  BatchEnd,
  BatchProgress,
  BatchRun,
  ReportHostApi,
} from '../../../src/shared/protocol/report.ts';
import { connect, type Connection } from '../../../src/shared/rpc.ts';
import { packStart, type Pack, type PackCursor } from '../../../src/shared/transport.ts';
import type { FakePanel, Seen } from './support/fake-vscode.ts';
import { MemoryFiles } from './support/memory-files.ts';
import { modelBytes } from './support/model-bytes.ts';
import { activate, buildWebHost } from './support/web-host.ts';

let code = '';
before(async () => (code = await buildWebHost()));

const terms: BatchTerms = { threshold: 0.0746, falsePositiveRate: 0.01, calibrationImages: 200 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 5) {
    if (waited > 5000) throw new Error(`${what}: not within 5 s`);
    await pause(5);
  }
}

interface Page {
  readonly host: Connection<ReportHostApi>;
  readonly runs: BatchRun[];
  readonly shown: (BatchProgress & { readonly front: boolean })[];
}

/** The report's page: judges images by their names. */
function pageIn(
  panel: FakePanel,
  pageId: string,
  shown: { batch: string; face: 'table' } | null = null,
): Page {
  const runs: BatchRun[] = [];
  const tables: Page['shown'] = [];
  const rowOf = (index: number, name: string): BatchRow => {
    if (name.includes('torn'))
      return { index, error: { code: 'truncated', message: `“${name}” ends too early.` } };
    const anomalous = name.includes('bad');
    return { index, score: anomalous ? 0.2 : 0.01, pValue: anomalous ? 0.005 : 0.5, anomalous, channels: [] };
  };
  const checkBatch = async (run: BatchRun): Promise<BatchEnd> => {
    runs.push(run);
    for (let cursor: PackCursor | null = packStart; cursor;) {
      const { segments, next }: Pack = await host.call('pullBatch', { run: run.run, cursor });
      const rows = segments.map(({ file, error }) =>
        error ? { index: file.index, error } : rowOf(file.index, file.path),
      );
      host.send('batchRows', { run: run.run, rows, terms });
      cursor = next;
    }
    return { state: 'finished', error: null };
  };
  let deliver: (message: unknown) => void = () => undefined;
  const push = panel.posted.push.bind(panel.posted);
  panel.posted.push = (...messages) => {
    for (const message of messages) setTimeout(() => deliver(message));
    return push(...messages);
  };
  const host = connect<Record<string, (params: never) => unknown>, ReportHostApi>(
    {
      post: (message) => setTimeout(() => panel.send(message)),
      listen: (receive) => {
        deliver = receive;
        return () => undefined;
      },
    },
    {
      checkBatch: checkBatch as (params: never) => Promise<unknown>,
      stopBatch: () => undefined,
      showBatch: ((table: Page['shown'][number]) => void tables.push(table)) as (params: never) => unknown,
    },
  );
  void host.call('ready', { pageId, shown: shown && { image: null, ...shown } }).catch(() => undefined);
  return { host, runs, shown: tables };
}

const images = {
  'w/parts/good/1.png': 'one',
  'w/parts/good/2.png': 'two',
  'w/parts/bad/1.png': 'three',
  'w/parts/torn.png': 'four',
  'w/parts/empty.png': '',
  'w/parts/notes.txt': 'text',
  'w/latent-lens/m.lens.safetensors': modelBytes(),
};

const panelOf = ({ panels: all }: Seen): FakePanel | undefined =>
  all.find(({ viewType }) => viewType === panels.report);

describe('a folder checked for anomalies', () => {
  async function checked(files = new MemoryFiles(images)) {
    const host = await activate(code, files);
    await host.run(commands.refreshModels);
    const running = host.run(commands.check, host.uri('memory:/w/parts')) as Promise<CheckedMany>;
    await until('the report', () => panelOf(host.seen) !== undefined);
    const page = pageIn(panelOf(host.seen) as FakePanel, 'page 1');
    return { ...host, files, page, result: await running };
  }

  it('ends with counts, and each file is marked with what came of it', async () => {
    const { result, page, seen } = await checked();
    assert.deepEqual(result, {
      ...{ images: 5, checked: 3, anomalous: 1, failed: 2, state: 'finished' },
      terms,
    });
    assert.deepEqual(page.runs[0]?.batch.names, [
      'parts/bad/1.png',
      'parts/empty.png',
      'parts/good/1.png',
      'parts/good/2.png',
      'parts/torn.png',
    ]);
    assert.deepEqual(
      page.runs[0]?.batch.skipped.map(({ path }) => path),
      ['parts/notes.txt'],
    );
    const bad = await seen.decorationOf('memory:/w/parts/bad/1.png');
    assert.equal(bad?.badge, '!');
    assert.equal(bad.color?.id, colors.anomalous);
    assert.equal(bad.tooltip, 'Anomalous at a false-alarm rate of 1 %: score 0.2, p = 0.5 % (model “m”)');
    const good = await seen.decorationOf('memory:/w/parts/good/2.png');
    assert.equal(good?.badge, undefined);
    assert.match(good?.tooltip ?? '', /^Not anomalous .* score 0\.01, p = 50 %/);
    for (const none of ['parts/torn.png', 'parts/empty.png', 'parts/notes.txt'])
      assert.equal(await seen.decorationOf(`memory:/w/${none}`), undefined);
  });

  it('is remembered by the next window until a file changes or all is cleared', async () => {
    const { files } = await checked();
    const next = await activate(code, files);
    const mark = (path: string) => next.seen.decorationOf(`memory:/w/parts/${path}`);
    await until('the results', async () => (await mark('bad/1.png')) !== undefined);
    assert.equal(next.seen.panels.length, 0);
    files.put('w/parts/bad/1.png', 'another image');
    assert.equal(await mark('bad/1.png'), undefined);
    files.put('w/parts/good/1.png', 'changed');
    next.seen.changed('memory:/w/parts/good/1.png');
    assert.ok(await mark('good/2.png'));
    await next.run(commands.clearChecks);
    assert.equal(await mark('good/2.png'), undefined);
    const kept = (): Uint8Array => new TextEncoder().encode(files.text('storage/check-results.json'));
    await until('the file of results', () => decodeRecords(kept()).length === 0);
  });

  it('shows its table again in a window that was reloaded', async () => {
    const { files, page } = await checked();
    const id = page.runs[0]?.batch.id ?? '';
    const next = await activate(code, files);
    void next.run(commands.check, next.uri('memory:/w/parts/good/1.png'));
    await until('the report', () => panelOf(next.seen) !== undefined);
    const again = pageIn(panelOf(next.seen) as FakePanel, 'page 2', { batch: id, face: 'table' });
    await until('the table', () => again.shown.length > 0);
    const [table] = again.shown;
    assert.equal(table?.front, true);
    assert.equal(table.rows.length, 5);
    assert.deepEqual(table.terms, terms);
    assert.equal(table.batch.title, 'parts');
  });

  it('stands in the Problems panel where the setting says so', async () => {
    const { seen, run } = await checked();
    assert.equal(seen.problems.size, 0);
    seen.configure('latentLens.problems', true);
    assert.deepEqual([...seen.problems.keys()], ['memory:/w/parts/bad/1.png']);
    assert.match(seen.problems.get('memory:/w/parts/bad/1.png')?.[0]?.message ?? '', /^Anomalous/);
    await run(commands.clearChecks);
    assert.equal(seen.problems.size, 0);
    seen.configure('latentLens.problems', false);
  });

  it('says so where there is no image', async () => {
    const files = new MemoryFiles({ ...images, 'w/empty/readme.md': 'x' });
    const { run, seen, uri } = await activate(code, files);
    await run(commands.refreshModels);
    assert.equal(await run(commands.check, uri('memory:/w/empty')), undefined);
    assert.match(seen.messages.at(-1) ?? '', /No images were found in “empty”\. It holds 1 other/);
  });
});

describe('an index that does not hold', () => {
  it('costs the results and nothing else', async () => {
    const bytes = encodeRecords([]).slice(0, 5);
    const { run, seen, uri } = await activate(
      code,
      new MemoryFiles({ ...images, 'storage/check-results.json': bytes }),
    );
    assert.equal(await seen.decorationOf('memory:/w/parts/bad/1.png'), undefined);
    assert.ok(uri('memory:/w'));
    await run(commands.clearChecks);
  });
});
