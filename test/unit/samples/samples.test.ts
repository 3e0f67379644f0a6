import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { decode } from 'fast-png';
import {
  defaultSampleSeed,
  encodeGrayPng,
  sampleCount,
  sampleDatasets,
  sampleImages,
  samplesDigest,
  type SampleImage,
} from '../../../src/extension/samples/index.ts';
import { cosTurn, sinTurn } from '../../../src/extension/samples/numeric.ts';
import { SampleRandom } from '../../../src/extension/samples/random.ts';

const published: readonly SampleImage[] = [...sampleImages()];

function under(folder: string): SampleImage[] {
  return published.filter(({ path }) => path.startsWith(`${folder}/`));
}

test('the folders hold the promised numbers of images', () => {
  const counts = new Map<string, number>();
  for (const { path } of published) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const expected = new Map<string, number>([
    ...Array.from({ length: 10 }, (_, digit): [string, number] => [`digits/train/${digit}`, 200]),
    ['digits/test/good', 400],
    ['digits/test/rotated', 25],
    ['digits/test/letters', 25],
    ['digits/test/scribbles', 25],
    ['digits/test/broken', 25],
    ['parts/train/good', 600],
    ['parts/test/good', 200],
    ['parts/test/scratches', 25],
    ['parts/test/chips', 25],
    ['parts/test/stains', 25],
    ['parts/test/missing-hole', 25],
  ]);
  assert.deepEqual(counts, expected);
  assert.deepEqual(sampleDatasets.map(sampleCount), [2500, 900]);
  assert.equal(new Set(published.map(({ path }) => path)).size, published.length);
});

test('only the test folders beside good count as anomalous', () => {
  for (const { folder, anomalous } of sampleDatasets.flatMap(({ groups }) => groups)) {
    assert.equal(anomalous, !folder.includes('/train/') && !folder.endsWith('/good'), folder);
  }
});

test('the images have the size of their data set', () => {
  for (const { path, width, height, pixels } of published) {
    const side = path.startsWith('digits/') ? 28 : 64;
    assert.deepEqual([width, height, pixels.length], [side, side, side * side], path);
  }
});

for (const { name } of sampleDatasets) {
  test(`the published ${name} are the ones that figures were measured on`, () => {
    const hash = createHash('sha256');
    for (const { path, width, height, pixels } of under(name)) {
      const size = new DataView(new ArrayBuffer(8));
      size.setUint32(0, width, true);
      size.setUint32(4, height, true);
      hash.update(path, 'utf8').update(new Uint8Array(size.buffer)).update(pixels);
    }
    assert.equal(hash.digest('hex'), samplesDigest[name]);
  });
}

test('an image does not depend on what was drawn before it', () => {
  for (const { folder, draw, count } of sampleDatasets.flatMap(({ groups }) => groups)) {
    const index = count - 1;
    const image = published.find(({ path }) => path === `${folder}/${String(index).padStart(3, '0')}.png`);
    assert.deepEqual(draw(defaultSampleSeed, index), image?.pixels, folder);
  }
});

test('another seed draws other images', () => {
  const [first] = sampleImages(defaultSampleSeed + 1);
  assert.equal(first?.path, published[0]?.path);
  assert.notDeepEqual(first?.pixels, published[0]?.pixels);
});

test('no image of a split lies close to one of another', () => {
  for (const { name } of sampleDatasets) {
    const train = under(`${name}/train`);
    let nearest = Infinity;
    for (const { pixels: a } of under(`${name}/test`)) {
      for (const { pixels: b } of train) {
        let sum = 0;
        // Most pairs are far apart long before their last pixel.
        for (let i = 0; i < a.length && sum < nearest; i++) {
          const difference = (a[i] as number) - (b[i] as number);
          sum += difference * difference;
        }
        nearest = Math.min(nearest, sum);
      }
    }
    const error = nearest / (train[0]?.pixels.length ?? 1) / (255 * 255);
    // A copy with fresh camera noise would differ by 2 × 0.012² = 0.0003.
    assert.ok(error > 0.001, `${name}: nearest pair has a mean squared difference of ${error}`);
  }
});

test('the pictures use the range of gray', () => {
  for (const { path, pixels } of published) {
    const darkest = Math.min(...pixels);
    const brightest = Math.max(...pixels);
    assert.ok(darkest < 40 && brightest > 150, `${path}: ${darkest} to ${brightest}`);
    assert.ok(
      !path.startsWith('digits/') || (pixels[0] === 0 && pixels.at(-1) === 0),
      `${path}: ink in a corner`,
    );
  }
});

test('PNG files decode to the same pixels', () => {
  for (const { width, height, pixels } of published.filter((_, i) => i % 37 === 0)) {
    const image = decode(encodeGrayPng(width, height, pixels), { checkCrc: true });
    assert.deepEqual([image.width, image.height, image.channels, image.depth], [width, height, 1, 8]);
    assert.deepEqual(Uint8Array.from(image.data), pixels);
  }
});

test('PNG files of awkward sizes decode too', () => {
  for (const [width, height] of [
    [1, 1],
    [1, 7],
    [300, 2],
    [400, 300],
  ] as const) {
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
    const image = decode(encodeGrayPng(width, height, pixels), { checkCrc: true });
    assert.deepEqual(Uint8Array.from(image.data), pixels);
  }
});

test('the PNG writer refuses sizes that do not fit', () => {
  const pixels = new Uint8Array(6);
  for (const [width, height] of [
    [2, 2],
    [0, 0],
    [-2, -3],
    [1.5, 4],
    [NaN, 6],
  ] as const) {
    assert.throws(() => encodeGrayPng(width, height, pixels), RangeError);
  }
});

test('random streams differ by seed, name and index, and stay in their ranges', () => {
  const draw = (seed: number, name: string, index: number) => new SampleRandom(seed, name, index).uint32();
  const firsts = [draw(1, 'a', 0), draw(2, 'a', 0), draw(1, 'b', 0), draw(1, 'a', 1)];
  assert.equal(new Set(firsts).size, firsts.length);
  assert.equal(draw(1, 'a', 0), firsts[0]);
  const random = new SampleRandom(1, 'moments', 0);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < 20000; i++) {
    const value = random.bell();
    sum += value;
    squares += value * value;
    const uniform = random.uniform();
    assert.ok(uniform >= 0 && uniform < 1);
  }
  assert.ok(Math.abs(sum / 20000) < 0.03);
  assert.ok(Math.abs(squares / 20000 - 1) < 0.03);
});

test('sine and cosine of turns agree with the library', () => {
  for (let turns = -2.5; turns <= 2.5; turns += 0.0137) {
    assert.ok(Math.abs(sinTurn(turns) - Math.sin(2 * Math.PI * turns)) < 1e-7);
    assert.ok(Math.abs(cosTurn(turns) - Math.cos(2 * Math.PI * turns)) < 1e-7);
  }
});
