/** A training job from files to a calibrated model: read, train, calibrate, save, with checkpoints on the way. */
import type { DatasetSummary } from '../../shared/dataset.ts';
import { LensError, isCancelled, toWireError, type ErrorCode, type WireError } from '../../shared/errors.ts';
import type { ModelCard } from '../../shared/model-card.ts';
import type { ModelFile } from '../../shared/model-file.ts';
import type { FitMode, ModelSpec, TrainingSettings } from '../../shared/model-spec.ts';
import type { JobOutcome, JobSnapshot } from '../../shared/protocol/engine.ts';
import type { EngineKind } from '../backends/engine.ts';
import { adamFrom, parametersFrom } from '../model/model-tensors.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { initialParameters, type AdamState, type Parameters } from '../model/parameters.ts';
import { engineCard, type ChosenEngine } from './chosen-engine.ts';
import { encodeCheckpoint, makeCard, type CheckpointFrame, type TrainingEnd } from './checkpoint.ts';
import { datasetCard } from './dataset-card.ts';
import { chooseExamples, isKeptEpoch, makeExamples, reconstructExamples } from './examples.ts';
import { JobView } from './job-view.ts';
import type { LoadedData } from './loaded-data.ts';
import { measureEnd } from './measure.ts';
import { createThrottle } from './pacing.ts';
import {
  copyState,
  freshState,
  stateFrom,
  withPicture,
  type ExamplePicture,
  type TrainingState,
} from './state.ts';
import { runTraining, stepsPerEpoch } from './trainer.ts';

export interface JobPlan {
  readonly jobId: string;
  readonly name: string;
  readonly dataset: DatasetSummary;
  readonly location: string;
  readonly spec: ModelSpec;
  readonly fit: FitMode;
  readonly training: TrainingSettings;
  readonly falseAlarmRate: number;
  /** The checkpoint to go on from. */
  readonly checkpoint: ModelFile | null;
}

/** What a job needs of the world around it. */
export interface JobEnvironment {
  readonly writtenBy: string;
  /** The time as ISO 8601. */
  readonly now: () => string;
  readonly breathe: () => Promise<void>;
  readonly load: (
    plan: JobPlan,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ) => Promise<LoadedData>;
  /** @param pinned the engine of the checkpoint, if any */
  readonly chooseEngine: (network: Network, pinned: EngineKind | null) => Promise<ChosenEngine>;
  /** The engine to go on with when a GPU is lost. */
  readonly fallbackEngine: () => Promise<ChosenEngine>;
  readonly save: (bytes: Uint8Array) => Promise<{ readonly savedAs: string }>;
  readonly snapshot: (snapshot: JobSnapshot) => void;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
}

const checkpointMilliseconds = 10_000;

/** What ends a GPU's part in a job, but not the job. */
const deviceFailures: readonly ErrorCode[] = ['device-lost', 'engine-failed'];

/** All that is needed to put an engine back to where it was. */
interface RestartPoint {
  readonly parameters: Parameters;
  readonly adam: AdamState | undefined;
  readonly state: TrainingState;
}

/** What the outcome will say, filled in as the job goes on. */
interface Progress {
  savedAs: string | null;
  card: ModelCard | null;
  resumeNote: string | null;
}

/** Runs a job to its end, also a bad one: the outcome says which. Aborting `signal` stops it with a checkpoint. */
export async function runTrainingJob(
  plan: JobPlan,
  environment: JobEnvironment,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const progress: Progress = { savedAs: null, card: plan.checkpoint?.card ?? null, resumeNote: null };
  const outcome = (state: JobOutcome['state'], error: WireError | null): JobOutcome => ({
    jobId: plan.jobId,
    state,
    error,
    ...progress,
  });
  const view = new JobView(firstSnapshot(plan), environment.snapshot);
  try {
    const loaded = await environment.load(plan, signal, (done, total) => view.update({ done, total }));
    return outcome(await new TrainingRun(plan, environment, signal, view, progress, loaded).run(), null);
  } catch (error) {
    if (isCancelled(error)) return outcome('stopped', null);
    const wire = toWireError(error);
    environment.log('error', wire.detail ? `${wire.message}\n${wire.detail}` : wire.message);
    return outcome('failed', wire);
  }
}

function firstSnapshot(plan: JobPlan): JobSnapshot {
  return {
    jobId: plan.jobId,
    name: plan.name,
    phase: 'reading',
    done: 0,
    total: plan.dataset.images ?? plan.dataset.files,
    card: plan.checkpoint?.card ?? null,
    engine: null,
    imagesPerSecond: null,
    secondsLeft: null,
    history: plan.checkpoint?.card.history ?? [],
    runningLosses: new Float32Array(0),
    examples: null,
    reconstructions: null,
    skipped: [],
    skippedCount: 0,
    warning: null,
  };
}

/** One run over loaded data: engine, training, calibration, files. */
class TrainingRun {
  private readonly network: Network;
  private readonly frame: CheckpointFrame;
  private readonly exampleImages: Uint32Array;
  private readonly checkpointDue = createThrottle(checkpointMilliseconds);
  /** The checkpoint that is being written. */
  private onItsWay: Promise<unknown> | null = null;
  private state: TrainingState;
  private chosen: ChosenEngine | undefined;
  private restart: RestartPoint;
  /** The examples as last reconstructed: in the file, too, where no kept epoch has come since. */
  private latest: ExamplePicture | undefined;

  constructor(
    private readonly plan: JobPlan,
    private readonly environment: JobEnvironment,
    private readonly signal: AbortSignal,
    private readonly view: JobView,
    private readonly progress: Progress,
    private readonly loaded: LoadedData,
  ) {
    const { images, split } = loaded;
    const { checkpoint, spec, training } = plan;
    this.network = buildNetwork(spec);
    this.state = checkpoint ? stateFrom(checkpoint) : freshState();
    const shown = split.validation.length > 0 ? split.validation : split.fit;
    this.exampleImages = chooseExamples(shown, images.labels, training.seed);
    this.frame = {
      name: plan.name,
      created: checkpoint?.card.created ?? environment.now(),
      writtenBy: environment.writtenBy,
      spec,
      fit: plan.fit,
      training,
      dataset: datasetCard(plan.dataset, plan.location, loaded),
      stepsPerEpoch: stepsPerEpoch(split.fit.length, training.batchSize),
      examples: makeExamples(images, this.exampleImages, images.labels),
    };
    this.restart = {
      parameters: checkpoint
        ? parametersFrom(this.network, checkpoint.tensors)
        : initialParameters(this.network, training.seed),
      adam: checkpoint ? adamFrom(this.network, checkpoint.tensors) : undefined,
      state: copyState(this.state),
    };
  }

  async run(): Promise<'finished' | 'stopped'> {
    this.chosen = await this.environment.chooseEngine(
      this.network,
      this.plan.checkpoint?.card.engine.kind ?? null,
    );
    try {
      this.compareWithCheckpoint(this.chosen);
      await this.startEngine(this.chosen);
      // The first save of a fresh checkpoint comes at the end of an epoch, at least ten seconds from here.
      this.checkpointDue();
      const ended = await this.trainThroughDeviceLoss();
      if (ended === 'stopped') await this.save('stopped', null);
      await this.finish(ended);
      return ended;
    } finally {
      await this.onItsWay;
      this.chosen.engine.dispose();
    }
  }

  private get current(): ChosenEngine {
    if (!this.chosen) throw new LensError('internal', 'The job has no engine yet.');
    return this.chosen;
  }

  /** Says why a resumed run cannot be the unbroken one, and lets go of what no longer fits. */
  private compareWithCheckpoint({ engine }: ChosenEngine): void {
    const card = this.plan.checkpoint?.card;
    if (!card) return;
    const notes: string[] = [];
    if (card.dataset.fingerprint !== this.frame.dataset.fingerprint) {
      notes.push(
        'The images have changed since the checkpoint; the running epoch starts again on the new ones.',
      );
      this.state.step = 0;
      this.state.runningLosses = [];
    }
    if (card.engine.build !== engine.info.build) {
      notes.push(`The checkpoint was made by ${card.engine.build}, this run uses ${engine.info.build}.`);
    }
    if (notes.length === 0) return;
    this.progress.resumeNote = `${notes.join(' ')} The result is therefore not bit for bit that of an unbroken run.`;
    this.environment.log('warn', this.progress.resumeNote);
  }

  private async startEngine(chosen: ChosenEngine): Promise<void> {
    this.environment.log('info', `${this.plan.name}: ${chosen.engine.info.build}. ${chosen.reason}`);
    await chosen.engine.load(this.network, this.restart.parameters, this.restart.adam);
    this.view.update(
      {
        phase: 'training',
        engine: engineCard(chosen),
        examples: this.frame.examples,
        history: this.state.history,
        skipped: this.frame.dataset.skipped,
        skippedCount: this.frame.dataset.skippedCount,
        done: this.batchesDone,
        total: this.frame.stepsPerEpoch * this.plan.training.epochs,
      },
      true,
    );
    await this.showExamples();
  }

  private get batchesDone(): number {
    return this.state.epoch * this.frame.stepsPerEpoch + this.state.step;
  }

  private async showExamples(): Promise<void> {
    const reconstructions = await reconstructExamples(
      this.current.engine,
      this.loaded.images,
      this.exampleImages,
    );
    this.view.update({ reconstructions });
    const { epoch, step } = this.state;
    this.latest = { epoch, images: reconstructions };
    if (step === 0 && isKeptEpoch(epoch, this.plan.training.epochs)) {
      this.state.snapshots = withPicture(this.state.snapshots, this.latest);
    }
  }

  /** Trains; when the GPU goes away, goes on from the last checkpoint with the fallback engine. */
  private async trainThroughDeviceLoss(): Promise<'finished' | 'stopped'> {
    for (;;) {
      try {
        return await this.train();
      } catch (error) {
        const failed = error instanceof LensError && deviceFailures.includes(error.code);
        if (!failed || this.current.engine.info.kind === 'wasm') throw error;
        this.environment.log('warn', `${error.message} Going on with WASM from the last checkpoint.`);
        this.current.engine.dispose();
        this.chosen = await this.environment.fallbackEngine();
        this.state = copyState(this.restart.state);
        await this.startEngine(this.chosen);
      }
    }
  }

  private train(): Promise<'finished' | 'stopped'> {
    const { spec, training } = this.plan;
    const { images, split } = this.loaded;
    const data = { images, fit: split.fit, validation: split.validation };
    return runTraining(this.current.engine, data, spec, training, this.state, {
      breathe: this.environment.breathe,
      shouldStop: () => this.signal.aborted,
      onProgress: async (imagesPerSecond) => this.showProgress(imagesPerSecond),
      onEpoch: async () => {
        await this.showExamples();
        if (this.state.epoch < training.epochs && !this.onItsWay && this.checkpointDue())
          await this.checkpoint();
      },
    });
  }

  private showProgress(imagesPerSecond: number | null): void {
    const { history, runningLosses } = this.state;
    const imagesLeft =
      this.loaded.split.fit.length * this.plan.training.epochs -
      this.state.epoch * this.loaded.split.fit.length -
      this.state.step * this.plan.training.batchSize;
    this.view.update({
      done: this.batchesDone,
      imagesPerSecond,
      secondsLeft: imagesPerSecond ? Math.max(0, imagesLeft) / imagesPerSecond : null,
      history,
      runningLosses: Float32Array.from(runningLosses),
    });
  }

  /**
   * Sends a complete model file off and goes on training while it is written: a remote host takes seconds. A failure
   * is a warning, and the next checkpoint tries again.
   */
  private async checkpoint(): Promise<void> {
    const file = await this.encode('training', null);
    this.onItsWay = this.store(file).catch((error: unknown) => {
      const warning = toWireError(error);
      this.environment.log('warn', `The checkpoint could not be saved: ${warning.message}`);
      this.view.update({ warning }, true);
    });
    void this.onItsWay.then(() => (this.onItsWay = null));
  }

  /** Saves a complete model file at the end of a job, whose error a failure is. */
  private async save(progressState: ModelCard['progress']['state'], end: TrainingEnd | null): Promise<void> {
    const file = await this.encode(progressState, end);
    // Two saves of one file must not overtake each other.
    await this.onItsWay;
    await this.store(file);
  }

  private async encode(
    progressState: ModelCard['progress']['state'],
    end: TrainingEnd | null,
  ): Promise<{ readonly card: ModelCard; readonly bytes: Uint8Array }> {
    const { engine } = this.current;
    const parameters = await engine.readParameters();
    const adam = progressState === 'finished' ? undefined : await engine.readAdam();
    this.restart = { parameters, adam, state: copyState(this.state) };
    const card = makeCard(this.frame, this.state, engineCard(this.current), progressState, end);
    const shown = { ...this.state, snapshots: withPicture(this.state.snapshots, this.latest) };
    const bytes = encodeCheckpoint(this.frame, this.network, card, shown, parameters, adam ?? null, end);
    return { card, bytes };
  }

  private async store({ card, bytes }: { card: ModelCard; bytes: Uint8Array }): Promise<void> {
    this.progress.savedAs = (await this.environment.save(bytes)).savedAs;
    this.progress.card = card;
    this.view.update({ card, warning: null }, true);
  }

  private async finish(ended: 'finished' | 'stopped'): Promise<void> {
    const end = await this.measure();
    this.view.update({ phase: 'saving', done: 0, total: 1 }, true);
    await this.save(ended, end);
  }

  /** Calibration, the points of the map and the baseline, of the parameters as they are now. */
  private measure(): Promise<TrainingEnd> {
    const { now, breathe } = this.environment;
    return measureEnd(this.current.engine, this.loaded, this.plan, {
      now,
      breathe,
      progress: (done, total) =>
        this.view.update(
          { phase: 'calibrating', done, total, imagesPerSecond: null, secondsLeft: null },
          done === 0,
        ),
    });
  }
}
