import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, decodeApng } from 'fast-png';
import {
  encodeApng,
  encodePng,
  enlarged,
  fileEnlargement,
  strip,
} from '../../../src/webview/shared/export/png.ts';
import { pictureOf, type Picture } from '../../../src/webview/shared/pixels.ts';

const gray = (...values: number[]): Picture =>
  pictureOf(Uint8Array.from(values), { height: 2, width: values.length / 2, channels: 1 });
const reds = (data: ArrayLike<number>, channels: number): number[] =>
  Array.from(data).filter((_, index) => index % channels === 0);

describe('exported pictures', () => {
  it('are PNG files that another decoder reads, pixel by pixel', () => {
    const picture = pictureOf(Uint8Array.from([1, 2, 3, 40, 50, 60]), { height: 2, width: 1, channels: 3 });
    const { width, height, channels, depth, data } = decode(encodePng(picture), { checkCrc: true });
    assert.deepEqual({ width, height, channels, depth }, { width: 1, height: 2, channels: 3, depth: 8 });
    assert.deepEqual([...data], [1, 2, 3, 40, 50, 60]);
  });

  it('animate frame after frame with the delay that was asked for', () => {
    const file = encodeApng([gray(0, 10, 20, 30), gray(5, 15, 25, 35), gray(9, 8, 7, 6)], 120);
    const { frames, numberOfFrames, numberOfPlays } = decodeApng(file, { checkCrc: true });
    assert.equal(numberOfFrames, 3);
    assert.equal(numberOfPlays, 0);
    assert.deepEqual(
      frames.map(({ data }) => reds(data, 3)),
      [
        [0, 10, 20, 30],
        [5, 15, 25, 35],
        [9, 8, 7, 6],
      ],
    );
    assert.deepEqual(
      frames.map(({ delayNumber, delayDenominator }) => delayNumber / delayDenominator),
      [0.12, 0.12, 0.12],
    );
    // A program without animations shows the first frame.
    assert.deepEqual(reds(decode(file).data, 3), [0, 10, 20, 30]);
  });

  it('refuse frames of several sizes, no frames, and impossible delays', () => {
    assert.throws(() => encodeApng([], 100), RangeError);
    assert.throws(() => encodeApng([gray(0, 0), gray(0, 0, 0, 0)], 100), RangeError);
    assert.throws(() => encodeApng([gray(0, 0)], 0), RangeError);
    assert.throws(() => encodeApng([gray(0, 0)], 70_000), RangeError);
    assert.throws(() => strip([], 2), RangeError);
  });

  it('grow by whole pixels', () => {
    const { width, height, rgba } = enlarged(gray(1, 2, 3, 4), 2);
    assert.deepEqual([width, height], [4, 4]);
    assert.deepEqual(reds(rgba, 4), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
    assert.equal(fileEnlargement({ ...gray(0, 0), width: 28, height: 28 }), 6);
    assert.equal(fileEnlargement({ ...gray(0, 0), width: 256, height: 200 }), 1);
  });

  it('stand side by side with a white gap', () => {
    const { width, height, rgba } = strip([gray(1, 2, 3, 4), gray(5, 6, 7, 8)], 1);
    assert.deepEqual([width, height], [5, 2]);
    assert.deepEqual(reds(rgba, 4), [1, 2, 255, 5, 6, 3, 4, 255, 7, 8]);
  });
});
