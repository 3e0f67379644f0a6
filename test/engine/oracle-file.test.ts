// A model file as a training job saves it, opened by PyTorch with no code of ours: the same network, the same scores.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { imageAt, type PackedImages } from '../../src/engine/data/packed-images.ts';
import { runTrainingJob, type JobPlan } from '../../src/engine/training/job.ts';
import { splitImages, type SplitIndices } from '../../src/engine/training/loaded-data.ts';
import { sampleDatasets, sampleImages } from '../../src/extension/samples/index.ts';
import { readModelFile, tensorNames } from '../../src/shared/model-file.ts';
import { notebookSpec, notebookTraining } from '../../src/shared/model-spec.ts';
import { root, skipOrFail } from '../support/data.ts';
import { largestDifference } from './support/compare.ts';
import { kernelBuilds, wasmEngine } from './support/wasm.ts';

/** Debian's Python, which python3-torch installs for; another may stand first on the PATH. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const reader = path.join(root, 'test/engine/support/read_model.py');

const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-oracle-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let torch: boolean | undefined;

/** Asked once: importing it takes seconds. */
function hasTorch(t: TestContext): boolean {
  torch ??= spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  return torch || skipOrFail(t, 'PyTorch is missing (Debian’s python3-torch)');
}

/** The first of the sample digits to train on, some of every class. */
function digits(): PackedImages {
  const [set] = sampleDatasets.filter(({ name }) => name === 'digits');
  assert.ok(set);
  const perClass = 40;
  const groups = set.groups
    .filter((group) => group.folder.startsWith('digits/train'))
    .map((group) => ({ ...group, count: perClass }));
  const images = [...sampleImages(1, [{ ...set, groups }])];
  const count = images.length;
  assert.equal(count, 10 * perClass);
  const pixels = new Uint8Array(count * 28 * 28);
  images.forEach((image, n) => pixels.set(image.pixels, n * 28 * 28));
  return {
    shape: { height: 28, width: 28, channels: 1 },
    count,
    pixels,
    labels: Int32Array.from({ length: count }, (_, n) => Math.floor(n / perClass)),
    wanted: new Int8Array(count).fill(-1),
    files: Int32Array.from({ length: count }, (_, n) => n),
    positions: new Int32Array(count),
    paths: images.map((image) => image.path),
    classes: groups.map((group) => ({ name: path.basename(group.folder), count: perClass })),
    skipped: [],
    skippedCount: 0,
    fingerprint: 'digits',
  };
}

const plan: JobPlan = {
  jobId: 'job',
  name: 'digits',
  dataset: {
    id: 'digits',
    name: 'digits',
    uri: 'file:///digits',
    kind: 'folder',
    files: 400,
    images: 400,
    bytes: null,
    classes: [],
    splits: null,
    skipped: [],
    skippedCount: 0,
    cut: null,
  },
  location: 'digits',
  spec: notebookSpec,
  fit: 'contain',
  training: { ...notebookTraining, epochs: 12, batchSize: 32 },
  falseAlarmRate: 0.01,
  checkpoint: null,
};

interface TrainedFile {
  readonly bytes: Uint8Array;
  readonly split: SplitIndices;
}

async function train(build: (typeof kernelBuilds)[number], images: PackedImages): Promise<TrainedFile> {
  const split = splitImages(images, plan.training.seed);
  let last = new Uint8Array(0);
  const outcome = await runTrainingJob(
    plan,
    {
      writtenBy: 'test',
      now: () => '2026-01-01T00:00:00.000Z',
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      load: async () => ({ images, split }),
      chooseEngine: async () => ({ engine: await wasmEngine(build), reason: 'WASM: in a test' }),
      fallbackEngine: () => wasmEngine(build).then((engine) => ({ engine, reason: 'WASM: in a test' })),
      save: async (bytes) => {
        last = Uint8Array.from(bytes);
        return { savedAs: 'digits.lens.safetensors' };
      },
      snapshot: () => undefined,
      log: () => undefined,
    },
    new AbortController().signal,
  );
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  return { bytes: last, split };
}

interface PythonResult {
  readonly scores: readonly number[];
  readonly others: readonly string[];
  readonly format: string;
}

/** What PyTorch makes of the file: scores of the images at `indices`. */
function openInPyTorch(bytes: Uint8Array, images: PackedImages, indices: Uint32Array): PythonResult {
  const [model, raw] = [path.join(folder, 'digits.lens.safetensors'), path.join(folder, 'images')];
  writeFileSync(model, bytes);
  writeFileSync(raw, Buffer.concat([...indices].map((index) => imageAt(images, index))));
  const output = execFileSync(python, [reader, model, raw], { encoding: 'utf8' });
  return JSON.parse(output) as PythonResult;
}

const doubles = (file: ReturnType<typeof readModelFile>, name: string): Float64Array => {
  const data = file.tensors.get(name)?.data;
  assert.ok(data instanceof Float64Array, name);
  return data;
};

for (const build of kernelBuilds) {
  test(`${build}: PyTorch opens the saved model and scores images as we do`, async (t) => {
    if (!hasTorch(t)) return;
    const images = digits();
    const { bytes, split } = await train(build, images);
    const file = readModelFile(bytes);

    const ours = doubles(file, tensorNames.validationScores);
    assert.ok(ours.length >= 40 && new Set(ours).size > 30, 'scores that tell images apart');
    const { scores, others, format } = openInPyTorch(
      bytes,
      images,
      Uint32Array.of(...split.validation, ...split.calibration),
    );
    const error = largestDifference(ours, scores.slice(0, ours.length));
    const calibration = scores.slice(ours.length).sort((a, b) => a - b);
    const calibrationError = largestDifference(doubles(file, tensorNames.calibrationScores), calibration);

    t.diagnostic(`largest difference: validation ${error}, calibration ${calibrationError}`);
    assert.ok(error <= 1e-6, `validation scores differ by ${error}`);
    assert.ok(calibrationError <= 1e-6, `calibration scores differ by ${calibrationError}`);
    // A model that learned nothing would make agreement cheap.
    assert.ok(
      Math.max(...ours) < 0.2 && (file.card.history.at(-1)?.train ?? 1) < 0.09,
      'the model was trained',
    );
    assert.equal(format, 'pt');
    assert.ok(others.includes(tensorNames.calibrationScores));
  });
}
