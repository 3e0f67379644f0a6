/** `ll-model-card`: what a model file says of itself, in words and numbers. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WireError } from '../../shared/errors.ts';
import type { ModelCardHostApi, ModelCardView } from '../../shared/protocol/model-card-page.ts';
import type { Connection } from '../../shared/rpc.ts';
import { formatScore } from '../../shared/verdict.ts';
import { calibrationView } from '../components/calibration.ts';
import { datasetNotes, datasetNotesStyles } from '../components/dataset-notes.ts';
import '../components/elements.ts';
import '../components/error.ts';
import { facts, factsStyles, tiles, type Fact } from '../components/facts.ts';
import { lossSection } from '../components/loss-section.ts';
import {
  engineFact,
  fittingFact,
  recipeFact,
  resultFacts,
  secondsInTraining,
} from '../components/model-facts.ts';
import '../components/progress.ts';
import { skippedFiles } from '../components/skipped.ts';
import { splitTable } from '../components/split-table.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { formatBytes } from '../../shared/bytes.ts';
import { formatDate, formatDuration, formatPercent } from '../shared/format.ts';
import type { Store } from '../shared/store.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, noticeStyles, pageStyles, tableStyles } from '../shared/styles.ts';
import { isUnfinished, progressWords, specWords } from '../shared/words.ts';

export type CardState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'shown'; readonly view: ModelCardView }
  | { readonly kind: 'failed'; readonly name: string; readonly error: WireError };

@customElement('ll-model-card')
export class LensModelCard extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    noticeStyles,
    tableStyles,
    factsStyles,
    datasetNotesStyles,
    css`
      .two {
        display: grid;
        gap: 28px 48px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        align-items: start;
      }
      .active {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
      }
      p {
        max-width: 72ch;
      }
      ul.classes {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 18px;
      }
      td.name {
        font-family: var(--vscode-editor-font-family, monospace);
      }
    `,
  ];

  @property({ attribute: false }) store!: Store<CardState>;
  @property({ attribute: false }) calls!: Connection<ModelCardHostApi>;

  #subscription: StoreController<CardState> | undefined;

  protected override willUpdate(): void {
    this.#subscription ??= new StoreController(this, this.store);
  }

  protected override render(): unknown {
    return html`<main class="page">${this.#renderState()}</main>`;
  }

  #renderState(): unknown {
    const state = this.store.value;
    switch (state.kind) {
      case 'reading':
        return html`<ll-progress label="Reading the model"></ll-progress>`;
      case 'failed':
        return html`<h1>${state.name}</h1>
          <ll-error .error=${state.error} @show-log=${() => this.calls.send('showLog', {})}></ll-error>`;
      case 'shown':
        return this.#renderCard(state.view);
    }
  }

  #renderCard(view: ModelCardView): unknown {
    const { card } = view;
    return html`
      <div class="head">
        <div>
          <h1>${view.name}</h1>
          <p class="state quiet">
            <span>${progressWords(card.progress, card.training.epochs)}</span>
            <span>${formatBytes(view.size)}</span>
            ${
              view.active
                ? html`<span class="active"><vscode-icon name="check"></vscode-icon>Active model</span>`
                : nothing
            }
          </p>
        </div>
        ${this.#renderActions(view)}
      </div>
      ${tiles(figures(view))}
      <div class="two">
        ${lossSection(card)}
        <section>
          <h2>Calibration</h2>
          ${calibrationView(card.calibration, card.dataset.split.calibration)}
          ${
            card.notebookRule === null
              ? nothing
              : html`<p class="quiet">
                  The notebook’s rule (mean + standard deviation of the batch losses) would draw the line at
                  ${formatScore(card.notebookRule.threshold)} and flag
                  ${formatPercent(card.notebookRule.flagged)} of the validation images.
                </p>`
          }
        </section>
        <section>
          <h2>Model</h2>
          ${facts(modelFacts(view))} ${tensorTable(view)}
        </section>
        <section>
          <h2>Data set</h2>
          <p class="path">${card.dataset.name}<span class="quiet"> · ${card.dataset.location}</span></p>
          ${splitTable(card.dataset.split)}
          ${
            card.dataset.classes.length < 2
              ? nothing
              : html`<details>
                  <summary>${countOf(card.dataset.classes.length, 'class', 'classes')}</summary>
                  <ul class="classes">
                    ${card.dataset.classes.map(
                      ({ name, count }) =>
                        html`<li>${name} <span class="number quiet">${formatCount(count)}</span></li>`,
                    )}
                  </ul>
                </details>`
          }
          ${datasetNotes(card.dataset, null)} ${skippedFiles(card.dataset.skipped, card.dataset.skippedCount)}
        </section>
      </div>
    `;
  }

  #renderActions({ card, active }: ModelCardView): unknown {
    const { calls } = this;
    const unfinished = isUnfinished(card);
    return html`<div class="actions">
      ${
        unfinished
          ? html`<vscode-button icon="debug-continue" @click=${() => calls.send('resume', {})}
              >Resume</vscode-button
            >`
          : nothing
      }
      ${
        card.calibration === null
          ? nothing
          : html`<vscode-button icon="search" @click=${() => calls.send('checkImage', {})}
              >Check an Image…</vscode-button
            >`
      }
      <vscode-button secondary @click=${() => calls.send('openInStudio', {})}>Open in Studio</vscode-button>
      ${
        active
          ? nothing
          : html`<vscode-button secondary @click=${() => calls.send('setActive', {})}
              >Set Active</vscode-button
            >`
      }
    </div>`;
  }
}

const figures = ({ card }: ModelCardView): readonly Fact[] => [
  ...resultFacts(card),
  { term: 'Images', value: formatCount(card.dataset.images) },
];

function modelFacts({ card }: ModelCardView): readonly Fact[] {
  const { spec, training, engine, preprocessing } = card;
  const seconds = secondsInTraining(card);
  return [
    { term: 'Kind', value: specWords(spec) },
    recipeFact(spec),
    { term: 'Epochs', value: formatCount(training.epochs) },
    { term: 'Batch size', value: formatCount(training.batchSize) },
    { term: 'Learning rate', value: String(training.learningRate) },
    { term: 'Weight decay', value: String(training.weightDecay) },
    { term: 'Seed', value: String(training.seed) },
    fittingFact(preprocessing),
    engineFact(engine),
    { term: 'Kernels', value: engine.build },
    { term: 'Time', value: seconds > 0 ? `${formatDuration(seconds)} in training` : '–' },
    { term: 'Created', value: formatDate(card.created), note: `by Latent Lens ${card.writtenBy}` },
  ];
}

const tensorTable = ({ tensors }: ModelCardView): unknown =>
  html`<details>
    <summary>${countOf(tensors.length, 'tensor')} in the file</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Tensors in the file">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Shape</th>
          </tr>
        </thead>
        <tbody>
          ${tensors.map(
            ({ name, dtype, shape }) =>
              html`<tr>
                <td class="name">${name}</td>
                <td>${dtype}</td>
                <td>${shape.join(' × ')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;

declare global {
  interface HTMLElementTagNameMap {
    'll-model-card': LensModelCard;
  }
}
