/** A training that is proposed in the Studio: the look at its images, its form, and their inspection. Draws nothing. */
import { isCancelled, toWireError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/protocol/engine.ts';
import type { TrainingProposal } from '../../shared/protocol/studio.ts';
import type { EngineLink } from './engine-link.ts';
import { initialForm, readForm, type FormResult, type FormValues } from './form.ts';
import type { InspectionState, ProposalState, SurveyState } from './state.ts';

/** What the proposal needs of its page. */
export interface ProposalSeam {
  /** Runs a call in the worker. */
  readonly run: EngineLink['run'];
  readonly onChange: (state: ProposalState) => void;
}

export class ProposedTraining {
  #state: ProposalState;
  /** Ends the look or the inspection under way. */
  #looking = new AbortController();

  constructor(
    readonly proposal: TrainingProposal,
    private readonly seam: ProposalSeam,
  ) {
    const progress = { text: 'Looking at the images', done: 0, total: proposal.dataset.files };
    this.#state = { kind: 'proposal', proposal, survey: { kind: 'looking', progress } };
    seam.onChange(this.#state);
    void this.#survey(this.#looking.signal);
  }

  get state(): ProposalState {
    return this.#state;
  }

  /** Whether the images have been looked at, so that there is a form. */
  get hasForm(): boolean {
    return this.#surveyed !== null;
  }

  /** What the form asks for; null while there is none, or while it does not hold. */
  get asked(): FormResult | null {
    return this.#surveyed && readForm(this.#surveyed.form);
  }

  edit(form: FormValues): void {
    if (this.#surveyed) this.#change({ ...this.#surveyed, form });
  }

  /** Looks at all images as the form's values would have them seen; nothing happens while they do not hold. */
  async inspect(): Promise<void> {
    const form = this.asked;
    if (form === null) return;
    this.#looking.abort();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    const { dataset, defaults } = this.proposal;
    const { spec, fit } = form;
    const before = { text: 'Inspecting images', done: 0, total: dataset.files };
    this.#setInspection({ kind: 'running', progress: before });
    const { memoryBudget } = defaults;
    try {
      const inspection = await this.seam.run((worker) =>
        worker.call('inspect', { dataset, spec, fit, memoryBudget }, { signal }),
      );
      if (!signal.aborted) this.#setInspection({ kind: 'done', inspection });
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.#setInspection({ kind: 'failed', error: toWireError(error) });
    }
  }

  stopInspecting(): void {
    this.#looking.abort();
    this.#setInspection({ kind: 'none' });
  }

  /** How far the worker is with what is under way. */
  takeProgress(progress: Progress): void {
    const { survey } = this.#state;
    if (survey.kind === 'looking') this.#change({ kind: 'looking', progress });
    else if (this.#inspecting) this.#setInspection({ kind: 'running', progress });
  }

  /** Ends what is under way; the form stays as it is. */
  close(): void {
    if (this.#inspecting) this.stopInspecting();
    else this.#looking.abort();
  }

  get #surveyed(): Extract<SurveyState, { kind: 'done' }> | null {
    const { survey } = this.#state;
    return survey.kind === 'done' ? survey : null;
  }

  get #inspecting(): boolean {
    return this.#surveyed?.inspection.kind === 'running';
  }

  async #survey(signal: AbortSignal): Promise<void> {
    const { proposal } = this;
    const { dataset, defaults } = proposal;
    try {
      const survey = await this.seam.run((worker) =>
        worker.call('survey', { dataset, seed: defaults.training.seed }, { signal }),
      );
      if (signal.aborted) return;
      const form = initialForm(proposal, survey);
      this.#change({ kind: 'done', survey, form, inspection: { kind: 'none' } });
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.#change({ kind: 'failed', error: toWireError(error) });
    }
  }

  #setInspection(inspection: InspectionState): void {
    if (this.#surveyed) this.#change({ ...this.#surveyed, inspection });
  }

  #change(survey: SurveyState): void {
    this.#state = { ...this.#state, survey };
    this.seam.onChange(this.#state);
  }
}
