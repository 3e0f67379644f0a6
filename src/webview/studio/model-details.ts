/** `ll-model-details`: a model as read from its file: reconstructions by epoch, losses, calibration. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { facts, factsStyles, type Fact } from '../components/facts.ts';
import { datasetNotes, datasetNotesStyles } from '../components/dataset-notes.ts';
import { calibrationView } from '../components/calibration.ts';
import '../components/examples-strip.ts';
import '../components/histogram.ts';
import { lossSection } from '../components/loss-section.ts';
import { engineFact, fittingFact, recipeFact, trainingFact } from '../components/model-facts.ts';
import { skippedFiles } from '../components/skipped.ts';
import { splitTable } from '../components/split-table.ts';
import { formatDate } from '../shared/format.ts';
import { baseStyles, noticeStyles, tableStyles } from '../shared/styles.ts';
import { specWords } from '../shared/words.ts';
import type { ModelView } from './model-view.ts';

/** Fires `open-image` with the path of an image, relative to the data set. */
@customElement('ll-model-details')
export class LensModelDetails extends LitElement {
  static override styles = [
    baseStyles,
    noticeStyles,
    tableStyles,
    factsStyles,
    datasetNotesStyles,
    css`
      :host {
        display: grid;
        gap: 28px;
        grid-template-columns: minmax(0, 1fr);
      }
      section {
        display: grid;
        gap: 12px;
        grid-template-columns: minmax(0, 1fr);
      }
      .two {
        display: grid;
        gap: 28px 48px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        align-items: start;
      }
      .slider {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        align-items: center;
      }
      .slider input {
        flex: 1 1 100px;
        min-width: 0;
        max-width: 320px;
        accent-color: var(--vscode-focusBorder);
      }
      p {
        max-width: 72ch;
      }
    `,
  ];

  @property({ attribute: false }) view!: ModelView;

  /** Position among the kept epochs; the last where null. */
  @state() private chosen: number | null = null;

  protected override render(): unknown {
    const { card, calibrationScores } = this.view;
    return html`
      ${this.#renderExamples()}
      <div class="two">
        ${lossSection(card)}
        <section>
          <h2>Calibration</h2>
          ${calibrationView(card.calibration, card.dataset.split.calibration)}
          ${
            card.calibration === null || calibrationScores.length === 0
              ? nothing
              : html`<ll-histogram
                  .scores=${calibrationScores}
                  .threshold=${card.calibration.threshold}
                ></ll-histogram>`
          }
        </section>
      </div>
      <div class="two">
        <section>
          <h2>Model</h2>
          ${facts(this.#facts())}
        </section>
        <section>
          <h2>Data set</h2>
          <p class="path">${card.dataset.name}<span class="quiet"> · ${card.dataset.location}</span></p>
          ${splitTable(card.dataset.split)} ${datasetNotes(card.dataset, (path) => this.#open(path))}
          ${skippedFiles(card.dataset.skipped, card.dataset.skippedCount)}
        </section>
      </div>
    `;
  }

  #renderExamples(): unknown {
    const { examples, reconstructions, card } = this.view;
    if (examples === null) return nothing;
    const last = reconstructions.length - 1;
    const index = Math.min(this.chosen ?? last, last);
    const shown = reconstructions[index];
    return html`<section>
      <h2>Images and their reconstructions</h2>
      <ll-examples
        .examples=${examples}
        .reconstructions=${shown?.images ?? null}
        .classes=${card.dataset.classes.map(({ name }) => name)}
      ></ll-examples>
      ${
        last < 1
          ? nothing
          : html`<label class="slider">
              After epoch
              <input
                type="range"
                min="0"
                max=${last}
                step="1"
                .value=${String(index)}
                aria-valuetext=${`epoch ${shown?.epoch ?? 0}`}
                @input=${(event: Event) => (this.chosen = Number((event.target as HTMLInputElement).value))}
              />
              <span class="number">${shown?.epoch ?? '–'}</span>
            </label>`
      }
    </section>`;
  }

  #open(path: string): void {
    this.dispatchEvent(new CustomEvent<string>('open-image', { detail: path }));
  }

  #facts(): readonly Fact[] {
    const { spec, training, engine, created, preprocessing } = this.view.card;
    return [
      { term: 'Kind', value: specWords(spec) },
      recipeFact(spec),
      trainingFact(training),
      fittingFact(preprocessing),
      engineFact(engine),
      { term: 'Created', value: formatDate(created) },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-model-details': LensModelDetails;
  }
}
