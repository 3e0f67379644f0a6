/** The engine worker: where training, surveys and evaluations run. Wiring only. */
import { LensError, cancelled } from '../shared/errors.ts';
import { readModelFile, type ModelFile } from '../shared/model-file.ts';
import type {
  EngineApi,
  EngineHostApi,
  EvaluateSet,
  JobOutcome,
  StartRequest,
} from '../shared/protocol/engine.ts';
import { connect, portChannel } from '../shared/rpc.ts';
import type { DatasetSummary } from '../shared/dataset.ts';
import type { FitMode, ModelSpec } from '../shared/model-spec.ts';
import type { EngineKind } from './backends/engine.ts';
import { selectEngine } from './backends/select.ts';
import { createWasmEngine, type HelperSource } from './backends/wasm/engine.ts';
import { startHelper } from './backends/wasm/shards/start-helper.ts';
import { inspectDataset } from './data/inspect.ts';
import type { LabelFilter } from './data/label-filter.ts';
import type { LoadCounts, LoadProgress, LoadRequest } from './data/load-request.ts';
import { loadDataset } from './data/loader.ts';
import type { PackedImages } from './data/packed-images.ts';
import type { PackedCache } from './data/packed-keeper.ts';
import type { Pull } from './data/pieces.ts';
import { survey } from './data/survey.ts';
import { createExclusive } from './exclusive.ts';
import type { Network } from './model/network.ts';
import { runProjection } from './latents/project.ts';
import { tsneProjection } from './latents/tsne.ts';
import { evaluate, type EvaluationEnvironment } from './scoring/evaluate.ts';
import { runProtocol } from './scoring/protocols/run.ts';
import { needsPlanes } from './scoring/score-model.ts';
import type { ChosenEngine } from './training/chosen-engine.ts';
import { runTrainingJob, type JobEnvironment, type JobPlan } from './training/job.ts';
import { splitByClusters } from './training/loaded-data.ts';
import { runRecalibration } from './training/recalibrate.ts';
import { createThrottle, createYield } from './training/pacing.ts';

const breathe = createYield();
let started: StartRequest | undefined;
const job = createExclusive();

const page = connect<EngineApi, EngineHostApi>(
  portChannel(self),
  {
    start: (params) => {
      started = params;
    },
    survey: ({ dataset, seed }, { signal }) => survey({ dataset, seed, pull, signal }),
    inspect: ({ spec, ...request }, { signal }) => {
      const { height, width, channels } = spec;
      return inspectDataset({
        ...request,
        ...{ shape: { height, width, channels }, planes: needsPlanes(spec), pull, signal, breathe },
        onProgress: throttledProgress(),
      });
    },
    train: (request) =>
      runJob(
        {
          jobId: request.jobId,
          name: request.name,
          dataset: request.dataset,
          location: request.location,
          spec: request.spec,
          fit: request.fit,
          training: request.training,
          falseAlarmRate: request.falseAlarmRate,
          checkpoint: null,
        },
        request.memoryBudget,
      ),
    resume: (request) =>
      runJob(
        planFrom(readModelFile(request.model), request.jobId, request.dataset, request.falseAlarmRate),
        request.memoryBudget,
      ),
    project: ({ kernels, ...plan }) =>
      job.run(plan.jobId, async (signal) =>
        runProjection(
          plan,
          {
            projection: await tsneProjection(kernels, {
              choice: requireStart().choice,
              gpu: navigator.gpu,
              log: (text) => log('info', text),
            }),
            now,
            breathe,
            save: (bytes) => save(plan, bytes),
            publish: (snapshot) => page.send('projecting', snapshot),
            log,
          },
          signal,
        ),
      ),
    recalibrate: ({ memoryBudget, ...plan }) =>
      job.run(plan.jobId, (signal) =>
        runRecalibration(
          plan,
          {
            now,
            breathe,
            load: (dataset, { spec, preprocessing }, signal, onProgress) =>
              load(dataset, spec, preprocessing.fit, memoryBudget, signal, null, ({ done, total }) =>
                onProgress(done, total),
              ),
            createEngine: () => createWasmEngine(requireStart().kernels),
            save: (bytes) => save(plan, bytes),
            progress: throttledProgress(),
            log,
          },
          signal,
        ),
      ),
    stop: ({ jobId }) => job.stop(jobId),
    evaluate: (request, { signal }) => evaluate(request, evaluationEnvironment(request.memoryBudget, signal)),
    evaluateProtocol: (request, { signal }) =>
      runProtocol(request, {
        ...evaluationEnvironment(request.memoryBudget, signal),
        note: (text) => log('info', text),
      }),
  },
  (error, method) => log('error', `${method}: ${String(error)}`),
);

const pull: Pull = (request, signal) => page.call('pull', request, { signal });

const log: JobEnvironment['log'] = (level, text) => page.send('log', { level, text });

function evaluationEnvironment(memoryBudget: number, signal: AbortSignal): EvaluationEnvironment {
  const progress = throttledProgress();
  return {
    survey: ({ dataset }, seed) => survey({ dataset, seed, pull, signal }),
    load: ({ dataset, filter, path }: EvaluateSet, spec, alter) =>
      load(
        ...([dataset, spec, 'contain', memoryBudget, signal, filter] as const),
        ({ done, total }) => progress(`reading ${path}`, done, total),
        alter ? { alter } : {},
      ),
    chooseEngine: (network) => chooseEngine(network),
    breathe: () => breatheUnless(signal),
    progress,
  };
}

async function breatheUnless(signal: AbortSignal): Promise<void> {
  await breathe();
  if (signal.aborted) throw cancelled();
}

function throttledProgress(): (text: string, done: number, total: number) => void {
  const due = createThrottle(100);
  let last = '';
  return (text, done, total) => {
    if (!due() && text === last && done < total) return;
    last = text;
    page.send('progress', { text, done, total });
  };
}

function load(
  dataset: DatasetSummary,
  spec: ModelSpec,
  mode: FitMode,
  memoryBudget: number,
  signal: AbortSignal,
  filter: LabelFilter | null,
  onProgress: (progress: LoadProgress) => void,
  more: Pick<LoadRequest, 'cache' | 'onCounts' | 'alter'> = {},
): Promise<PackedImages> {
  const { height, width, channels } = spec;
  return loadDataset({
    source: dataset,
    kind: dataset.kind,
    classes: dataset.classes,
    shape: { height, width, channels },
    mode,
    filter,
    memoryBudget,
    planes: needsPlanes(spec),
    pull,
    signal,
    onProgress,
    ...more,
  });
}

/** The host's cache of a data set's packed images. */
const packedCache = (source: string): PackedCache => ({
  keep: (fitting, files, bytes) =>
    page.call('keepPacked', { source, fitting, files, bytes }, { transfer: [bytes.buffer] }),
  end: (fitting) => page.call('endPacked', { source, fitting }),
});

function requireStart(): StartRequest {
  if (!started) throw new LensError('internal', 'The engine worker was not started.');
  return started;
}

function helperSource(): HelperSource {
  const { code, workers } = requireStart().helpers;
  return { workers, start: () => startHelper(code), log: (text) => log('info', text) };
}

/** @param pinned the engine of a checkpoint: a resumed job stays on it where it can */
async function chooseEngine(network: Network, pinned: EngineKind | null = null): Promise<ChosenEngine> {
  const { choice, kernels } = requireStart();
  const {
    engine,
    reason,
    log: lines,
  } = await selectEngine({
    choice: choice === 'auto' && pinned ? pinned : choice,
    gpu: navigator.gpu,
    network,
    wasm: () => createWasmEngine(kernels, { helpers: helperSource() }),
  });
  for (const line of lines) log('info', line);
  return { engine, reason };
}

function planFrom(
  checkpoint: ModelFile,
  jobId: string,
  dataset: DatasetSummary,
  falseAlarmRate: number,
): JobPlan {
  const { card } = checkpoint;
  return {
    jobId,
    name: card.name,
    dataset,
    location: card.dataset.location,
    spec: card.spec,
    fit: card.preprocessing.fit,
    training: card.training,
    falseAlarmRate,
    checkpoint,
  };
}

const now = (): string => new Date().toISOString();

const save = (
  { jobId, name }: { readonly jobId: string; readonly name: string },
  bytes: Uint8Array,
): Promise<{ savedAs: string }> =>
  page.call('save', { jobId, name, bytes }, { transfer: [bytes.buffer as ArrayBuffer] });

async function runJob(plan: JobPlan, memoryBudget: number): Promise<JobOutcome> {
  const { writtenBy, kernels } = requireStart();
  return job.run(plan.jobId, (signal) =>
    runTrainingJob(
      plan,
      {
        writtenBy,
        now,
        breathe,
        load: async ({ dataset, spec, fit, training }, signal, onProgress) => {
          const begin = performance.now();
          let counts: LoadCounts | undefined;
          const images = await load(
            dataset,
            spec,
            fit,
            memoryBudget,
            signal,
            null,
            ({ done, total }) => onProgress(done, total),
            { cache: packedCache(dataset.id), onCounts: (all) => (counts = all) },
          );
          const from = counts ? `, ${counts.decoded} decoded and ${counts.fromCache} from the cache` : '';
          const seconds = ((performance.now() - begin) / 1000).toFixed(2);
          log('info', `Read ${dataset.name} in ${seconds} s: ${images.count} images${from}.`);
          return splitByClusters(images, training.seed, () => breatheUnless(signal));
        },
        chooseEngine,
        fallbackEngine: async () => ({
          engine: await createWasmEngine(kernels, { helpers: helperSource() }),
          reason: 'WASM: the GPU was lost during this job',
        }),
        save: (bytes) => save(plan, bytes),
        snapshot: (snapshot) => page.send('snapshot', snapshot),
        log,
      },
      signal,
    ),
  );
}
