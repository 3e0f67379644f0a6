/** `ll-image-report`: the verdict on one image, why, and where it stands. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { describeShape } from '../../shared/model-spec.ts';
import { formatScore } from '../../shared/verdict.ts';
import '../components/elements.ts';
import { facts, factsStyles } from '../components/facts.ts';
import '../components/histogram.ts';
import { countOf } from '../../shared/count.ts';
import { formatPercent } from '../shared/format.ts';
import { savedLine, Saving } from '../shared/saving.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import './channels.ts';
import './nearest.ts';
import './pictures.ts';
import { reportDocument, type CheckedState } from './report-document.ts';
import { reportHtml } from './report-html.ts';
import { reportPng } from './report-png.ts';
import type { ReportSession } from './session.ts';
import type { NearImages } from './state.ts';
import { scoreNote, verdictWords } from './words.ts';

@customElement('ll-image-report')
export class LensImageReport extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    factsStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
      .verdict {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 12px;
        align-items: center;
      }
      .verdict > vscode-icon {
        grid-row: span 2;
        align-self: start;
      }
      .conclusion {
        font-size: 1.3em;
        font-weight: 600;
        line-height: 1.3;
      }
      .anomalous > vscode-icon {
        color: var(--vscode-charts-red);
      }
      .ordinary > vscode-icon {
        color: var(--vscode-charts-green);
      }
    `,
  ];

  @property({ attribute: false }) session!: ReportSession;
  @property({ attribute: false }) checked!: CheckedState;

  readonly #saving = new Saving(this, (name, bytes) => this.session.save(name, bytes));
  #near: StoreController<NearImages> | undefined;
  #of: CheckedState | undefined;

  protected override willUpdate(): void {
    this.#near ??= new StoreController(this, this.session.nearest);
    if (this.#of === this.checked) return;
    this.#of = this.checked;
    this.#saving.forget();
  }

  protected override render(): unknown {
    const { request, result, milliseconds } = this.checked;
    const { verdict, readings } = result;
    const { evidence, conclusion } = verdictWords(verdict);
    const { calibration } = request.card;
    const seen = `${describeShape(result)}, from ${result.originalHeight} × ${result.originalWidth}`;
    return html`
      <div class="verdict ${verdict.anomalous ? 'anomalous' : 'ordinary'}">
        <vscode-icon name=${verdict.anomalous ? 'warning' : 'pass'} size="30"></vscode-icon>
        <p class="conclusion">${conclusion}</p>
        <p>${evidence}</p>
      </div>
      <div class="actions">
        ${
          request.card.points === null
            ? nothing
            : html`<vscode-button secondary @click=${() => this.session.showOnMap(request.model)}
                >Show on Map</vscode-button
              >`
        }
        <vscode-button secondary @click=${() => void this.#export('png')}>Export PNG…</vscode-button>
        <vscode-button secondary @click=${() => void this.#export('html')}>Export HTML…</vscode-button>
        ${savedLine(this.#saving.said)}
      </div>
      <ll-pictures .result=${result}></ll-pictures>
      ${
        readings.length === 0 && result.autoencoder === null && result.pca === null
          ? nothing
          : html`<section>
              <h2>Why</h2>
              <ll-channels .result=${result}></ll-channels>
            </section>`
      }
      ${this.#renderNearest()}
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
          { term: 'Score', value: formatScore(verdict.score), note: scoreNote(readings) },
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
            note:
              calibration === null
                ? undefined
                : `calibrated on ${countOf(calibration.images, 'image')}${calibration.source ? ` of ${calibration.source.location}` : ''}`,
          },
          { term: 'Seen as', value: seen },
          { term: 'Time', value: `${Math.max(1, Math.round(milliseconds))} ms` },
        ])}
      </section>
    `;
  }

  #renderNearest(): unknown {
    const near = this.#nearest;
    if (near.images.length === 0) return nothing;
    const { request } = this.checked;
    return html`<section>
      <h2>${near.fitted ? 'Nearest training images' : 'Nearest images of the data set'}</h2>
      <ll-nearest
        .images=${near.images}
        .data=${request.card.dataset}
        @open-near=${({ detail }: CustomEvent<string>) => this.session.openNear(request.model, detail)}
      ></ll-nearest>
    </section>`;
  }

  /** Those of this image; none while they are looked for. */
  get #nearest(): NearImages {
    const near = this.session.nearest.value;
    return near.of === this.checked.result ? near : { of: null, images: [], fitted: false };
  }

  async #export(type: 'png' | 'html'): Promise<void> {
    const report = reportDocument(this.checked, this.#nearest.images, new Date().toISOString());
    const name = `${report.title.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'image'}-report.${type}`;
    await this.#saving.attempt(async () => {
      const bytes = type === 'png' ? await reportPng(report) : new TextEncoder().encode(reportHtml(report));
      await this.#saving.file(name, bytes);
    }, this.session.report);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-image-report': LensImageReport;
  }
}
