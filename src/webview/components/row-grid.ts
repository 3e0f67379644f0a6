/** The frame of a long sortable table of which only the rows in sight exist; its cells and their looks are its own. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Picture } from '../shared/pixels.ts';
import type { TableSort } from '../shared/row-order.ts';
import './elements.ts';
import './image.ts';
import type { RowWindow } from './row-window.ts';

export interface RowGrid {
  readonly label: string;
  /** What is listed, in order. */
  readonly order: Uint32Array;
  /** Place in `order` that the keyboard is at, −1 for none. */
  readonly active: number;
  readonly window: RowWindow;
  /** Whether several rows can be chosen. */
  readonly several: boolean;
  /** Classes of the heading's row. */
  readonly columns?: string;
  readonly headings: unknown;
  /** @param one element of `order`; its template is a `.row` with the id `row-AT` */
  readonly row: (one: number, at: number, active: boolean) => unknown;
  /** Keys that are not a heading's own. */
  readonly onKey: (event: KeyboardEvent) => void;
}

/** To be rendered as the host's only content. */
export function rowGrid({ order, active, window, ...grid }: RowGrid): TemplateResult {
  const { from, to } = window;
  const visible = order.subarray(from, to);
  const present = active >= from && active < from + visible.length;
  return html`<div
    class="scroll"
    role="grid"
    tabindex="0"
    aria-label=${grid.label}
    aria-rowcount=${order.length + 1}
    aria-multiselectable=${grid.several ? 'true' : nothing}
    aria-activedescendant=${present ? `row-${active}` : nothing}
    @scroll=${window.measure}
    @keydown=${(event: KeyboardEvent) => {
      if (!(event.target instanceof HTMLButtonElement || event.altKey)) grid.onKey(event);
    }}
  >
    <div class="header" role="rowgroup">
      <div class="row ${grid.columns ?? ''}" role="row" aria-rowindex="1">${grid.headings}</div>
    </div>
    <div class="all" role="rowgroup">
      ${Array.from(visible, (one, index) => grid.row(one, from + index, from + index === active))}
    </div>
  </div>`;
}

export interface SortHeading<Column extends string> {
  readonly column: Column;
  readonly title: string;
  /** What is sorted by, where the title alone does not say it. */
  readonly what?: string;
  /** Class of the column's cells. */
  readonly cell: string;
  readonly sort: TableSort<Column>;
  readonly onSort: (column: Column) => void;
}

/** The heading of a column, which sorts by it. */
export function sortHeading<Column extends string>(heading: SortHeading<Column>): TemplateResult {
  const { column, title, what = title.toLowerCase(), cell, sort, onSort } = heading;
  const active = sort.column === column;
  return html`<div
    class="cell ${cell}"
    role="columnheader"
    aria-sort=${active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
  >
    <button type="button" title=${`Sort by ${what}`} @click=${() => onSort(column)}>
      ${title}${
        active
          ? html`<vscode-icon name=${sort.descending ? 'arrow-down' : 'arrow-up'} size="12"></vscode-icon>`
          : nothing
      }
    </button>
  </div>`;
}

/** The small picture of a row, or its place while there is none. */
export const rowPicture = (picture: Picture | undefined): TemplateResult =>
  picture === undefined
    ? html`<span class="blank"></span>`
    : html`<ll-image aria-hidden="true" .picture=${picture}></ll-image>`;
