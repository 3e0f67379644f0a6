/** `ll-evaluation-images`: the table of all evaluated images with its filter. */
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { countOf, formatCount } from '../../../../shared/count.ts';
import { formatScore } from '../../../../shared/verdict.ts';
import '../../../components/elements.ts';
import { filterBarStyles } from '../../../components/filter-bar.ts';
import { lastOf } from '../../../shared/last-of.ts';
import { savedLine } from '../../../shared/saving.ts';
import { baseStyles, pageStyles } from '../../../shared/styles.ts';
import type { Thumbnails } from '../../../shared/thumbnails.ts';
import {
  countOutcomes,
  imageOrder,
  imageRanks,
  outcomeFilters,
  type ImageSort,
  type OutcomeFilter,
} from './image-order.ts';
import './image-table.ts';
import { rowAt, type EvaluationResult, type ListedImages, type ScoredImage } from './result.ts';
import { placeOf, type EvaluationView } from './view.ts';

const filterNames: Readonly<Record<OutcomeFilter, string>> = {
  all: 'All outcomes',
  missed: 'Missed',
  falseAlarm: 'False alarms',
  caught: 'Caught',
  passed: 'Rightly passed',
  unread: 'Not read',
};

/** Fires `view` with what changes of it, `open-image` with an image, and `export-csv` with what is listed. */
@customElement('ll-evaluation-images')
export class LensEvaluationImages extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    filterBarStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  @property({ attribute: false }) result!: EvaluationResult;
  @property({ attribute: false }) view!: EvaluationView;
  /** What images are flagged by, which may not be the calibrated one. */
  @property({ type: Number }) threshold = 0;
  @property({ attribute: false }) pictures!: Thumbnails<ScoredImage>;
  /** What became of the table that was saved last, in words. */
  @property() saved = '';

  readonly #ranks = lastOf(imageRanks);
  readonly #counts = lastOf(countOutcomes);
  readonly #ordered = lastOf(imageOrder);
  readonly #place = lastOf(placeOf);

  protected override render(): unknown {
    const { result, view, threshold } = this;
    const order = this.#ordered(result, this.#ranks(result), threshold, view.outcome, view.sort);
    const current = this.#place(result, view.image);
    return html`<section aria-label="All images">
      ${this.#renderBar(order, current)} ${savedLine(this.saved)}
      <ll-evaluation-table
        .result=${result}
        .threshold=${threshold}
        .order=${order}
        .sort=${view.sort}
        .current=${current}
        .pictures=${this.pictures}
        @table-sort=${({ detail }: CustomEvent<ImageSort>) => this.#change({ sort: detail })}
        @table-current=${({ detail }: CustomEvent<number>) => this.#goTo(detail)}
        @table-open=${({ detail }: CustomEvent<number>) => this.#open(detail)}
      ></ll-evaluation-table>
      <p class="quiet prose">
        Verdicts by the ${threshold === result.terms.threshold ? 'calibrated threshold' : 'moved threshold'},
        <span class="number">${formatScore(threshold)}</span>; p is the share of good images that score as
        high, by the calibration.
      </p>
    </section>`;
  }

  #renderBar(order: Uint32Array, current: number): unknown {
    const { result, view, threshold } = this;
    const unread = result.unread.length;
    const counts = {
      ...this.#counts(result.images, threshold),
      ...{ unread, all: result.images.length + unread },
    };
    const chosen = order.includes(current);
    return html`<div class="bar">
      <select aria-label="Filter by outcome" @change=${this.#filter}>
        ${outcomeFilters.map((outcome) => {
          return html`<option value=${outcome} ?selected=${view.outcome === outcome}>
            ${filterNames[outcome]} (${formatCount(counts[outcome])})
          </option>`;
        })}
      </select>
      <span class="visually-hidden" role="status">${countOf(order.length, 'row')}</span>
      <span class="space"></span>
      <vscode-button secondary ?disabled=${!chosen} @click=${() => this.#open(current)}
        >Open Image</vscode-button
      >
      <vscode-button
        secondary
        ?disabled=${order.length === 0}
        @click=${() => this.#say('export-csv', this.#listed(order))}
        >Export CSV…</vscode-button
      >
    </div>`;
  }

  /** As it is listed. */
  #listed(order: Uint32Array): ListedImages {
    const { result, threshold } = this;
    const rows = Array.from(order, (place) => rowAt(result, place)).filter((row) => row !== undefined);
    return { rows, threshold };
  }

  readonly #filter = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.#change({ outcome: outcomeFilters.find((each) => each === value) ?? 'all' });
  };

  #goTo(place: number): void {
    const image = rowAt(this.result, place);
    if (image === undefined) return;
    const { folder, path, kind } = image;
    this.#change({ image: { folder, path, kind } });
  }

  #open(place: number): void {
    const image = rowAt(this.result, place);
    if (image !== undefined) this.#say('open-image', image);
  }

  #change(change: Partial<EvaluationView>): void {
    this.#say('view', change);
  }

  #say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-evaluation-images': LensEvaluationImages;
  }
}
