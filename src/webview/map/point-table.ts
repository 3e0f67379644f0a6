/** `ll-point-table`: all points as a table, for those who do not want a map; only the rows in sight exist. */
import { LitElement, html, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../components/elements.ts';
import { gridStyles } from '../components/grid-styles.ts';
import { rowGrid, rowPicture, sortHeading } from '../components/row-grid.ts';
import { RowWindow } from '../components/row-window.ts';
import { countOf } from '../../shared/count.ts';
import { lastOf } from '../shared/last-of.ts';
import { nameRanks, turnedBy } from '../shared/row-order.ts';
import { rowOfKey } from '../shared/row-keys.ts';
import { baseStyles } from '../shared/styles.ts';
import { pointTableStyles, tableRowHeight as rowHeight } from './point-table-styles.ts';
import type { PointPictures } from './pictures.ts';
import type { MapModel } from './state.ts';
import { tableColumns, tableOrder, type PointSort, type TableColumn } from './table-order.ts';
import { pointWords } from './words.ts';

const titles: Readonly<Record<TableColumn, string>> = {
  name: 'Name',
  class: 'Class',
  score: 'Score',
  set: 'Set',
  verdict: 'Verdict',
};

/** The first click on these shows what is out of the ordinary. */
const descendingFirst: ReadonlySet<TableColumn> = new Set(['score', 'verdict']);

/**
 * Fires `point-current` for the row that the keyboard or the pointer is at, `point-open` to open it, `points-select`
 * with the whole new selection (ascending), `map-escape`.
 */
@customElement('ll-point-table')
export class LensPointTable extends LitElement {
  static override styles = [baseStyles, gridStyles, pointTableStyles];

  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) pictures: PointPictures | null = null;
  /** U8 `[n]`: 1 where a point is not listed. */
  @property({ attribute: false }) hiddenPoints: Uint8Array = new Uint8Array(0);
  /** U8 `[n]`, or null where nothing is selected. */
  @property({ attribute: false }) selected: Uint8Array | null = null;
  @property({ type: Number }) current = -1;
  /** Counts the pictures that arrived, so that the rows show them. */
  @property({ type: Number }) arrived = 0;

  @state() private sort: PointSort = { column: 'name', descending: false };
  readonly #window = new RowWindow(this, rowHeight, 20, 6);

  /** Where a range of rows begins. */
  #anchor = -1;

  readonly #ranks = lastOf(nameRanks);
  readonly #order = lastOf((model: MapModel, hidden: Uint8Array, sort: PointSort) =>
    tableOrder(
      { points: model.points, threshold: model.card.calibration?.threshold ?? null },
      this.#ranks(model.points.paths),
      hidden,
      sort,
    ),
  );
  readonly #rowOf = lastOf((rows: Uint32Array, point: number) => rows.indexOf(point));

  get #rows(): Uint32Array {
    return this.#order(this.model, this.hiddenPoints, this.sort);
  }

  get #columns(): readonly TableColumn[] {
    const { card } = this.model;
    return tableColumns.filter(
      (column) =>
        (column !== 'class' || card.dataset.classes.length > 0) &&
        (column !== 'verdict' || card.calibration !== null),
    );
  }

  protected override render(): unknown {
    const rows = this.#rows;
    return rowGrid({
      ...{ order: rows, window: this.#window, several: true },
      label: `${countOf(rows.length, 'image')} of ${this.model.shown.name}`,
      active: this.#rowOf(rows, this.current),
      columns: this.#columns.join(' '),
      headings: this.#columns.map((column) =>
        sortHeading({
          ...{ column, title: titles[column], cell: column, sort: this.sort },
          onSort: this.#sortBy,
        }),
      ),
      row: (point, at, active) => this.#row(point, at, active),
      onKey: (event) => {
        if (!this.#pressKey(event)) return;
        event.preventDefault();
        event.stopPropagation();
      },
    });
  }

  #row(point: number, index: number, active: boolean): unknown {
    const words = pointWords(this.model, point);
    const selected = this.selected?.[point] === 1;
    const cell = (column: TableColumn): unknown => {
      switch (column) {
        case 'name':
          return html`${rowPicture(this.pictures?.picture(point))}<span class="text">${words.name}</span>`;
        case 'class':
          return words.className ?? '–';
        case 'score':
          return words.score;
        case 'set':
          return words.set;
        case 'verdict':
          return words.anomalous
            ? html`<vscode-icon name="warning" size="12"></vscode-icon>${words.verdict}`
            : words.verdict;
      }
    };
    return html`<div
      class="row ${this.#columns.join(' ')} ${selected ? 'selected' : ''} ${active ? 'active' : ''}"
      id="row-${index}"
      data-index=${index}
      data-point=${point}
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${selected}
      title=${words.path}
      @click=${(event: MouseEvent) => this.#click(event, index)}
      @dblclick=${() => this.#say('point-open', point)}
    >
      ${this.#columns.map(
        (column) => html`<div class="cell ${column}" role="gridcell">${cell(column)}</div>`,
      )}
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const rows = this.#rows;
    this.#window.place(rows.length);
    if (changed.has('current')) {
      const active = this.#rowOf(rows, this.current);
      if (active >= 0) this.#window.reveal(active, rowHeight);
    }
    const { from, to } = this.#window;
    const inSight = Array.from(rows.subarray(from, to));
    this.pictures?.want(
      'list',
      inSight.filter((point) => this.pictures?.of(point) === undefined),
    );
  }

  readonly #sortBy = (column: TableColumn): void => {
    this.sort = turnedBy(this.sort, column, (each) => descendingFirst.has(each));
    this.#window.toTop();
  };

  #click(event: MouseEvent, index: number): void {
    const point = this.#rows[index];
    if (point === undefined) return;
    if (event.shiftKey) this.#extend(index);
    else if (event.ctrlKey || event.metaKey) this.#toggle(index);
    else this.#anchor = index;
    this.#say('point-current', point);
  }

  /** @returns whether the key meant something here */
  #pressKey({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const rows = this.#rows;
    const active = this.#rowOf(rows, this.current);
    if (key === 'a' && (ctrlKey || metaKey)) {
      this.#say('points-select', ascending(rows));
      return true;
    }
    if (ctrlKey || metaKey) return false;
    const index = rowOfKey(key, active, rows.length, this.#window.page);
    if (index !== undefined) {
      if (shiftKey) {
        if (this.#anchor < 0) this.#anchor = Math.max(0, active);
        this.#extend(index);
      } else this.#anchor = index;
      const point = rows[index];
      if (point !== undefined) this.#say('point-current', point);
      return true;
    }
    switch (key) {
      case ' ':
        if (active >= 0) this.#toggle(active);
        return true;
      case 'Enter':
        if (active >= 0) this.#say('point-open', this.current);
        return true;
      case 'Escape':
        this.#say('map-escape', null);
        return true;
      default:
        return false;
    }
  }

  #extend(index: number): void {
    const from = Math.max(0, this.#anchor);
    const range = this.#rows.subarray(Math.min(from, index), Math.max(from, index) + 1);
    this.#say('points-select', ascending(range));
  }

  #toggle(index: number): void {
    this.#anchor = index;
    const point = this.#rows[index];
    if (point === undefined) return;
    const selection: number[] = [];
    this.selected?.forEach((one, each) => {
      if (one === 1 && each !== point) selection.push(each);
    });
    if (this.selected?.[point] !== 1) selection.push(point);
    this.#say('points-select', ascending(selection));
  }

  #say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const ascending = (points: Iterable<number>): number[] => [...points].sort((a, b) => a - b);

declare global {
  interface HTMLElementTagNameMap {
    'll-point-table': LensPointTable;
  }
}
