// From a trained file to a verdict: channels, thresholds, the verdicts beside, and the picture of why.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { everyImage } from '../../../src/engine/data/packed-images.ts';
import { parametersFrom } from '../../../src/engine/model/model-tensors.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { checkImage, readChecker } from '../../../src/engine/scoring/check.ts';
import { combined } from '../../../src/engine/scoring/combination.ts';
import { fitScoreModel, orientationBank } from '../../../src/engine/scoring/score-model.ts';
import { readScoreModel } from '../../../src/engine/scoring/score-tensors.ts';
import { scoreSet } from '../../../src/engine/scoring/score-set.ts';
import { calibrate, onePerCluster } from '../../../src/engine/training/calibrate.ts';
import { runTrainingJob } from '../../../src/engine/training/job.ts';
import type { LoadedData } from '../../../src/engine/training/loaded-data.ts';
import { concatPlanes, PlaneColumns, type GrayPlanes } from '../../../src/engine/data/gray-planes.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { errorThreshold } from '../../../src/shared/model-card.ts';
import { readModelFile, writeModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { conformalThreshold } from '../../../src/shared/verdict.ts';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { lastFile, makeRun, plan, spots, unbroken } from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

async function engineOf(file: ModelFile): Promise<Engine> {
  const engine = await wasmEngine('simd');
  const network = buildNetwork(file.card.spec);
  await engine.load(network, parametersFrom(network, file.tensors));
  return engine;
}

const rgba = (gray: Uint8Array, width: number): { width: number; height: number; data: Uint8Array } => ({
  width,
  height: gray.length / width,
  data: Uint8Array.from({ length: gray.length * 4 }, (_, i) => (i % 4 === 3 ? 255 : (gray[i >> 2] ?? 0))),
});

/** The object without some of its members. */
function without<T extends object, K extends keyof T>(of: T, ...members: readonly K[]): Omit<T, K> {
  const rest: Partial<T> = { ...of };
  for (const member of members) Reflect.deleteProperty(rest, member);
  return rest as Omit<T, K>;
}

/** An image of the spots with a bright bar across one corner. */
function barred(image: number): Uint8Array {
  const { images } = spots();
  const pixels = images.pixels.slice(image * 108, (image + 1) * 108);
  for (let y = 8; y < 11; y++) for (let x = 0; x < 4; x++) pixels[y * 9 + x] = 255;
  return pixels;
}

describe('a small image', () => {
  test('the file says which channels there are, and what they rest on', async () => {
    const { card, tensors } = await unbroken();
    const { calibration } = card;
    assert.ok(calibration);
    assert.equal(calibration.score, 'combined');
    assert.deepEqual(
      calibration.channels?.map(({ name, inSum }) => [name, inSum]),
      [
        ['structure', true],
        ['orientation', true],
        ['error', false],
      ],
    );
    assert.equal(calibration.pca?.components, 6);
    const errors = tensors.get('calibration.errors')?.data as Float64Array;
    assert.equal(calibration.autoencoder?.threshold, conformalThreshold(errors, 0.05).threshold);
    assert.equal(errorThreshold(card), calibration.autoencoder?.threshold);
    assert.deepEqual(tensors.get('scores.orientation.bank')?.shape[0], card.dataset.split.fit);
    assert.equal(card.calibration?.images, card.dataset.split.calibration);
  });

  test('a check gives the very scores of the set, read back from the file', async () => {
    const file = readModelFile(writeModelFile(await unbroken()));
    const engine = await engineOf(file);
    const { images, split } = spots();
    const { scores, pca } = readChecker(file);
    const set = await scoreSet(engine, scores, images, split.calibration, 6, {
      breathe: async () => undefined,
    });
    const channels = file.card.calibration?.channels ?? [];
    const combination = {
      standards: new Map(channels.filter(({ inSum }) => inSum).map((channel) => [channel.name, channel])),
    };
    const verdicts = combined(combination, set.scores);
    assert.deepEqual(verdicts.slice().sort(), file.tensors.get('calibration.scores')?.data);
    const first = split.calibration[0] ?? 0;
    const gray = images.pixels.slice(first * 108, (first + 1) * 108);
    const result = await checkImage(engine, file, rgba(gray, 9), 0.05, { scores, pca });
    assert.equal(result.verdict.score, verdicts[0]);
    for (const { name, score, z, threshold, fired } of result.readings) {
      assert.equal(score, set.scores.get(name)?.[0]);
      assert.equal(fired, z > threshold);
    }
    assert.equal(result.autoencoder?.score, set.scores.get('error')?.[0]);
  });

  test('a bar where none was is caught, and the picture shows where; the others speak beside', async () => {
    const file = await unbroken({ ...plan, training: { ...plan.training, epochs: 20 } });
    const engine = await engineOf(file);
    const result = await checkImage(engine, file, rgba(barred(3), 9), 0.05);
    assert.equal(result.verdict.anomalous, true);
    assert.ok(result.readings.some(({ fired, inSum }) => fired && inSum));
    assert.equal(result.pca?.components, 6);
    assert.equal(result.autoencoder?.calibrationImages, file.card.calibration?.images);
    const { heat } = result;
    assert.ok(heat);
    assert.equal(heat.values.length, 108);
    assert.ok(heat.threshold !== null && heat.values.every((value) => value >= 0));
    assert.ok(Math.max(...heat.values) > heat.threshold);
    // Three by two cells say little of a place: most pictures must be right, not each.
    let right = 0;
    for (let image = 0; image < 30; image++) {
      const { heat: each } = await checkImage(engine, file, rgba(barred(image), 9), 0.05);
      const values = each?.values ?? Float32Array.of();
      const hottest = values.indexOf(Math.max(...values));
      if (Math.floor(hottest / 9) >= 6 && hottest % 9 <= 6) right++;
    }
    assert.ok(right >= 20, `${right} of 30 pictures are hottest at the bar`);
  });

  test('a file of the first versions still gives its verdict', async () => {
    const whole = await unbroken({ ...plan, spec: { ...plan.spec, recipe: 'notebook' } });
    const old = without(whole.card.calibration ?? assert.fail(), 'channels', 'pca');
    const tensors = new Map([...whole.tensors].filter(([name]) => !/^scores\.|\.errors$|\.pca$/.test(name)));
    const dataset = without(whole.card.dataset, 'nearDuplicates');
    const file = readModelFile(
      writeModelFile({ card: { ...whole.card, calibration: old, dataset }, tensors }),
    );
    const result = await checkImage(await engineOf(file), file, rgba(barred(3), 9), 0.05);
    assert.deepEqual([result.readings, result.autoencoder, result.pca], [[], null, null]);
    assert.equal(result.heat?.channel, 'error');
    assert.equal(result.heat.threshold, null);
    assert.equal(result.verdict.threshold, old.threshold);
  });

  test('a bank says how many neighbours it is asked for, and one that says nothing is asked as of old', async () => {
    const file = await unbroken();
    assert.equal(readScoreModel(file).orientation?.neighbours, orientationBank.neighbours);
    const old = new Map([...file.tensors].filter(([name]) => !name.endsWith('.neighbours')));
    assert.equal(readScoreModel({ ...file, tensors: old }).orientation?.neighbours, 5);
  });

  test('a file whose channels are missing or damaged is refused in words', async () => {
    const file = await unbroken();
    const engine = await engineOf(file);
    const image = rgba(barred(3), 9);
    const fewer = new Map([...file.tensors].filter(([name]) => !name.startsWith('scores.orientation')));
    const refused = (error: unknown): boolean =>
      error instanceof LensError && error.code === 'invalid-model-file';
    await assert.rejects(checkImage(engine, { ...file, tensors: fewer }, image, 0.05), refused);
    const bank = file.tensors.get('scores.orientation.bank');
    assert.ok(bank);
    for (const changed of [
      { ...bank, shape: [1, bank.data.length] },
      { ...bank, data: new Float32Array(bank.data.length).fill(Number.NaN) },
      { ...bank, dtype: 'F64' as const, data: new Float64Array(bank.data.length) },
    ]) {
      const tensors = new Map([...file.tensors, ['scores.orientation.bank', changed]]);
      await assert.rejects(checkImage(engine, { ...file, tensors }, image, 0.05), refused);
    }
  });
});

test('images that are all alike leave no channel to sum: the error is the verdict, and the channels are named', async () => {
  const { images, split } = spots();
  const pixels = new Uint8Array(images.pixels.length);
  for (let n = 0; n < images.count; n++) pixels.set(images.pixels.subarray(0, 108), n * 108);
  const run = makeRun({ load: async () => ({ images: { ...images, pixels }, split }) });
  const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  const { calibration } = lastFile(run).card;
  assert.equal(calibration?.score, 'mse');
  assert.deepEqual(calibration.dropped, ['structure', 'orientation']);
});

test('of a cluster of near-duplicates one image counts, drawn by the seed and not by the order of the files', () => {
  const group = Int32Array.from([0, -1, 0, 1, 1, -1, 0]);
  const chosen = [...onePerCluster(Uint32Array.of(0, 1, 2, 3, 4, 5, 6), group, 1)];
  assert.equal(chosen.length, 4);
  assert.deepEqual(chosen, [...chosen].sort());
  assert.deepEqual([chosen.includes(1), chosen.includes(5)], [true, true]);
  assert.equal([0, 2, 6].filter((image) => chosen.includes(image)).length, 1);
  assert.deepEqual([...onePerCluster(Uint32Array.of(2, 6), null, 1)], [2, 6]);
  // Six images of each of 60 things, in the order of six lamps: every lamp is drawn.
  const things = Int32Array.from({ length: 360 }, (_, i) => i % 60);
  const lamps = onePerCluster(Uint32Array.from(things.keys()), things, 3).map((image) =>
    Math.floor(image / 60),
  );
  assert.equal(lamps.length, 60);
  assert.equal(new Set(lamps).size, 6);
});

describe('a photo', () => {
  /** Stripes that lean a little differently each time; some have a blot. */
  function photos(count: number, blot: boolean): { images: LoadedData['images']; planes: GrayPlanes } {
    const columns = new PlaneColumns(count, 1e9);
    const side = 48;
    const pixels = new Uint8Array(count * side * side);
    for (let n = 0; n < count; n++) {
      const next = keyedRandom(blot ? 2 : 1, n, 77);
      const [lean, phase] = [0.5 + 0.1 * uniform(next), 6.3 * uniform(next)];
      const noise = keyedRandom(blot ? 2 : 1, n, 78);
      const at = (v: number, u: number, size: number): number => {
        const [y, x] = [(v / size) * 256, (u / size) * 256];
        const dark = blot && Math.hypot(y - 192, x - 64) < 22 ? 90 : 0;
        return 120 + 60 * Math.sin((x + lean * y) / 9 + phase) - dark + 8 * uniform(noise);
      };
      columns.set(n, (plane) => {
        for (let i = 0; i < plane.length; i++) plane[i] = at(Math.floor(i / 256), i % 256, 256);
      });
      for (let i = 0; i < side * side; i++) {
        pixels[n * side * side + i] = at(Math.floor(i / side), i % side, side);
      }
    }
    const { images } = spots();
    const planes = columns.finish(Uint32Array.from({ length: count }, (_, n) => n));
    return {
      images: { ...images, shape: { height: side, width: side, channels: 1 }, count, pixels, planes },
      planes,
    };
  }

  const spec = { ...plan.spec, height: 48, width: 48 };
  const breathe = async (): Promise<void> => undefined;

  test('a blot is found by its place, and the heat lies on it', async () => {
    const good = photos(90, false);
    const bad = photos(6, true);
    const engine = await wasmEngine('simd');
    const network = buildNetwork(spec);
    const { initialParameters } = await import('../../../src/engine/model/parameters.ts');
    await engine.load(network, initialParameters(network, 1));
    const model = await fitScoreModel(good.images, everyImage(good.images).subarray(0, 60), spec, 1, breathe);
    assert.equal(model.place?.components, 12);
    assert.equal(model.whole?.count, 60);
    const { card, combination } = await calibrate(
      engine,
      {
        ...{ images: good.images, calibration: everyImage(good.images).subarray(60), group: null },
        ...{ model, pca: null, latent: spec.latent, rate: 0.05, seed: 1, when: '' },
      },
      breathe,
    );
    assert.deepEqual([...combination.standards.keys()], ['place', 'whole']);
    assert.equal(card?.score, 'combined');
    let hottest: number[] = [];
    const { scores } = await scoreSet(engine, model, bad.images, everyImage(bad.images), spec.latent, {
      breathe,
      onReadings: (readings) => {
        const map = readings.find(({ name }) => name === 'place')?.map() ?? assert.fail();
        const at = map.values.indexOf(Math.max(...map.values));
        hottest = [Math.floor(at / map.width), at % map.width];
      },
    });
    for (const score of combined(combination, scores)) assert.ok(score > card.threshold);
    // The blot's edge: its centre is in cell (24, 8), its radius nearly three cells.
    assert.ok(
      Math.hypot((hottest[0] ?? 0) - 23.5, (hottest[1] ?? 0) - 7.5) < 4.5,
      `hottest at ${hottest.join()}`,
    );
  });

  test('without planes the error is the verdict; planes of two sets are joined', async () => {
    const { images, planes } = photos(20, false);
    const bare = without(images, 'planes');
    assert.deepEqual(await fitScoreModel(bare, everyImage(images), spec, 1, breathe), {});
    const both = concatPlanes(planes, photos(3, true).planes);
    assert.equal(both.small.length, 23 * 4096);
    assert.deepEqual(
      [...both.largeOf],
      Array.from({ length: 23 }, (_, n) => n),
    );
  });

  test('where memory is short, a seeded part of the photos keeps its plane, and a gap closes up', () => {
    const count = 600;
    const columns = new PlaneColumns(count, count * 4096 + 520 * 65536);
    for (let n = 0; n < count; n++) columns.set(n, (plane) => plane.fill(n % 251));
    const kept = Uint32Array.from({ length: count - 1 }, (_, n) => n + Number(n >= 5));
    const planes = columns.finish(kept);
    assert.equal(planes.largeOf.filter((at) => at >= 0).length >= 519, true);
    kept.forEach((place, n) => {
      assert.equal(planes.small[n * 4096], place % 251);
      const at = planes.largeOf[n] ?? -1;
      if (at >= 0) assert.equal(planes.large[at * 65536 + 7], place % 251);
    });
    assert.throws(
      () => new PlaneColumns(count, 1e6),
      (error: unknown) => error instanceof LensError && error.code === 'out-of-memory',
    );
  });
});
