import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FolderReading, type ImageTaker } from '../../../src/engine/data/folder-reading.ts';
import type { Decode } from '../../../src/engine/data/image.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { MemorySource, type MemoryFile } from './memory-source.ts';
import { decodePng, grayPng } from './png-decoder.ts';

const images = (count: number): MemoryFile[] =>
  Array.from({ length: count }, (_, n) => ({ path: `${n}.png`, bytes: grayPng(8, 8, n) }));

interface Seen {
  readonly reading: FolderReading;
  /** Path by place. */
  readonly places: string[];
  /** First gray level by place. */
  readonly filled: Map<number, number>;
  readonly counts: number[];
}

function readingOf(
  files: readonly MemoryFile[],
  over: { decode?: Decode; signal?: AbortSignal; taker?: Partial<ImageTaker> } = {},
): Seen {
  const memory = new MemorySource(files);
  const [places, filled, counts] = [[] as string[], new Map<number, number>(), [] as number[]];
  const reading = new FolderReading(
    {
      source: memory.source,
      pull: memory.pull,
      signal: over.signal ?? new AbortController().signal,
      decode: over.decode ?? decodePng,
      onFile: (done) => counts.push(done),
    },
    {
      place: ({ path }) => places.push(path) - 1,
      fill: (place, { data }) => void filled.set(place, data[0] ?? -1),
      ...over.taker,
    },
  );
  return { reading, places, filled, counts };
}

describe('the reading of a folder', () => {
  it('gives places in the order of the files, whatever the order of decoding, six at once', async () => {
    const held: (() => void)[] = [];
    let [running, most] = [0, 0];
    const decode: Decode = async (bytes, name) => {
      most = Math.max(most, ++running);
      // The last of a full house goes first.
      await new Promise<void>((resolve) => {
        held.push(resolve);
        setImmediate(() => held.pop()?.());
      });
      running--;
      return decodePng(bytes, name);
    };
    const seen = readingOf(images(20), { decode });
    await seen.reading.read();
    assert.equal(most, 6);
    assert.deepEqual(
      seen.places,
      Array.from({ length: 20 }, (_, n) => `${n}.png`),
    );
    for (let place = 0; place < 20; place++) assert.equal(seen.filled.get(place), place);
    assert.deepEqual(
      seen.counts,
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
  });

  it('gives no place to what is no image, lists what fails later too, and counts all', async () => {
    const files = [...images(3), { path: 'note.txt', bytes: new TextEncoder().encode('not an image') }];
    const decode: Decode = (bytes, name) =>
      name === '0.png' ? Promise.reject(new LensError('not-an-image', 'damaged')) : decodePng(bytes, name);
    const fill = (place: number): void => {
      if (place === 1) throw new LensError('out-of-memory', 'no room');
    };
    const seen = readingOf(files, { decode, taker: { fill } });
    await seen.reading.read();
    assert.deepEqual(seen.places, ['0.png', '1.png', '2.png']);
    assert.deepEqual(
      seen.reading.skipped.list().map(({ path }) => path),
      ['0.png', '1.png', 'note.txt'],
    );
    assert.equal(seen.counts.at(-1), 4);
  });

  it('passes over files that are not wanted, and counts them', async () => {
    const seen = readingOf(images(4), { taker: { keeps: ({ path }) => path !== '2.png' } });
    await seen.reading.read();
    assert.deepEqual(seen.places, ['0.png', '1.png', '3.png']);
    assert.equal(seen.counts.at(-1), 4);
  });

  it('leaves what is skimmed undecoded, and out what cannot be', async () => {
    const decoded: string[] = [];
    const decode: Decode = (bytes, name) => {
      decoded.push(name);
      return decodePng(bytes, name);
    };
    const skim: ImageTaker['skim'] = (_, { file }) => {
      if (file.path === '1.png') throw new LensError('truncated', 'cut short');
      return file.path === '2.png';
    };
    const seen = readingOf(images(4), { decode, taker: { skim } });
    await seen.reading.read();
    assert.deepEqual(decoded.sort(), ['0.png', '3.png']);
    assert.deepEqual(seen.places, ['0.png', '1.png', '2.png', '3.png']);
    assert.deepEqual(
      seen.reading.skipped.list().map(({ path }) => path),
      ['1.png'],
    );
    assert.equal(seen.counts.at(-1), 4);
  });

  it('reads some of the files, and counts on when it is asked again', async () => {
    const seen = readingOf(images(5));
    await seen.reading.read({ only: [1, 3] });
    await seen.reading.read({ only: [0] });
    assert.deepEqual(seen.places, ['1.png', '3.png', '0.png']);
    assert.deepEqual(seen.counts, [1, 2, 3]);
  });

  it('ends with what the taker of places throws, and with a cancellation, also during the last decode', async () => {
    const grown = new LensError('dataset-changed', 'grown');
    const place = (): number => {
      throw grown;
    };
    await assert.rejects(readingOf(images(2), { taker: { place } }).reading.read(), grown);
    const abort = new AbortController();
    const decode: Decode = (bytes, name) => {
      abort.abort();
      return decodePng(bytes, name);
    };
    await assert.rejects(
      readingOf(images(1), { decode, signal: abort.signal }).reading.read(),
      (error) => error instanceof LensError && error.code === 'cancelled',
    );
  });
});
