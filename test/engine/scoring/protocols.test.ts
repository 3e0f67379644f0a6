// The protocols of the evaluation, over images that are drawn here.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PlaneColumns } from '../../../src/engine/data/gray-planes.ts';
import type { PackedImages } from '../../../src/engine/data/packed-images.ts';
import { splitCode } from '../../../src/engine/data/split.ts';
import { ratesOverSplits } from '../../../src/engine/scoring/protocols/rates.ts';
import { runProtocol, type ProtocolEnvironment } from '../../../src/engine/scoring/protocols/run.ts';
import {
  cutByClusters,
  pairAgreement,
  rotated,
  subset,
  trainAndTest,
} from '../../../src/engine/scoring/protocols/sets.ts';
import { LensError } from '../../../src/shared/errors.ts';
import type { ProtocolRequest } from '../../../src/shared/protocol/engine.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';
import { plan } from '../support/spots-job.ts';
import { wasmEngine } from '../support/wasm.ts';

const numbers = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

interface Kind {
  readonly name: string;
  readonly count: number;
  /** Angle of the stroke in radians. */
  readonly angle: number;
}

/** Strokes of some thickness and place; each kind has an angle of its own. Square of `side`. */
function strokes(kinds: readonly Kind[], side: number, planes: boolean, seed = 1): PackedImages {
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const pixels = new Uint8Array(count * side * side);
  const labels = new Int32Array(count);
  const columns = planes ? new PlaneColumns(count, 1e9) : undefined;
  let n = 0;
  kinds.forEach((kind, label) => {
    for (let k = 0; k < kind.count; k++, n++) {
      const next = keyedRandom(seed, label, k);
      const angle = kind.angle + 0.12 * (uniform(next) - 0.5);
      const [cy, cx] = [0.5 + 0.2 * (uniform(next) - 0.5), 0.5 + 0.2 * (uniform(next) - 0.5)];
      const width = 0.06 + 0.05 * uniform(next);
      const noise = keyedRandom(seed, label, k, 1);
      const at = (v: number, u: number): number => {
        const across = (u - cx) * Math.sin(angle) - (v - cy) * Math.cos(angle);
        return 30 + 180 * Math.exp(-((across / width) ** 2)) + 6 * uniform(noise);
      };
      for (let i = 0; i < side * side; i++) {
        pixels[n * side * side + i] = at((Math.floor(i / side) + 0.5) / side, ((i % side) + 0.5) / side);
      }
      columns?.set(n, (plane) => {
        for (let i = 0; i < plane.length; i++) {
          plane[i] = at((Math.floor(i / 256) + 0.5) / 256, ((i % 256) + 0.5) / 256);
        }
      });
      labels[n] = label;
    }
  });
  return {
    ...{ shape: { height: side, width: side, channels: 1 }, count, pixels, labels },
    wanted: new Int8Array(count).fill(-1),
    files: Int32Array.from({ length: count }, (_, i) => i),
    positions: new Int32Array(count),
    paths: Array.from({ length: count }, (_, i) => `${kinds[labels[i] ?? 0]?.name}/${i}.png`),
    classes: kinds.map(({ name, count: of }) => ({ name, count: of })),
    ...{ skipped: [], skippedCount: 0, fingerprint: `strokes-${count}` },
    ...(columns ? { planes: columns.finish(numbers(count)) } : {}),
  };
}

const set = (path: string): ProtocolRequest['data'] => ({ path, dataset: plan.dataset, filter: null });

const request: ProtocolRequest = {
  ...{ protocol: 'one-class', data: set('data'), anomalous: null, masks: null, groups: null },
  ...{ seeds: [0, 1], only: null, rateSplits: 0 },
  spec: { height: 16, width: 16, channels: 1, latent: 4 },
  ...{ epochs: 3, falseAlarmRate: 0.05, memoryBudget: 1e9 },
};

function environment(
  sets: Readonly<Record<string, PackedImages>>,
  notes: string[] = [],
): ProtocolEnvironment {
  return {
    survey: () => Promise.reject(new Error('everything is given')),
    load: async ({ path }) => sets[path] ?? assert.fail(path),
    chooseEngine: async () => ({ engine: await wasmEngine('simd'), reason: 'WASM: in a test' }),
    breathe: async () => undefined,
    progress: () => undefined,
    note: (text) => notes.push(text),
  };
}

const kinds = [
  { name: 'flat', count: 120, angle: 0 },
  { name: 'steep', count: 120, angle: Math.PI / 2 },
  { name: 'slanted', count: 120, angle: Math.PI / 4 },
];

describe('class protocols', () => {
  const images = strokes(kinds, 16, false);
  // Every third image is a test image.
  const labelled = {
    ...images,
    wanted: images.wanted.map((_, n) => splitCode(n % 3 === 0 ? 'test' : 'train')),
  };

  test('one-class: each class in turn is normal, trained on its training images, tested on all', async () => {
    const notes: string[] = [];
    const result = await runProtocol(request, environment({ data: labelled }, notes));
    assert.deepEqual(
      result.runs.map(({ name, seed }) => `${name} ${seed}`),
      ['flat 0', 'steep 0', 'slanted 0', 'flat 1', 'steep 1', 'slanted 1'],
    );
    for (const { counts, auroc, interval, pixels } of result.runs) {
      assert.deepEqual([counts.good, counts.bad], [40, 80]);
      assert.equal(counts.fit + counts.validation + counts.calibration, 80);
      assert.deepEqual(Object.keys(auroc), ['combined', 'structure', 'orientation', 'mse', 'pca']);
      assert.ok((auroc['combined'] ?? 0) > 0.95, `${auroc['combined']}`);
      assert.ok(interval && interval.low <= (auroc['combined'] ?? 0) && interval.high <= 1);
      assert.equal(pixels, null);
    }
    assert.equal(result.spec.recipe, 'detector');
    assert.equal(result.components, 4);
    assert.equal(notes.length, 6);
  });

  test('leave-one-out: each class in turn is the anomaly; a part names its classes, a wrong one is refused', async () => {
    const part = { ...request, protocol: 'leave-one-out', only: ['slanted'], seeds: [3] } as const;
    const { runs } = await runProtocol(part, environment({ data: labelled }));
    assert.deepEqual(
      runs.map(({ name, counts }) => [name, counts.good, counts.bad]),
      [['slanted', 80, 40]],
    );
    await assert.rejects(
      runProtocol({ ...part, only: ['curved'] }, environment({ data: labelled })),
      (error: unknown) => error instanceof LensError && error.code === 'invalid-dataset',
    );
  });

  test('without test folders each class is cut 70/30 by seed', () => {
    const group = new Int32Array(images.count).fill(-1);
    const { train, test: tested } = trainAndTest(images, group, 1);
    assert.deepEqual([train.length, tested.length], [252, 108]);
    assert.equal(new Set([...train, ...tested]).size, 360);
    assert.notDeepEqual(trainAndTest(images, group, 2).train, train);
    assert.equal(train.filter((image) => images.labels[image] === 0).length, 84);
  });

  test('calibration: rates over splits and the held-out rate, of one model', async () => {
    const { rates, runs } = await runProtocol(
      { ...request, protocol: 'calibration', seeds: [0] },
      environment({ data: labelled }),
    );
    assert.deepEqual(
      rates.map(({ images: count, splits }) => [count, splits]),
      [
        [50, 1000],
        [24, 1],
      ],
    );
    for (const { mean, promisedRate } of rates) assert.ok(mean < promisedRate + 0.1, `${mean}`);
    assert.deepEqual(runs[0]?.auroc, {});
  });
});

describe('holdout', () => {
  const normal = strokes([{ name: 'normal', count: 90, angle: 0.3 }], 48, true);
  const anomalous = strokes(
    [
      { name: 'turned', count: 8, angle: 1.9 },
      { name: 'tilted', count: 8, angle: 0.9 },
    ],
    48,
    true,
    2,
  );
  const holdout: ProtocolRequest = {
    ...request,
    ...{ protocol: 'holdout', data: set('normal'), anomalous: set('anomalous'), seeds: [0], epochs: 1 },
    spec: { ...request.spec, height: 48, width: 48 },
  };

  test('photos: channels of photos, areas by defect, pixels where there are masks, rates over splits', async () => {
    const masks: PackedImages = {
      ...anomalous,
      paths: anomalous.paths.map((path) => path.replace('.png', '.jpg')),
      planes: {
        small: new Uint8Array(16 * 4096),
        largeOf: Int32Array.from({ length: 16 }, (_, n) => n),
        // The middle of every picture is called the defect.
        large: Uint8Array.from({ length: 16 * 65536 }, (_, i) => {
          const [y, x] = [Math.floor((i % 65536) / 256), i % 256];
          return Math.hypot(y - 128, x - 128) < 60 ? 255 : 0;
        }),
      },
    };
    const { runs, rates } = await runProtocol(
      { ...holdout, masks: set('masks'), rateSplits: 2 },
      environment({ normal, anomalous, masks }),
    );
    const [run] = runs;
    assert.ok(run);
    assert.deepEqual(Object.keys(run.auroc), ['combined', 'place', 'whole', 'mse', 'pca']);
    assert.ok((run.auroc['combined'] ?? 0) > 0.9, `${run.auroc['combined']}`);
    assert.deepEqual(
      run.perDefect.map(({ name, count }) => [name, count]),
      [
        ['turned', 8],
        ['tilted', 8],
      ],
    );
    assert.ok(run.pixels && run.pixels.auroc > 0.6 && run.pixels.aupro > 0.2, JSON.stringify(run.pixels));
    assert.deepEqual([rates.length, rates[0]?.splits], [1, 2]);
  });

  test('a file’s groups and splits are followed, and our clusters compared with them', async () => {
    const of = Object.fromEntries(normal.paths.map((path, n) => [path, String(Math.floor(n / 3))]));
    const train = normal.paths.filter((_, n) => n < 60);
    const groups = {
      of,
      splits: [
        { name: 'split0', train },
        { name: 'split1', train: train.slice(3) },
      ],
    };
    const { runs, nearDuplicates } = await runProtocol(
      { ...holdout, groups, only: ['split0'] },
      environment({ normal, anomalous }),
    );
    const [run] = runs;
    assert.deepEqual([run?.name, run?.counts.good, runs.length], ['split0', 30, 1]);
    const trained = (run?.counts.fit ?? 0) + (run?.counts.validation ?? 0) + (run?.counts.calibration ?? 0);
    assert.equal(trained, 60);
    // Of three images of a group one counts.
    assert.equal(run?.calibrationImages, (run?.counts.calibration ?? 0) / 3);
    assert.ok(nearDuplicates.pairRecall !== null && nearDuplicates.pairPrecision !== null);
  });
});

describe('sets and rates', () => {
  test('a cut keeps clusters on one side', () => {
    const group = Int32Array.from({ length: 100 }, (_, n) => (n < 60 ? Math.floor(n / 6) : -1));
    const { train, test: tested } = cutByClusters(numbers(100), group, 4);
    assert.ok(train.length <= 70 && train.length > 60);
    const sides = new Map<number, Set<string>>();
    for (const [side, images] of [
      ['train', train],
      ['test', tested],
    ] as const) {
      for (const image of images) {
        const cluster = group[image] ?? -1;
        if (cluster >= 0) sides.set(cluster, (sides.get(cluster) ?? new Set()).add(side));
      }
    }
    assert.ok([...sides.values()].every((side) => side.size === 1));
  });

  test('a quarter turn four times is no turn', () => {
    const images = subset(strokes(kinds, 9, false), Uint32Array.of(3, 200));
    const once = rotated(images);
    assert.notDeepEqual(once.pixels, images.pixels);
    assert.equal(once.pixels[8], images.pixels[0]);
    assert.deepEqual(rotated(rotated(rotated(once))).pixels, images.pixels);
  });

  test('agreement counts pairs', () => {
    const group = Int32Array.from([0, 0, 0, -1, 1, 1]);
    assert.deepEqual(pairAgreement(group, ['a', 'a', 'b', 'b', 'c', 'c']), {
      recall: 2 / 3,
      precision: 2 / 4,
    });
    assert.deepEqual(pairAgreement(Int32Array.from([-1, -1]), ['a', 'b']), { recall: 1, precision: 1 });
  });

  test('the rate over 100 splits is the asked one; with 50 images it is the one that can be promised', () => {
    const next = keyedRandom(5);
    const draw = (): Float64Array => Float64Array.from({ length: 4000 }, () => normalPair(next)[0]);
    const scores = new Map([
      ['structure', draw()],
      ['orientation', draw()],
      ['error', draw()],
    ] as const);
    const many = ratesOverSplits('many', scores, 1000, 0.01, 100);
    assert.ok(Math.abs(many.mean - 0.01) < 0.001, `${many.mean}`);
    assert.ok(many.near >= 90, `${many.near}`);
    const few = ratesOverSplits('few', scores, 50, 0.01, 100);
    assert.equal(few.promisedRate, 1 / 51);
    assert.ok(few.mean < 1.25 / 51, `${few.mean}`);
  });
});
