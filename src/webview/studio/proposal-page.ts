/** A data set that waits for the user's word: what was found, how it will be trained. */
import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { TrainingProposal } from '../../shared/protocol/studio.ts';
import { countOf } from '../../shared/count.ts';
import { baseStyles, noticeStyles, pageStyles, tableStyles } from '../shared/styles.ts';
import { factsStyles } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/progress.ts';
import { datasetStyles, datasetView } from './dataset-view.ts';
import type { FormValues } from './form.ts';
import type { StudioSession } from './session.ts';
import './inspection-view.ts';
import type { InspectionState, SurveyState } from './state.ts';
import { type LensTrainingForm } from './training-form.ts';
import './training-form.ts';

@customElement('ll-proposal-page')
export class LensProposalPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    factsStyles,
    noticeStyles,
    datasetStyles,
    css`
      .inspection {
        display: grid;
        gap: 10px;
        grid-template-columns: minmax(0, 1fr);
      }
      .bar {
        position: sticky;
        bottom: 0;
        padding: 12px 0;
        background: var(--vscode-editor-background);
        border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) proposal!: TrainingProposal;
  @property({ attribute: false }) survey!: SurveyState;

  @query('ll-training-form') private form!: LensTrainingForm | null;

  protected override render(): unknown {
    const { dataset, location } = this.proposal;
    return html`
      <main class="page" tabindex="-1">
        <div class="head">
          <div>
            <h1>Train on “${dataset.name}”</h1>
            <p class="quiet path">${location} · ${countOf(dataset.files, 'file')}</p>
          </div>
        </div>
        ${this.#renderSurvey()}
      </main>
    `;
  }

  #renderSurvey(): unknown {
    const { survey, proposal, session } = this;
    switch (survey.kind) {
      case 'looking':
        return html`
          <ll-progress
            label=${survey.progress.text}
            .done=${survey.progress.done}
            .total=${survey.progress.total}
          ></ll-progress>
          <div class="actions">
            <vscode-button secondary @click=${() => session.dismiss()}>Cancel</vscode-button>
          </div>
        `;
      case 'failed':
        return html`
          <ll-error .error=${survey.error} @show-log=${() => session.host.showLog()}></ll-error>
          <div class="actions">
            <vscode-button @click=${() => session.host.chooseDataset()}>Choose Other Images…</vscode-button>
            <vscode-button secondary @click=${() => session.dismiss()}>Cancel</vscode-button>
          </div>
        `;
      case 'done':
        return html`
          <section aria-label="Data set">
            ${datasetView(proposal.dataset, survey.survey, proposal.defaults.falseAlarmRate, countedShare(survey.inspection))}
          </section>
          <section class="inspection" aria-label="Inspection">
            ${this.#renderInspection(survey.inspection)}
          </section>
          <ll-training-form
            .values=${survey.form}
            .images=${survey.survey.images}
            .fitImages=${survey.survey.split.fit}
            .memoryBudget=${proposal.defaults.memoryBudget}
            @form-change=${(event: CustomEvent<FormValues>) => session.editForm(event.detail)}
            @form-submit=${() => session.train()}
          ></ll-training-form>
          <div class="actions bar">
            <vscode-button @click=${() => void this.form?.submit()}>Train</vscode-button>
            <vscode-button secondary @click=${() => session.dismiss()}>Cancel</vscode-button>
          </div>
        `;
    }
  }

  #renderInspection(state: InspectionState): unknown {
    const { session, proposal } = this;
    const { dataset } = proposal;
    switch (state.kind) {
      case 'none':
        return html`<div class="actions">
            <vscode-button secondary icon="search" @click=${() => void session.inspect()}
              >Inspect Images</vscode-button
            >
          </div>
          <p class="quiet">
            Looks at every image for near-duplicates, empty ones and odd sizes before anything is trained.
          </p>`;
      case 'running':
        return html`<ll-progress
            label=${state.progress.text}
            .done=${state.progress.done}
            .total=${state.progress.total}
          ></ll-progress>
          <div class="actions">
            <vscode-button secondary @click=${() => session.stopInspecting()}>Stop Inspecting</vscode-button>
          </div>`;
      case 'failed':
        return html`<ll-error .error=${state.error} @show-log=${() => session.host.showLog()}></ll-error>`;
      case 'done':
        return html`<h2>Inspection</h2>
          <ll-inspection
            .inspection=${state.inspection}
            .kind=${dataset.kind}
            @open-file=${(event: CustomEvent<string>) => session.host.openFile(dataset.id, event.detail)}
          ></ll-inspection>`;
    }
  }
}

/** Of all images, what a promise can count; 1 while nobody has looked. */
const countedShare = (state: InspectionState): number =>
  state.kind === 'done' ? state.inspection.units / Math.max(1, state.inspection.images) : 1;

declare global {
  interface HTMLElementTagNameMap {
    'll-proposal-page': LensProposalPage;
  }
}
