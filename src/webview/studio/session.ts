/** The Studio's conduct: what host and user ask for, one job at a time, and which of it is shown. Draws nothing. */
import { LensError } from '../../shared/errors.ts';
import { modelFileSuffix } from '../../shared/model-card.ts';
import type { EngineHostApi, JobOutcome, RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import type { ProjectionEnd, ProjectionProposal } from '../../shared/protocol/projection.ts';
import type { RecalibrationProposal } from '../../shared/protocol/recalibration.ts';
import type {
  LatentChoice,
  ResumeProposal,
  StudioBootstrap,
  StudioHostApi,
  StudioPageApi,
  TrainingProposal,
} from '../../shared/protocol/studio.ts';
import { transferring, type Handlers } from '../../shared/rpc.ts';
import { baseName } from '../shared/format.ts';
import { forwardLink } from '../shared/forward-link.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import type { EngineLink } from './engine-link.ts';
import type { FormValues } from './form.ts';
import { HostLink } from './host-link.ts';
import { Jobs } from './jobs.ts';
import { interruptedBy, Memory, type ModelFile, type Scene } from './memory.ts';
import { ModelReader } from './model-reader.ts';
import { Evaluation, type KeptEvaluation } from './pages/evaluate/evaluation.ts';
import { firstView, type EvaluationView } from './pages/evaluate/view.ts';
import type { PageId } from './pages/names.ts';
import { ProposedTraining } from './proposed-training.ts';
import { shownModel, type EndedState, type ShownModel, type StudioState } from './state.ts';
import type { TrainingStart, TrainingWork } from './training-job.ts';
import { resumedTraining, trainingAsProposed, trainingOf } from './training-work.ts';

type Host = PageHost<StudioHostApi>;

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
  readonly host = new HostLink(() => this.#connection.calls);
  /** The model shown, in a worker of its own: the engine's may be training. */
  readonly forward = forwardLink(this.host.report);
  /** Outlives its page, and ends with the model. */
  readonly evaluation = new Evaluation({
    list: (request) => this.#connection.calls.call('listEvaluation', request),
    pull: (request) => this.#connection.calls.call('pull', request),
    run: (view, call) => this.forward.run(view, call),
    keep: (evaluation) => this.#memory.keep({ evaluation }),
  });

  #ends: { readonly host: Host; readonly engine: EngineLink } | undefined;
  #bootstrap: Promise<StudioBootstrap> | undefined;
  /** The training that waits for the user's word, while it is shown. */
  #proposed: ProposedTraining | undefined;
  /** A filled-in form that another job took the place of. */
  #setAside: ProposedTraining | undefined;
  readonly #reader = new ModelReader((uri) => this.host.readFile(uri));
  readonly #memory = new Memory((kept) => this.#connection.writeState(kept));
  readonly #jobs = new Jobs({
    host: this.host,
    run: (call) => this.#engine.run(call),
    show: (state) => this.store.set(state),
    stage: (scene) => this.#stage(scene),
    showEnd: (state, model) => this.#showEnd(state, model),
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
        this.#jobs.refuseWhileBusy();
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
      save: (file) => this.#jobs.save(file),
      snapshot: (snapshot) => this.#jobs.takeSnapshot(snapshot),
      projecting: (snapshot) => this.#jobs.takeProjection(snapshot),
      progress: (progress) => (this.#proposed ?? this.#jobs).takeProgress(progress),
      log: (entry) => this.#connection.calls.send('log', entry),
    };
  }

  /** Announces the page and shows what was last seen, unless the host has other plans. */
  async start(host: Host, engine: EngineLink): Promise<void> {
    this.#ends = { host, engine };
    const before = this.#memory.restore(host.readState());
    this.evaluationView.set(before.evaluationView);
    const interrupted = interruptedBy(before);
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
    this.#proposed?.edit(form);
  }

  /** Looks at all images as the form's values would have them seen; nothing happens while they do not hold. */
  inspect(): void {
    void this.#proposed?.inspect();
  }

  stopInspecting(): void {
    this.#proposed?.stopInspecting();
  }

  /** Starts the training that the form asks for; nothing happens while the form does not hold. */
  train(): void {
    const { proposal, asked } = this.#proposed ?? {};
    if (proposal && asked) this.#trainAnew(asked.name, proposal, trainingOf(proposal, asked));
  }

  /** Whether a form for a training waits behind what is shown. */
  get hasFormAside(): boolean {
    return this.#setAside !== undefined;
  }

  /** Shows the form again that another job took the place of. */
  backToForm(): void {
    const form = this.#setAside;
    if (this.#jobs.busy || form === undefined) return;
    this.#putAway();
    this.page.set('train');
    this.#proposed = form;
    this.#setAside = undefined;
    this.store.set(form.state);
    this.#stage({});
  }

  /** Puts the proposal away. */
  dismiss(): void {
    if (this.#jobs.busy) return;
    this.#putAway();
    this.store.set({ kind: 'empty', interrupted: null });
    this.#stage({});
  }

  /** Stops the running job with a checkpoint. @returns its outcome, or null if none runs */
  stop(): Promise<JobOutcome | ProjectionEnd | RecalibrationOutcome | null> {
    return this.#jobs.stop();
  }

  showModel(uri: string, name: string): void {
    if (this.#jobs.busy) return;
    this.#putAway();
    this.store.set({ kind: 'model', model: { kind: 'reading', name } });
    this.#stage({ model: { uri, name } });
    void this.#read({ uri, name }, (model) => this.store.set({ kind: 'model', model }));
  }

  openPage(page: PageId): void {
    this.page.set(page);
    this.#memory.keep({ page });
  }

  viewEvaluation(change: Partial<EvaluationView>): void {
    const evaluationView = { ...this.evaluationView.value, ...change };
    this.evaluationView.set(evaluationView);
    this.#memory.keep({ evaluationView });
  }

  /** The folders that a model was evaluated on before the window was reloaded. */
  get keptEvaluation(): KeptEvaluation | null {
    return this.#memory.kept.evaluation;
  }

  // — the host —

  #propose(proposal: TrainingProposal, startNow: boolean): void {
    if (startNow) {
      this.#trainAnew(proposal.name, proposal, trainingAsProposed(proposal));
      return;
    }
    this.#dropForms();
    this.#proposed = new ProposedTraining(proposal, {
      run: (call) => this.#engine.run(call),
      onChange: (state) => this.store.set(state),
    });
  }

  #resume(proposal: ResumeProposal): void {
    const { jobId, dataset, model } = proposal;
    const name = baseName(model).replace(modelFileSuffix, '');
    const work = resumedTraining(proposal, (uri) => this.host.readFile(uri));
    this.#train({ jobId, name, dataset, resumed: true }, work);
  }

  #project(proposal: ProjectionProposal): void {
    this.#setFormAside();
    this.#jobs.project(proposal);
  }

  async #recalibrate(proposal: RecalibrationProposal): Promise<RecalibrationOutcome> {
    this.#setFormAside();
    return this.#jobs.recalibrate(proposal);
  }

  #trainAnew(name: string, { dataset }: TrainingProposal, work: TrainingWork): void {
    this.#train({ jobId: crypto.randomUUID(), name, dataset, resumed: false }, work);
  }

  #train(start: TrainingStart, work: TrainingWork): void {
    this.#dropForms();
    this.#jobs.train(start, work);
  }

  // — what is shown —

  /** Makes room for something else, whatever is being looked at or read. */
  #putAway(): void {
    this.#proposed?.close();
    this.#proposed = undefined;
    this.#reader.drop();
  }

  /** Makes room for a job that is no training: a form can be come back to. */
  #setFormAside(): void {
    this.#jobs.refuseWhileBusy();
    const form = this.#proposed;
    this.#putAway();
    if (form?.hasForm) this.#setAside = form;
    this.page.set('train');
  }

  /** Makes room for a training, whose form takes the place of another. */
  #dropForms(): void {
    this.#jobs.refuseWhileBusy();
    this.#putAway();
    this.#setAside = undefined;
    this.page.set('train');
  }

  #showEnd(state: EndedState, model: ModelFile | null): void {
    this.store.set(state);
    this.#stage({ model });
    if (model && state.model) void this.#read(model, (read) => this.store.set({ ...state, model: read }));
  }

  /** Nothing is shown if something else is wanted by then. */
  async #read({ uri, name }: ModelFile, show: (model: ShownModel) => void): Promise<void> {
    const model = await this.#reader.read(uri, name);
    if (model !== null) show(model);
  }

  #stage(scene: Scene): void {
    this.#memory.stage({ page: this.page.value, ...scene });
  }

  get #connection(): Host {
    return this.#connected.host;
  }

  get #engine(): EngineLink {
    return this.#connected.engine;
  }

  get #connected(): { readonly host: Host; readonly engine: EngineLink } {
    if (this.#ends === undefined) throw new LensError('internal', 'The page is not connected yet.');
    return this.#ends;
  }
}
