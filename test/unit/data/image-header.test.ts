import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeDecoder } from '../../../src/engine/data/decode.ts';
import {
  checkImageFile,
  maxPixels,
  maxSide,
  readImageHeader,
  shownSize,
} from '../../../src/engine/data/image-header.ts';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import * as files from './image-files.ts';
import { grayPng } from './png-decoder.ts';

const code =
  (expected: ErrorCode, words = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, expected, error.message);
    assert.match(error.message, words);
    return true;
  };
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const latin = (words: string): Uint8Array => Uint8Array.from(words, (c) => c.charCodeAt(0));

/** Every format with a size of its own. */
const all: readonly (readonly [string, Uint8Array, number, number])[] = [
  ['PNG', files.pngHeader(300, 200), 300, 200],
  ['JPEG', files.jpegFile(4000, 3000), 4000, 3000],
  ['JPEG', files.jpegFile(17, 5, 0xc2, 1500), 17, 5],
  ['GIF', files.gifFile(640, 480), 640, 480],
  ['WebP', files.webpLossy(550, 368), 550, 368],
  ['WebP', files.webpLossless(386, 395), 386, 395],
  ['WebP', files.webpLossless(16_384, 4000), 16_384, 4000],
  ['WebP', files.webpExtended(5000, 1), 5000, 1],
  ['BMP', files.bmpFile(31, 7), 31, 7],
  ['BMP', files.bmpFile(31, -7), 31, 7],
  ['BMP', files.bmpCore(10, 3), 10, 3],
  [
    'ICO',
    files.icoFile([
      { width: 16, height: 16, file: new Uint8Array(9) },
      { width: 256, height: 256, file: new Uint8Array(40) },
    ]),
    256,
    256,
  ],
  ['ICO', files.icoFile([{ width: 0, height: 0, file: files.pngHeader(512, 300) }]), 512, 300],
  ['AVIF', files.avifBoxes(1204, 800), 1204, 800],
  ['AVIF', files.avifFile, 2, 2],
];

describe('readImageHeader', () => {
  it('tells format and size by the content', () => {
    for (const [format, bytes, width, height] of all) {
      assert.deepEqual(readImageHeader(bytes, 'renamed.txt'), { format, width, height });
      assert.deepEqual(checkImageFile(bytes, 'renamed.txt'), { format, width, height });
    }
  });

  it('says what is no image', () => {
    const read = (bytes: Uint8Array) => () => readImageHeader(bytes, 'a.png');
    assert.throws(read(new Uint8Array(0)), code('empty-file', /“a\.png” is empty/));
    assert.throws(
      read(text('Dear diary, I pretend to be a PNG.')),
      code('not-an-image', /“a\.png” is not an image/),
    );
    assert.throws(read(text('BMW is a car, not a bitmap, whatever it begins with')), code('not-an-image'));
    assert.throws(read(new Uint8Array(1000)), code('not-an-image'));
  });

  it('names images of other kinds', () => {
    const kinds: readonly (readonly [string, RegExp])[] = [
      ['II*\0........', /TIFF/],
      ['MM\0*........', /TIFF/],
      ['\0\0\0\x18ftypheic....', /HEIC/],
      ['\xff\x0a..........', /JPEG XL/],
      ['%PDF-1.7', /PDF/],
      ['<svg xmlns="', /SVG/],
    ];
    for (const [bytes, words] of kinds) {
      assert.throws(() => readImageHeader(latin(bytes), 'a'), code('unsupported-format', words));
    }
  });

  it('refuses images that are too large, in words', () => {
    const read = (width: number, height: number) => () =>
      readImageHeader(files.pngHeader(width, height), 'big.png');
    assert.throws(
      read(20_000, 20_000),
      code('image-too-large', /“big\.png” is 20,000 × 20,000 pixels.*Scale/),
    );
    assert.throws(read(maxSide + 1, 1), code('image-too-large'));
    assert.throws(read(4_294_967_295, 4_294_967_295), code('image-too-large'));
    assert.throws(read(8192, 8193), code('image-too-large'));
    assert.equal(read(8192, 8192)().width, 8192);
    assert.equal(read(maxSide, 2048)().height, 2048);
    assert.ok(8192 * 8192 === maxPixels);
    assert.throws(
      () => readImageHeader(files.bmpFile(1, 1).fill(0x7f, 18, 26), 'b'),
      code('image-too-large'),
    );
  });

  it('refuses sides of zero', () => {
    assert.throws(() => readImageHeader(files.pngHeader(0, 5), 'a'), code('not-an-image', /damaged/));
    assert.throws(() => readImageHeader(files.gifFile(5, 0), 'a'), code('not-an-image'));
    assert.throws(() => readImageHeader(files.jpegFile(5, 0), 'a'), code('not-an-image'));
  });
});

describe('checkImageFile', () => {
  it('finds every format cut short, wherever it is cut', () => {
    // The last bytes of a GIF (its trailer) and the mdat of the boxes' last chunk are not needed for the first frame.
    for (const [format, bytes] of all) {
      const spare = format === 'GIF' ? 1 : 0;
      for (let length = 1; length < bytes.length - spare; length++) {
        assert.throws(
          () => checkImageFile(bytes.subarray(0, length), 'a'),
          (error: unknown) =>
            error instanceof LensError && ['truncated', 'not-an-image'].includes(error.code),
          `${format} cut to ${length} of ${bytes.length}`,
        );
      }
    }
  });

  it('accepts what follows the end of an image', () => {
    for (const [format, bytes] of all) {
      if (format === 'AVIF') continue;
      const longer = new Uint8Array([...bytes, 1, 2, 3, 0xff, 0xd9]);
      assert.doesNotThrow(() => checkImageFile(longer, 'a'), format);
    }
  });

  it('does not take a thumbnail’s end for the image’s', () => {
    const whole = files.jpegFile(100, 100);
    const thumbnail = new Uint8Array([...whole.subarray(0, 6), 0xff, 0xd8, 0xff, 0xd9]);
    const withThumbnail = whole.slice();
    withThumbnail.set(thumbnail, 0);
    assert.doesNotThrow(() => checkImageFile(withThumbnail, 'a'));
    assert.throws(() => checkImageFile(withThumbnail.subarray(0, -2), 'a'), code('truncated', /cut short/));
  });

  it('answers or throws a LensError for any bytes', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...all),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
        fc.nat(400),
      )
      .map(([[, bytes], edits, length]) => {
        const copy = bytes.slice(0, Math.min(bytes.length, 40 + length));
        for (const [at, value] of edits) copy[at % copy.length] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), mutated), (bytes) => {
        try {
          const { width, height } = checkImageFile(bytes, 'a');
          assert.ok(width > 0 && height > 0 && width * height <= maxPixels);
        } catch (error) {
          assert.ok(error instanceof LensError, String((error as Error).stack));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('comes to an end on files made to keep it busy', () => {
    const manyEntries = new Uint8Array(6 + 16 * 65_535);
    manyEntries.set([0, 0, 1, 0, 0xff, 0xff]);
    const fillBytes = new Uint8Array(2_000_000).fill(0xff);
    fillBytes[1] = 0xd8;
    const emptyChunks = new Uint8Array(2_000_000);
    emptyChunks.set(files.pngHeader(9, 9).subarray(0, 33));
    assert.equal(checkImageFile(manyEntries, 'a').format, 'ICO');
    assert.throws(() => checkImageFile(fillBytes, 'a'), code('truncated'));
    assert.throws(() => checkImageFile(emptyChunks, 'a'), code('truncated'));
  });
});

describe('makeDecoder', () => {
  const png = grayPng(3, 2, 9);

  it('never asks the decoder for what the header forbids', async () => {
    let asked = 0;
    const decode = makeDecoder(() => {
      asked++;
      return Promise.resolve({ width: 1, height: 1, data: new Uint8Array(4) });
    });
    await assert.rejects(decode(files.pngHeader(20_000, 20_000), 'a'), code('image-too-large'));
    await assert.rejects(decode(png.subarray(0, -1), 'a'), code('truncated'));
    await assert.rejects(decode(new Uint8Array(0), 'a'), code('empty-file'));
    assert.equal(asked, 0);
    await decode(png, 'a');
    assert.equal(asked, 1);
  });

  it('puts the decoder’s failures into words', async () => {
    const failing = (error: Error) => makeDecoder(() => Promise.reject(error));
    await assert.rejects(
      failing(new DOMException('no', 'InvalidStateError'))(png, 'x.png'),
      code('not-an-image', /“x\.png”.*PNG.*damaged/),
    );
    await assert.rejects(
      failing(new RangeError('Array buffer allocation failed'))(png, 'x.png'),
      code('out-of-memory', /3 × 2/),
    );
    await assert.rejects(failing(new LensError('disconnected', 'gone'))(png, 'x.png'), code('disconnected'));
  });
});

describe('the size that a decoder shows', () => {
  const shown = (bytes: Uint8Array): readonly [number, number] | null => {
    const size = shownSize(bytes, 'a');
    return size && [size.width, size.height];
  };

  it('is the stored one where nothing can turn an image', () => {
    for (const [format, bytes, width, height] of all) {
      if (format !== 'AVIF') assert.deepEqual(shown(bytes), [width, height], format);
    }
  });

  it('has its sides swapped where EXIF lays a JPEG on its side, in either order of bytes', () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      for (const order of [undefined, files.le]) {
        const photo = files.withOrientation(files.jpegFile(40, 30), orientation, order);
        assert.deepEqual(shown(photo), orientation > 4 ? [30, 40] : [40, 30], String(orientation));
      }
    }
  });

  it('is left to the decoder where the header does not tell it', () => {
    assert.equal(shown(files.avifBoxes(1204, 800)), null);
    const extended = files.webpExtended(50, 10);
    extended[20] = (extended[20] ?? 0) | 0x08;
    assert.equal(shown(extended), null);
    const png = grayPng(5, 7, 0);
    const beforeData = 8 + 12 + 13;
    const withExif = Uint8Array.from([
      ...png.subarray(0, beforeData),
      ...[0, 0, 0, 0, ...latin('eXIf'), 0, 0, 0, 0],
      ...png.subarray(beforeData),
    ]);
    assert.equal(shown(withExif), null);
    // EXIF whose directory lies beyond the file.
    const photo = files.withOrientation(files.jpegFile(40, 30), 6);
    photo.set([0x7f, 0xff, 0xff, 0xff], 2 + 4 + 6 + 4);
    assert.equal(shown(photo), null);
  });

  it('is none for a file that was cut short', () => {
    const photo = files.withOrientation(files.jpegFile(40, 30), 6);
    assert.throws(() => shownSize(photo.subarray(0, -4), 'a'), code('truncated'));
  });
});
