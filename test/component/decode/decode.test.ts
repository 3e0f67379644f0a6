import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { fit } from '../../../src/engine/data/fit.ts';
import { shownSize } from '../../../src/engine/data/image-header.ts';
import { closeChromium, launchChromium } from '../../support/chromium.ts';
import { avifFile, bmpFile, icoFile, pngHeader, withOrientation } from '../../unit/data/image-files.ts';
import { DecodeWorker, type Decoded } from './decode-worker.ts';
import { buildGif, buildPng, pngChunk, type PngOptions } from './image-builders.ts';

type Rgba = readonly [number, number, number, number];

const pixels = (decoded: Decoded): Rgba[] => {
  assert.equal(decoded.error, undefined, decoded.error?.message);
  const { width, height, data } = decoded;
  assert.equal(data.length, width * height * 4);
  return Array.from(
    { length: width * height },
    (_, i) => [...data.subarray(4 * i, 4 * i + 4)] as unknown as Rgba,
  );
};
const grid = (width: number, height: number, pixel: (x: number, y: number) => Rgba): Rgba[] =>
  Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width)));
const rgba = (width: number, height: number, pixel: (x: number, y: number) => Rgba): Uint8Array =>
  Uint8Array.from(grid(width, height, pixel).flat());
const gray = (v: number): Rgba => [v, v, v, 255];
const noise = (x: number, y: number, c: number): number =>
  (Math.imul(x * 31 + y * 1009 + c * 7919, 2654435761) >>> 24) & 255;

describe('decodeImage in a worker', () => {
  let browser: Browser;
  let worker: DecodeWorker;
  before(
    async () => {
      browser = await launchChromium();
      worker = await DecodeWorker.open(browser);
    },
    { timeout: 120_000 },
  );
  after(() => closeChromium(browser));

  const png = async (options: PngOptions): Promise<Rgba[]> => pixels(await worker.decode(buildPng(options)));
  const size = { width: 13, height: 9 };

  it('reads gray PNGs of every depth exactly', async () => {
    for (const depth of [1, 2, 4, 8] as const) {
      const most = 2 ** depth - 1;
      const value = (x: number, y: number): number => noise(x, y, 0) & most;
      assert.deepEqual(
        await png({ ...size, colourType: 0, depth, pixel: (x, y) => [value(x, y)] }),
        grid(13, 9, (x, y) => gray((value(x, y) * 255) / most)),
        `${depth} bits`,
      );
    }
  });

  it('reads RGB and palette PNGs exactly, interlaced or not', async () => {
    const colour = (x: number, y: number): Rgba => [noise(x, y, 1), noise(x, y, 2), noise(x, y, 3), 255];
    const palette = Array.from({ length: 256 }, (_, i) => colour(i, 77));
    const chunks = pngChunk(
      'PLTE',
      palette.flatMap(([r, g, b]) => [r, g, b]),
    );
    for (const interlaced of [false, true]) {
      assert.deepEqual(
        await png({
          ...size,
          colourType: 2,
          depth: 8,
          interlaced,
          pixel: (x, y) => colour(x, y).slice(0, 3),
        }),
        grid(13, 9, colour),
      );
      assert.deepEqual(
        await png({
          ...size,
          colourType: 3,
          depth: 8,
          interlaced,
          chunks,
          pixel: (x, y) => [noise(x, y, 4)],
        }),
        grid(13, 9, (x, y) => palette[noise(x, y, 4)] as Rgba),
      );
    }
  });

  it('rounds 16 bits to 8', async () => {
    const value = (x: number, y: number): number => noise(x, y, 0) * 256 + noise(x, y, 1);
    const read = await png({ ...size, colourType: 0, depth: 16, pixel: (x, y) => [value(x, y)] });
    grid(13, 9, (x, y) => gray(value(x, y) / 257)).forEach(([exact], i) => {
      const [r, g, b] = read[i] as Rgba;
      assert.ok(r === g && g === b && Math.abs(r - exact) <= 1, `${r} for ${exact}`);
    });
  });

  it('takes the numbers in the file, whatever gamma or profile it names', async () => {
    const colour = (x: number, y: number): Rgba => [noise(x, y, 1), noise(x, y, 2), noise(x, y, 3), 255];
    const gamma = pngChunk('gAMA', [0, 1, 0x86, 0xa0]);
    // BT.2020 primaries with the PQ transfer function: a colour-managed reader changes every number.
    const cicp = pngChunk('cICP', [9, 16, 0, 1]);
    for (const chunks of [gamma, cicp, [...gamma, ...cicp]]) {
      assert.deepEqual(
        await png({ ...size, colourType: 2, depth: 8, chunks, pixel: (x, y) => colour(x, y).slice(0, 3) }),
        grid(13, 9, colour),
      );
    }
  });

  it('keeps alpha straight, and composites to within one level', async () => {
    const colour = (x: number, y: number): Rgba => [
      noise(x, y, 1),
      noise(x, y, 2),
      noise(x, y, 3),
      noise(x, y, 4),
    ];
    const file = buildPng({ ...size, colourType: 6, depth: 8, pixel: colour });
    const decoded = await worker.decode(file);
    const read = pixels(decoded);
    const exact = grid(13, 9, colour);
    assert.deepEqual(
      read.map(([, , , a]) => a),
      exact.map(([, , , a]) => a),
    );
    read.forEach((pixel, i) => {
      const [, , , alpha] = pixel;
      for (let c = 0; c < 3; c++) {
        const error = Math.abs((pixel[c] ?? 0) - (exact[i]?.[c] ?? 0));
        assert.ok((error * alpha) / 255 <= 1, `alpha ${alpha}: off by ${error}`);
      }
    });
    const target = { ...size, channels: 3, mode: 'stretch' } as const;
    const original = fit({ ...size, data: rgba(13, 9, colour) }, target);
    const ours = fit({ ...size, data: decoded.error ? new Uint8Array(0) : decoded.data }, target);
    ours.forEach((v, i) => assert.ok(Math.abs(v - (original[i] ?? 0)) <= 2, `${v} for ${original[i]}`));
  });

  it('reads gray with alpha, and a transparent colour', async () => {
    const read = await png({ ...size, colourType: 4, depth: 8, pixel: (x) => [x * 10, x < 5 ? 255 : 0] });
    assert.deepEqual(read[4], [40, 40, 40, 255]);
    assert.equal(read[5]?.[3], 0);
    const keyed = await png({
      ...size,
      colourType: 0,
      depth: 8,
      chunks: pngChunk('tRNS', [0, 30]),
      pixel: (x) => [x * 10],
    });
    assert.deepEqual(
      keyed.slice(2, 5).map(([, , , a]) => a),
      [255, 0, 255],
    );
  });

  it('honours all eight EXIF orientations', async () => {
    // A corner is white, the rest black: 16 × 8, the corner 8 × 4.
    const upright = rgba(16, 8, (x, y) => gray(x < 8 && y < 4 ? 255 : 0));
    const jpeg = await worker.encode(16, 8, upright, 'image/jpeg', 1);
    // Where the stored top left corner is shown: EXIF 2.32, tag 274.
    const corners = [
      '',
      'top left',
      'top right',
      'bottom right',
      'bottom left',
      'top left',
      'top right',
      'bottom right',
      'bottom left',
    ];
    for (let orientation = 1; orientation <= 8; orientation++) {
      const photo = withOrientation(jpeg, orientation);
      const decoded = await worker.decode(photo, 'photo.jpg');
      const read = pixels(decoded);
      const [w, h] = orientation > 4 ? [8, 16] : [16, 8];
      assert.deepEqual([decoded.error ?? decoded.width, decoded.error ?? decoded.height], [w, h]);
      assert.deepEqual(shownSize(photo, 'photo.jpg'), { width: w, height: h });
      const at = (right: boolean, bottom: boolean): number => {
        const x = Math.floor(w / 4) + (right ? Math.floor(w / 2) : 0);
        const y = Math.floor(h / 4) + (bottom ? Math.floor(h / 2) : 0);
        return read[y * w + x]?.[0] ?? -1;
      };
      for (const bottom of [false, true]) {
        for (const right of [false, true]) {
          const name = `${bottom ? 'bottom' : 'top'} ${right ? 'right' : 'left'}`;
          const value = at(right, bottom);
          const white = name === corners[orientation];
          assert.ok(white ? value > 200 : value < 55, `orientation ${orientation}, ${name}: ${value}`);
        }
      }
    }
  });

  it('reads a gray JPEG without a trace of colour', async () => {
    const jpeg = await worker.encode(
      40,
      30,
      rgba(40, 30, (x, y) => gray((x * 5 + y) & 255)),
      'image/jpeg',
      0.9,
    );
    assert.ok(pixels(await worker.decode(jpeg)).every(([r, g, b, a]) => r === g && g === b && a === 255));
  });

  it('reads WebP, BMP, ICO, AVIF and the first frame of a GIF', async () => {
    const colour = (x: number, y: number): Rgba => [noise(x, y, 1), noise(x, y, 2), noise(x, y, 3), 255];
    const webp = await worker.encode(13, 9, rgba(13, 9, colour), 'image/webp', 1);
    assert.deepEqual(pixels(await worker.decode(webp)), grid(13, 9, colour));
    for (const height of [3, -3]) {
      assert.deepEqual(
        pixels(await worker.decode(bmpFile(5, height, [200, 100, 7]))),
        grid(5, 3, () => [200, 100, 7, 255]),
      );
    }
    assert.deepEqual(
      pixels(await worker.decode(buildGif(20, 11, [30, 90]))),
      grid(20, 11, () => gray(60)),
    );
    const icon = (side: number, value: number) => ({
      width: side,
      height: side,
      file: buildPng({
        width: side,
        height: side,
        colourType: 2,
        depth: 8,
        pixel: () => [value, value, value],
      }),
    });
    const ico = icoFile([icon(16, 10), icon(48, 20), icon(32, 30)]);
    assert.deepEqual(
      pixels(await worker.decode(ico)),
      grid(48, 48, () => gray(20)),
    );
    const avif = await worker.decode(avifFile);
    assert.deepEqual([avif.error ?? avif.width, avif.error ?? avif.height], [2, 2]);
  });

  it('gives the same bytes however many decode at once', async () => {
    const files = Array.from({ length: 24 }, (_, i) =>
      buildPng({ width: 5 + i, height: 30 - i, colourType: 0, depth: 8, pixel: (x, y) => [noise(x, y, i)] }),
    );
    const together = await worker.decodeAll(files);
    for (const [i, file] of files.entries())
      assert.deepEqual(together[i], await worker.decode(file), String(i));
  });

  it('refuses what is cut short, instead of painting the rest gray', async () => {
    const picture = rgba(64, 64, (x, y) => [noise(x, y, 1), noise(x, y, 2), noise(x, y, 3), 255]);
    const whole = [
      buildPng({ width: 64, height: 64, colourType: 2, depth: 8, pixel: (x, y) => [noise(x, y, 1), x, y] }),
      await worker.encode(64, 64, picture, 'image/jpeg', 0.9),
      await worker.encode(64, 64, picture, 'image/webp', 0.9),
      buildGif(64, 64, [5]),
      bmpFile(64, 64),
      avifFile,
    ];
    for (const [i, file] of whole.entries()) {
      pixels(await worker.decode(file));
      for (const share of [0.3, 0.6, 0.95]) {
        const { error } = await worker.decode(file.subarray(0, Math.floor(file.length * share)), 'cut.png');
        assert.equal(error?.code, 'truncated', `file ${i} at ${share}`);
        assert.match(error.message, /“cut\.png” is cut short/);
      }
    }
  });

  it('says what is wrong with everything else', async () => {
    const codes = async (...files: Uint8Array[]): Promise<(string | undefined)[]> =>
      (await worker.decodeAll(files)).map(({ error }) => error?.code);
    assert.deepEqual(
      await codes(
        new Uint8Array(0),
        Uint8Array.from(Buffer.from('This is a text file that was renamed to photo.png.')),
        pngHeader(20_000, 20_000),
        pngHeader(100, 100),
      ),
      ['empty-file', 'not-an-image', 'image-too-large', 'not-an-image'],
    );
  });

  it('refuses a file whose compressed data is damaged', async () => {
    const file = buildPng({
      width: 64,
      height: 64,
      colourType: 2,
      depth: 8,
      pixel: (x, y) => [noise(x, y, 1), x, y],
    });
    const damaged = file.slice();
    damaged.fill(0x55, 60, 90);
    assert.equal((await worker.decode(damaged)).error?.code, 'not-an-image');
  });
});
