import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BatchRow } from '../../../src/shared/batch.ts';
import { LensError } from '../../../src/shared/errors.ts';
import type { JudgedImage } from '../../../src/shared/protocol/forward.ts';
import type { Pack, PackSegment } from '../../../src/shared/transport.ts';
import { conformalThreshold, judge } from '../../../src/shared/verdict.ts';
import { BatchFiles } from '../../../src/webview/report/batch-files.ts';
import { runBatch, type BatchWork } from '../../../src/webview/report/batch-run.ts';

const calibration = Float64Array.from({ length: 100 }, (_, i) => i / 100);
const judged = (score: number): JudgedImage => ({
  verdict: judge(score, calibration, conformalThreshold(calibration, 0.05)),
  readings: [],
  ...{ autoencoder: null, pca: null },
  thumbnail: { height: 1, width: 1, channels: 1, pixels: new Uint8Array(1) },
});

const segment = (index: number, offset: number, length: number, size: number): PackSegment => ({
  file: { index, path: `${index}.png`, role: 'image', label: -1, split: null },
  ...{ offset, length, size },
});

const packOf = (segments: readonly PackSegment[], next: Pack['next'] = null): Pack => ({
  segments,
  next,
  bytes: Uint8Array.from(
    { length: segments.reduce((sum, { length }) => sum + length, 0) },
    (_, i) => i % 251,
  ),
});

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A source of `count` files of one byte, so many to a pack. */
function source(count: number, together = 10) {
  let pulls = 0;
  return {
    pulls: () => pulls,
    pull: ({ file }: { readonly file: number }): Promise<Pack> => {
      pulls++;
      const end = Math.min(count, file + together);
      const segments = Array.from({ length: end - file }, (_, i) => segment(file + i, 0, 1, 1));
      return Promise.resolve(packOf(segments, end < count ? { file: end, offset: 0 } : null));
    },
  };
}

function workOf(count: number, changes: Partial<BatchWork> = {}) {
  const rows: BatchRow[] = [];
  const abort = new AbortController();
  const files = source(count);
  const work: BatchWork = {
    left: count,
    signal: abort.signal,
    nameOf: (index) => `${index}.png`,
    pull: files.pull,
    judge: async (name) => {
      await tick();
      return judged(Number.parseInt(name, 10) / count);
    },
    onRow: (row) => rows.push(row),
    ...changes,
  };
  return { work, rows, abort, files };
}

describe('files out of packs', () => {
  it('are put together from segments, each a copy of its own', () => {
    const files = new BatchFiles();
    const first = [...files.take(packOf([segment(0, 0, 2, 2), segment(1, 0, 3, 5)]))];
    const second = [...files.take(packOf([segment(1, 3, 2, 5), segment(2, 0, 1, 1)]))];
    assert.deepEqual(
      [...first, ...second].map((file) => ('bytes' in file ? [file.index, ...file.bytes] : [])),
      [
        [0, 0, 1],
        [1, 2, 3, 4, 0, 1],
        [2, 2],
      ],
    );
  });

  it('say why there is none, and believe no length', () => {
    const files = new BatchFiles();
    const error = { code: 'empty-file', message: 'empty' } as const;
    const taken = [
      ...files.take(packOf([{ ...segment(0, 0, 0, 0), error }])),
      ...files.take(packOf([segment(1, 5, 2, 9)])),
      ...files.take({ ...packOf([segment(2, 0, 9, 9)]), bytes: new Uint8Array(3) }),
      ...files.take(packOf([segment(3, 0, 9, 4)])),
      ...files.take(packOf([segment(4, 0, 2, 4)])),
      ...files.take(packOf([segment(4, 3, 1, 5)])),
      ...files.take(packOf([segment(4, 4, 1, 5)])),
      ...files.take(packOf([segment(5, 0, 1, 1)])),
    ];
    assert.deepEqual(
      taken.map((file) => [file.index, 'error' in file ? file.error.code : 'bytes']),
      [
        [0, 'empty-file'],
        [1, 'read-failed'],
        [2, 'read-failed'],
        [3, 'read-failed'],
        [4, 'read-failed'],
        [5, 'bytes'],
      ],
    );
  });
});

describe('checking a batch', () => {
  it('gives every image a row, a few at a time, packs pulled one ahead', async () => {
    let underWay = 0;
    let most = 0;
    const { work, rows, files } = workOf(95, {
      judge: async (name) => {
        most = Math.max(most, ++underWay);
        await tick();
        underWay--;
        return judged(Number.parseInt(name, 10) / 95);
      },
    });
    assert.deepEqual(await runBatch(work), { state: 'finished', error: null });
    assert.deepEqual(
      rows.map(({ index }) => index).sort((a, b) => a - b),
      Array.from({ length: 95 }, (_, i) => i),
    );
    assert.equal(most, 6);
    assert.equal(files.pulls(), 10);
    const flagged = rows.filter((row) => 'anomalous' in row && row.anomalous);
    assert.deepEqual(
      flagged.map(({ index }) => index).sort((a, b) => a - b),
      [91, 92, 93, 94],
    );
  });

  it('holds few bytes at once', async () => {
    const size = 40 * 1024 ** 2;
    let underWay = 0;
    const { work, rows } = workOf(3, {
      pull: ({ file }) =>
        Promise.resolve({
          segments: [segment(file, 0, size, size)],
          bytes: new Uint8Array(size),
          next: file < 2 ? { file: file + 1, offset: 0 } : null,
        }),
      judge: async () => {
        assert.equal(++underWay, 1);
        await tick();
        underWay--;
        return judged(0);
      },
    });
    await runBatch(work);
    assert.equal(rows.length, 3);
  });

  it('gives an image that cannot be read a row with its reason, and goes on', async () => {
    const { work, rows } = workOf(20, {
      judge: (name) =>
        name === '7.png'
          ? Promise.reject(new LensError('truncated', 'ends early', 'detail'))
          : Promise.resolve(judged(0)),
    });
    assert.equal((await runBatch(work)).state, 'finished');
    assert.deepEqual(
      rows.find(({ index }) => index === 7),
      { index: 7, error: { code: 'truncated', message: 'ends early' } },
    );
    assert.equal(rows.length, 20);
  });

  it('ends with what every image would meet', async () => {
    for (const code of ['model-not-calibrated', 'invalid-model-file', 'engine-unavailable'] as const) {
      const { work, rows } = workOf(50, { judge: () => Promise.reject(new LensError(code, 'no')) });
      const end = await runBatch(work);
      assert.deepEqual([end.state, end.error?.code, rows.length], ['failed', code, 0]);
    }
  });

  it('outlives a worker that dies once, but not one that dies again and again', async () => {
    const death = new LensError('engine-failed', 'the worker died');
    const { work, rows } = workOf(30, {
      judge: (name) => (Number.parseInt(name, 10) < 6 ? Promise.reject(death) : Promise.resolve(judged(0))),
    });
    assert.equal((await runBatch(work)).state, 'finished');
    assert.equal(rows.filter((row) => 'error' in row).length, 6);
    const deadly = workOf(30, {
      judge: () => Promise.reject(new LensError('engine-failed', 'the worker died')),
    });
    const end = await runBatch(deadly.work);
    assert.deepEqual([end.state, end.error?.code], ['failed', 'engine-failed']);
    assert.ok(deadly.rows.length < 6);
  });

  it('stops when it is asked to, after the images under way', async () => {
    const { work, rows, abort, files } = workOf(200, {
      judge: async () => {
        await tick();
        if (rows.length >= 12) abort.abort();
        return judged(0);
      },
    });
    assert.deepEqual(await runBatch(work), { state: 'stopped', error: null });
    assert.ok(rows.length >= 12 && rows.length < 25, String(rows.length));
    assert.ok(files.pulls() <= 4);
  });

  it('ends with the source that fails', async () => {
    const { work } = workOf(5, { pull: () => Promise.reject(new LensError('disconnected', 'over')) });
    const end = await runBatch(work);
    assert.deepEqual([end.state, end.error?.code], ['failed', 'disconnected']);
  });

  it('has nothing to do where nothing is left', async () => {
    const { work, files } = workOf(0);
    assert.deepEqual(await runBatch(work), { state: 'finished', error: null });
    assert.equal(files.pulls(), 0);
  });
});
