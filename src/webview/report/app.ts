/** `ll-report`: the verdict on one image, its pictures, and where it stands; or the table of many. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { describeShape } from '../../shared/model-spec.ts';
import type { CheckResult } from '../../shared/protocol/forward.ts';
import { formatScore, verdictSentence, type Verdict } from '../../shared/verdict.ts';
import '../components/elements.ts';
import '../components/error.ts';
import { facts, factsStyles } from '../components/facts.ts';
import '../components/histogram.ts';
import '../components/progress.ts';
import { baseName, countOf, formatPercent, unbroken } from '../shared/format.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import './pictures.ts';
import type { ReportSession } from './session.ts';
import { curedByModel, type Checked, type Face, type ReportState, type TableState } from './state.ts';
import './table-page.ts';

@customElement('ll-report')
export class LensReport extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    factsStyles,
    css`
      .page {
        max-width: 860px;
      }
      .verdict {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 12px;
        align-items: center;
      }
      .verdict vscode-icon {
        grid-row: span 2;
        align-self: start;
      }
      .conclusion {
        font-size: 1.3em;
        font-weight: 600;
        line-height: 1.3;
      }
      .anomalous vscode-icon {
        color: var(--vscode-charts-red);
      }
      .ordinary vscode-icon {
        color: var(--vscode-charts-green);
      }
      .name {
        margin-bottom: 2px;
      }
      .back {
        display: inline-flex;
        gap: 4px;
        align-items: center;
        justify-self: start;
        margin-bottom: -12px;
      }
    `,
  ];

  @property({ attribute: false }) session!: ReportSession;

  #subscription: StoreController<ReportState> | undefined;
  #face: StoreController<Face> | undefined;
  #table: StoreController<TableState | null> | undefined;

  protected override willUpdate(): void {
    this.#subscription ??= new StoreController(this, this.session.store);
    this.#face ??= new StoreController(this, this.session.face);
    this.#table ??= new StoreController(this, this.session.table.store);
  }

  protected override render(): unknown {
    const state = this.session.store.value;
    // The table stays as it is, scrolled and filtered, while one of its images is looked at.
    const table = this.session.face.value === 'table';
    return html`
      <ll-table-page .session=${this.session} ?hidden=${!table}></ll-table-page>
      ${table ? nothing : this.#renderImage(state)}
    `;
  }

  #renderImage(state: ReportState): unknown {
    return html`
      <main class="page">
        ${this.#renderBack()}
        <p class="visually-hidden" aria-live="polite">${spoken(state)}</p>
        ${this.#renderState(state)}
      </main>
    `;
  }

  #renderBack(): unknown {
    const table = this.session.table.store.value;
    if (table === null) return nothing;
    return html`<button class="link back" type="button" @click=${() => this.session.turnTo('table')}>
      <vscode-icon name="arrow-left" size="14"></vscode-icon>${
        table.running ? 'To the images that are being checked' : `All of ${baseName(table.batch.title)}`
      }
    </button>`;
  }

  #renderState(state: ReportState): unknown {
    switch (state.kind) {
      case 'waiting':
        return html`
          <h1>Check an image</h1>
          <p>Right-click an image and choose <strong>Check for Anomaly</strong>; its report appears here.</p>
          ${this.#modelActions(true)}
        `;
      case 'checking':
        return html`
          ${this.#title(state.request.name, state.request.image)}
          <ll-progress label="Checking with ${state.request.modelName}"></ll-progress>
        `;
      case 'failed':
        return html`
          ${this.#title(state.name, state.request?.image ?? null)}
          <ll-error .error=${state.error} @show-log=${() => this.session.showLog()}></ll-error>
          ${curedByModel(state.error) ? this.#modelActions(false) : nothing}
        `;
      case 'checked':
        return this.#renderChecked(state.request, state.result, state.milliseconds);
    }
  }

  #title(name: string, image: string | null): unknown {
    const short = baseName(name);
    return html`<div>
      <h1 class="name">${short}</h1>
      ${
        image === null
          ? html`<p class="quiet path">${name}</p>`
          : html`<button class="link" type="button" @click=${() => this.session.openFile(image)}>
              ${name}
            </button>`
      }
    </div>`;
  }

  #modelActions(trainFirst: boolean): unknown {
    return html`<div class="actions">
      <vscode-button ?secondary=${trainFirst} @click=${() => this.session.chooseModel()}
        >Choose Model…</vscode-button
      >
      <vscode-button ?secondary=${!trainFirst} @click=${() => this.session.train()}
        >Train a Model…</vscode-button
      >
    </div>`;
  }

  #renderChecked(request: Checked, result: CheckResult, milliseconds: number): unknown {
    const { verdict } = result;
    const { evidence, conclusion } = verdictWords(verdict);
    const { calibration } = request.card;
    const seen = `${describeShape(result)}, from ${result.originalHeight} × ${result.originalWidth}`;
    return html`
      ${this.#title(request.name, request.image)}
      <div class="verdict ${verdict.anomalous ? 'anomalous' : 'ordinary'}">
        <vscode-icon name=${verdict.anomalous ? 'warning' : 'pass'} size="30"></vscode-icon>
        <p class="conclusion">${conclusion}</p>
        <p>${evidence}</p>
      </div>
      <ll-pictures .result=${result}></ll-pictures>
      <section>
        <h2>Among ${countOf(verdict.calibrationImages, 'good image')}</h2>
        <ll-histogram
          .scores=${result.calibrationScores}
          .threshold=${verdict.threshold}
          .mark=${verdict.score}
        ></ll-histogram>
      </section>
      <section aria-label="Details">
        ${facts([
          {
            term: 'Score',
            value: formatScore(verdict.score),
            note: 'mean squared error of the reconstruction',
          },
          {
            term: 'Threshold',
            value: formatScore(verdict.threshold),
            note: `false-alarm rate ${formatPercent(verdict.falsePositiveRate)}`,
          },
          {
            term: 'p',
            value: formatPercent(verdict.pValue),
            note: 'share of good images that score as high',
          },
          {
            term: 'Model',
            value: html`<button
              class="link"
              type="button"
              @click=${() => this.session.openFile(request.model)}
            >
              ${request.modelName}
            </button>`,
            note: calibration === null ? undefined : `calibrated on ${countOf(calibration.images, 'image')}`,
          },
          { term: 'Seen as', value: seen },
          { term: 'Time', value: `${Math.max(1, Math.round(milliseconds))} ms` },
        ])}
      </section>
    `;
  }
}

/** The verdict's sentences, their percentages held together. */
function verdictWords(verdict: Verdict): ReturnType<typeof verdictSentence> {
  const { evidence, conclusion } = verdictSentence(verdict);
  return { evidence: unbroken(evidence), conclusion: unbroken(conclusion) };
}

/** What a screen reader hears when the state changes; errors speak for themselves. */
function spoken(state: ReportState): string {
  if (state.kind === 'checking') return `Checking ${baseName(state.request.name)}.`;
  if (state.kind !== 'checked') return '';
  const { conclusion, evidence } = verdictWords(state.result.verdict);
  return `${baseName(state.request.name)}: ${conclusion} ${evidence}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'll-report': LensReport;
  }
}
