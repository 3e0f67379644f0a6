import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { runTrainingJob, type JobEnvironment, type JobPlan } from '../../../src/engine/training/job.ts';
import { splitImages, type LoadedData } from '../../../src/engine/training/loaded-data.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { readModelFile, tensorNames, type ModelFile } from '../../../src/shared/model-file.ts';
import type { JobSnapshot } from '../../../src/shared/protocol/engine.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { conformalThreshold } from '../../../src/shared/verdict.ts';
import { wasmEngine } from '../support/wasm.ts';

/** 180 images of blurred spots, 12×9, in three classes. */
function spots(brighter = 0): LoadedData {
  const [height, width, count] = [12, 9, 180];
  const pixels = new Uint8Array(count * height * width);
  const labels = Int32Array.from({ length: count }, (_, n) => n % 3);
  for (let n = 0; n < count; n++) {
    const next = keyedRandom(1, n);
    const cy = 2 + uniform(next) * (height - 4);
    const cx = 2 + uniform(next) * (width - 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const distance = (y - cy) ** 2 + (x - cx) ** 2;
        pixels[(n * height + y) * width + x] = Math.min(255, brighter + 230 * Math.exp(-distance / 6));
      }
    }
  }
  const images = {
    shape: { height, width, channels: 1 as const },
    count,
    pixels,
    labels,
    wanted: new Int8Array(count).fill(-1),
    files: Int32Array.from({ length: count }, (_, n) => n),
    positions: new Int32Array(count),
    paths: Array.from({ length: count }, (_, n) => `${n}.png`),
    classes: ['a', 'b', 'c'].map((name) => ({ name, count: 60 })),
    skipped: [],
    skippedCount: 0,
    fingerprint: `spots-${brighter}`,
  };
  return { images, split: splitImages(images, 7) };
}

const plan: JobPlan = {
  jobId: 'job',
  name: 'spots',
  dataset: {
    id: 'd',
    name: 'spots',
    uri: 'file:///spots',
    kind: 'folder',
    files: 180,
    images: 180,
    bytes: 1,
    classes: [],
    splits: null,
    skipped: [],
    skippedCount: 0,
    cut: null,
  },
  location: 'spots',
  spec: {
    height: 12,
    width: 9,
    channels: 1,
    latent: 6,
    variant: 'plain',
    recipe: 'detector',
    corruption: { noise: 0.1, erase: 1 },
    loss: 'mse',
  },
  fit: 'contain',
  training: { epochs: 3, batchSize: 16, learningRate: 1e-3, weightDecay: 1e-5, seed: 11 },
  falseAlarmRate: 0.05,
  checkpoint: null,
};

interface Run {
  readonly environment: JobEnvironment;
  readonly saved: Uint8Array[];
  readonly snapshots: JobSnapshot[];
  readonly log: string[];
}

function makeRun(overrides: Partial<JobEnvironment> = {}): Run {
  const saved: Uint8Array[] = [];
  const snapshots: JobSnapshot[] = [];
  const log: string[] = [];
  const environment: JobEnvironment = {
    writtenBy: 'test',
    now: () => '2026-01-01T00:00:00.000Z',
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    load: async () => spots(),
    chooseEngine: async () => ({ engine: await wasmEngine('simd'), reason: 'WASM: in a test' }),
    fallbackEngine: async () => ({ engine: await wasmEngine('simd'), reason: 'WASM: the GPU was lost' }),
    save: async (bytes) => {
      saved.push(bytes);
      return { savedAs: 'spots.lens.safetensors' };
    },
    snapshot: (snapshot) => snapshots.push(snapshot),
    log: (_level, text) => log.push(text),
    ...overrides,
  };
  return { environment, saved, snapshots, log };
}

/** An engine with some of its members replaced. */
const replacing = (engine: Engine, members: Partial<Engine>): Engine =>
  new Proxy(engine, {
    get: (target, key) => {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** An engine that calls back after every training step. */
function counting(engine: Engine, afterStep: (step: number) => void, kind = engine.info.kind): Engine {
  let steps = 0;
  return replacing(engine, {
    info: { ...engine.info, kind },
    trainStep: async (batch, optimizer) => {
      await engine.trainStep(batch, optimizer);
      afterStep(++steps);
    },
  });
}

const lastFile = (run: Run): ModelFile => readModelFile(run.saved.at(-1) ?? new Uint8Array(0));

function assertSameParameters(actual: ModelFile, expected: ModelFile): void {
  const names = [...expected.tensors.keys()].filter(
    (name) => /\.(weight|bias)$/.test(name) && !/adam/.test(name),
  );
  assert.ok(names.length >= 12);
  for (const name of names) {
    assert.deepEqual(actual.tensors.get(name)?.data, expected.tensors.get(name)?.data, name);
  }
}

async function unbroken(): Promise<ModelFile> {
  const run = makeRun();
  const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  return lastFile(run);
}

/** Stops a run after `steps` training steps and answers its last file. */
async function stoppedAfter(steps: number): Promise<ModelFile> {
  const abort = new AbortController();
  const run = makeRun({
    chooseEngine: async () => ({
      engine: counting(await wasmEngine('simd'), (step) => {
        if (step === steps) abort.abort();
      }),
      reason: 'WASM: in a test',
    }),
  });
  const outcome = await runTrainingJob(plan, run.environment, abort.signal);
  assert.equal(outcome.state, 'stopped');
  assert.equal(outcome.savedAs, 'spots.lens.safetensors');
  return lastFile(run);
}

test('a job ends with a complete, calibrated model file', async () => {
  const file = await unbroken();
  const { card } = file;
  assert.equal(card.progress.state, 'finished');
  assert.deepEqual(
    card.history.map((record) => record.epoch),
    [1, 2, 3],
  );
  assert.ok((card.history[2]?.train ?? 1) < (card.history[0]?.train ?? 0), 'the loss falls');
  const scores = file.tensors.get(tensorNames.calibrationScores)?.data;
  assert.ok(scores instanceof Float64Array);
  assert.equal(scores.length, card.dataset.split.calibration);
  assert.equal(card.calibration?.threshold, conformalThreshold(scores, 0.05).threshold);
  assert.equal(file.tensors.has(tensorNames.adamStep), false, 'a finished model carries no optimiser state');
  const { fit, validation, calibration, test: unseen } = card.dataset.split;
  assert.equal(fit + validation + calibration + unseen, 180);
  const epochs = file.tensors.get(tensorNames.exampleEpochs)?.data;
  assert.deepEqual([...(epochs ?? [])], [0, 3]);
});

test('snapshots are complete, go through the phases in order, and count up', async () => {
  const run = makeRun();
  await runTrainingJob(plan, run.environment, new AbortController().signal);
  const phases = run.snapshots.map((snapshot) => snapshot.phase);
  assert.deepEqual([...new Set(phases)], ['reading', 'training', 'calibrating', 'saving']);
  const last = run.snapshots.at(-1);
  assert.equal(last?.card?.progress.state, 'finished');
  assert.equal(last?.examples?.count, 8);
  assert.equal(last?.reconstructions?.length, 8 * 12 * 9);
  assert.match(last?.engine?.build ?? '', /^wasm-simd/);
});

test('stopped in mid-epoch and resumed, the parameters are bit for bit those of the unbroken run', async () => {
  const whole = await unbroken();
  for (const steps of [3, whole.card.progress.stepsPerEpoch, whole.card.progress.stepsPerEpoch + 4]) {
    const checkpoint = await stoppedAfter(steps);
    assert.equal(checkpoint.card.progress.state, 'stopped');
    const { epoch, step, stepsPerEpoch } = checkpoint.card.progress;
    assert.ok(epoch * stepsPerEpoch + step >= steps);
    const run = makeRun();
    const outcome = await runTrainingJob(
      { ...plan, checkpoint },
      run.environment,
      new AbortController().signal,
    );
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    assert.equal(outcome.resumeNote, null);
    const resumed = lastFile(run);
    assertSameParameters(resumed, whole);
    assert.deepEqual(
      resumed.card.history.map(({ train, validation }) => [train, validation]),
      whole.card.history.map(({ train, validation }) => [train, validation]),
    );
  }
});

test('a stopped model shows its examples as it left them, and going on forgets that picture again', async () => {
  const { stepsPerEpoch } = (await unbroken()).card.progress;
  const checkpoint = await stoppedAfter(2 * stepsPerEpoch);
  const epochsOf = ({ tensors }: ModelFile): number[] => [
    ...(tensors.get(tensorNames.exampleEpochs)?.data ?? []),
  ];
  assert.deepEqual(epochsOf(checkpoint), [0, 2]);
  const pictures = checkpoint.tensors.get(tensorNames.exampleReconstructions)?.data ?? [];
  const half = pictures.length / 2;
  assert.notDeepEqual([...pictures.slice(0, half)], [...pictures.slice(half)]);
  const run = makeRun();
  await runTrainingJob({ ...plan, checkpoint }, run.environment, new AbortController().signal);
  assert.deepEqual(epochsOf(lastFile(run)), [0, 3]);
});

test('a stopped model is calibrated too, so that it can be used', async () => {
  const checkpoint = await stoppedAfter(2);
  assert.ok(checkpoint.card.calibration);
  assert.ok(checkpoint.tensors.has(tensorNames.adamStep));
});

test('resumed on changed images or another build, the outcome says why it is not the unbroken run', async () => {
  const checkpoint = await stoppedAfter(5);
  const changed = makeRun({ load: async () => spots(10) });
  const outcome = await runTrainingJob(
    { ...plan, checkpoint },
    changed.environment,
    new AbortController().signal,
  );
  assert.equal(outcome.state, 'finished');
  assert.match(outcome.resumeNote ?? '', /images have changed/);
  const other = {
    ...checkpoint,
    card: { ...checkpoint.card, engine: { ...checkpoint.card.engine, build: 'wasm-x' } },
  };
  const rebuilt = await runTrainingJob(
    { ...plan, checkpoint: other },
    makeRun().environment,
    new AbortController().signal,
  );
  assert.match(rebuilt.resumeNote ?? '', /made by wasm-x/);
});

for (const code of ['device-lost', 'engine-failed'] as const) {
  test(`a GPU's end (${code}) costs nothing but time: the fallback goes on from the last checkpoint`, async () => {
    const whole = await unbroken();
    const run = makeRun({
      chooseEngine: async () => ({
        engine: counting(
          await wasmEngine('simd'),
          (step) => {
            if (step === 12) throw new LensError(code, 'The GPU was lost.');
          },
          'webgpu',
        ),
        reason: 'WebGPU: in a test',
      }),
    });
    const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
    assert.equal(outcome.state, 'finished', outcome.error?.message);
    assertSameParameters(lastFile(run), whole);
    assert.equal(lastFile(run).card.engine.reason, 'WASM: the GPU was lost');
    assert.ok(run.log.some((line) => /Going on with WASM/.test(line)));
  });
}

test('a checkpoint that cannot be saved at the end fails the job with its sentence', async () => {
  const run = makeRun({
    save: async () => {
      throw new LensError('disk-full', 'The disk is full.');
    },
  });
  const outcome = await runTrainingJob(plan, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'failed');
  assert.equal(outcome.error?.code, 'disk-full');
  assert.equal(outcome.savedAs, null);
});

test('a loss that is no number stops the job in words', async () => {
  const diverging = { ...plan, training: { ...plan.training, learningRate: 1, epochs: 50 } };
  const run = makeRun({
    chooseEngine: async () => ({
      engine: replacing(await wasmEngine('simd'), { takeLosses: async () => [Number.NaN] }),
      reason: 'WASM: in a test',
    }),
  });
  const outcome = await runTrainingJob(diverging, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'failed');
  assert.equal(outcome.error?.code, 'diverged');
  assert.match(outcome.error?.message ?? '', /epoch 1.*learning rate/);
});

test('stopped while reading, nothing is written', async () => {
  const abort = new AbortController();
  const run = makeRun({
    load: async (_plan, signal) => {
      abort.abort();
      assert.ok(signal.aborted);
      throw new LensError('cancelled', 'Cancelled.');
    },
  });
  const outcome = await runTrainingJob(plan, run.environment, abort.signal);
  assert.equal(outcome.state, 'stopped');
  assert.equal(outcome.savedAs, null);
  assert.equal(run.saved.length, 0);
});
