import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  divergingColor,
  luminance,
  sequentialColor,
  type Rgb,
} from '../../../src/webview/shared/color-maps.ts';
import {
  differencePicture,
  heatPicture,
  largestMagnitude,
  pictureOf,
} from '../../../src/webview/shared/pixels.ts';

const steps = Array.from({ length: 101 }, (_, i) => i / 100);
const rising = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0));

describe('colour maps', () => {
  it('heat grows lighter all the way', () => {
    assert.ok(rising(steps.map((t) => luminance(sequentialColor(t)))));
    assert.ok(luminance(sequentialColor(1)) > 0.7 && luminance(sequentialColor(0)) < 0.05);
  });

  for (const dark of [false, true]) {
    it(`differences move away from zero the same way on both sides, on ${dark ? 'dark' : 'light'}`, () => {
      const sign = dark ? 1 : -1;
      const side = (direction: 1 | -1): number[] =>
        steps.map((t) => sign * luminance(divergingColor(direction * t, dark)));
      assert.ok(rising(side(1)));
      assert.ok(rising(side(-1)));
      const [low, high] = [luminance(divergingColor(-1, dark)), luminance(divergingColor(1, dark))];
      assert.ok(Math.abs(low - high) < 0.12, 'neither end shouts louder');
    });
  }

  it('zero is neutral, one end is blue and the other orange', () => {
    for (const dark of [false, true]) {
      const [red, green, blue] = divergingColor(0, dark);
      assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) <= 2);
      const minus: Rgb = divergingColor(-0.7, dark);
      const plus: Rgb = divergingColor(0.7, dark);
      assert.ok(minus[2] > minus[0] && plus[0] > plus[2]);
    }
  });

  it('take what is beyond or no number without failing', () => {
    assert.deepEqual(sequentialColor(7), sequentialColor(1));
    assert.deepEqual(divergingColor(-9, true), divergingColor(-1, true));
    assert.ok(sequentialColor(Number.NaN).every(Number.isInteger));
  });
});

describe('pixels', () => {
  it('find one image among many, gray and in colour', () => {
    const gray = pictureOf(
      Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
      { height: 2, width: 2, channels: 1 },
      1,
    );
    assert.deepEqual([...gray.rgba.subarray(0, 8)], [5, 5, 5, 255, 6, 6, 6, 255]);
    const colour = pictureOf(Uint8Array.from([9, 9, 9, 1, 2, 3]), { height: 1, width: 1, channels: 3 }, 1);
    assert.deepEqual([...colour.rgba], [1, 2, 3, 255]);
    assert.throws(() => pictureOf(new Uint8Array(3), { height: 2, width: 2, channels: 1 }), RangeError);
  });

  it('draw a difference of nothing as zero, and its largest at the ends', () => {
    const size = { height: 1, width: 2 };
    const flat = differencePicture(new Float32Array(2), size, 0, true);
    assert.deepEqual([...flat.rgba.subarray(0, 3)], [...divergingColor(0, true)]);
    const values = Float32Array.from([-0.5, 0.25]);
    const scale = largestMagnitude(values);
    assert.equal(scale, 0.5);
    const picture = differencePicture(values, size, scale, false);
    assert.deepEqual([...picture.rgba.subarray(0, 3)], [...divergingColor(-1, false)]);
    assert.deepEqual([...heatPicture(values, size, 0.25).rgba.subarray(4, 7)], [...sequentialColor(1)]);
  });
});
