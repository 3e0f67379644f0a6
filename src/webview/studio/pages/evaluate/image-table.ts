/** `ll-evaluation-table`: evaluated images as a table, and those that could not be read; only the rows in sight exist. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { countOf } from '../../../../shared/count.ts';
import { formatScore } from '../../../../shared/verdict.ts';
import { gridStyles } from '../../../components/grid-styles.ts';
import {
  imageRowHeight,
  imageRowStyles,
  noVerdictSign,
  reasonCell,
  rowName,
  verdictSign,
} from '../../../components/image-rows.ts';
import { rowGrid, rowPicture, sortHeading } from '../../../components/row-grid.ts';
import { RowWindow } from '../../../components/row-window.ts';
import { formatPercent } from '../../../shared/format.ts';
import { turnedBy } from '../../../shared/row-order.ts';
import { rowOfKey } from '../../../shared/row-keys.ts';
import { StoreController } from '../../../shared/store.ts';
import { baseStyles } from '../../../shared/styles.ts';
import type { Thumbnails } from '../../../shared/thumbnails.ts';
import { descendingFirst, imageColumns, type ImageColumn, type ImageSort } from './image-order.ts';
import { outcomeOf, outcomeWords, unreadWords } from './outcome.ts';
import { isUnread, rowAt, setName, type EvaluationResult, type Row, type ScoredImage } from './result.ts';

const titles: Readonly<Record<ImageColumn, string>> = {
  name: 'Image',
  set: 'Set',
  score: 'Score',
  p: 'p',
  verdict: 'Verdict',
  outcome: 'Outcome',
};

const cells: Readonly<Record<ImageColumn, string>> = {
  name: 'name',
  set: 'set',
  score: 'figure score',
  p: 'figure p',
  verdict: 'verdict',
  outcome: 'outcome',
};

/** Fires `table-sort` with the order wanted, and with a row's place `table-current` and `table-open`. */
@customElement('ll-evaluation-table')
export class LensEvaluationTable extends LitElement {
  static override styles = [
    baseStyles,
    gridStyles,
    imageRowStyles,
    css`
      .scroll {
        height: auto;
        max-height: max(260px, min(72vh, 760px));
      }
      .cell.set {
        width: 112px;
      }
      .cell.outcome {
        width: 104px;
      }
      .unread .cell.outcome {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      /* As wide as what it stands for: score, p and verdict. */
      .cell.reason {
        width: 294px;
      }
      .mistake .cell.outcome {
        font-weight: 600;
      }
      /* Where room is short, what the outcome says already goes first; name, score and outcome stay. */
      @container (max-width: 740px) {
        .cell.p,
        .cell.verdict,
        .unread .cell.outcome {
          display: none;
        }
        .cell.reason {
          width: 192px;
        }
      }
      @container (max-width: 520px) {
        .cell.set {
          display: none;
        }
      }
      @container (max-width: 400px) {
        .cell.outcome {
          width: 92px;
        }
        .cell.reason {
          width: 154px;
        }
      }
    `,
  ];

  @property({ attribute: false }) result!: EvaluationResult;
  @property({ type: Number }) threshold = 0;
  /** Places of the rows, as {@link rowAt} has them, in their order. */
  @property({ attribute: false }) order: Uint32Array = new Uint32Array(0);
  @property({ attribute: false }) sort!: ImageSort;
  /** Place of a row; −1 for none. */
  @property({ type: Number }) current = -1;
  @property({ attribute: false }) pictures!: Thumbnails<ScoredImage>;

  readonly #window = new RowWindow(this, imageRowHeight, 20, 6);
  #arrived: StoreController<number> | undefined;

  /** The table lasts no longer than its result. */
  protected override willUpdate(): void {
    this.#arrived ??= new StoreController(this, this.pictures.arrived);
  }

  protected override render(): unknown {
    const { order, sort } = this;
    return rowGrid({
      ...{ order, window: this.#window, several: false },
      label: `${countOf(order.length, 'image')} of ${this.result.title}`,
      active: this.#active,
      headings: imageColumns.map((column) =>
        sortHeading({
          ...{ column, title: titles[column], cell: cells[column], sort },
          ...(column === 'p' ? { what: 'p-value' } : {}),
          onSort: (by) => {
            this.#say('table-sort', turnedBy(this.sort, by, descendingFirst));
            this.#window.toTop();
          },
        }),
      ),
      row: (place, at, active) => this.#row(place, at, active),
      onKey: this.#key,
    });
  }

  get #active(): number {
    return this.order.indexOf(this.current);
  }

  #row(place: number, at: number, active: boolean): unknown {
    const row = rowAt(this.result, place);
    if (row === undefined) return nothing;
    return html`<div
      class="row ${this.#looks(row)} ${active ? 'active selected' : ''}"
      id="row-${at}"
      data-index=${at}
      role="row"
      aria-rowindex=${at + 2}
      aria-selected=${active}
      title=${isUnread(row) ? row.reason : row.path}
      @click=${() => this.#say('table-current', place)}
      @dblclick=${() => this.#say('table-open', place)}
    >
      <div class="cell name" role="gridcell">
        ${rowPicture(isUnread(row) ? undefined : this.pictures.of(row))}${rowName(row.path)}
      </div>
      <div class="cell set" role="gridcell">${setName(this.result, row.kind)}</div>
      ${isUnread(row) ? this.#unreadCells(row.reason) : this.#scoredCells(row)}
    </div>`;
  }

  #looks(row: Row): string {
    if (isUnread(row)) return 'unread';
    const outcome = outcomeOf(row, this.threshold);
    const mistake = outcome === 'missed' || outcome === 'falseAlarm';
    return `${row.score > this.threshold ? 'anomalous' : ''} ${mistake ? 'mistake' : ''}`;
  }

  #unreadCells(reason: string): unknown {
    return html`${reasonCell(reason, 3)}
      <div class="cell outcome" role="gridcell">${noVerdictSign(unreadWords)}</div>`;
  }

  #scoredCells(image: ScoredImage): unknown {
    return html`<div class="cell figure score" role="gridcell">${formatScore(image.score)}</div>
      <div class="cell figure p" role="gridcell">${formatPercent(image.pValue)}</div>
      <div class="cell verdict" role="gridcell">${verdictSign(image.score > this.threshold)}</div>
      <div class="cell outcome" role="gridcell">${outcomeWords[outcomeOf(image, this.threshold)]}</div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { order } = this;
    this.#window.place(order.length);
    const active = this.#active;
    if (active >= 0 && (changed.has('current') || changed.has('sort')))
      this.#window.reveal(active, imageRowHeight);
    const { from, to } = this.#window;
    // Those that could not be read lie beyond the images.
    const inSight = Array.from(order.subarray(from, to), (place) => this.result.images[place]);
    this.pictures.want(inSight.filter((image) => image !== undefined));
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey) return;
    const { order, current } = this;
    const active = this.#active;
    const to = rowOfKey(event.key, active, order.length, this.#window.page);
    const place = order[to ?? -1];
    if (place !== undefined) this.#say('table-current', place);
    else if (event.key === 'Enter' && active >= 0) this.#say('table-open', current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-evaluation-table': LensEvaluationTable;
  }
}
