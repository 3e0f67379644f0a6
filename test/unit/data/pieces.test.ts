import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Gate } from '../../../src/engine/data/gate.ts';
import { Fingerprint } from '../../../src/engine/data/fingerprint.ts';
import { allocateImages } from '../../../src/engine/data/memory.ts';
import { readPieces, type Piece, type PieceRequest } from '../../../src/engine/data/pieces.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { MemorySource } from './memory-source.ts';

const filesOf = (contents: readonly Uint8Array[]) => contents.map((bytes, i) => ({ path: `${i}`, bytes }));
const collect = async (request: PieceRequest): Promise<Piece[]> => {
  const pieces: Piece[] = [];
  for await (const piece of readPieces(request)) pieces.push(piece);
  return pieces;
};

describe('readPieces', () => {
  const signal = new AbortController().signal;

  it('gives back every byte of every file in order, for any sizes and packs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (contents, packBytes) => {
          const memory = new MemorySource(filesOf(contents), packBytes);
          const pieces = await collect({ source: memory.source, pull: memory.pull, signal });
          const joined = contents.map((): number[] => []);
          for (const { file, bytes } of pieces) joined[file.index]?.push(...bytes);
          assert.deepEqual(
            joined,
            contents.map((bytes) => [...bytes]),
          );
          assert.deepEqual(
            pieces.filter(({ last }) => last).map(({ file }) => file.index),
            contents.map((_, i) => i),
          );
        },
      ),
    );
  });

  it('reads only what is asked for, in that order', async () => {
    const memory = new MemorySource(filesOf([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]), 1);
    const pieces = await collect({ source: memory.source, pull: memory.pull, signal, only: [2, 0] });
    assert.deepEqual(
      pieces.map(({ bytes }) => bytes[0]),
      [3, 1],
    );
    assert.equal(memory.requests.length, 2);
  });

  it('cancels the pull under way when the reader leaves', async () => {
    const memory = new MemorySource(filesOf(Array.from({ length: 9 }, () => new Uint8Array(10))), 10);
    const signals: AbortSignal[] = [];
    for await (const piece of readPieces({
      source: memory.source,
      signal,
      pull: (request, s) => {
        signals.push(s);
        return memory.pull(request, s);
      },
    })) {
      assert.equal(piece.file.index, 0);
      break;
    }
    assert.equal(signals.length, 2);
    assert.ok(signals.every((s) => s.aborted));
  });

  it('fails where the source ends in the middle of a file', async () => {
    const memory = new MemorySource(filesOf([new Uint8Array(100)]), 10);
    const pull: PieceRequest['pull'] = async (request, s) => {
      const pack = await memory.pull(request, s);
      return { ...pack, next: request.cursor.offset >= 50 ? null : pack.next };
    };
    await assert.rejects(
      collect({ source: memory.source, pull, signal }),
      (e: unknown) => e instanceof LensError && e.code === 'read-failed',
    );
  });
});

describe('Gate', () => {
  const run = async (slots: number, capacity: number, weights: readonly number[]) => {
    const gate = new Gate(slots, capacity);
    let running = 0;
    let load = 0;
    let mostRunning = 0;
    let mostLoad = 0;
    let ended = 0;
    for (const weight of weights) {
      await gate.start(weight, async () => {
        mostRunning = Math.max(mostRunning, ++running);
        load += weight;
        if (running > 1) mostLoad = Math.max(mostLoad, load);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        load -= weight;
        ended++;
        if (ended % 3 === 0) throw new Error('a task’s failure frees its place too');
      });
    }
    await gate.idle();
    return { mostRunning, mostLoad, ended };
  };

  it('bounds number and weight', async () => {
    const light = await run(4, 100, new Array<number>(30).fill(1));
    assert.deepEqual(light, { mostRunning: 4, mostLoad: 4, ended: 30 });
    const heavy = await run(4, 100, [60, 60, 30, 10, 500, 1, 1]);
    assert.equal(heavy.ended, 7);
    assert.ok(heavy.mostLoad <= 100 && heavy.mostRunning > 1, JSON.stringify(heavy));
  });
});

describe('Fingerprint', () => {
  const hash = (...parts: readonly Uint8Array[]): string =>
    parts.reduce((f, part) => f.update(part), new Fingerprint()).digest();

  it('changes with any single bit, length and order', () => {
    const base = Uint8Array.from({ length: 37 }, (_, i) => i * 7);
    const seen = new Set([hash(base)]);
    for (let bit = 0; bit < 37 * 8; bit++) {
      const other = base.slice();
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      seen.add(hash(other));
    }
    for (let n = 0; n < 37; n++) seen.add(hash(base.subarray(0, n)));
    seen.add(hash(base.slice().reverse()));
    seen.add(hash(base, new Uint8Array(0)));
    seen.add(hash(base.subarray(0, 20), base.subarray(20)));
    assert.equal(seen.size, 1 + 296 + 37 + 3);
  });

  it('does not depend on where the bytes lie in memory', () => {
    const bytes = Uint8Array.from({ length: 50 }, (_, i) => i);
    for (let shift = 0; shift < 4; shift++) {
      const moved = new Uint8Array(60);
      moved.set(bytes, shift);
      assert.equal(hash(moved.subarray(shift, shift + 50)), hash(bytes));
    }
  });

  it('rarely collides', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 50_000; i++) seen.add(hash(Uint8Array.of(i & 255, i >> 8, 0, 0, 1)));
    assert.equal(seen.size, 50_000);
  });
});

describe('memory', () => {
  it('refuses over the budget, and where there is no such room', () => {
    const shape = { height: 256, width: 256, channels: 3 } as const;
    const refused = (e: unknown): boolean => e instanceof LensError && e.code === 'out-of-memory';
    assert.throws(() => allocateImages(10_000, shape, 1e9), refused);
    assert.throws(() => allocateImages(1e12, shape, Infinity), refused);
    assert.equal(allocateImages(2, shape, 1e9).length, 393_216);
  });
});
