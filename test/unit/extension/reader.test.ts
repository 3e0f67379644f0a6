import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LensError } from '../../../src/shared/errors.ts';
import { packBytes, packStart, type Pack, type PackCursor } from '../../../src/shared/transport.ts';
import { refusalOf } from '../../../src/extension/datasets/foreign-bytes.ts';
import { DatasetReader, packFiles } from '../../../src/extension/datasets/reader.ts';
import type { ReadAheadLimits } from '../../../src/extension/datasets/read-ahead.ts';
import type { ScannedDataset } from '../../../src/extension/datasets/scan.ts';
import { DatasetStore } from '../../../src/extension/datasets/store.ts';
import { MemoryFiles, named } from './support/memory-files.ts';

function dataset(paths: readonly string[], id = 'set'): ScannedDataset {
  return {
    root: 'memory:/d',
    files: paths.map((path, index) => ({ index, path, role: 'image', label: -1, split: null })),
    summary: {
      id,
      name: 'd',
      uri: 'memory:/d',
      kind: 'folder',
      files: paths.length,
      images: paths.length,
      bytes: null,
      classes: [],
      splits: null,
      skipped: [],
      skippedCount: 0,
      cut: null,
    },
  };
}

/** Bytes that differ from file to file and from place to place; the pattern's length is prime to a pack's. */
const bytesOf = (length: number, first = 0): Uint8Array =>
  new Uint8Array(
    Buffer.alloc(
      length,
      Uint8Array.from({ length: 251 }, (_, i) => (first + i * 7) & 255),
    ),
  );

function setUp(contents: readonly Uint8Array[], limits?: ReadAheadLimits) {
  const names = contents.map((_, i) => `${String(i).padStart(5, '0')}.png`);
  const files = new MemoryFiles(Object.fromEntries(contents.map((bytes, i) => [`d/${names[i]}`, bytes])));
  return { files, names, reader: new DatasetReader(dataset(names), files, limits) };
}

async function pullAll(reader: DatasetReader, only?: readonly number[]): Promise<Pack[]> {
  const packs: Pack[] = [];
  for (let cursor: PackCursor | null = packStart; cursor !== null;) {
    const pack: Pack = await reader.pull({ source: 'set', cursor, ...(only ? { only } : {}) });
    packs.push(pack);
    cursor = pack.next;
    assert.ok(packs.length < 10_000, 'pulling does not end');
  }
  return packs;
}

/** Files put together again, as a worker does. */
function assemble(packs: readonly Pack[]): Map<number, Uint8Array> {
  const files = new Map<number, { bytes: Uint8Array; filled: number }>();
  for (const { segments, bytes } of packs) {
    let position = 0;
    for (const { file, offset, length, size } of segments) {
      const entry = files.get(file.index) ?? { bytes: new Uint8Array(size), filled: 0 };
      assert.equal(offset, entry.filled, 'segments of a file are consecutive');
      entry.bytes.set(bytes.subarray(position, position + length), offset);
      files.set(file.index, { ...entry, filled: offset + length });
      position += length;
    }
    assert.equal(position, bytes.length);
    assert.ok(bytes.length <= packBytes);
    assert.equal(bytes.buffer.byteLength, bytes.length, 'a pack has a buffer of its own size');
  }
  for (const { bytes, filled } of files.values()) assert.equal(filled, bytes.length);
  return new Map([...files].map(([index, { bytes }]) => [index, bytes]));
}

describe('packs', () => {
  it('carry small files together and large ones in parts, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: packBytes - 2, max: 3 * packBytes })),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (sizes) => {
          const contents = sizes.map((size, i) => bytesOf(size, i));
          const { reader } = setUp(contents);
          const files = assemble(await pullAll(reader));
          assert.equal(files.size, contents.length);
          for (const [i, bytes] of contents.entries())
            assert.ok(Buffer.from(bytes).equals(files.get(i) ?? Buffer.of()));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never cut a file in two that fits into one pack', async () => {
    const { reader } = setUp([bytesOf(3_000_000), bytesOf(3_000_000), bytesOf(1_000_000)]);
    const packs = await pullAll(reader);
    assert.deepEqual(
      packs.map(({ segments }) => segments.map(({ file }) => file.index)),
      [[0], [1, 2]],
    );
  });

  it('end after so many files that progress is seen', async () => {
    const { reader } = setUp(Array.from({ length: packFiles + 5 }, () => bytesOf(3)));
    const packs = await pullAll(reader);
    assert.deepEqual(
      packs.map(({ segments }) => segments.length),
      [packFiles, 5],
    );
  });

  it('follow a list of files in its order, and two lists in turn', async () => {
    const { reader } = setUp(Array.from({ length: 6 }, (_, i) => bytesOf(10, i)));
    const [some, others] = await Promise.all([pullAll(reader, [4, 1]), pullAll(reader, [0, 5, 2])]);
    assert.deepEqual(
      some[0]?.segments.map(({ file }) => file.index),
      [4, 1],
    );
    assert.deepEqual(
      others[0]?.segments.map(({ file }) => file.index),
      [0, 5, 2],
    );
  });

  it('turn what cannot be read into segments with an error', async () => {
    const lfs = new TextEncoder().encode(
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
    );
    const { reader, files, names } = setUp([bytesOf(5), bytesOf(0), bytesOf(5), lfs, bytesOf(5)]);
    files.before = (step, uri) => {
      if (step === 'read' && uri.endsWith(names[2] ?? '')) throw named('NoPermissions', uri);
    };
    const packs = await pullAll(reader);
    assert.equal(packs.length, 1);
    const segments = packs[0]?.segments ?? [];
    assert.deepEqual(
      segments.map(({ error }) => error?.code),
      [undefined, 'empty-file', 'no-permission', 'not-an-image', undefined],
    );
    assert.match(segments[3]?.error?.message ?? '', /git lfs pull/);
    assert.equal(packs[0]?.bytes.length, 10);
  });

  it('say so when a file shrinks between two of its parts', async () => {
    const { reader, files } = setUp([bytesOf(2 * packBytes)]);
    const first = await reader.pull({ source: 'set', cursor: packStart });
    assert.deepEqual(first.next, { file: 0, offset: packBytes });
    files.put('d/00000.png', bytesOf(100));
    reader.release();
    const second = await reader.pull({ source: 'set', cursor: { file: 0, offset: packBytes } });
    assert.equal(second.segments[0]?.error?.code, 'dataset-changed');
    assert.equal(second.next, null);
  });

  it('give the same pack again to a cursor asked twice', async () => {
    const { reader } = setUp([bytesOf(packBytes), bytesOf(packBytes)]);
    const first = await reader.pull({ source: 'set', cursor: packStart });
    const again = await reader.pull({ source: 'set', cursor: packStart });
    assert.ok(Buffer.from(first.bytes).equals(again.bytes));
    assert.deepEqual(first.next, again.next);
  });

  it('refuse cursors outside the data set', async () => {
    const { reader } = setUp([bytesOf(3)]);
    for (const cursor of [
      { file: -1, offset: 0 },
      { file: 2, offset: 0 },
      { file: 0.5, offset: 0 },
      { file: 0, offset: Number.NaN },
    ]) {
      await assert.rejects(reader.pull({ source: 'set', cursor }), LensError);
    }
    await assert.rejects(reader.pull({ source: 'set', cursor: packStart, only: [7] }), LensError);
    assert.equal((await reader.pull({ source: 'set', cursor: { file: 1, offset: 0 } })).next, null);
  });

  it('stop when cancelled', async () => {
    const { reader } = setUp([bytesOf(3)]);
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(reader.pull({ source: 'set', cursor: packStart }, abort.signal), {
      code: 'cancelled',
    });
  });
});

describe('reading ahead', () => {
  it('reads many small files at once, and goes on between two pulls', async () => {
    const { reader, files } = setUp(Array.from({ length: packFiles + 500 }, () => bytesOf(20)));
    await reader.pull({ source: 'set', cursor: packStart });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(files.mostReading, 16);
    const read = files.steps.filter((step) => step.startsWith('read')).length;
    assert.equal(read, packFiles + 500);
  });

  it('holds no more than its budget, however large the files are', async () => {
    const size = 1_000_000;
    const limits = { concurrency: 16, heldBytes: 4 * size, heldFiles: 100 };
    const { reader, files } = setUp(
      Array.from({ length: 40 }, () => bytesOf(size)),
      limits,
    );
    await reader.pull({ source: 'set', cursor: packStart });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const read = files.steps.filter((step) => step.startsWith('read')).length;
    // Four in the pack, four held, and at most four that were under way when the budget was full.
    assert.ok(read <= 12, `${read} files were read`);
  });

  it('reads a file once, though it spans several packs', async () => {
    const { reader, files } = setUp([bytesOf(5 * packBytes)]);
    assert.equal((await pullAll(reader)).length, 5);
    assert.equal(files.steps.filter((step) => step.startsWith('read')).length, 1);
  });
});

describe('the store of data sets', () => {
  it('keeps the latest few and the one in use', async () => {
    const files = new MemoryFiles({ 'd/a.png': 'x' });
    const store = new DatasetStore(files, () => 'first');
    for (const id of ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'])
      store.add(dataset(['a.png'], id));
    assert.equal((await store.pull({ source: 'first', cursor: packStart })).bytes.length, 1);
    await assert.rejects(store.pull({ source: 'second', cursor: packStart }), { code: 'disconnected' });
    assert.equal((await store.pull({ source: 'sixth', cursor: packStart })).bytes.length, 1);
  });

  it('leads nowhere outside the data set', () => {
    const store = new DatasetStore(new MemoryFiles());
    store.add(dataset(['a.png']));
    assert.equal(store.uriOf('set', '../../etc/passwd'), 'memory:/d/etc/passwd');
  });
});

describe('foreign bytes', () => {
  it('lets everything but empty files and LFS pointers through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        assert.equal(refusalOf(bytes, 'x.png'), undefined);
      }),
    );
    assert.equal(refusalOf(new Uint8Array(0), 'x.png')?.code, 'empty-file');
  });
});
