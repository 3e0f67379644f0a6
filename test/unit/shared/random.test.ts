import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  integerBelow,
  keyedRandom,
  normalPair,
  permutation,
  streams,
  uniform,
} from '../../../src/shared/random.ts';

const first = (n: number, ...key: number[]): number[] => {
  const next = keyedRandom(...key);
  return Array.from({ length: n }, next);
};

describe('keyedRandom', () => {
  it('always gives the same numbers: models resume on them', () => {
    assert.deepEqual(first(4, 42, streams.shuffle, 0), [1017783763, 1146656086, 1873172402, 3182383567]);
  });

  it('gives independent streams for keys that differ in any part, order or length', () => {
    const keys = [
      [],
      [0],
      [1],
      [0, 0],
      [0, 1],
      [1, 0],
      [42, 1],
      [42, 2],
      [42, 1, 0],
      [42, 1, 1],
      [0xffffffff],
      [2 ** 31],
    ];
    const seen = new Set(keys.map((key) => first(2, ...key).join()));
    assert.equal(seen.size, keys.length);
    // Neighbouring images must not have correlated noise.
    let sum = 0;
    for (let i = 0; i < 4000; i++) {
      sum +=
        (uniform(keyedRandom(7, streams.noise, 3, i)) - 0.5) *
        (uniform(keyedRandom(7, streams.noise, 3, i + 1)) - 0.5);
    }
    assert.ok(Math.abs(sum / 4000) < 0.006, String(sum / 4000));
  });

  it('is uniform over its range, across keys and along a stream', () => {
    const chi = (draw: (i: number) => number): number => {
      const bins = new Array<number>(64).fill(0);
      for (let i = 0; i < 64_000; i++) {
        const bin = Math.floor(draw(i) * 64);
        bins[bin] = (bins[bin] ?? 0) + 1;
      }
      return bins.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    };
    const next = keyedRandom(1, 2, 3);
    // χ² with 63 degrees of freedom: 0.001 and 0.999 quantiles are 33 and 104.
    for (const value of [chi(() => uniform(next)), chi((i) => uniform(keyedRandom(5, streams.erase, i)))]) {
      assert.ok(value > 33 && value < 104, String(value));
    }
  });
});

describe('integerBelow', () => {
  it('stays below n, up to 2³²', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (n, seed) => {
        const value = integerBelow(keyedRandom(seed), n);
        assert.ok(Number.isInteger(value) && value >= 0 && value < n);
      }),
    );
  });

  it('rejects what would bias it', () => {
    const draws = [0xffffffff, 0xfffffffe, 5];
    assert.equal(
      integerBelow(() => draws.shift() ?? 0, 2 ** 31 + 1),
      5,
    );
  });
});

describe('permutation', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), (n, seed) => {
        const order = permutation(keyedRandom(seed), n);
        assert.deepEqual(
          order.slice().sort(),
          Uint32Array.from({ length: n }, (_, i) => i),
        );
      }),
    );
  });

  it('puts every index in every place alike', () => {
    const counts = new Array<number>(16).fill(0);
    for (let seed = 0; seed < 8000; seed++) {
      permutation(keyedRandom(seed, streams.shuffle), 4).forEach((value, place) => {
        counts[4 * place + value] = (counts[4 * place + value] ?? 0) + 1;
      });
    }
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 200, counts.join());
  });
});

describe('normalPair', () => {
  it('is standard normal, and finite at the ends of the range', () => {
    const next = keyedRandom(11, streams.noise);
    const values = Array.from({ length: 20_000 }, () => normalPair(next)).flat();
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    const tail = values.filter((v) => Math.abs(v) > 1.959964).length / values.length;
    assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.03 && Math.abs(tail - 0.05) < 0.005);
    for (const end of [0, 0xffffffff]) assert.ok(normalPair(() => end).every(Number.isFinite));
  });
});
