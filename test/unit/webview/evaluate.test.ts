// The page Evaluate: what folders mean, what a threshold makes of scores, and the run over all images.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LensError } from '../../../src/shared/errors.ts';
import { measureScores } from '../../../src/engine/scoring/evaluation.ts';
import type { EvaluationFolder } from '../../../src/shared/protocol/evaluate.ts';
import type { ForwardApi, JudgedImage } from '../../../src/shared/protocol/forward.ts';
import type { Pack } from '../../../src/shared/transport.ts';
import { conformalThreshold, judge } from '../../../src/shared/verdict.ts';
import type { RunningWorker } from '../../../src/webview/shared/workers.ts';
import { confusionAt, countAbove, justBelow } from '../../../src/webview/studio/pages/evaluate/counts.ts';
import { chanceOfSoMany, promiseWarning } from '../../../src/webview/studio/pages/evaluate/promise.ts';
import {
  rowAt,
  scoresCsv,
  type EvaluationResult,
} from '../../../src/webview/studio/pages/evaluate/result.ts';
import {
  readPicture,
  runEvaluation,
  type EvaluationWork,
} from '../../../src/webview/studio/pages/evaluate/run.ts';
import {
  labelledImages,
  trainedOn,
  type ChosenFolder,
} from '../../../src/webview/studio/pages/evaluate/sets.ts';

const folderOf = (paths: readonly string[], change: Partial<EvaluationFolder> = {}): EvaluationFolder => ({
  ...{ source: 'one', root: 'file:///data/screws', name: 'data/screws', paths },
  ...{ skipped: [], skippedCount: 0, cut: null, dataset: null, ...change },
});
const labelled = (...paths: string[]): ChosenFolder[] => [{ role: 'labelled', folder: folderOf(paths) }];
const refused = (error: unknown): boolean => (error as LensError).code === 'invalid-dataset';

describe('folders of an evaluation', () => {
  it('good and normal are good, every other sub-folder is a kind of defect', () => {
    const sets = labelledImages(
      labelled('Normal/a.png', 'bent/b.png', 'good/c.png', 'cracked/deep/d.png', 'e.png'),
    );
    assert.deepEqual(
      sets.images.map(({ path, kind }) => [path, kind]),
      [
        ['Normal/a.png', null],
        ['bent/b.png', 'bent'],
        ['good/c.png', null],
        ['cracked/deep/d.png', 'cracked'],
      ],
    );
    assert.deepEqual(sets.kinds, ['bent', 'cracked']);
    assert.deepEqual([sets.good, sets.bad, sets.masks], [2, 2, 0]);
    assert.deepEqual(
      sets.unused.map(({ count }) => count),
      [1],
    );
  });

  it('MVTec AD: only the images of test count, each bad one with its mask', () => {
    const sets = labelledImages(
      labelled(
        'ground_truth/crack/000_mask.png',
        'ground_truth/crack/001_mask.png',
        ...['test/crack/000.png', 'test/crack/001.jpg', 'test/crack/002.png', 'test/good/000.png'],
        'train/good/000.png',
      ),
    );
    assert.deepEqual(
      sets.images.map(({ path, kind, mask, index }) => [path, kind, mask, index]),
      [
        ['test/crack/000.png', 'crack', 0, 2],
        ['test/crack/001.jpg', 'crack', 1, 3],
        ['test/crack/002.png', 'crack', null, 4],
        ['test/good/000.png', null, null, 5],
      ],
    );
    assert.equal(sets.masks, 2);
    assert.match(sets.unused[0]?.why ?? '', /outside “test”/);
  });

  it('a good and a bad folder: kinds by sub-folder, else by the folder’s own name', () => {
    const sets = labelledImages([
      { role: 'good', folder: folderOf(['a.png', 'bad/b.png']) },
      { role: 'bad', folder: folderOf(['c.png', 'rust/d.png'], { name: 'data/broken' }) },
    ]);
    assert.deepEqual(
      sets.images.map(({ folder, path, kind }) => [folder, path, kind]),
      [
        [0, 'a.png', null],
        [0, 'bad/b.png', null],
        [1, 'c.png', 'broken'],
        [1, 'rust/d.png', 'rust'],
      ],
    );
  });

  it('refuses a labelled folder without good images, and nothing at all', () => {
    assert.throws(() => labelledImages(labelled('bad/a.png')), refused);
    assert.throws(() => labelledImages(labelled('a.png')), refused);
    assert.throws(() => labelledImages([{ role: 'bad', folder: folderOf([]) }]), refused);
  });

  it('knows which images were trained on, from above, beside and below the data set', () => {
    const fitted = new Set(['good/a.png', 'good/b c.png']);
    const count = (root: string, dataset: string | null, ...paths: string[]): number => {
      const chosen = [{ role: 'good', folder: folderOf(paths, { root, dataset }) }] as const;
      return trainedOn(labelledImages(chosen), chosen, fitted);
    };
    assert.equal(count('file:///d/set', 'file:///d/set', 'good/a.png', 'x.png'), 1);
    assert.equal(count('file:///d/set/good', 'file:///d/set', 'a.png', 'b c.png', 'c.png'), 2);
    assert.equal(count('file:///d', 'file:///d/set', 'set/good/a.png', 'good/a.png'), 1);
    assert.equal(count('file:///d/set2', 'file:///d/set', 'good/a.png'), 0);
    assert.equal(count('file:///d/set', null, 'good/a.png'), 0);
  });
});

describe('a threshold over labelled scores', () => {
  const good = Float64Array.of(1, 2, 2, 3);
  const bad = Float64Array.of(2, 4, 5);

  it('flags what is greater, never what is equal', () => {
    for (const threshold of [0, 1, 1.5, 2, 3, 4.5, 5, 9]) {
      assert.equal(countAbove(good, threshold), good.filter((score) => score > threshold).length);
      assert.equal(countAbove(bad, threshold), bad.filter((score) => score > threshold).length);
    }
    assert.deepEqual(confusionAt(good, bad, 2), {
      ...{ truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 3 },
      ...{ falsePositiveRate: 1 / 4, truePositiveRate: 2 / 3, precision: 2 / 3 },
    });
    assert.ok(Number.isNaN(confusionAt(good, bad, 9).precision));
  });

  it('just below a score flags that score and nothing less', () => {
    assert.equal(justBelow(4, good, bad), 3.5);
    assert.equal(justBelow(2, good, bad), 1.5);
    const lowest = justBelow(1, good, bad);
    assert.ok(lowest < 1 && countAbove(good, lowest) === 4);
  });
});

describe('what the calibration promised', () => {
  // Σ C(j + n − k, j)·C(m − j + k − 1, m − j) / C(m + n, m) for j from `flagged` to m = `good`, in exact fractions.
  const expected = [
    { n: 12, rate: 1 / 13, flagged: 10, good: 80, chance: 0.2283411957068848 },
    { n: 12, rate: 1 / 13, flagged: 40, good: 80, chance: 0.0005688084465806745 },
    { n: 400, rate: 0.01, flagged: 5, good: 400, chance: 0.3625929199298418 },
    { n: 400, rate: 0.01, flagged: 20, good: 400, chance: 0.00020435296803908876 },
    { n: 6000, rate: 0.01, flagged: 160, good: 10_000, chance: 0.000583535432613606 },
    { n: 1, rate: 0.5, flagged: 1, good: 1, chance: 0.5 },
  ];

  it('makes so many false alarms as likely as counting all orders of the scores does', () => {
    for (const { n, rate, flagged, good, chance } of expected) {
      const ours = chanceOfSoMany({ calibrationImages: n, falsePositiveRate: rate }, flagged, good);
      assert.ok(Math.abs(ours / chance - 1) < 1e-9, `${flagged} of ${good}: ${ours}, not ${chance}`);
    }
    const terms = { calibrationImages: 400, falsePositiveRate: 0.01 };
    assert.ok(Math.abs(chanceOfSoMany(terms, 0, 400) - 1) < 1e-9);
    assert.ok(chanceOfSoMany(terms, 400, 400) > 0);
  });

  it('is called broken only where chance does not explain it', () => {
    const few = { threshold: 1, calibrationImages: 12, falsePositiveRate: 1 / 13 };
    const many = { threshold: 1, calibrationImages: 400, falsePositiveRate: 0.01 };
    assert.equal(promiseWarning(few, 10, 80), null);
    assert.match(
      promiseWarning(few, 40, 80) ?? '',
      /^40 of 80 good images are flagged .* 7\.69\u00a0% was promised.* 12 calibration images, .* in 0\.0569\u00a0% of cases/,
    );
    assert.match(promiseWarning(many, 60, 400) ?? '', /less than 0\.01\u00a0% of cases/);
    assert.equal(promiseWarning(many, 4, 400), null);
    assert.equal(promiseWarning(many, 0, 0), null);
  });
});

describe('a run over labelled images', () => {
  const calibration = Float64Array.from({ length: 100 }, (_, i) => i / 100);
  const judged = (score: number): JudgedImage => ({
    verdict: judge(score, calibration, conformalThreshold(calibration, 0.05)),
    ...{ readings: [], autoencoder: score / 2, pca: null },
    thumbnail: { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(score) },
  });
  const folder = folderOf([
    'ground_truth/bent/1_mask.png',
    ...['test/bent/1.png', 'test/bent/3.png', 'test/good/2.png', 'test/good/0.png', 'test/good/x.png'],
  ]);
  const chosen: ChosenFolder[] = [{ role: 'labelled', folder }];

  async function evaluate(synthetic: boolean, signal = new AbortController().signal) {
    const asked: unknown[] = [];
    const scoreOf = (name: string): number => Number(/(\d+)\.png$/.exec(name)?.[1] ?? NaN);
    const call = async (method: keyof ForwardApi, params: Record<string, unknown>): Promise<unknown> => {
      const name = String(params['name']);
      if (name.endsWith('x.png')) throw new Error('cut short');
      switch (method) {
        case 'judge':
          asked.push([name, params['pixels'] ?? null]);
          return judged(scoreOf(name));
        case 'judgeSynthetic':
          return {
            good: judged(scoreOf(name)),
            defects: [{ kind: 'blob', judged: judged(scoreOf(name) + 1) }],
          };
        case 'measureScores':
          return measureScores(params as never);
        default:
          return null;
      }
    };
    const worker = { call } as unknown as RunningWorker<ForwardApi>;
    const progress: number[] = [];
    const pictures = new Map<string, number>();
    const work: EvaluationWork = {
      ...{ title: 'screws', chosen, sets: labelledImages(chosen), synthetic, falseAlarmRate: 0.05, signal },
      pull: ({ only = [] }): Promise<Pack> =>
        Promise.resolve({
          segments: only.map((index) => ({
            file: { index, path: folder.paths[index] ?? '', role: 'image', label: -1, split: null },
            ...{ offset: 0, length: 1, size: 1 },
          })),
          bytes: Uint8Array.from(only),
          next: null,
        }),
      run: (work) => work(worker),
      onProgress: (done) => progress.push(done),
      onPicture: ({ path, kind }, { pixels }) => pictures.set(`${path} ${kind}`, pixels[0] ?? -1),
    };
    const result = await runEvaluation(work);
    return { result, asked, progress, pictures, work };
  }

  it('scores every image, hands masks over, names what could not be read', async () => {
    const { result, asked, progress, pictures } = await evaluate(false);
    assert.ok(result);
    assert.deepEqual(
      result.images.map(({ path, score, autoencoder }) => [path, score, autoencoder]),
      [
        ['test/bent/1.png', 1, 0.5],
        ['test/bent/3.png', 3, 1.5],
        ['test/good/2.png', 2, 1],
        ['test/good/0.png', 0, 0],
      ],
    );
    assert.equal(result.measures?.combined.auroc, 0.75);
    assert.deepEqual(
      [[...result.good], [...result.bad]],
      [
        [0, 2],
        [1, 3],
      ],
    );
    assert.deepEqual(
      result.falseAlarms.map(({ path }) => path),
      ['test/good/2.png', 'test/good/0.png'],
    );
    assert.deepEqual(
      result.missed.map(({ path }) => path),
      ['test/bent/1.png', 'test/bent/3.png'],
    );
    assert.deepEqual(
      result.unread.map(({ path, folder, kind }) => [path, folder, kind]),
      [['test/good/x.png', 0, null]],
    );
    assert.deepEqual(progress, [1, 2, 3, 4, 5]);
    // The mask’s bytes are its place in the list; a bad image without one does not count pixel by pixel.
    assert.deepEqual(asked, [
      ['test/bent/1.png', { mask: Uint8Array.of(0) }],
      ['test/bent/3.png', null],
      ['test/good/2.png', { mask: null }],
      ['test/good/0.png', { mask: null }],
    ]);
    assert.deepEqual(
      [...pictures],
      result.images.map(({ path, kind, score }) => [`${path} ${kind}`, score]),
    );
  });

  const csvLines = (result: EvaluationResult, places: readonly number[], threshold: number): string[] => {
    const rows = places.flatMap((place) => rowAt(result, place) ?? []);
    return scoresCsv(result, { rows, threshold }).trimEnd().split('\r\n');
  };

  it('is written as CSV in the order of the table, with outcomes by its threshold', async () => {
    const { result } = await evaluate(false);
    assert.ok(result);
    const calibrated = result.terms.threshold;
    const [head, ...lines] = csvLines(result, [1, 3, 0, 4], 1.5);
    assert.equal(head, 'file,label,bad,score,p,autoencoder,pca,calibrated_threshold,threshold,outcome,error');
    assert.deepEqual(lines.slice(0, 3), [
      `test/bent/3.png,bent,1,3,${1 / 101},1.5,,${calibrated},1.5,caught,`,
      `test/good/0.png,good,0,0,1,0,,${calibrated},1.5,rightly passed,`,
      `test/bent/1.png,bent,1,1,${1 / 101},0.5,,${calibrated},1.5,missed,`,
    ]);
    assert.match(lines[3] ?? '', /^test\/good\/x\.png,good,0,,,,,[\d.]+,1\.5,not read,.+/);
  });

  it('reads an image once more for its picture, a synthetic one with its defect', async () => {
    for (const synthetic of [false, true]) {
      const { result, work } = await evaluate(synthetic);
      assert.ok(result);
      for (const image of result.images)
        assert.deepEqual((await readPicture(work, image)).pixels, Uint8Array.of(image.score), image.path);
    }
    const { result, work } = await evaluate(false);
    const [image] = result?.images ?? [];
    assert.ok(image);
    const gone = {
      ...work,
      pull: () => Promise.resolve({ segments: [], bytes: new Uint8Array(), next: null }),
    };
    await assert.rejects(readPicture(gone, image), { code: 'read-failed' });
  });

  it('draws defects into the good images where there are no bad ones, and says so in the CSV', async () => {
    const { result } = await evaluate(true);
    assert.ok(result?.synthetic);
    assert.deepEqual(result.kinds, ['blob']);
    assert.deepEqual(
      result.images.map(({ path, kind, score }) => [path, kind, score]),
      [
        ['test/good/2.png', null, 2],
        ['test/good/2.png', 'blob', 3],
        ['test/good/0.png', null, 0],
        ['test/good/0.png', 'blob', 1],
      ],
    );
    assert.match(csvLines(result, [1], 0).join('\n'), /test\/good\/2\.png,synthetic blob,1,3/);
  });

  it('stopped before anything has no result', async () => {
    const abort = new AbortController();
    abort.abort();
    assert.equal((await evaluate(false, abort.signal)).result, null);
  });
});
