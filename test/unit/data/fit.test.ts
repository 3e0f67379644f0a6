import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fit, fitGrayInto, type FitTarget } from '../../../src/engine/data/fit.ts';
import { backgroundOf } from '../../../src/engine/data/fit-source.ts';
import type { RgbaImage } from '../../../src/engine/data/image.ts';
import { luma } from '../../../src/engine/data/luma.ts';
import { keyedRandom } from '../../../src/shared/random.ts';

type Rgba = readonly [number, number, number, number];

const image = (width: number, height: number, pixel: (x: number, y: number) => Rgba): RgbaImage => {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(pixel(x, y), 4 * (y * width + x));
  }
  return { width, height, data };
};
const gray = (width: number, height: number, values: readonly number[]): RgbaImage =>
  image(width, height, (x, y) => {
    const v = values[y * width + x] ?? 0;
    return [v, v, v, 255];
  });
const target = (
  width: number,
  height: number,
  mode: FitTarget['mode'] = 'stretch',
  channels: 1 | 3 = 1,
): FitTarget => ({ width, height, mode, channels });

/** Sides of a source, at most `most`, and a target of at most that size. */
const anyFit = (most: number): fc.Arbitrary<{ w: number; h: number; spec: FitTarget }> => {
  const side = fc.integer({ min: 1, max: most });
  const spec = fc.record({
    width: side,
    height: side,
    mode: fc.constantFrom<FitTarget['mode']>('contain', 'cover', 'stretch'),
    channels: fc.constantFrom<1 | 3>(1, 3),
  });
  return fc.record({ w: side, h: side, spec });
};
const bytes = fc.infiniteStream(fc.integer({ min: 0, max: 255 }));

/** The area filter as its definition says it, in exact rational arithmetic: sums of overlaps of rectangles. */
function reference(source: readonly number[], w: number, h: number, outW: number, outH: number): number[] {
  const overlap = (i: number, unit: number, j: number, other: number): bigint => {
    const length = Math.min((i + 1) * unit, (j + 1) * other) - Math.max(i * unit, j * other);
    return BigInt(Math.max(0, length));
  };
  const out: number[] = [];
  for (let y = 0; y < outH; y++) {
    for (let x = 0; x < outW; x++) {
      let sum = 0n;
      for (let sy = 0; sy < h; sy++) {
        for (let sx = 0; sx < w; sx++) {
          const weight = overlap(sx, outW, x, w) * overlap(sy, outH, y, h);
          sum += weight * BigInt(source[sy * w + sx] ?? 0);
        }
      }
      const area = BigInt(w * h);
      out.push(Number((2n * sum + area) / (2n * area)));
    }
  }
  return out;
}

describe('fit: the area filter', () => {
  it('changes nothing where the sizes agree', () => {
    const values = Array.from({ length: 35 }, (_, i) => (i * 37) % 256);
    for (const mode of ['stretch', 'contain', 'cover'] as const) {
      assert.deepEqual([...fit(gray(7, 5, values), target(7, 5, mode))], values);
    }
  });

  it('is the mean of the area under each pixel, rounded half up', () => {
    assert.deepEqual([...fit(gray(2, 2, [0, 1, 1, 0]), target(1, 1))], [1]);
    assert.deepEqual([...fit(gray(4, 1, [0, 1, 0, 0]), target(1, 1))], [0]);
    assert.deepEqual([...fit(gray(3, 1, [0, 90, 255]), target(2, 1))], [30, 200]);
    assert.deepEqual([...fit(gray(2, 1, [0, 255]), target(3, 1))], [0, 128, 255]);
  });

  it('equals its definition for any sizes, shrinking and enlarging', () => {
    fc.assert(
      fc.property(anyFit(12), bytes, ({ w, h, spec: { width, height } }, s) => {
        const values = [...s.take(w * h)];
        const out = fit(gray(w, h, values), target(width, height));
        assert.deepEqual([...out], reference(values, w, h, width, height));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a constant image constant at awkward sizes', () => {
    for (const [w, h] of [
      [641, 479],
      [1, 997],
      [32_767, 1],
    ] as const) {
      const out = fit(
        image(w, h, () => [201, 201, 201, 255]),
        target(64, 48),
      );
      assert.ok(out.every((v) => v === 201));
    }
  });

  it('filters the colours apart', () => {
    const out = fit(
      image(2, 1, (x) => (x === 0 ? [255, 0, 10, 255] : [0, 100, 20, 255])),
      target(1, 1, 'stretch', 3),
    );
    assert.deepEqual([...out], [128, 50, 15]);
  });
});

describe('fit: gray', () => {
  it('is BT.601 luma and leaves every gray as it is', () => {
    const colours: readonly Rgba[] = [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
      [255, 255, 255, 255],
    ];
    const out = fit(
      image(4, 1, (x) => colours[x] as Rgba),
      target(4, 1),
    );
    assert.deepEqual([...out], [76, 150, 29, 255]);
    const all = Array.from({ length: 256 }, (_, v) => v);
    assert.deepEqual([...fit(gray(16, 16, all), target(16, 16))], all);
  });
});

describe('fit: transparency', () => {
  it('takes the median of the opaque border pixels as background', () => {
    const ringed = image(5, 5, (x, y) => {
      const border = x === 0 || y === 0 || x === 4 || y === 4;
      if (!border) return [9, 9, 9, 0];
      return x === 0 ? [1, 1, 1, 127] : [100, 150, 200, 255];
    });
    assert.deepEqual(backgroundOf(ringed), [100, 150, 200]);
    const out = fit(ringed, target(5, 5, 'stretch', 3));
    assert.deepEqual([...out.subarray(3 * 12, 3 * 13)], [100, 150, 200]);
  });

  it('falls back to black where no border pixel is opaque', () => {
    const faint = image(3, 3, () => [255, 255, 255, 102]);
    assert.deepEqual(backgroundOf(faint), [0, 0, 0]);
    assert.ok(fit(faint, target(3, 3)).every((v) => v === 102));
  });

  it('takes the lower of two middle values, and counts every border pixel once', () => {
    assert.deepEqual(backgroundOf(gray(2, 1, [10, 20])), [10, 10, 10]);
    assert.deepEqual(backgroundOf(gray(1, 3, [30, 10, 20])), [20, 20, 20]);
    assert.deepEqual(backgroundOf(gray(3, 3, [1, 2, 3, 4, 99, 5, 6, 7, 8])), [4, 4, 4]);
    assert.deepEqual(backgroundOf(gray(1, 1, [77])), [77, 77, 77]);
  });

  it('composites with rounding', () => {
    const half = image(3, 1, (x) => (x === 1 ? [255, 255, 255, 128] : [0, 0, 0, 255]));
    assert.deepEqual([...fit(half, target(3, 1))], [0, 128, 0]);
  });
});

describe('fit: modes', () => {
  it('contain pads with the background and centres', () => {
    const wide = image(4, 2, (x) => [x < 2 ? 50 : 50, 50, 50, 255]);
    const out = fit(wide, target(4, 5, 'contain'));
    assert.ok(out.every((v) => v === 50));
    const marked = gray(4, 2, [10, 10, 10, 10, 10, 10, 10, 200]);
    // 4 × 2 inside 4 × 5: one row above, two below.
    assert.deepEqual(
      [...fit(marked, target(4, 5, 'contain'))],
      [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 200, 10, 10, 10, 10, 10, 10, 10, 10],
    );
  });

  it('contain pads colour and gray alike', () => {
    const red = image(1, 2, () => [200, 10, 10, 255]);
    const rgb = fit(red, target(4, 2, 'contain', 3));
    for (let i = 0; i < 8; i++) assert.deepEqual([...rgb.subarray(3 * i, 3 * i + 3)], [200, 10, 10]);
    assert.ok(fit(red, target(4, 2, 'contain')).every((v) => v === 67));
  });

  it('contain keeps at least one pixel of a very long image', () => {
    const line = image(1000, 1, () => [255, 255, 255, 255]);
    assert.equal(fit(line, target(8, 8, 'contain')).length, 64);
  });

  it('cover cuts the centre', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    assert.deepEqual([...fit(gray(5, 2, values), target(2, 2, 'cover'))], [2, 3, 7, 8]);
    assert.deepEqual([...fit(gray(2, 5, values), target(2, 2, 'cover'))], [3, 4, 5, 6]);
    assert.equal(fit(gray(1, 9, values), target(9, 1, 'cover')).length, 9);
  });

  it('never leaves a byte unwritten or writes outside, whatever the sizes', () => {
    fc.assert(
      fc.property(anyFit(40), ({ w, h, spec }) => {
        const out = fit(
          image(w, h, () => [255, 255, 255, 255]),
          spec,
        );
        assert.equal(out.length, spec.width * spec.height * spec.channels);
        assert.ok(out.every((v) => v === 255));
      }),
    );
  });
});

describe('fit: gray images without colour', () => {
  it('equals the way through RGBA', () => {
    fc.assert(
      fc.property(anyFit(20), bytes, ({ w, h, spec }, s) => {
        const values = [...s.take(w * h)];
        const out = new Uint8Array(spec.width * spec.height * spec.channels);
        fitGrayInto({ width: w, height: h, data: Uint8Array.from(values) }, spec, out);
        assert.deepEqual(out, fit(gray(w, h, values), spec));
      }),
    );
  });
});

describe('the short cut for opaque images', () => {
  /** The same pixels where no word begins, so that they are read one byte at a time. */
  const byBytes = ({ width, height, data }: RgbaImage): RgbaImage => {
    const shifted = new Uint8Array(data.length + 1).subarray(1);
    shifted.set(data);
    return { width, height, data: shifted };
  };
  const random = (width: number, height: number, alpha: (x: number, y: number) => number): RgbaImage => {
    const next = keyedRandom(width, height);
    return image(width, height, (x, y) => {
      const bits = next();
      return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, alpha(x, y)];
    });
  };
  const agree = (picture: RgbaImage, spec: FitTarget): void =>
    assert.deepEqual(fit(picture, spec), fit(byBytes(picture), spec), JSON.stringify(spec));

  it('adds up the same numbers as the long way, for any sizes', () => {
    fc.assert(
      fc.property(anyFit(40), ({ w, h, spec }) =>
        agree(
          random(w, h, () => 255),
          spec,
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('holds more pixels than one word can add up, at their brightest', () => {
    const white = image(2100, 3, () => [255, 255, 255, 255]);
    for (const channels of [1, 3] as const) {
      for (const width of [1, 2, 4, 8]) {
        assert.ok(fit(white, target(width, 1, 'stretch', channels)).every((value) => value === 255));
        agree(
          random(2100, 3, () => 255),
          target(width, 1, 'stretch', channels),
        );
      }
    }
  });

  it('gives way to a single pixel that is not opaque, wherever it lies', () => {
    for (const channels of [1, 3] as const) {
      for (const [x, y] of [
        [0, 0],
        [59, 6],
        [30, 3],
        [19, 2],
        [20, 5],
      ] as const) {
        const picture = random(60, 7, (px, py) => (px === x && py === y ? 254 : 255));
        agree(picture, target(3, 2, 'stretch', channels));
        agree(picture, target(7, 7, 'cover', channels));
      }
    }
  });

  it('has the luma of every other colour, as a division has it', () => {
    let wrong = 0;
    for (let r = 0; r < 256; r++)
      for (let g = 0; g < 256; g++)
        for (let b = r & 1; b < 256; b += 2)
          if (luma(r, g, b) !== Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000)) wrong++;
    assert.equal(wrong, 0);
  });
});
