import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Batch, BatchRow, BatchTerms } from '../../../../src/shared/batch.ts';
import { LensError } from '../../../../src/shared/errors.ts';
import type { BatchEnd, BatchRun } from '../../../../src/shared/protocol/report.ts';
import { packStart, type PackSegment } from '../../../../src/shared/transport.ts';
import { Batches, type BatchPage } from '../../../../src/extension/checks/batches.ts';
import { CheckStore, type KeptFile } from '../../../../src/extension/checks/store.ts';
import { decodeBatch, encodeBatch } from '../../../../src/extension/checks/table-file.ts';
import { MemoryFiles } from '../support/memory-files.ts';

const terms: BatchTerms = { threshold: 0.4, falsePositiveRate: 0.01, calibrationImages: 200 };
const unexpected = (error: unknown): void => assert.fail(String(error));
const finished: BatchEnd = { state: 'finished', error: null };

const batchOf = (names: readonly string[], id = 'one'): Batch => ({
  ...{ id, title: 'w', names, model: 'memory:/m', modelKey: 'm|1', modelName: 'm' },
  ...{ falseAlarmRate: 0.01, skipped: [], skippedCount: 0, cut: null },
});

const good = (index: number, score = 0.1): BatchRow => ({
  ...{ index, score, pValue: 0.5, anomalous: score > terms.threshold, channels: [] },
});

class KeptBytes implements KeptFile {
  bytes: Uint8Array | undefined;
  read = () => Promise.resolve(this.bytes);
  write = (bytes: Uint8Array): Promise<void> => {
    this.bytes = bytes;
    return Promise.resolve();
  };
}

function setUp(names: readonly string[], files = new MemoryFiles()) {
  for (const name of names) files.put(`w/${name}`, `bytes of ${name}`);
  const results = new CheckStore(new KeptBytes(), { limit: 100, calmMs: 50, onError: unexpected });
  const table = new KeptBytes();
  let ids = 0;
  const options = { files, results, table, newId: () => `run${++ids}`, onError: unexpected };
  const batches = new Batches(options);
  const uris = names.map((name) => `memory:/w/${name}`);
  batches.begin(batchOf(names), uris);
  return { batches, results, table, files, uris, options };
}

/** A page that does what it is told for each run. */
function pageOf(
  work: (run: BatchRun) => Promise<BatchEnd>,
): BatchPage & { isOpen: boolean; stopped: string[] } {
  const stopped: string[] = [];
  return {
    checkBatch: work,
    stopped,
    isOpen: true,
    stopBatch: (run) => Promise.resolve(void stopped.push(run)),
  };
}

/** All segments of a run, pulled to its end. */
async function pullAll(batches: Batches, run: string): Promise<PackSegment[]> {
  const segments: PackSegment[] = [];
  for (let next: typeof packStart | null = packStart; next;) {
    const pack = await batches.pull(run, next);
    segments.push(...pack.segments);
    next = pack.next;
  }
  return segments;
}

describe('a batch of images', () => {
  it('hands out its files, takes the rows and remembers each with the size and time it was read with', async () => {
    const { batches, results, uris, files, table } = setUp(['a.png', 'b.png', 'c.png']);
    const told: number[] = [];
    batches.onRows(({ checked }) => told.push(checked));
    const end = await batches.run(
      pageOf(async ({ run, left, batch, rows }) => {
        assert.deepEqual([left, rows.length, batch.names.length], [3, 0, 3]);
        const segments = await pullAll(batches, run);
        assert.deepEqual(
          segments.map(({ file, length }) => [file.index, length]),
          [0, 1, 2].map((index) => [index, 14]),
        );
        // Changed after it was read: what is remembered is not this state of it.
        files.put('w/b.png', 'another image');
        batches.take(run, [good(0), good(1, 0.9)], terms);
        batches.take(run, [{ index: 2, error: { code: 'truncated', message: 'ends early' } }], terms);
        return finished;
      }),
    );
    assert.deepEqual(end, finished);
    assert.deepEqual(batches.tally(), { images: 3, checked: 2, anomalous: 1, failed: 1 });
    assert.deepEqual(told, [2, 2]);
    assert.equal(results.size, 2);
    const [a, b] = [results.get(uris[0] ?? ''), results.get(uris[1] ?? '')];
    assert.deepEqual([a?.anomalous, a?.size, b?.anomalous, b?.score], [false, 14, true, 0.9]);
    const stat = await files.stat(uris[1] ?? '');
    assert.equal(results.settle(uris[1] ?? '', stat), undefined);
    const kept = decodeBatch(table.bytes ?? new Uint8Array());
    assert.equal(kept?.rows.length, 3);
    assert.deepEqual(kept.terms, terms);
  });

  it('gives files that are none, missing, empty or of no image type a segment with their reason', async () => {
    const { batches, files } = setUp(['a.png', 'gone.png', 'notes.txt', 'empty.png', 'folder.png']);
    await files.remove('memory:/w/gone.png');
    files.put('w/empty.png', '');
    await files.remove('memory:/w/folder.png');
    await files.createFolder('memory:/w/folder.png');
    await batches.run(
      pageOf(async ({ run }) => {
        const segments = await pullAll(batches, run);
        assert.deepEqual(
          segments.map(({ error }) => error?.code),
          [undefined, 'not-found', 'unsupported-format', 'empty-file', 'not-an-image'],
        );
        return finished;
      }),
    );
  });

  it('goes on in a new page with what is left', async () => {
    const { batches } = setUp(['a.png', 'b.png', 'c.png']);
    const runs: BatchRun[] = [];
    const end = await batches.run(
      pageOf(async (run) => {
        runs.push(run);
        const segments = await pullAll(batches, run.run);
        if (runs.length === 1) {
          batches.take(run.run, [good(1)], terms);
          throw new LensError('disconnected', 'The page has gone.');
        }
        assert.deepEqual(
          segments.map(({ file }) => file.index),
          [0, 2],
        );
        // A row of the page before comes too late.
        batches.take('run1', [good(0, 77)], terms);
        batches.take(run.run, [good(0), good(2)], terms);
        return finished;
      }),
    );
    assert.deepEqual(end, finished);
    assert.deepEqual(
      runs.map(({ left, rows }) => [left, rows.length]),
      [
        [3, 0],
        [2, 1],
      ],
    );
    assert.deepEqual((await batches.known('one'))?.rows.map(({ index }) => index).sort(), [0, 1, 2]);
  });

  it('does not go on for ever where no page holds', async () => {
    const { batches } = setUp(['a.png']);
    let starts = 0;
    const end = await batches.run(
      pageOf(() => {
        starts++;
        return Promise.reject(new LensError('disconnected', 'The page has gone.'));
      }),
    );
    assert.equal(end.state, 'failed');
    assert.equal(end.error?.code, 'disconnected');
    assert.equal(starts, 3);
  });

  it('is stopped by its panel’s end and by the user, and what was found stays', async () => {
    const { batches, results } = setUp(['a.png', 'b.png']);
    const page = pageOf(async ({ run }) => {
      await pullAll(batches, run);
      batches.take(run, [good(0)], terms);
      page.isOpen = false;
      throw new LensError('disconnected', 'The panel was closed.');
    });
    assert.deepEqual(await batches.run(page), { state: 'stopped', error: null });
    assert.equal(results.size, 1);

    let stop = (): void => undefined;
    const running = batches.run({
      ...pageOf(() => new Promise((resolve) => (stop = () => resolve({ state: 'stopped', error: null })))),
      stopBatch: () => Promise.resolve(stop()),
    });
    assert.equal(batches.runningTitle, 'w');
    await batches.stop();
    assert.deepEqual(await running, { state: 'stopped', error: null });
    assert.equal(batches.runningTitle, undefined);
  });

  it('refuses pulls of runs that are over, and tables that are no longer open', async () => {
    const { batches } = setUp(['a.png']);
    await assert.rejects(batches.pull('run9', packStart), { code: 'disconnected' });
    assert.throws(() => batches.find('other'), { code: 'disconnected' });
    assert.equal(batches.find('one').uris.length, 1);
  });

  it('comes back in another window by its id alone', async () => {
    const { batches, options } = setUp(['a.png', 'b.png']);
    await batches.run(
      pageOf(async ({ run }) => {
        await pullAll(batches, run);
        batches.take(run, [good(1, 0.7)], terms);
        return { state: 'stopped', error: null };
      }),
    );
    assert.equal(await new Batches(options).known(null), undefined);
    assert.equal(await new Batches(options).known('another'), undefined);
    const again = new Batches(options);
    const known = await again.known('one');
    assert.deepEqual(known, { batch: batchOf(['a.png', 'b.png']), rows: [good(1, 0.7)], terms });
    let left = 0;
    await again.run(
      pageOf((run) => {
        left = run.left;
        return Promise.resolve(finished);
      }),
    );
    assert.equal(left, 1);
  });
});

describe('the file of a table', () => {
  const kept = { batch: batchOf(['a.png', 'b.png']), uris: ['x', 'y'], rows: [good(0)], terms };

  it('gives back what was put in', () => {
    assert.deepEqual(decodeBatch(encodeBatch(kept)), kept);
  });

  it('is nothing where a part does not hold', () => {
    const change = (changes: object): Uint8Array =>
      new TextEncoder().encode(JSON.stringify({ version: 1, ...kept, ...changes }));
    assert.ok(decodeBatch(change({})));
    for (const changes of [
      { version: 2 },
      { uris: ['x'] },
      { rows: [good(2)] },
      { rows: [{ index: 0 }] },
      { rows: [{ index: -1, error: { code: 'truncated', message: '' } }] },
      { rows: [{ index: 0, error: { code: 'made-up', message: '' } }] },
      { terms: {} },
      { batch: null },
    ])
      assert.equal(decodeBatch(change(changes)), undefined, JSON.stringify(changes));
    assert.equal(decodeBatch(encodeBatch(kept).subarray(0, 40)), undefined);
  });
});
