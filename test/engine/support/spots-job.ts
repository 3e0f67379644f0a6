// A small training job over images that are drawn here: what tests of jobs stop, resume and break.
import assert from 'node:assert/strict';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { runTrainingJob, type JobEnvironment, type JobPlan } from '../../../src/engine/training/job.ts';
import { splitImages, type LoadedData } from '../../../src/engine/training/loaded-data.ts';
import { readModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import type { JobSnapshot } from '../../../src/shared/protocol/engine.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { wasmEngine } from './wasm.ts';

/** 180 images of blurred spots, 12×9, in three classes. */
export function spots(brighter = 0): LoadedData {
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

export const plan: JobPlan = {
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

export interface Run {
  readonly environment: JobEnvironment;
  readonly saved: Uint8Array[];
  readonly snapshots: JobSnapshot[];
  readonly log: string[];
}

export function makeRun(overrides: Partial<JobEnvironment> = {}): Run {
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
export const replacing = (engine: Engine, members: Partial<Engine>): Engine =>
  new Proxy(engine, {
    get: (target, key) => {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** An engine that calls back after every training step. */
export function counting(engine: Engine, afterStep: (step: number) => void, kind = engine.info.kind): Engine {
  let steps = 0;
  return replacing(engine, {
    info: { ...engine.info, kind },
    trainStep: async (batch, optimizer) => {
      await engine.trainStep(batch, optimizer);
      afterStep(++steps);
    },
  });
}

export const lastFile = (run: Run): ModelFile => readModelFile(run.saved.at(-1) ?? new Uint8Array(0));

export function assertSameParameters(actual: ModelFile, expected: ModelFile): void {
  const names = [...expected.tensors.keys()].filter(
    (name) => /\.(weight|bias)$/.test(name) && !/adam/.test(name),
  );
  assert.ok(names.length >= 12);
  for (const name of names) {
    assert.deepEqual(actual.tensors.get(name)?.data, expected.tensors.get(name)?.data, name);
  }
}

/** The file of a whole run. */
export async function unbroken(of: JobPlan = plan): Promise<ModelFile> {
  const run = makeRun();
  const outcome = await runTrainingJob(of, run.environment, new AbortController().signal);
  assert.equal(outcome.state, 'finished', outcome.error?.message);
  return lastFile(run);
}

/** Stops a run after `steps` training steps and answers its last file. */
export async function stoppedAfter(steps: number, of: JobPlan = plan): Promise<ModelFile> {
  const abort = new AbortController();
  const run = makeRun({
    chooseEngine: async () => ({
      engine: counting(await wasmEngine('simd'), (step) => {
        if (step === steps) abort.abort();
      }),
      reason: 'WASM: in a test',
    }),
  });
  const outcome = await runTrainingJob(of, run.environment, abort.signal);
  assert.equal(outcome.state, 'stopped');
  assert.equal(outcome.savedAs, 'spots.lens.safetensors');
  return lastFile(run);
}
