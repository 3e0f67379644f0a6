// `npm run evaluate` as it is typed: the built worker, real images, the last line of stdout, exit codes, Ctrl-C.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { PrintedProtocol } from '../../scripts/evaluate/protocol/result.ts';
import type { PrintedResult } from '../../scripts/evaluate/result.ts';
import {
  encodeGrayPng,
  sampleDatasets,
  sampleImages,
  type SampleImage,
} from '../../src/extension/samples/index.ts';
import { root } from '../support/data.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-evaluate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const side = 28;
/** Images drawn of each class or kind. */
const perGroup = { train: 40, good: 60, bad: 10 } as const;

const [trainFolder, goodFolder, badFolder] = ['train', 'test/good', 'test/rotated'].map((name) =>
  path.join(folder, 'digits', name),
) as [string, string, string];
const idxImages = path.join(folder, 'idx', 'train-images-idx3-ubyte.gz');

function drawDigits(): SampleImage[] {
  const groups = sampleDatasets
    .flatMap((set) => set.groups)
    .filter((group) => /^digits\/(train|test\/(good|rotated))/.test(group.folder))
    .map((group) => {
      const kind = group.folder.startsWith('digits/train') ? 'train' : group.anomalous ? 'bad' : 'good';
      return { ...group, count: perGroup[kind] };
    });
  return [
    ...sampleImages(
      1,
      sampleDatasets.slice(0, 1).map((set) => ({ ...set, groups })),
    ),
  ];
}

/** A big-endian IDX header of unsigned bytes, and the bytes. */
function idx(sizes: readonly number[], bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return gzipSync(Buffer.concat([header, bytes]));
}

before(() => {
  const images = drawDigits();
  for (const image of images) {
    const file = path.join(folder, image.path);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, encodeGrayPng(image.width, image.height, image.pixels));
  }
  const train = images.filter((image) => image.path.startsWith('digits/train'));
  mkdirSync(path.dirname(idxImages));
  const pixels = Buffer.concat(train.map((image) => image.pixels));
  writeFileSync(idxImages, idx([train.length, side, side], pixels));
  const labels = Uint8Array.from(train, (image) => Number(image.path.split('/')[2]));
  writeFileSync(path.join(folder, 'idx', 'train-labels-idx1-ubyte.gz'), idx([train.length], labels));
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['scripts/evaluate.mjs', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (more: string) => (text[name] += more));
  }
  const ended = new Promise<Run>((resolve) => child.once('close', (code) => resolve({ code, ...text })));
  return { child, text, ended };
}

async function evaluate(...args: string[]): Promise<PrintedResult> {
  const { code, stdout, stderr } = await start(args).ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as PrintedResult;
}

test('folders: trains, calibrates, and measures on good and bad images', async () => {
  const out = path.join(folder, 'results', 'digits.json');
  const result = await evaluate(
    ...['--train', trainFolder, '--good', goodFolder, '--bad', badFolder, '--bad', goodFolder],
    ...['--epochs', '3', '--latent', '8', '--seed', '5', '--engine', 'wasm', '--out', out],
  );
  assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), result);
  assert.equal(result.engine, 'wasm');
  assert.match(result.build, /^wasm-(fma|simd)-\d+$/);
  const { height, width, channels, latent, recipe } = result.spec;
  assert.deepEqual(
    { height, width, channels, latent, recipe },
    {
      ...{ height: side, width: side, channels: 1, latent: 8, recipe: 'detector' },
    },
  );
  assert.deepEqual([result.recipe, result.seed, result.training.epochs], ['detector', 5, 3]);
  // 400 images: a tenth to validate on, and the hundred for calibration that a rate of 1 % needs.
  const { fit, validation, calibration, ...others } = result.counts;
  assert.deepEqual(others, { test: 0, good: 60, bad: 70 });
  // A cluster of near-duplicates is never cut: a set may come out a little smaller.
  assert.equal(fit + validation + calibration, 400);
  assert.ok(calibration > 95 && calibration <= 100 && validation > 35 && validation <= 40);
  const counted = result.calibration?.images ?? 0;
  assert.ok(counted > 80 && counted <= calibration);
  assert.deepEqual(result.calibration, {
    ...{ images: counted, requestedRate: 0.01, promisedRate: Math.max(0.01, 1 / (counted + 1)) },
  });
  assert.equal(result.score, 'combined');
  assert.equal(result.loss.train.length, 3);
  assert.equal(result.loss.validation.length, 3);
  assert.ok((result.loss.train[2] ?? 1) < (result.loss.train[0] ?? 0), 'the loss falls');
  assert.ok(Number.isFinite(result.threshold));
  const { falsePositiveRate: rate } = result;
  assert.ok(rate !== null && rate >= 0 && rate <= 1 && Number.isInteger(Math.round(rate * 60 * 1e6) / 1e6));
  assert.equal('notebookRule' in result, false);

  const [rotated, good] = result.bad;
  assert.ok(rotated && good);
  assert.deepEqual([rotated.path, rotated.count, good.count], [badFolder, perGroup.bad, perGroup.good]);
  assert.deepEqual(rotated.pca?.components, 8);
  assert.deepEqual(Object.keys(rotated.auroc ?? {}), ['combined', 'structure', 'orientation', 'mse']);
  // The good images against themselves tell nothing apart, whatever was learned.
  assert.ok(Math.abs((good.auroc?.['combined'] ?? 0) - 0.5) < 1e-9);
  assert.ok(Math.abs((good.pca?.auroc ?? 0) - 0.5) < 1e-9);
  assert.equal(good.caught, rate);
});

test('IDX files by class: the notebook’s protocol fits all, calibrates nothing, and has the notebook’s threshold', async () => {
  const result = await evaluate(
    ...['--preset', 'notebook', '--train', `${idxImages}#label!=3`, '--validation', `${idxImages}#label=3`],
    ...['--epochs', '1', '--engine', 'wasm'],
  );
  assert.deepEqual(result.counts, { fit: 360, validation: 40, calibration: 0, test: 0, good: 0, bad: 0 });
  assert.equal(result.recipe, 'notebook');
  assert.deepEqual(result.spec.corruption, { noise: 0, erase: 0 });
  assert.deepEqual([result.threshold, result.falsePositiveRate, result.calibration], [null, null, null]);
  const { notebookRule } = result;
  assert.ok(
    notebookRule && notebookRule.threshold > 0 && notebookRule.flagged >= 0 && notebookRule.flagged <= 1,
  );
});

test('a protocol: one class against the others, as a part, in one JSON object', async () => {
  const { code, stdout, stderr } = await start([
    ...['--protocol', 'one-class', '--data', path.dirname(idxImages), '--classes', '3', '--seeds', '0,1'],
    ...['--epochs', '1', '--engine', 'wasm'],
  ]).ended;
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as PrintedProtocol;
  assert.deepEqual([result.protocol, result.part, result.seeds], ['one-class', ['3'], [0, 1]]);
  const { combined } = result.auroc;
  assert.ok(combined && combined.min <= combined.mean && combined.mean <= combined.max && combined.max <= 1);
  assert.deepEqual(
    result.runs.map(({ name, counts }) => [name, counts.good, counts.bad]),
    [
      ['3', 12, 108],
      ['3', 12, 108],
    ],
  );
  assert.equal(result.pca.components, 20);
  assert.match(stderr, /combined: AUROC/);
});

const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an option that is not there', ['--train', trainFolder, '--speed', '9'], /There is no option --speed/],
  ['too few images', ['--train', badFolder], /too few images/],
  [
    'a protocol on a folder that is not there',
    ['--protocol', 'holdout', '--data', path.join(badFolder, 'nowhere')],
    /there is no such folder/,
  ],
  ['a class that is not there', ['--train', `${idxImages}#label=12`], /“12”/],
];

for (const [what, args, sentence] of refused) {
  test(`refused with exit code 2: ${what}`, async () => {
    const { code, stdout, stderr } = await start([...args, '--engine', 'wasm']).ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr.trimEnd().split('\n').at(-1) ?? '', sentence);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    assert.doesNotMatch(stdout, /\{/);
  });
}

/** Processes that carry a variable of ours, by /proc. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

test('Ctrl-C ends everything that was started', { skip: process.platform !== 'linux' }, async () => {
  const mark = randomUUID();
  const { child, text, ended } = start(['--train', trainFolder, '--epochs', '10000', '--engine', 'wasm'], {
    LATENT_LENS_EVALUATE_TEST: mark,
  });
  while (!text.stderr.includes('training') && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(marked(mark).length > 1, `a browser runs: ${text.stderr}`);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  assert.doesNotMatch(stdout, /\{/);
  // The last of the browser's processes may need a moment to be reaped.
  for (let tries = 0; tries < 100 && marked(mark).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(marked(mark), []);
});
