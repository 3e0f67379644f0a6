import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findNearDuplicates } from '../../../src/engine/data/near-duplicates/clusters.ts';
import { Descriptors } from '../../../src/engine/data/near-duplicates/descriptors.ts';
import { seriesOf } from '../../../src/engine/data/near-duplicates/names.ts';
import { defaultSampleSeed, sampleDatasets } from '../../../src/extension/samples/index.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

const [height, width] = [16, 16];
const size = height * width;
const breathe = async (): Promise<void> => undefined;

/** A picture with a texture of its own: sums of waves, so that no two are alike. */
function picture(seed: number, change: (value: number, i: number) => number = (v) => v): Uint8Array {
  const next = keyedRandom(seed, 5);
  const waves = Array.from({ length: 12 }, () => [
    uniform(next) * 1.5,
    uniform(next) * 1.5,
    uniform(next) * 6.3,
    uniform(next),
  ]);
  return Uint8Array.from({ length: size }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const sum = waves.reduce((s, [a = 0, b = 0, c = 0, d = 0]) => s + d * Math.sin(a * y + b * x + c), 0);
    return Math.min(255, Math.max(0, change(128 + 18 * sum, i)));
  });
}

const stack = (pictures: readonly Uint8Array[]): Parameters<typeof findNearDuplicates>[0] => {
  const pixels = new Uint8Array(pictures.length * size);
  pictures.forEach((one, n) => pixels.set(one, n * size));
  return { count: pictures.length, height, width, pixels };
};

const noisy = (seed: number, strength: number): ((value: number) => number) => {
  const next = keyedRandom(seed, 6);
  return (value) => value + strength * (uniform(next) - 0.5);
};

test('distances do not see brightness or contrast; a constant picture is like itself alone', () => {
  const descriptors = new Descriptors(
    stack([
      picture(1),
      picture(1, (v) => 0.5 * v + 30),
      picture(2),
      new Uint8Array(size).fill(9),
      new Uint8Array(size).fill(200),
    ]),
  );
  assert.ok(descriptors.distance(0, 1) < 0.02);
  assert.ok(descriptors.distance(0, 2) > 0.5);
  assert.equal(descriptors.distance(3, 4), 0);
  assert.equal(descriptors.distance(0, 3), Math.SQRT2);
});

describe('near-duplicates', () => {
  test('numbered files of small class folders are no hint', async () => {
    // The nearest is of the class, and much of a small class is near by name.
    const digits = sampleDatasets[0] ?? assert.fail('no sample digits');
    const drawn = digits.groups.slice(0, 10).flatMap(({ folder, draw }) =>
      Array.from({ length: 15 }, (_, n) => ({
        name: `${folder}/${String(n).padStart(3, '0')}.png`,
        pixels: draw(defaultSampleSeed, n),
      })),
    );
    const pixels = new Uint8Array(drawn.length * 784);
    drawn.forEach((one, n) => pixels.set(one.pixels, n * 784));
    const digitStack = { count: drawn.length, height: 28, width: 28, pixels };
    const names = drawn.map(({ name }) => name);
    const { twins } = await findNearDuplicates(digitStack, names, breathe);
    assert.equal(twins, (await findNearDuplicates(digitStack, null, breathe)).twins);
    assert.ok(twins < 15, `${twins} of 150 different digits have twins`);
  });

  test('the same thing under other light is found, strangers stay alone', async () => {
    const strangers = Array.from({ length: 120 }, (_, n) => picture(100 + n));
    const twins = [0, 1, 2].flatMap((n) => [
      picture(n, noisy(n, 10)),
      picture(n, (v) => noisy(50 + n, 10)(0.6 * v + 40)),
      picture(n, (v, i) => v + (i % width)),
    ]);
    const {
      group,
      clusters,
      twins: count,
      largest,
    } = await findNearDuplicates(stack([...strangers, ...twins]), null, breathe);
    const found = [...group.subarray(120)];
    assert.ok(found.every((cluster) => cluster >= 0));
    assert.deepEqual(
      found.map((cluster) => found.indexOf(cluster)),
      [0, 0, 0, 3, 3, 3, 6, 6, 6],
    );
    const others = group.subarray(0, 120).filter((cluster) => cluster >= 0).length;
    assert.ok(others <= 12, `${others} strangers have twins`);
    assert.equal(count, 9 + others);
    assert.ok(clusters >= 3 && largest === 3);
  });

  test('a chain of small steps does not become one cluster', async () => {
    // A shape that moves across the picture in tiny steps, among strangers.
    const chain = Array.from({ length: 60 }, (_, n) =>
      Uint8Array.from({ length: size }, (_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return 255 * Math.exp(-((y - 8) ** 2 + (x - n / 4) ** 2) / 8);
      }),
    );
    const strangers = Array.from({ length: 60 }, (_, n) => picture(300 + n));
    const { largest } = await findNearDuplicates(stack([...chain, ...strangers]), null, breathe);
    assert.ok(largest <= 20, `${largest}`);
  });

  test('pictures strewn densely over few directions are not all twins', async () => {
    const next = keyedRandom(8);
    const dense = Array.from({ length: 400 }, () => {
      const [cy, cx] = [4 + 8 * uniform(next), 4 + 8 * uniform(next)];
      return Uint8Array.from({ length: size }, (_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return 255 * Math.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 10);
      });
    });
    const { twins } = await findNearDuplicates(stack(dense), null, breathe);
    assert.ok(twins < 80, `${twins}`);
  });

  test('exact copies are found in any set, however small, and constant ones are one cluster', async () => {
    const empty = new Uint8Array(size);
    const { group } = await findNearDuplicates(
      stack([picture(1), picture(2), picture(1), empty, empty]),
      null,
      breathe,
    );
    assert.deepEqual([...group], [0, -1, 0, 1, 1]);
    assert.deepEqual([...(await findNearDuplicates(stack([empty]), null, breathe)).group], [-1]);
    assert.equal((await findNearDuplicates(stack([]), null, breathe)).clusters, 0);
  });

  test('running numbers help where they go with likeness, and only there', async () => {
    // Four views of each of 40 things, numbered one after the other; each view is half of something else.
    const view = (thing: number, shot: number): Uint8Array => {
      const other = picture(1000 + 10 * thing + shot);
      return picture(thing, (v, i) => 0.62 * v + 0.38 * (other[i] ?? 0));
    };
    const views = Array.from({ length: 160 }, (_, n) => view(Math.floor(n / 4), n % 4));
    const names = views.map((_, n) => `part_${n + 7}.png`);
    const pairs = (group: Int32Array): number => {
      let together = 0;
      for (let n = 0; n < 160; n++) {
        for (let m = n + 1; m < 4 * Math.floor(n / 4) + 4; m++) {
          if ((group[n] ?? -1) >= 0 && group[n] === group[m]) together++;
        }
      }
      return together;
    };
    const without = pairs((await findNearDuplicates(stack(views), null, breathe)).group);
    const withNames = pairs((await findNearDuplicates(stack(views), names, breathe)).group);
    assert.ok(withNames > without && withNames > 200, `${withNames} of 240, ${without} without names`);
    const strangers = Array.from({ length: 160 }, (_, n) => picture(2000 + n));
    assert.deepEqual(
      (await findNearDuplicates(stack(strangers), names, breathe)).group,
      (await findNearDuplicates(stack(strangers), null, breathe)).group,
    );
  });

  test('more pictures than are compared one by one: copies are found all the same', async () => {
    const many = Array.from({ length: 2400 }, (_, n) => picture(5000 + (n % 2390)));
    const { group, twins } = await findNearDuplicates(stack(many), null, breathe);
    for (let n = 0; n < 10; n++) assert.ok((group[n] ?? -1) >= 0 && group[n] === group[2390 + n]);
    assert.ok(twins < 400, `${twins}`);
  });
});

test('series are files of one folder whose names differ in digits alone, ordered by the last number', () => {
  const { series, ranks } = seriesOf([
    'a/exp1_num_30.jpg',
    'a/exp2_num_4.jpg',
    'b/exp1_num_5.jpg',
    'a/plain.png',
    'a/exp9_num_12.png',
  ]);
  assert.deepEqual([...series], [0, 0, 1, -1, 0]);
  assert.deepEqual([ranks[0], ranks[1], ranks[4]], [2, 0, 1]);
});
