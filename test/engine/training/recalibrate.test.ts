// A trained model calibrated anew on other good images: what changes in its file, and what must not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PackedImages } from '../../../src/engine/data/packed-images.ts';
import { parametersFrom } from '../../../src/engine/model/model-tensors.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { checkImage } from '../../../src/engine/scoring/check.ts';
import { runTrainingJob } from '../../../src/engine/training/job.ts';
import {
  runRecalibration,
  type RecalibrationEnvironment,
  type RecalibrationPlan,
} from '../../../src/engine/training/recalibrate.ts';
import { cancelled } from '../../../src/shared/errors.ts';
import type { ChannelCard } from '../../../src/shared/model-card.ts';
import { readModelFile, writeModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import type { RecalibrationOutcome } from '../../../src/shared/protocol/engine.ts';
import type { Tensor } from '../../../src/shared/safetensors.ts';
import { conformalThreshold, countAtLeast } from '../../../src/shared/verdict.ts';
import { lastFile, makeRun, plan as training, spots } from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

const size = 12 * 9;

/** Good images of another kind: the spots under a brighter, steeper lamp. */
function otherSpots(
  count: number,
  change: (pixel: number) => number = (pixel) => 60 + 0.6 * pixel,
): PackedImages {
  const { images } = spots();
  return {
    ...images,
    count,
    pixels: images.pixels.slice(0, count * size).map((pixel) => Math.min(255, change(pixel))),
    labels: images.labels.slice(0, count),
    wanted: images.wanted.slice(0, count),
    files: images.files.slice(0, count),
    positions: images.positions.slice(0, count),
    paths: images.paths.slice(0, count),
    fingerprint: `other-${count}`,
    skipped: [{ path: 'broken.png', reason: 'The file is cut off.' }],
    skippedCount: 1,
  };
}

let trained: Promise<Uint8Array> | undefined;

/** A whole training whose split knows of near-duplicates, as the product's does. */
function model(): Promise<Uint8Array> {
  trained ??= (async () => {
    const run = makeRun();
    const outcome = await runTrainingJob(training, run.environment, new AbortController().signal);
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    return writeModelFile(lastFile(run));
  })();
  return trained;
}

const dataset = { ...training.dataset, id: 'other', name: 'other', uri: 'file:///other', files: 180 };

interface Recalibrated {
  readonly outcome: RecalibrationOutcome;
  /** Null where nothing was saved. */
  readonly file: ModelFile | null;
  readonly progress: readonly string[];
}

async function recalibrated(
  images: PackedImages,
  change: {
    readonly plan?: Partial<RecalibrationPlan>;
    readonly environment?: Partial<RecalibrationEnvironment>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Recalibrated> {
  const saved: Uint8Array[] = [];
  const progress: string[] = [];
  const outcome = await runRecalibration(
    {
      ...{ jobId: 'again', model: await model(), name: 'spots', dataset, location: 'other' },
      ...{ origin: 'file:///spots', falseAlarmRate: 0.05 },
      ...change.plan,
    },
    {
      now: () => '2026-02-02T00:00:00.000Z',
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      load: async () => images,
      createEngine: () => wasmEngine('simd'),
      save: async (bytes) => {
        saved.push(bytes);
        return { savedAs: 'spots.lens.safetensors' };
      },
      progress: (text, done, total) => progress.push(`${text} ${done} of ${total}`),
      log: () => undefined,
      ...change.environment,
    },
    change.signal ?? new AbortController().signal,
  );
  assert.ok(saved.length <= 1);
  return { outcome, file: saved[0] ? readModelFile(saved[0]) : null, progress };
}

const doubles = ({ tensors }: ModelFile, name: string): Float64Array => {
  const data = tensors.get(name)?.data;
  assert.ok(data instanceof Float64Array, name);
  return data;
};

const renewed = ['calibration.scores', 'calibration.errors', 'calibration.pca'];
const others = ({ tensors }: ModelFile): [string, Tensor][] =>
  [...tensors].filter(([name]) => !renewed.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));

async function verdictOf(
  file: ModelFile,
  pixels: Uint8Array,
): Promise<{ anomalous: boolean; score: number }> {
  const engine = await wasmEngine('simd');
  const network = buildNetwork(file.card.spec);
  await engine.load(network, parametersFrom(network, file.tensors));
  const data = Uint8Array.from({ length: size * 4 }, (_, i) => (i % 4 === 3 ? 255 : (pixels[i >> 2] ?? 0)));
  const { verdict } = await checkImage(engine, file, { width: 9, height: 12, data }, 0.05);
  engine.dispose();
  return verdict;
}

describe('a recalibration', () => {
  test('replaces scores and thresholds, keeps the score, and says where they come from', async () => {
    const before = readModelFile(await model());
    const images = otherSpots(120);
    const { outcome, file, progress } = await recalibrated(images);
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    assert.ok(file);
    const { calibration, ...card } = file.card;
    const { calibration: old, ...oldCard } = before.card;
    assert.ok(calibration && old);
    assert.deepEqual(outcome.calibration, calibration);
    assert.deepEqual(outcome.skipped, images.skipped);
    assert.deepEqual(card, oldCard);
    assert.deepEqual(others(file), others(before));

    // The promise: the exact rank over one image of each cluster, in the score that was fixed before.
    const scores = doubles(file, 'calibration.scores');
    assert.equal(scores.length, calibration.images);
    assert.deepEqual(scores, scores.slice().sort());
    assert.equal(calibration.threshold, conformalThreshold(scores, 0.05).threshold);
    assert.ok(calibration.threshold > old.threshold);
    for (const [i, channel] of (calibration.channels ?? []).entries()) {
      const first: ChannelCard | undefined = old.channels?.[i];
      assert.deepEqual(
        [channel.name, channel.inSum, channel.median, channel.spread],
        [first?.name, first?.inSum, first?.median, first?.spread],
      );
    }
    assert.equal(
      calibration.autoencoder?.threshold,
      conformalThreshold(doubles(file, 'calibration.errors'), 0.05).threshold,
    );
    assert.equal(
      calibration.pca?.threshold,
      conformalThreshold(doubles(file, 'calibration.pca'), 0.05).threshold,
    );

    const { source, previous, when } = calibration;
    assert.equal(when, '2026-02-02T00:00:00.000Z');
    assert.ok(source && previous);
    assert.deepEqual(
      [source.name, source.location, source.images, source.skipped, source.fingerprint],
      ['other', 'other', 120, 1, 'other-120'],
    );
    assert.equal(calibration.images <= 120 - source.clusters, true);
    // Brightness changes little of the structure, and much of the edges.
    const orientation = source.shifts.find(({ name }) => name === 'orientation');
    assert.ok(orientation && orientation.spreads > 5, JSON.stringify(source.shifts));
    assert.deepEqual(
      [previous.threshold, previous.images, previous.promisedRate, previous.when, previous.location],
      [old.threshold, old.images, old.promisedRate, old.when, null],
    );
    const above = scores.filter((score) => score > old.threshold).length;
    assert.equal(previous.flagged, above / scores.length);
    assert.ok(progress.includes('Scoring 120 of 120'), progress.join());
  });

  test('flips the verdict on a good image of the new kind, whose score stays', async () => {
    const before = readModelFile(await model());
    const { file } = await recalibrated(otherSpots(120));
    assert.ok(file);
    const unseen = otherSpots(140).pixels.slice(130 * size, 131 * size);
    const [was, is] = [await verdictOf(before, unseen), await verdictOf(file, unseen)];
    assert.equal(was.score, is.score);
    assert.deepEqual([was.anomalous, is.anomalous], [true, false]);
    // The second time the calibration before it is that of the folder.
    const again = await recalibrated(otherSpots(100), { plan: { model: writeModelFile(file) } });
    const { calibration } = again.file?.card ?? assert.fail();
    assert.equal(calibration?.previous?.location, 'other');
    assert.equal(calibration.source?.fingerprint, 'other-100');
    assert.equal(calibration.channels?.[0]?.median, before.card.calibration?.channels?.[0]?.median);
  });

  test('goes back to the first calibration on the images that were set aside for it', async () => {
    const before = readModelFile(await model());
    const { file } = await recalibrated(otherSpots(120));
    assert.ok(file);
    const own = { dataset: training.dataset, location: 'spots', model: writeModelFile(file) };
    const changed = await recalibrated({ ...spots().images, fingerprint: 'changed' }, { plan: own });
    assert.equal(changed.outcome.error?.code, 'dataset-changed');
    const back = await recalibrated(spots().images, { plan: own });
    assert.equal(back.outcome.state, 'finished', back.outcome.error?.message);
    const { calibration } = back.file?.card ?? assert.fail();
    assert.equal(calibration?.source, undefined);
    // The training of this test looked for no near-duplicates, so the split differs by those that there are.
    const { images } = before.card.calibration ?? assert.fail();
    assert.ok(
      Math.abs((calibration?.images ?? 0) - images) < images / 2,
      `${calibration?.images} of ${images}`,
    );
  });

  test('with too few images promises what they can', async () => {
    const { file } = await recalibrated(otherSpots(8), { plan: { falseAlarmRate: 0.01 } });
    const { calibration } = file?.card ?? assert.fail();
    assert.ok(calibration && calibration.images <= 8);
    assert.equal(calibration.requestedRate, 0.01);
    assert.equal(calibration.promisedRate, 1 / (calibration.images + 1));
    const scores = doubles(file ?? assert.fail(), 'calibration.scores');
    assert.equal(countAtLeast(scores, calibration.threshold), 1);
  });

  test('counts copies of one image once, and images without content', async () => {
    const one = otherSpots(1).pixels;
    const copies = otherSpots(40);
    copies.pixels.forEach((_, i) => (copies.pixels[i] = one[i % size] ?? 0));
    const same = await recalibrated(copies);
    assert.equal(same.outcome.calibration?.images, 1);
    assert.equal(same.outcome.calibration.promisedRate, 0.5);
    const constant = await recalibrated(otherSpots(40, () => 128));
    assert.equal(constant.outcome.state, 'finished', constant.outcome.error?.message);
    assert.equal(constant.outcome.calibration?.images, 1);
    assert.ok(Number.isFinite(constant.outcome.calibration.threshold));
  });

  test('does not take images that the model was trained on', async () => {
    const at = (uri: string): Partial<RecalibrationPlan> => ({ dataset: { ...dataset, uri } });
    const [path] = spots().images.paths;
    for (const uri of ['file:///', `file:///spots/${path}`, `file:///spots/${path}/`]) {
      const { outcome, file } = await recalibrated(otherSpots(40), { plan: at(uri) });
      assert.equal(outcome.error?.code, 'invalid-dataset', uri);
      assert.match(outcome.error.message, /was trained on images in “other”/);
      assert.equal(file, null);
    }
    for (const uri of ['file:///spots2', 'file:///spots/test', 'file:///spots/%E0']) {
      const { outcome } = await recalibrated(otherSpots(40), { plan: at(uri) });
      assert.equal(outcome.state, 'finished', uri);
    }
    const moved = await recalibrated(otherSpots(40), { plan: { ...at('file:///spots'), origin: null } });
    assert.equal(moved.outcome.state, 'finished');
  });

  test('leaves the file alone where it is stopped, or cannot go on', async () => {
    const abort = new AbortController();
    const stopped = await recalibrated(otherSpots(120), {
      signal: abort.signal,
      environment: {
        progress: (text, done) => {
          if (text === 'Scoring' && done > 0) abort.abort();
        },
      },
    });
    assert.deepEqual([stopped.outcome.state, stopped.outcome.error, stopped.file], ['stopped', null, null]);
    const reading = await recalibrated(otherSpots(4), {
      environment: {
        load: async () => {
          throw cancelled();
        },
      },
    });
    assert.equal(reading.outcome.state, 'stopped');
    const full = await recalibrated(otherSpots(60), {
      environment: {
        save: async () => {
          throw new Error('disk full');
        },
      },
    });
    assert.deepEqual([full.outcome.state, full.outcome.calibration], ['failed', null]);
  });

  test('needs a model that gives verdicts, and whose channels are in the file', async () => {
    const file = readModelFile(await model());
    const none = { ...file, tensors: new Map(file.tensors) };
    none.tensors.delete('calibration.scores');
    const uncalibrated = await recalibrated(otherSpots(40), { plan: { model: writeModelFile(none) } });
    assert.equal(uncalibrated.outcome.error?.code, 'model-not-calibrated');
    const bare = {
      ...file,
      tensors: new Map([...file.tensors].filter(([name]) => !name.startsWith('scores.'))),
    };
    const { outcome } = await recalibrated(otherSpots(40), { plan: { model: writeModelFile(bare) } });
    assert.equal(outcome.error?.code, 'invalid-model-file');
    assert.match(outcome.error.message, /“structure”/);
  });
});
