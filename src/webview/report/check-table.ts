/** `ll-check-table`: checked images as a table; only the rows in sight exist. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isFailed, type BatchRow } from '../../shared/batch.ts';
import { formatScore } from '../../shared/verdict.ts';
import '../components/elements.ts';
import { gridStyles } from '../components/grid-styles.ts';
import {
  imageRowHeight,
  imageRowStyles,
  noVerdictSign,
  reasonCell,
  rowName,
  verdictSign,
} from '../components/image-rows.ts';
import { rowGrid, rowPicture, sortHeading } from '../components/row-grid.ts';
import { RowWindow } from '../components/row-window.ts';
import { countOf } from '../../shared/count.ts';
import { formatPercent } from '../shared/format.ts';
import type { Picture } from '../shared/pixels.ts';
import { turnedBy } from '../shared/row-order.ts';
import { baseStyles } from '../shared/styles.ts';
import type { Thumbnails } from '../shared/thumbnails.ts';
import type { TableState } from './state.ts';
import { tableKey } from './table-keys.ts';
import type { CheckSort, TableColumn } from './table-order.ts';
import { formatZ } from './words.ts';

/** The first click on these shows what is out of the ordinary. */
const ascendingFirst: ReadonlySet<TableColumn> = new Set(['name', 'p']);

/**
 * Fires `table-sort` with the order wanted, `table-select` with `{selection, current}` (places in the batch), and for
 * the row in question `table-report` and `table-copy`.
 */
@customElement('ll-check-table')
export class LensCheckTable extends LitElement {
  static override styles = [
    baseStyles,
    gridStyles,
    imageRowStyles,
    css`
      .cell.channel {
        width: 88px;
      }
      .cell.reason {
        flex: 0 1 auto;
        min-width: 164px;
        max-width: 420px;
      }
      /* Where room is short, the channels go first; name, verdict and score stay. */
      @container (max-width: 660px) {
        .cell.channel {
          display: none;
        }
      }
      @container (max-width: 500px) {
        .cell.p {
          display: none;
        }
        .cell.reason {
          min-width: 76px;
        }
      }
      @container (max-width: 400px) {
        .cell.verdict {
          width: 108px;
          gap: 4px;
        }
      }
    `,
  ];

  @property({ attribute: false }) table!: TableState;
  /** Places in the batch, in the order of the rows. */
  @property({ attribute: false }) order: Uint32Array = new Uint32Array(0);
  @property({ attribute: false }) sort!: CheckSort;
  @property({ attribute: false }) channels: readonly string[] = [];
  @property({ attribute: false }) selection: ReadonlySet<number> = new Set();
  @property({ attribute: false }) thumbnails: Thumbnails<number> | null = null;
  /** Place in the batch; −1 for none. */
  @property({ type: Number }) current = -1;
  /** Counts the pictures that arrived, so that the rows show them. */
  @property({ type: Number }) arrived = 0;

  readonly #window = new RowWindow(this, imageRowHeight, 20, 6);

  /** Row where a range begins. */
  #anchor = -1;

  protected override render(): unknown {
    const { order, table, channels } = this;
    return rowGrid({
      ...{ order, window: this.#window, several: true },
      label: `${countOf(order.length, 'image')} of ${table.batch.title}`,
      active: order.indexOf(this.current),
      headings: html`
        ${this.#heading('name', 'Image', 'name')} ${this.#heading('verdict', 'Verdict', 'verdict')}
        ${this.#heading('score', 'Score', 'figure score')} ${this.#heading('p', 'p', 'figure p')}
        ${channels.map((name) => this.#heading(`z:${name}`, name, 'figure channel', `channel ${name}`))}
      `,
      row: (index, at, active) => this.#row(index, at, active),
      onKey: (event) => this.#key(event),
    });
  }

  #heading(column: TableColumn, title: string, cell: string, what = title): unknown {
    return sortHeading({ ...{ column, title, cell, what, sort: this.sort }, onSort: this.#sortBy });
  }

  #row(index: number, at: number, active: boolean): unknown {
    const row = this.table.rows[index];
    if (!row) return nothing;
    const name = this.table.batch.names[index] ?? '';
    const selected = this.selection.has(index);
    const kind = isFailed(row) ? 'failed' : row.anomalous ? 'anomalous' : 'ordinary';
    return html`<div
      class="row ${kind} ${selected ? 'selected' : ''} ${active ? 'active' : ''}"
      id="row-${at}"
      data-index=${at}
      role="row"
      aria-rowindex=${at + 2}
      aria-selected=${selected}
      title=${isFailed(row) ? row.error.message : name}
      @click=${(event: MouseEvent) => this.#click(event, at)}
      @dblclick=${() => this.#say('table-report', index)}
    >
      <div class="cell name" role="gridcell">
        ${rowPicture(this.#picture(index, row))}${rowName(this.#short(name))}
      </div>
      ${isFailed(row) ? this.#failedCells(row.error.message) : this.#checkedCells(row)}
    </div>`;
  }

  #failedCells(reason: string): unknown {
    return html`<div class="cell verdict" role="gridcell">${noVerdictSign('not checked')}</div>
      ${reasonCell(reason, 2 + this.channels.length)}`;
  }

  #checkedCells(row: Exclude<BatchRow, { error: unknown }>): unknown {
    return html`<div class="cell verdict" role="gridcell">${verdictSign(row.anomalous)}</div>
      <div class="cell figure score" role="gridcell">${formatScore(row.score)}</div>
      <div class="cell figure p" role="gridcell">${formatPercent(row.pValue)}</div>
      ${this.channels.map((channel) => {
        const z = row.channels.find(({ name }) => name === channel)?.z;
        return html` <div class="cell figure channel" role="gridcell">${formatZ(z ?? Number.NaN)}</div>`;
      })}`;
  }

  /** Within the folder that the table is about, where there is one. */
  #short(name: string): string {
    const folder = `${this.table.batch.title}/`;
    return name.startsWith(folder) ? name.slice(folder.length) : name;
  }

  #picture(index: number, row: BatchRow): Picture | undefined {
    return isFailed(row) ? undefined : this.thumbnails?.of(index);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { order } = this;
    this.#window.place(order.length);
    if (changed.has('current') || changed.has('sort')) {
      const active = order.indexOf(this.current);
      if (active >= 0) this.#window.reveal(active, imageRowHeight);
    }
    const { from, to } = this.#window;
    const inSight = Array.from(order.subarray(from, to));
    this.thumbnails?.want(
      inSight.filter((index) => {
        const row = this.table.rows[index];
        return row !== undefined && !isFailed(row);
      }),
    );
  }

  readonly #sortBy = (column: TableColumn): void => {
    this.#say(
      'table-sort',
      turnedBy(this.sort, column, (each) => !ascendingFirst.has(each)),
    );
    this.#window.toTop();
  };

  #click(event: MouseEvent, at: number): void {
    if (event.shiftKey) this.#extend(at);
    else if (event.ctrlKey || event.metaKey) this.#toggle(at);
    else this.#moveTo(at);
  }

  #key(event: KeyboardEvent): void {
    const pressed = { key: event.key, shiftKey: event.shiftKey, command: event.ctrlKey || event.metaKey };
    const active = this.order.indexOf(this.current);
    const meant = tableKey(pressed, active, this.order.length, this.#window.page);
    if (meant === null) return;
    event.preventDefault();
    event.stopPropagation();
    switch (meant.kind) {
      case 'move':
        if (meant.extend) {
          if (this.#anchor < 0) this.#anchor = Math.max(0, active);
          this.#extend(meant.to);
        } else this.#moveTo(meant.to);
        break;
      case 'all':
        this.#select([...this.order], this.current);
        break;
      case 'toggle':
        if (active >= 0) this.#toggle(active);
        break;
      case 'report':
        if (active >= 0) this.#say('table-report', this.current);
        break;
      case 'copy':
        this.#say('table-copy', null);
        break;
      case 'none':
        this.#select([], this.current);
    }
  }

  #moveTo(at: number): void {
    const index = this.order[at];
    if (index === undefined) return;
    this.#anchor = at;
    this.#select([index], index);
  }

  #extend(at: number): void {
    const from = Math.max(0, this.#anchor);
    const range = this.order.subarray(Math.min(from, at), Math.max(from, at) + 1);
    this.#select([...range], this.order[at] ?? this.current);
  }

  #toggle(at: number): void {
    const index = this.order[at];
    if (index === undefined) return;
    this.#anchor = at;
    const others = [...this.selection].filter((each) => each !== index);
    this.#select(this.selection.has(index) ? others : [...others, index], index);
  }

  #select(selection: readonly number[], current: number): void {
    this.#say('table-select', { selection, current });
  }

  #say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-check-table': LensCheckTable;
  }
}
