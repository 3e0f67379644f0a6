/** A worker that speaks the engine's contract and learns nothing. What it does follows from the data set's id. */
import { cancelled, LensError } from '../../../src/shared/errors.ts';
import type { ProjectionCard } from '../../../src/shared/model-card.ts';
import type {
  EngineApi,
  EngineHostApi,
  JobOutcome,
  JobSnapshot,
  ProjectionOutcome,
  ProjectionSnapshot,
  ProjectRequest,
  RecalibrateRequest,
  RecalibrationOutcome,
  TrainRequest,
} from '../../../src/shared/protocol/engine.ts';
import { connect, portChannel } from '../../../src/shared/rpc.ts';
import { packStart } from '../../../src/shared/transport.ts';
import {
  cardOf,
  engineCard,
  examplesOf,
  historyOf,
  inspectionOf,
  lossAt,
  modelFileOf,
  recalibrationOf,
  reconstructionsOf,
  surveyOf,
  type Kind,
} from './samples.ts';

const stepsPerEpoch = 25;
const epochs = 20;
let stopped: (() => void) | undefined;

const kindOf = (name: string): Kind => (name === 'parts' ? 'parts' : 'digits');

function snapshotOf(jobId: string, name: string, kind: Kind, done: number): JobSnapshot {
  const complete = Math.floor(done / stepsPerEpoch);
  const step = done % stepsPerEpoch;
  return {
    jobId,
    name,
    phase: 'training',
    done,
    total: epochs * stepsPerEpoch,
    card: cardOf(kind, { state: 'training', epochs: complete }),
    engine: engineCard,
    imagesPerSecond: 1224,
    secondsLeft: (epochs * stepsPerEpoch - done) * 0.052,
    history: historyOf(complete),
    runningLosses: Float32Array.from({ length: step }, (_, i) => lossAt(complete + i / stepsPerEpoch, 1)),
    examples: examplesOf(kind),
    reconstructions: reconstructionsOf(kind, complete),
    skipped: [],
    skippedCount: 0,
    warning: null,
  };
}

const outcome = (jobId: string, rest: Partial<JobOutcome>): JobOutcome => ({
  jobId,
  state: 'finished',
  error: null,
  savedAs: null,
  card: null,
  resumeNote: null,
  ...rest,
});

const host = connect<EngineApi, EngineHostApi>(portChannel(self as unknown as Worker), {
  start: ({ kernels }) => {
    if (!(kernels.simd instanceof ArrayBuffer) || !(kernels.fma instanceof ArrayBuffer)) {
      throw new LensError('engine-unavailable', 'The kernels did not arrive.');
    }
  },
  survey: async ({ dataset }, { signal }) => {
    host.send('progress', { text: 'Looking at the images', done: 120, total: 200 });
    if (dataset.id === 'endless') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      host.send('log', { level: 'info', text: 'survey cancelled' });
    }
    if (dataset.id === 'no-images') {
      throw new LensError(
        'invalid-dataset',
        'There is no image that can be read in “digits”; choose another folder.',
      );
    }
    return surveyOf(dataset);
  },
  inspect: async ({ dataset, spec, fit }, { signal }) => {
    host.send('log', { level: 'info', text: `inspect ${spec.height} ${spec.width} ${spec.recipe} ${fit}` });
    host.send('progress', { text: 'Inspecting images', done: 700, total: 2000 });
    if (dataset.id === 'long') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      host.send('log', { level: 'info', text: 'inspection cancelled' });
      throw cancelled();
    }
    if (dataset.id === 'torn') throw new LensError('read-failed', '“digits” could not be read to its end.');
    return inspectionOf(dataset);
  },
  train,
  resume: async ({ jobId, model, dataset }) => {
    host.send('log', { level: 'info', text: `resume ${jobId} ${model.length} ${model.at(-1) ?? -1}` });
    return run(jobId, dataset.name, dataset.id, kindOf(dataset.name), 7);
  },
  project,
  recalibrate,
  stop: () => stopped?.(),
  evaluateProtocol: () => {
    throw new LensError('internal', 'The fake evaluates nothing.');
  },
  evaluate: () => {
    throw new LensError('internal', 'not here');
  },
});

/** What a t-SNE does follows from its seed. */
const projectionConduct: Readonly<Record<number, 'hold' | 'poor' | 'fail'>> = {
  1: 'hold',
  2: 'poor',
  3: 'fail',
};

async function project(request: ProjectRequest): Promise<ProjectionOutcome> {
  const { jobId, kernels, model, name, ...asked } = request;
  const text = { ...asked, kernels: [kernels.simd.byteLength, kernels.fma.byteLength], bytes: model.length };
  host.send('log', { level: 'info', text: `project ${JSON.stringify(text)}` });
  const conduct = projectionConduct[asked.seed];
  const kind = kindOf(name);
  const show = (change: Partial<ProjectionSnapshot>): void =>
    host.send('projecting', {
      ...{ jobId, name, phase: 'embedding', share: 0, iteration: 0, of: asked.iterations },
      ...{ coordinates: null, count: 24, total: 2000, kl: null, engine: null },
      ...change,
    });
  show({ phase: 'neighbours', share: 0.4 });
  if (conduct === 'fail') {
    const message = 'The t-SNE is no longer a number; compute it again with a smaller perplexity.';
    return {
      jobId,
      state: 'failed',
      error: { code: 'diverged', message },
      savedAs: null,
      card: null,
      coordinates: null,
    };
  }
  for (const iteration of [100, 200, 300]) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const coordinates = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i * 37) * iteration);
    show({ share: iteration / asked.iterations, iteration, coordinates, kl: (2200 - iteration) / 1000 });
  }
  if (conduct === 'hold') await new Promise<void>((resolve) => (stopped = resolve));
  const holds = conduct === 'hold';
  const projection: ProjectionCard = {
    ...{ method: 'tsne', count: 24, perplexity: asked.perplexity, seed: asked.seed },
    ...{ iterations: holds ? 300 : asked.iterations, planned: asked.iterations, kl: holds ? 1.9 : 1.44 },
    recall: holds ? null : conduct === 'poor' ? 0.21 : 0.47,
    trustworthiness: holds ? null : 0.981,
    ...{ engine: 'wasm-fma', when: '2026-11-24T08:20:00.000Z' },
  };
  const kept = holds ? { begunProjection: projection } : { projections: [projection] };
  const card = { ...cardOf(kind), ...kept };
  const { savedAs } = await host.call('save', { jobId, name, bytes: modelFileOf(kind) });
  const state = holds ? 'stopped' : 'finished';
  return { jobId, state, error: null, savedAs, card, coordinates: new Float32Array(48) };
}

async function train(request: TrainRequest): Promise<JobOutcome> {
  const { jobId, name, dataset, ...rest } = request;
  host.send('log', { level: 'info', text: `train ${JSON.stringify({ name, ...rest })}` });
  return run(jobId, name, dataset.id, kindOf(dataset.name), 0);
}

async function run(jobId: string, name: string, id: string, kind: Kind, first: number): Promise<JobOutcome> {
  if (id === 'reading') {
    host.send('snapshot', {
      ...snapshotOf(jobId, name, kind, 0),
      phase: 'reading',
      done: 1240,
      total: 2000,
      card: null,
      imagesPerSecond: null,
      secondsLeft: null,
      examples: null,
      reconstructions: null,
    });
    await new Promise<void>((resolve) => (stopped = resolve));
    return outcome(jobId, { state: 'stopped' });
  }
  if (id === 'pull') {
    const pack = await host.call('pull', { source: id, cursor: packStart });
    host.send('log', { level: 'info', text: `pulled ${pack.bytes.length} ${pack.bytes.at(-1) ?? -1}` });
  }
  const steps = [0.4, 1, 2.5, 4, 5.2, 6, 6.64].map((epoch) => Math.round((first + epoch) * stepsPerEpoch));
  for (const done of steps) {
    host.send('snapshot', snapshotOf(jobId, name, kind, done));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  switch (id) {
    case 'crash':
      setTimeout(() => {
        throw new Error('the sky fell');
      });
      await new Promise(() => undefined);
      break;
    case 'memory':
      setTimeout(() => {
        throw new RangeError('Array buffer allocation failed');
      });
      await new Promise(() => undefined);
      break;
    case 'diverge':
      await host.call('save', { jobId, name, bytes: modelFileOf(kind, { state: 'training', epochs: 6 }) });
      return outcome(jobId, {
        state: 'failed',
        savedAs: `latent-lens/${name}.lens.safetensors`,
        error: {
          code: 'diverged',
          message: 'The loss is no longer a number after epoch 6; train again with a smaller learning rate.',
        },
      });
    case 'hold': {
      await new Promise<void>((resolve) => (stopped = resolve));
      const options = { state: 'stopped', epochs: 6 } as const;
      const { savedAs } = await host.call('save', { jobId, name, bytes: modelFileOf(kind, options) });
      return outcome(jobId, { state: 'stopped', savedAs, card: cardOf(kind, options) });
    }
    case 'disk-full':
      try {
        await host.call('save', { jobId, name, bytes: modelFileOf(kind) });
      } catch (error) {
        const { code, message } = error as LensError;
        return outcome(jobId, { state: 'failed', error: { code, message } });
      }
  }
  const padding = id === 'large' ? 9 * 1024 * 1024 : 0;
  const { savedAs } = await host.call('save', { jobId, name, bytes: modelFileOf(kind, {}, padding) });
  return outcome(jobId, { savedAs, card: cardOf(kind) });
}

/** What a calibration does follows from the data set's id. */
async function recalibrate({
  jobId,
  name,
  model,
  dataset,
  falseAlarmRate,
}: RecalibrateRequest): Promise<RecalibrationOutcome> {
  host.send('log', {
    level: 'info',
    text: `recalibrate ${name} ${dataset.id} ${falseAlarmRate} ${model.length}`,
  });
  const unsaved = { jobId, savedAs: null, calibration: null, skipped: [] } as const;
  host.send('progress', { text: 'Scoring', done: 60, total: 150 });
  if (dataset.id === 'hold') {
    await new Promise<void>((resolve) => (stopped = resolve));
    return { ...unsaved, state: 'stopped', error: null };
  }
  if (dataset.id === 'trained') {
    const message =
      '“digits” was trained on images in “digits”. Choose a folder of good images that it was not trained on.';
    return { ...unsaved, state: 'failed', error: { code: 'invalid-dataset', message } };
  }
  const kind = kindOf(name);
  const calibration = recalibrationOf(kind);
  const { savedAs } = await host.call('save', { jobId, name, bytes: modelFileOf(kind, { calibration }) });
  const skipped = [{ path: 'letter.png', reason: 'This is not an image.' }];
  return { jobId, state: 'finished', error: null, savedAs, calibration, skipped };
}
