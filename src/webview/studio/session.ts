/** The Studio's conduct: answers the host, runs jobs in the engine's worker, keeps the state. Draws nothing. */
import { LensError, isCancelled, toWireError } from '../../shared/errors.ts';
import { modelFileSuffix } from '../../shared/model-card.ts';
import type { DatasetSummary } from '../../shared/dataset.ts';
import type {
  EngineHostApi,
  JobOutcome,
  JobSnapshot,
  RecalibrationOutcome,
} from '../../shared/protocol/engine.ts';
import type { ProjectionEnd, ProjectionProposal } from '../../shared/protocol/projection.ts';
import type { RecalibrationProposal } from '../../shared/protocol/recalibration.ts';
import type {
  JobStatus,
  LatentChoice,
  ResumeProposal,
  StudioBootstrap,
  StudioHostApi,
  StudioPageApi,
  TrainingProposal,
  TrainingStatus,
} from '../../shared/protocol/studio.ts';
import { transferring, type Handlers } from '../../shared/rpc.ts';
import { fetchProjectionKernels } from '../shared/assets.ts';
import { readWholeFile } from '../shared/files.ts';
import { baseName } from '../shared/format.ts';
import { forwardLink } from '../shared/forward-link.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { throttle } from '../shared/throttle.ts';
import type { EngineLink, EngineWorker } from './engine-link.ts';
import { initialForm, readForm, type FormResult, type FormValues } from './form.ts';
import { epochsDone, newJob, outcomeOfError, statusOf, withSnapshot } from './job-state.ts';
import { readModelView } from './model-view.ts';
import { Evaluation, type KeptEvaluation } from './pages/evaluate/evaluation.ts';
import { firstView, type EvaluationView } from './pages/evaluate/view.ts';
import type { PageId } from './pages/names.ts';
import { nothingPersisted, readPersisted, type Persisted } from './persisted.ts';
import { ProjectionJob } from './projection-job.ts';
import { RecalibrationJob } from './recalibration-job.ts';
import { relaySave } from './save-relay.ts';
import {
  shownModel,
  type InspectionState,
  type RunningJob,
  type ShownModel,
  type StudioState,
} from './state.ts';

type Host = PageHost<StudioHostApi>;

/** Milliseconds between two notices to the host about the running job. */
const statusInterval = 500;

interface ActiveJob {
  readonly jobId: string;
  readonly dataset: DatasetSummary;
  readonly outcome: Promise<JobOutcome>;
  /** Ends what comes before the engine's own work: survey, reading the model. */
  readonly abort: AbortController;
  /** Set once the engine has the job. */
  inEngine: boolean;
  uri: string | null;
  savedAs: string | null;
}

export class StudioSession {
  readonly store = new Store<StudioState>({ kind: 'empty', interrupted: null });
  /** The page shown. */
  readonly page = new Store<PageId>('train');
  /** What of an evaluation's result is shown. */
  readonly evaluationView = new Store<EvaluationView>(firstView);
  /** Ends of an interpolation that were chosen elsewhere, until the page takes them. */
  readonly handedOver = new Store<{ readonly from: LatentChoice; readonly to: LatentChoice } | null>(null);
  /** What the host answers to. */
  readonly pageHandlers: Handlers<StudioPageApi>;
  /** What the worker answers to. */
  readonly engineHandlers: Handlers<EngineHostApi>;

  #host: Host | undefined;
  #engine: EngineLink | undefined;
  #bootstrap: Promise<StudioBootstrap> | undefined;
  #active: ActiveJob | undefined;
  #projection: ProjectionJob | undefined;
  #recalibration: RecalibrationJob | undefined;
  /** A filled-in form that another job took the place of. */
  #setAside: Extract<StudioState, { kind: 'proposal' }> | undefined;
  #surveying: AbortController | undefined;
  #shown = 0;
  #kept: Persisted = nothingPersisted;
  #keptEvaluation: KeptEvaluation | null = null;
  readonly #status = throttle<TrainingStatus>(statusInterval, (status) =>
    this.#connection.calls.send('jobChanged', status),
  );

  /** The model shown, in a worker of its own: the engine's may be training. */
  readonly forward = forwardLink((error, method) => this.report(error, method));

  /** Outlives its page, and ends with the model. */
  readonly evaluation = new Evaluation({
    list: (request) => this.#connection.calls.call('listEvaluation', request),
    pull: (request) => this.#connection.calls.call('pull', request),
    run: (view, call) => this.forward.run(view, call),
    keep: (kept) => {
      this.#keptEvaluation = kept;
      this.#write(this.#kept);
    },
  });

  constructor() {
    this.store.subscribe(() => {
      const model = shownModel(this.store.value);
      if (model?.kind === 'read') this.evaluation.show(model.view, model.uri);
    });
    this.pageHandlers = {
      propose: ({ startNow, ...proposal }) => this.#propose(proposal, startNow),
      resume: (proposal) => this.#resume(proposal),
      project: (proposal) => this.#project(proposal),
      recalibrate: (proposal) => this.#recalibrate(proposal),
      stop: () => this.stop(),
      showModel: ({ uri, name }) => this.showModel(uri, name),
      interpolate: ({ uri, name, from, to }) => {
        this.#refuseWhileBusy();
        this.handedOver.set({ from, to });
        this.page.set('interpolate');
        this.showModel(uri, name);
      },
    };
    this.engineHandlers = {
      pull: async (params, { signal }) => {
        const pack = await this.#connection.calls.call('pull', params, { signal });
        return transferring(pack, [pack.bytes.buffer as ArrayBuffer]);
      },
      keepPacked: (params) => this.#connection.calls.call('keepPacked', params),
      endPacked: (params) => this.#connection.calls.call('endPacked', params),
      save: (params) => this.#save(params),
      snapshot: (snapshot) => this.#takeSnapshot(snapshot),
      projecting: (snapshot) => this.#projection?.take(snapshot),
      progress: (progress) => this.#takeProgress(progress),
      log: (entry) => this.#connection.calls.send('log', entry),
    };
  }

  /** Announces the page and shows what was last seen, unless the host has other plans. */
  async start(host: Host, engine: EngineLink): Promise<void> {
    this.#host = host;
    this.#engine = engine;
    const before = readPersisted(host.readState());
    this.#keptEvaluation = before.evaluation;
    this.evaluationView.set(before.evaluationView);
    const interrupted =
      before.running !== null
        ? ({ kind: 'training', ...before.running } as const)
        : before.projecting !== null
          ? ({ kind: 'projection', ...before.projecting } as const)
          : null;
    if (interrupted !== null) this.store.set({ kind: 'empty', interrupted });
    await this.bootstrap();
    const untouched = this.store.value.kind === 'empty' && interrupted === null;
    if (before.model !== null && untouched) {
      this.page.set(before.page);
      this.showModel(before.model.uri, before.model.name);
    }
  }

  bootstrap(): Promise<StudioBootstrap> {
    this.#bootstrap ??= this.#connection.calls.call('ready', { pageId: this.#connection.pageId });
    return this.#bootstrap;
  }

  // — the user —

  editForm(form: FormValues): void {
    const state = this.store.value;
    if (state.kind !== 'proposal' || state.survey.kind !== 'done') return;
    this.store.set({ ...state, survey: { ...state.survey, form } });
  }

  /** Looks at all images as the form's values would have them seen; nothing happens while they do not hold. */
  async inspect(): Promise<void> {
    const state = this.store.value;
    if (state.kind !== 'proposal' || state.survey.kind !== 'done' || this.#busy) return;
    const form = readForm(state.survey.form);
    if (form === null) return;
    this.#surveying?.abort();
    const abort = new AbortController();
    this.#surveying = abort;
    const { dataset, defaults } = state.proposal;
    const { spec, fit } = form;
    const before = { text: 'Inspecting images', done: 0, total: dataset.files };
    this.#setInspection({ kind: 'running', progress: before });
    const { memoryBudget } = defaults;
    try {
      const inspection = await this.#link.run((worker) =>
        worker.call('inspect', { dataset, spec, fit, memoryBudget }, { signal: abort.signal }),
      );
      if (!abort.signal.aborted) this.#setInspection({ kind: 'done', inspection });
    } catch (error) {
      if (abort.signal.aborted || isCancelled(error)) return;
      this.#setInspection({ kind: 'failed', error: toWireError(error) });
    }
  }

  stopInspecting(): void {
    this.#surveying?.abort();
    this.#setInspection({ kind: 'none' });
  }

  #setInspection(inspection: InspectionState): void {
    const state = this.store.value;
    if (state.kind !== 'proposal' || state.survey.kind !== 'done') return;
    this.store.set({ ...state, survey: { ...state.survey, inspection } });
  }

  /** Starts the training that the form asks for; nothing happens while the form does not hold. */
  train(): void {
    const state = this.store.value;
    if (state.kind !== 'proposal' || state.survey.kind !== 'done' || this.#busy) return;
    const result = readForm(state.survey.form);
    if (result === null) return;
    const { proposal } = state;
    this.#begin(crypto.randomUUID(), result.name, proposal.dataset, false, (job, worker) =>
      this.#train(job, worker, proposal, result),
    );
  }

  /** Whether a form for a training waits behind what is shown. */
  get hasFormAside(): boolean {
    return this.#setAside !== undefined;
  }

  /** Shows the form again that another job took the place of. */
  backToForm(): void {
    if (this.#busy || this.#setAside === undefined) return;
    this.#shown++;
    this.page.set('train');
    this.store.set(this.#setAside);
    this.#setAside = undefined;
    this.#remember();
  }

  /** Puts the proposal away. */
  dismiss(): void {
    this.#surveying?.abort();
    if (this.#busy) return;
    this.store.set({ kind: 'empty', interrupted: null });
    this.#remember();
  }

  /** Stops the running job with a checkpoint. @returns its outcome, or null if none runs */
  async stop(): Promise<JobOutcome | ProjectionEnd | RecalibrationOutcome | null> {
    const active = this.#active;
    if (active === undefined) return (this.#projection ?? this.#recalibration)?.stop() ?? null;
    this.#updateJob((job) => ({ ...job, stopping: true }));
    if (active.inEngine) {
      const { jobId } = active;
      // The outcome tells the rest; a worker that died meanwhile has ended the job already.
      await this.#link.run((worker) => worker.call('stop', { jobId })).catch(() => undefined);
    } else {
      active.abort.abort();
    }
    return active.outcome;
  }

  showModel(uri: string, name: string): void {
    if (this.#busy) return;
    void this.#read(uri, name, (model) => this.store.set({ kind: 'model', model }));
    this.#remember({ uri, name });
  }

  openPage(page: PageId): void {
    this.page.set(page);
    this.#write({ ...this.#kept, page });
  }

  viewEvaluation(change: Partial<EvaluationView>): void {
    this.evaluationView.set({ ...this.evaluationView.value, ...change });
    this.#write(this.#kept);
  }

  chooseDataset(): void {
    this.#connection.calls.send('chooseDataset', {});
  }
  checkImage(): void {
    this.#connection.calls.send('checkImage', {});
  }
  reveal(uri: string): void {
    this.#connection.calls.send('reveal', { uri });
  }
  /** Goes on with an unfinished model: the host finds its data, then calls back. */
  resumeModel(uri: string): void {
    this.#connection.calls.send('resumeModel', { uri });
  }
  /** Goes on with the t-SNE of this model: the host asks for it. */
  continueProjection(uri: string): void {
    this.#connection.calls.send('continueProjection', { uri });
  }
  /** Calibrates this model anew: the host asks for the images. */
  recalibrateModel(uri: string): void {
    this.#connection.calls.send('recalibrateModel', { uri });
  }
  showMap(uri: string): void {
    this.#connection.calls.send('showMap', { uri });
  }
  showLog(): void {
    this.#connection.calls.send('showLog', {});
  }
  openFile(dataset: string, path: string): void {
    this.#connection.calls.send('openFile', { dataset, path });
  }

  /** Opens an image of the data set of the model in this file. */
  openImage(model: string, path: string): void {
    this.#connection.calls.send('openImage', { model, path });
  }
  /** The folders that a model was evaluated on before the window was reloaded. */
  get keptEvaluation(): KeptEvaluation | null {
    return this.#keptEvaluation;
  }
  /** Opens an image of an evaluation. @param root URI of the folder that was chosen */
  openEvaluated(root: string, path: string): void {
    this.#connection.calls.send('openEvaluated', { root, path });
  }
  /** @returns where the file was saved; null where the user cancelled */
  async saveFile(name: string, bytes: Uint8Array): Promise<string | null> {
    return (await this.#connection.calls.call('saveFile', { name, bytes })).savedAs;
  }
  /** Image files of the user's choice with their bytes; none where cancelled. */
  async pickImages(many: boolean): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
    const { calls } = this.#connection;
    const { images } = await calls.call('pickImages', { many });
    const read: { name: string; bytes: Uint8Array }[] = [];
    // One after the other: the host holds one file at a time.
    for (const { uri, name } of images) {
      read.push({ name, bytes: await readWholeFile((params) => calls.call('readFile', params), uri) });
    }
    return read;
  }

  /** For errors that nobody waits for. */
  readonly report = (error: unknown, method: string): void => {
    const wire = toWireError(error);
    this.#connection.calls.send('log', {
      level: 'error',
      text: `Studio, ${method}: ${wire.message}${wire.detail === undefined ? '' : `\n${wire.detail}`}`,
    });
  };

  // — the host —

  #propose(proposal: TrainingProposal, startNow: boolean): void {
    this.#refuseWhileBusy();
    this.page.set('train');
    this.#surveying?.abort();
    this.#shown++;
    if (startNow) {
      this.#begin(crypto.randomUUID(), proposal.name, proposal.dataset, false, (job, worker) =>
        this.#surveyAndTrain(job, worker, proposal),
      );
      return;
    }
    this.#setAside = undefined;
    const abort = new AbortController();
    this.#surveying = abort;
    const looking = { text: 'Looking at the images', done: 0, total: proposal.dataset.files };
    this.store.set({ kind: 'proposal', proposal, survey: { kind: 'looking', progress: looking } });
    void this.#survey(proposal, abort.signal);
  }

  async #survey(proposal: TrainingProposal, signal: AbortSignal): Promise<void> {
    const { dataset, defaults } = proposal;
    try {
      const survey = await this.#link.run((worker) =>
        worker.call('survey', { dataset, seed: defaults.training.seed }, { signal }),
      );
      if (signal.aborted) return;
      this.store.set({
        kind: 'proposal',
        proposal,
        survey: { kind: 'done', survey, form: initialForm(proposal, survey), inspection: { kind: 'none' } },
      });
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.store.set({ kind: 'proposal', proposal, survey: { kind: 'failed', error: toWireError(error) } });
    }
  }

  #resume(proposal: ResumeProposal): void {
    this.#refuseWhileBusy();
    const { jobId, dataset, model, falseAlarmRate, memoryBudget } = proposal;
    const name = baseName(model).replace(modelFileSuffix, '');
    this.#begin(jobId, name, dataset, true, async (active, worker) => {
      active.uri = model;
      active.savedAs = baseName(model);
      const bytes = await readWholeFile((params) => this.#connection.calls.call('readFile', params), model);
      active.abort.signal.throwIfAborted();
      active.inEngine = true;
      return worker.call(
        'resume',
        { jobId: active.jobId, model: bytes, dataset, falseAlarmRate, memoryBudget },
        { transfer: [bytes.buffer as ArrayBuffer] },
      );
    });
  }

  /** Makes room for a job that is no training. */
  #giveWay(): void {
    this.#refuseWhileBusy();
    const { value } = this.store;
    if (
      value.kind === 'proposal' &&
      value.survey.kind === 'done' &&
      value.survey.inspection.kind === 'running'
    )
      this.stopInspecting();
    this.#surveying?.abort();
    this.#shown++;
    const before = this.store.value;
    if (before.kind === 'proposal' && before.survey.kind === 'done') this.#setAside = before;
    this.page.set('train');
  }

  async #recalibrate(proposal: RecalibrationProposal): Promise<RecalibrationOutcome> {
    this.#giveWay();
    const { calls } = this.#connection;
    const { model: uri, name } = proposal;
    const job = new RecalibrationJob(proposal, {
      run: (call) => this.#link.run(call),
      readFile: (file) => readWholeFile((params) => calls.call('readFile', params), file),
      tell: (status) => this.#tellHost(status),
      onChange: (recalibration) => this.store.set({ kind: 'recalibrating', recalibration }),
    });
    this.#recalibration = job;
    // A page that takes the place of this one shows the model: its file is whole, before and after.
    this.#remember({ uri, name });
    const outcome = await job.end;
    this.#recalibration = undefined;
    const { running: recalibration } = job;
    this.store.set({ kind: 'recalibrated', recalibration, outcome, model: { kind: 'reading', name } });
    void this.#showEnded(uri, name);
    return outcome;
  }

  #project(proposal: ProjectionProposal): void {
    this.#giveWay();
    const { calls } = this.#connection;
    const job = new ProjectionJob(proposal, {
      run: (call) => this.#link.run(call),
      readFile: (uri) => readWholeFile((params) => calls.call('readFile', params), uri),
      kernels: fetchProjectionKernels,
      tell: (status) => this.#tellHost(status),
      onChange: (projection) => this.store.set({ kind: 'projecting', projection }),
      now: () => performance.now(),
    });
    this.#projection = job;
    this.#remember();
    void job.end.then((end) => this.#projected(job, end));
  }

  #projected(job: ProjectionJob, end: ProjectionEnd): void {
    const { model: uri, name } = job.running.proposal;
    this.#projection = undefined;
    const { running: projection } = job;
    this.store.set({ kind: 'projected', projection, end, model: { kind: 'reading', name } });
    this.#remember({ uri, name });
    void this.#showEnded(uri, name);
    if (end.error !== null)
      this.report(new LensError(end.error.code, end.error.message, end.error.detail), 't-SNE');
    this.#connection.calls.send('projectionEnded', end);
  }

  #tellHost(status: JobStatus): Promise<void> {
    return this.#connection.calls
      .call('jobChanged', status)
      .catch((error: unknown) => this.report(error, 'jobChanged'));
  }

  get #busy(): boolean {
    return (this.#active ?? this.#projection ?? this.#recalibration) !== undefined;
  }

  #refuseWhileBusy(): void {
    if (!this.#busy) return;
    const what = this.#active ? 'A training' : this.#projection ? 'A t-SNE' : 'A calibration';
    throw new LensError('internal', `${what} is running in the Studio already; stop it first.`);
  }

  // — the job —

  #begin(
    jobId: string,
    name: string,
    dataset: DatasetSummary,
    resumed: boolean,
    work: (active: ActiveJob, worker: EngineWorker) => Promise<JobOutcome>,
  ): void {
    this.#surveying?.abort();
    this.#setAside = undefined;
    this.#shown++;
    let settle: (outcome: JobOutcome) => void = () => undefined;
    const outcome = new Promise<JobOutcome>((resolve) => (settle = resolve));
    const active: ActiveJob = {
      jobId,
      dataset,
      outcome,
      abort: new AbortController(),
      inEngine: false,
      uri: null,
      savedAs: null,
    };
    this.#active = active;
    this.page.set('train');
    this.store.set({ kind: 'running', job: newJob(jobId, name, dataset, resumed) });
    this.#remember();
    this.#sendStatus();
    void this.#follow(active, work).then(settle);
  }

  /** Runs the job to its end, whatever the end is. */
  async #follow(
    active: ActiveJob,
    work: (active: ActiveJob, worker: EngineWorker) => Promise<JobOutcome>,
  ): Promise<JobOutcome> {
    const running = (): RunningJob => {
      const state = this.store.value;
      // Nothing takes the place of a running job before it has ended.
      if (state.kind !== 'running') throw new LensError('internal', 'The job is no longer shown.');
      return state.job;
    };
    let outcome: JobOutcome;
    try {
      outcome = await this.#link.run((worker) => work(active, worker));
    } catch (error) {
      outcome = outcomeOfError(running(), error, active.abort.signal.aborted, active.savedAs);
    }
    const job = running();
    const { uri } = active;
    const kept = uri === null ? null : { uri, name: job.name };
    const reads = kept !== null && outcome.state !== 'failed';
    this.#active = undefined;
    this.#status.cancel();
    const model: ShownModel | null = reads ? { kind: 'reading', name: job.name } : null;
    this.store.set({ kind: 'ended', job, outcome, uri, model });
    this.#remember(kept);
    if (reads) void this.#showEnded(kept.uri, kept.name);
    if (outcome.error !== null)
      this.report(new LensError(outcome.error.code, outcome.error.message, outcome.error.detail), 'job');
    this.#connection.calls.send('jobEnded', outcome);
    return outcome;
  }

  async #surveyAndTrain(
    active: ActiveJob,
    worker: EngineWorker,
    proposal: TrainingProposal,
  ): Promise<JobOutcome> {
    const { dataset, defaults } = proposal;
    const survey = await worker.call(
      'survey',
      { dataset, seed: defaults.training.seed },
      { signal: active.abort.signal },
    );
    const result = readForm(initialForm(proposal, survey));
    if (result === null) {
      throw new LensError(
        'invalid-dataset',
        'The settings for a new training do not hold; open the form to see which.',
      );
    }
    return this.#train(active, worker, proposal, result);
  }

  #train(
    active: ActiveJob,
    worker: EngineWorker,
    proposal: TrainingProposal,
    { name, spec, training, fit }: FormResult,
  ): Promise<JobOutcome> {
    active.abort.signal.throwIfAborted();
    active.inEngine = true;
    this.#updateJob((job) => ({ ...job, epochs: training.epochs }));
    const { dataset, location, defaults } = proposal;
    return worker.call('train', {
      jobId: active.jobId,
      name,
      dataset,
      location,
      spec,
      fit,
      training,
      falseAlarmRate: defaults.falseAlarmRate,
      memoryBudget: defaults.memoryBudget,
    });
  }

  // — the worker —

  async #save(params: { jobId: string; name: string; bytes: Uint8Array }): Promise<{ savedAs: string }> {
    const { uri, savedAs } = await relaySave(this.#connection.calls, params);
    const active = this.#active;
    if (active?.jobId === params.jobId) {
      active.uri = uri;
      active.savedAs = savedAs;
      this.#remember();
    } else if (this.#projection?.running.proposal.jobId === params.jobId) this.#projection.saved(savedAs);
    return { savedAs };
  }

  #takeSnapshot(snapshot: JobSnapshot): void {
    const state = this.store.value;
    if (snapshot.jobId !== this.#active?.jobId || state.kind !== 'running') return;
    const job = withSnapshot(state.job, snapshot);
    this.store.set({ kind: 'running', job });
    if (epochsDone(job) !== epochsDone(state.job)) this.#remember();
    this.#sendStatus();
  }

  #takeProgress(progress: { text: string; done: number; total: number }): void {
    const state = this.store.value;
    if (state.kind === 'proposal' && state.survey.kind === 'looking') {
      this.store.set({ ...state, survey: { kind: 'looking', progress } });
    } else if (state.kind === 'proposal') {
      const inspecting = state.survey.kind === 'done' && state.survey.inspection.kind === 'running';
      if (inspecting) this.#setInspection({ kind: 'running', progress });
    } else if (this.#recalibration) {
      this.#recalibration.take(progress);
    } else {
      this.#updateJob((job) => ({ ...job, before: progress }));
    }
  }

  #updateJob(change: (job: RunningJob) => RunningJob): void {
    const state = this.store.value;
    if (state.kind === 'running') this.store.set({ kind: 'running', job: change(state.job) });
  }

  #sendStatus(): void {
    const state = this.store.value;
    if (state.kind !== 'running' || this.#active === undefined) return;
    this.#status.push(statusOf(state.job, this.#active.dataset));
  }

  // — models —

  async #showEnded(uri: string, name: string): Promise<void> {
    await this.#read(uri, name, (model) => {
      const state = this.store.value;
      const ended = state.kind === 'ended' || state.kind === 'projected' || state.kind === 'recalibrated';
      if (ended && model.kind !== 'reading') this.store.set({ ...state, model });
    });
  }

  async #read(uri: string, name: string, show: (model: ShownModel) => void): Promise<void> {
    const turn = ++this.#shown;
    show({ kind: 'reading', name });
    let model: ShownModel;
    try {
      const bytes = await readWholeFile((params) => this.#connection.calls.call('readFile', params), uri);
      model = { kind: 'read', uri, view: readModelView(bytes) };
    } catch (error) {
      model = { kind: 'failed', name, uri, error: toWireError(error) };
    }
    if (turn === this.#shown) show(model);
  }

  #remember(model: { uri: string; name: string } | null = null): void {
    const state = this.store.value;
    if (state.kind !== 'running') {
      const { model: uri, name } = this.#projection?.running.proposal ?? {};
      const projecting = uri === undefined || name === undefined ? null : { uri, name };
      this.#write({ ...nothingPersisted, model, projecting, page: this.page.value });
      return;
    }
    const { name, epochs, snapshot } = state.job;
    const last = snapshot?.history.at(-1);
    this.#write({
      ...nothingPersisted,
      running: {
        name,
        epoch: last?.epoch ?? 0,
        epochs,
        loss: last?.train ?? null,
        uri: this.#active?.uri ?? null,
      },
    });
  }

  #write(kept: Persisted): void {
    this.#kept = {
      ...kept,
      evaluation: this.#keptEvaluation,
      evaluationView: this.evaluationView.value,
    };
    this.#connection.writeState(this.#kept);
  }

  get #connection(): Host {
    if (this.#host === undefined) throw new LensError('internal', 'The page is not connected yet.');
    return this.#host;
  }

  get #link(): EngineLink {
    if (this.#engine === undefined) throw new LensError('internal', 'The page is not connected yet.');
    return this.#engine;
  }
}
