/** `ll-evaluation-images`: the table of all evaluated images with its filter, and the files that could not be read. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { countOf, formatCount } from '../../../../shared/count.ts';
import { formatScore } from '../../../../shared/verdict.ts';
import '../../../components/elements.ts';
import { filterBarStyles } from '../../../components/filter-bar.ts';
import { reasonTable } from '../../../components/skipped.ts';
import { lastOf } from '../../../shared/last-of.ts';
import { baseStyles, pageStyles, tableStyles } from '../../../shared/styles.ts';
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
import type { EvaluationResult, ListedImages, ScoredImage } from './result.ts';
import { placeOf, type EvaluationView } from './view.ts';

/** Reasons on the page; the CSV has them all. */
const mostReasons = 200;

const filterNames: Readonly<Record<OutcomeFilter, string>> = {
  all: 'All outcomes',
  missed: 'Missed',
  falseAlarm: 'False alarms',
  caught: 'Caught',
  passed: 'Rightly passed',
};

/** Fires `view` with what changes of it, `open-image` with an image, and `export-csv` with what is listed. */
@customElement('ll-evaluation-images')
export class LensEvaluationImages extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    filterBarStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
      td.path {
        min-width: 16ch;
      }
    `,
  ];

  @property({ attribute: false }) result!: EvaluationResult;
  @property({ attribute: false }) view!: EvaluationView;
  /** What images are flagged by, which may not be the calibrated one. */
  @property({ type: Number }) threshold = 0;
  @property({ attribute: false }) pictures!: Thumbnails<ScoredImage>;

  readonly #ranks = lastOf(imageRanks);
  readonly #counts = lastOf(countOutcomes);
  readonly #ordered = lastOf(imageOrder);
  readonly #place = lastOf(placeOf);

  protected override render(): unknown {
    const { result, view, threshold } = this;
    const { images } = result;
    const order = this.#ordered(result, this.#ranks(images), threshold, view.outcome, view.sort);
    const current = this.#place(images, view.image);
    return html`<section aria-label="All images">
        ${this.#renderBar(order, current)}
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
          Verdicts by the
          ${threshold === result.terms.threshold ? 'calibrated threshold' : 'moved threshold'},
          <span class="number">${formatScore(threshold)}</span>; p is the share of good images that score as
          high, by the calibration.
        </p>
      </section>
      ${this.#renderUnread()}`;
  }

  #renderBar(order: Uint32Array, current: number): unknown {
    const { result, view, threshold } = this;
    const counts = this.#counts(result.images, threshold);
    const chosen = order.includes(current);
    return html`<div class="bar">
      <select aria-label="Filter by outcome" @change=${this.#filter}>
        ${outcomeFilters.map((outcome) => {
          const count = outcome === 'all' ? result.images.length : counts[outcome];
          return html`<option value=${outcome} ?selected=${view.outcome === outcome}>
            ${filterNames[outcome]} (${formatCount(count)})
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

  /** As it is listed; what could not be read has no outcome, and comes last where all are listed. */
  #listed(order: Uint32Array): ListedImages {
    const { result, threshold, view } = this;
    return {
      images: Array.from(order, (place) => result.images[place]).filter((image) => image !== undefined),
      unread: view.outcome === 'all' ? result.unread : [],
      threshold,
    };
  }

  #renderUnread(): unknown {
    const { unread } = this.result;
    if (unread.length === 0) return nothing;
    return html`<section aria-labelledby="unread">
      <h2 id="unread">${countOf(unread.length, 'image')} not read</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="unread">
        ${reasonTable(unread.slice(0, mostReasons))}
      </div>
      ${unread.length > mostReasons ? html`<p class="quiet">The CSV names the others too.</p>` : nothing}
    </section>`;
  }

  readonly #filter = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.#change({ outcome: outcomeFilters.find((each) => each === value) ?? 'all' });
  };

  #goTo(place: number): void {
    const image = this.result.images[place];
    if (image === undefined) return;
    const { folder, path, kind } = image;
    this.#change({ image: { folder, path, kind } });
  }

  #open(place: number): void {
    const image = this.result.images[place];
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
