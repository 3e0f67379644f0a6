import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { imageName } from '../../../src/engine/data/packed-images.ts';
import type { Decode } from '../../../src/engine/data/image.ts';
import type { LoadProgress, LoadRequest } from '../../../src/engine/data/load-request.ts';
import { loadDataset } from '../../../src/engine/data/loader.ts';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import { idxFile } from './idx-file.ts';
import { MemorySource, type MemoryFile } from './memory-source.ts';
import { decodePng, grayPng, rgbPng } from './png-decoder.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const code =
  (expected: ErrorCode, words = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, expected, error.message);
    assert.match(error.message, words);
    return true;
  };

const request = (memory: MemorySource, over: Partial<LoadRequest> = {}): LoadRequest => ({
  source: memory.source,
  pull: memory.pull,
  kind: 'folder',
  shape: { height: 8, width: 8, channels: 1 },
  mode: 'stretch',
  memoryBudget: 1e9,
  decode: decodePng,
  signal: new AbortController().signal,
  ...over,
});
const firstBytes = (pixels: Uint8Array, size = 64): number[] =>
  Array.from({ length: pixels.length / size }, (_, i) => pixels[i * size] ?? -1);

describe('loadDataset: folders', () => {
  const many = (n: number): MemoryFile[] =>
    Array.from({ length: n }, (_, i) => ({
      path: `c${i % 2}/${i}.png`,
      bytes: grayPng(10, 10, i % 256),
      label: i % 2,
    }));

  it('places the images in the order of the files, whatever the order of decoding', async () => {
    let waiting = 0;
    let most = 0;
    const decode: Decode = async (bytes, name) => {
      most = Math.max(most, ++waiting);
      // Later files are faster.
      await new Promise((resolve) => setTimeout(resolve, name.length % 3 === 0 ? 1 : 6));
      waiting--;
      return decodePng(bytes, name);
    };
    const memory = new MemorySource(many(60), 1000);
    const images = await loadDataset(
      request(memory, {
        decode,
        classes: [
          { name: 'a', count: 30 },
          { name: 'b', count: 30 },
        ],
      }),
    );
    assert.equal(images.count, 60);
    assert.deepEqual(
      firstBytes(images.pixels),
      Array.from({ length: 60 }, (_, i) => i),
    );
    assert.deepEqual([...images.labels.subarray(0, 4)], [0, 1, 0, 1]);
    assert.deepEqual(images.classes, [
      { name: 'a', count: 30 },
      { name: 'b', count: 30 },
    ]);
    assert.equal(imageName(images, 7, 'folder'), 'c1/7.png');
    assert.ok(most > 1 && most <= 8, `${most} decodes at once`);
    assert.equal(memory.mostOpen, 1);
  });

  it('asks for the next pack before the last one is worked through, and for no more', async () => {
    const memory = new MemorySource(many(40), 500);
    let asked = 0;
    const seen: number[] = [];
    const decode: Decode = async (bytes, name) => {
      seen.push(memory.requests.length);
      return decodePng(bytes, name);
    };
    await loadDataset(
      request(memory, {
        decode,
        pull: (r, s) => {
          asked++;
          return memory.pull(r, s);
        },
      }),
    );
    assert.equal(seen[0], 2);
    assert.ok(asked > 3);
  });

  it('puts files together that span packs, the same as in one', async () => {
    const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2_654_435_761) >>> 24);
    const files = [
      { path: 'a.png', bytes: grayPng(64, 64, noise) },
      { path: 'b.png', bytes: rgbPng(9, 9, [10, 200, 30]) },
      { path: 'c.png', bytes: grayPng(64, 64, noise.slice().reverse()) },
    ];
    const shape = { height: 64, width: 64, channels: 3 } as const;
    const one = await loadDataset(request(new MemorySource(files, 1e7), { shape }));
    const small = await loadDataset(request(new MemorySource(files, 100), { shape }));
    assert.deepEqual(small, one);
    assert.deepEqual([...one.pixels.subarray(3 * 4096, 3 * 4096 + 3)], [10, 200, 30]);
  });

  it('gives up a hopeless large file at its first piece', async () => {
    const huge = rgbPng(1, 1, [1, 2, 3]);
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 20_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 20_000);
    const files = [
      { path: 'huge.png', bytes: new Uint8Array(400_000).fill(1) },
      { path: 'wide.png', bytes: new Uint8Array([...huge, ...new Uint8Array(400_000)]) },
      { path: 'ok.png', bytes: grayPng(3, 3, 8) },
    ];
    const images = await loadDataset(request(new MemorySource(files, 100_000)));
    assert.deepEqual(firstBytes(images.pixels), [8]);
    const [first, second] = images.skipped.map(({ reason }) => reason);
    assert.match(first ?? '', /is not an image/);
    assert.match(second ?? '', /20,000 × 20,000 pixels/);
  });

  it('lists what cannot be read, closes the gap and goes on', async () => {
    const whole = grayPng(10, 10, 5);
    const files: MemoryFile[] = [
      { path: 'empty.png', bytes: new Uint8Array(0) },
      { path: 'good1.png', bytes: grayPng(10, 10, 1), label: 1 },
      { path: 'cut.png', bytes: whole.subarray(0, whole.length - 20) },
      { path: 'text.png', bytes: text('Dear diary, today I was an image.') },
      { path: 'good2.png', bytes: grayPng(10, 10, 2), label: 0, split: 'test' },
      {
        path: 'locked.png',
        bytes: new Uint8Array(0),
        error: { code: 'no-permission', message: 'No permission to read “locked.png”.' },
      },
      { path: 'good3.png', bytes: grayPng(10, 10, 3), split: 'validation' },
    ];
    for (const packBytes of [10, 1e6]) {
      const progress: LoadProgress[] = [];
      const images = await loadDataset(
        request(new MemorySource(files, packBytes), { onProgress: (p) => progress.push(p) }),
      );
      assert.deepEqual(firstBytes(images.pixels), [1, 2, 3]);
      assert.deepEqual([...images.labels], [1, 0, -1]);
      assert.deepEqual([...images.wanted], [-1, 2, 1]);
      assert.deepEqual(images.paths, ['good1.png', 'good2.png', 'good3.png']);
      assert.deepEqual([...images.files], [0, 1, 2]);
      assert.equal(images.skippedCount, 4);
      assert.deepEqual(
        images.skipped.map(({ path }) => path),
        ['empty.png', 'cut.png', 'text.png', 'locked.png'],
      );
      const reasons = images.skipped.map(({ reason }) => reason).join('\n');
      assert.match(reasons, /empty \(0 bytes\)[^]*cut short[^]*not an image[^]*No permission/);
      assert.deepEqual(progress.at(-1), { phase: 'reading', done: 7, total: 7 });
      assert.deepEqual(
        progress.map(({ done }) => done),
        [1, 2, 3, 4, 5, 6, 7],
      );
    }
  });

  it('fails with the first reason where nothing is left', async () => {
    const files = [{ path: 'a.png', bytes: new Uint8Array(0) }];
    await assert.rejects(loadDataset(request(new MemorySource(files))), code('empty-file', /a\.png/));
    const two = [...files, { path: 'b.png', bytes: text('hello hello hello') }];
    await assert.rejects(
      loadDataset(request(new MemorySource(two))),
      code('invalid-dataset', /None of the 2/),
    );
    await assert.rejects(loadDataset(request(new MemorySource([]))), code('too-few-images', /no images/));
  });

  it('keeps 200 names of those left out and counts the rest', async () => {
    const files = Array.from({ length: 250 }, (_, i): MemoryFile => ({ path: `${i}.png`, bytes: text('x') }));
    const images = await loadDataset(
      request(new MemorySource([...files, { path: 'ok.png', bytes: grayPng(1, 1, 9) }])),
    );
    assert.equal(images.skipped.length, 200);
    assert.equal(images.skippedCount, 250);
  });

  it('filters by class', async () => {
    const classes = [
      { name: 'good', count: 10 },
      { name: 'bad', count: 10 },
    ];
    const load = (negate: boolean, label = 'bad'): ReturnType<typeof loadDataset> =>
      loadDataset(request(new MemorySource(many(20)), { classes, filter: { label, negate } }));
    const bad = await load(false);
    assert.deepEqual(firstBytes(bad.pixels), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    assert.equal(bad.pixels.buffer.byteLength, 640);
    const rest = await load(true);
    assert.deepEqual(firstBytes(rest.pixels), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    assert.deepEqual(rest.classes, [
      { name: 'good', count: 10 },
      { name: 'bad', count: 0 },
    ]);
    await assert.rejects(load(false, 'ugly'), code('invalid-dataset', /“ugly”.*good, bad/));
  });

  it('asks for the memory before it reads anything', async () => {
    const memory = new MemorySource(many(100));
    await assert.rejects(
      loadDataset(request(memory, { memoryBudget: 6399 })),
      code('out-of-memory', /100 images of 8 × 8 gray need 6\.4 kB.*budget of 6\.4 kB.*99 images fit/),
    );
    assert.equal(memory.requests.length, 0);
    await loadDataset(request(memory, { memoryBudget: 6400 }));
  });

  it('stops when it is cancelled, also before it began', async () => {
    const abort = new AbortController();
    const memory = new MemorySource(many(500), 2000);
    const loading = loadDataset(
      request(memory, {
        signal: abort.signal,
        onProgress: ({ done }) => {
          if (done === 50) abort.abort();
        },
      }),
    );
    await assert.rejects(loading, code('cancelled'));
    assert.ok(memory.requests.length < 20, `${memory.requests.length} packs`);
    const late = new MemorySource(many(5));
    await assert.rejects(loadDataset(request(late, { signal: AbortSignal.abort() })), code('cancelled'));
    assert.equal(late.requests.length, 0);
  });

  it('hands on what pull throws', async () => {
    const memory = new MemorySource(many(50), 1000);
    let calls = 0;
    const pull: LoadRequest['pull'] = (r, s) =>
      ++calls === 3
        ? Promise.reject(new LensError('disconnected', 'The other side has gone.'))
        : memory.pull(r, s);
    await assert.rejects(loadDataset(request(memory, { pull })), code('disconnected'));
  });

  it('says so when more files come than were listed', async () => {
    const memory = new MemorySource(many(5));
    await assert.rejects(
      loadDataset(request(memory, { source: { id: 'x', files: 4 } })),
      code('dataset-changed', /grown/),
    );
  });

  it('leaves out a file whose pieces do not fit together', async () => {
    const memory = new MemorySource(many(3), 1e6);
    const pull: LoadRequest['pull'] = async (r, s) => {
      const pack = await memory.pull(r, s);
      return {
        ...pack,
        segments: pack.segments.map((segment, i) => (i === 1 ? { ...segment, offset: 5 } : segment)),
      };
    };
    const images = await loadDataset(request(memory, { pull }));
    assert.deepEqual(firstBytes(images.pixels), [0, 2]);
    assert.match(images.skipped[0]?.reason ?? '', /changed or could not be read to its end/);
  });

  it('never believes a length beyond the pack', async () => {
    const memory = new MemorySource(many(2), 1e6);
    const pull: LoadRequest['pull'] = async (r, s) => {
      const pack = await memory.pull(r, s);
      return { ...pack, segments: pack.segments.map((segment) => ({ ...segment, length: 1e9, size: 1e9 })) };
    };
    await assert.rejects(loadDataset(request(memory, { pull })), code('read-failed'));
  });

  it('fingerprints content, names and order', async () => {
    const print = async (files: readonly MemoryFile[], over = {}): Promise<string> =>
      (await loadDataset(request(new MemorySource(files), over))).fingerprint;
    const base = many(4);
    const same = await print(base);
    assert.match(same, /^[0-9a-f]{16}$/);
    assert.equal(await print(many(4)), same);
    const [a, b, ...rest] = base as [MemoryFile, MemoryFile, ...MemoryFile[]];
    const others = await Promise.all([
      print([b, a, ...rest]),
      print([{ ...a, path: 'x.png' }, b, ...rest]),
      print([{ ...a, bytes: grayPng(10, 10, 200) }, b, ...rest]),
      print(rest),
      print(base, { shape: { height: 8, width: 9, channels: 1 } }),
      print(base, { shape: { height: 8, width: 8, channels: 3 } }),
    ]);
    assert.equal(new Set([same, ...others]).size, 7);
  });
});

describe('loadDataset: IDX', () => {
  const ramp = (n: number, size: number): Uint8Array =>
    Uint8Array.from({ length: n * size }, (_, i) => Math.floor(i / size) % 256);
  const images = (path: string, n: number, side = 8, over: Partial<MemoryFile> = {}): MemoryFile => ({
    path,
    role: 'idx-images',
    bytes: idxFile([n, side, side], ramp(n, side * side)),
    ...over,
  });
  const labels = (path: string, values: readonly number[], over: Partial<MemoryFile> = {}): MemoryFile => ({
    path,
    role: 'idx-labels',
    bytes: idxFile([values.length], Uint8Array.from(values)),
    ...over,
  });
  const gz = (file: MemoryFile): MemoryFile => ({ ...file, bytes: new Uint8Array(gzipSync(file.bytes)) });
  const cycle = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 3);
  const load = (files: readonly MemoryFile[], over: Partial<LoadRequest> = {}, packBytes = 500) =>
    loadDataset(request(new MemorySource(files, packBytes), { kind: 'idx', ...over }));

  it('joins images and labels by name, several pairs at once, in any order', async () => {
    const files = [
      gz(labels('d/train-labels-idx1-ubyte.gz', cycle(20))),
      labels('d/t10k-labels-idx1-ubyte', [9, 9, 9, 9, 9], { split: 'test' }),
      gz(images('d/train-images-idx3-ubyte.gz', 20)),
      images('d/t10k-images-idx3-ubyte', 5, 8, { split: 'test' }),
    ];
    const data = await load(files);
    assert.equal(data.count, 25);
    assert.deepEqual(firstBytes(data.pixels), [...ramp(20, 1), ...ramp(5, 1)]);
    assert.deepEqual([...data.labels], [...cycle(20), 3, 3, 3, 3, 3]);
    assert.deepEqual(data.classes, [
      { name: '0', count: 7 },
      { name: '1', count: 7 },
      { name: '2', count: 6 },
      { name: '9', count: 5 },
    ]);
    assert.deepEqual([...data.wanted.subarray(19, 21)], [-1, 2]);
    assert.equal(imageName(data, 21, 'idx'), 'd/t10k-images-idx3-ubyte #2');
    assert.deepEqual(data.skipped, []);
  });

  it('reads images without labels', async () => {
    const data = await load([images('x-images-idx3-ubyte', 3)]);
    assert.deepEqual([...data.labels], [-1, -1, -1]);
    assert.deepEqual(data.classes, []);
  });

  it('fits images of another size, gray into colour', async () => {
    const data = await load([images('a-images-idx3-ubyte', 3, 28), images('b-images-idx3-ubyte', 2, 8)], {
      shape: { height: 10, width: 9, channels: 3 },
    });
    assert.equal(data.pixels.length, 5 * 270);
    assert.deepEqual(firstBytes(data.pixels, 270), [0, 1, 2, 0, 1]);
  });

  it('filters by label', async () => {
    const files = [
      images('a-images-idx3-ubyte', 9),
      labels('a-labels-idx1-ubyte', [3, 4, 3, 5, 5, 5, 3, 4, 3]),
    ];
    const threes = await load(files, { filter: { label: '3', negate: false } });
    assert.deepEqual(firstBytes(threes.pixels), [0, 2, 6, 8]);
    assert.deepEqual([...threes.positions], [0, 2, 6, 8]);
    const others = await load(files, { filter: { label: '3', negate: true } });
    assert.deepEqual(firstBytes(others.pixels), [1, 3, 4, 5, 7]);
    await assert.rejects(
      load(files, { filter: { label: '7', negate: false } }),
      code('invalid-dataset', /3, 4, 5/),
    );
  });

  it('reads on without labels that do not fit, and says so', async () => {
    const data = await load([
      images('a-images-idx3-ubyte', 4),
      labels('a-labels-idx1-ubyte', [1, 2, 3]),
      labels('lost-labels-idx1-ubyte', [1]),
    ]);
    assert.equal(data.count, 4);
    assert.deepEqual([...data.labels], [-1, -1, -1, -1]);
    assert.match(
      data.skipped.map(({ reason }) => reason).join('\n'),
      /3 labels for the 4 images[^]*no images file/,
    );
  });

  it('leaves out a file that breaks off in the middle, and keeps the others', async () => {
    const noisy = idxFile(
      [40, 8, 8],
      Uint8Array.from({ length: 2560 }, (_, i) => (i * 7919) >>> 5),
    );
    const cut = new Uint8Array(gzipSync(noisy)).subarray(0, -300);
    const data = await load([
      images('a-images-idx3-ubyte', 3),
      { path: 'b-images-idx3-ubyte.gz', role: 'idx-images', bytes: cut },
      images('c-images-idx3-ubyte', 2),
    ]);
    assert.deepEqual(firstBytes(data.pixels), [0, 1, 2, 0, 1]);
    assert.deepEqual(data.paths, ['a-images-idx3-ubyte', 'c-images-idx3-ubyte']);
    assert.equal(data.skipped[0]?.path, 'b-images-idx3-ubyte.gz');
  });

  it('fails with the file’s own reason where it is the only one', async () => {
    await assert.rejects(
      load([images('a', 4, 8, { bytes: text('not an idx file') })]),
      code('invalid-dataset', /“a”/),
    );
    const error = { code: 'not-found', message: 'The file “a” is gone.' } as const;
    await assert.rejects(load([images('a', 4, 8, { error })]), code('not-found', /gone/));
  });

  it('refuses over the memory budget by the headers alone', async () => {
    const memory = new MemorySource([images('a-images-idx3-ubyte', 1000)], 500);
    await assert.rejects(
      loadDataset(request(memory, { kind: 'idx', memoryBudget: 63_999 })),
      code('out-of-memory', /1,000 images/),
    );
    assert.equal(memory.requests.length, 1);
  });

  it('stops when it is cancelled', async () => {
    const abort = new AbortController();
    const loading = load([images('a-images-idx3-ubyte', 1000)], {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await assert.rejects(loading, code('cancelled'));
  });

  it('tells of files that change while they are read', async () => {
    const memory = new MemorySource([images('a-images-idx3-ubyte', 4)], 1e6);
    const later = new MemorySource([images('a-images-idx3-ubyte', 5)], 1e6);
    let calls = 0;
    const pull: LoadRequest['pull'] = (r, s) => (++calls > 1 ? later : memory).pull(r, s);
    await assert.rejects(loadDataset(request(memory, { kind: 'idx', pull })), code('dataset-changed'));
  });
});
