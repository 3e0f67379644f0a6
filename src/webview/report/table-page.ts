/** `ll-table-page`: the table of many images with its summary, its filters and what can be done with its rows. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { batchSentences, type BatchRow } from '../../shared/batch.ts';
import '../components/elements.ts';
import '../components/error.ts';
import { filterBarStyles } from '../components/filter-bar.ts';
import '../components/progress.ts';
import { skippedFiles } from '../components/skipped.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { baseName, unbroken } from '../shared/format.ts';
import { savedLine, Saving } from '../shared/saving.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, pageStyles, tableStyles } from '../shared/styles.ts';
import './check-table.ts';
import type { ReportSession } from './session.ts';
import { curedByModel, type TableState } from './state.ts';
import { tableCsv, tableJson } from './table-export.ts';
import {
  channelsOf,
  firstSort,
  noFilter,
  tableOrder,
  verdictFilters,
  type TableFilter,
  type CheckSort,
  type VerdictFilter,
} from './table-order.ts';
import type { Thumbnails } from '../shared/thumbnails.ts';

const filterNames: Readonly<Record<VerdictFilter, string>> = {
  all: 'All verdicts',
  anomalous: 'Anomalous',
  ordinary: 'Not anomalous',
  failed: 'Not checked',
};

interface Selected {
  readonly selection: readonly number[];
  readonly current: number;
}

@customElement('ll-table-page')
export class LensTablePage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    filterBarStyles,
    css`
      .page {
        max-width: none;
        height: 100vh;
        min-height: 520px;
        gap: 14px;
        padding-block: 18px;
        display: flex;
        flex-direction: column;
      }
      .finding {
        font-size: 1.15em;
        font-weight: 600;
      }
      .running {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
      }
      ll-check-table {
        flex: 1 1 auto;
        min-height: 200px;
      }
      .scroll table {
        width: 100%;
      }
    `,
  ];

  @property({ attribute: false }) session!: ReportSession;

  @state() private filter: TableFilter = noFilter;
  @state() private sort: CheckSort = firstSort;
  @state() private selection: ReadonlySet<number> = new Set();
  @state() private current = -1;

  readonly #saving = new Saving(this, (name, bytes) => this.session.save(name, bytes));
  #subscription: StoreController<TableState | null> | undefined;
  #thumbnails: Thumbnails<number> | undefined;
  #pictures: StoreController<number> | undefined;
  /** Batch that the selection and the filter belong to. */
  #batch = '';
  #ordered:
    | { readonly key: readonly unknown[]; readonly order: Uint32Array; readonly channels: readonly string[] }
    | undefined;

  protected override willUpdate(): void {
    const { table } = this.session;
    this.#subscription ??= new StoreController(this, table.store);
    if (this.#thumbnails !== table.thumbnails) {
      if (this.#pictures) {
        this.#pictures.hostDisconnected();
        this.removeController(this.#pictures);
      }
      this.#thumbnails = table.thumbnails;
      this.#pictures = new StoreController(this, this.#thumbnails.arrived);
    }
    const id = table.store.value?.batch.id ?? '';
    if (id === this.#batch) return;
    this.#batch = id;
    this.filter = noFilter;
    this.sort = firstSort;
    this.selection = new Set();
    this.current = -1;
    this.#saving.forget();
  }

  protected override render(): unknown {
    const table = this.session.table.store.value;
    if (table === null) return nothing;
    const { batch, tally, terms, running } = table;
    const { finding, chance } = batchSentences(tally, terms);
    const { order, channels } = this.#order(table);
    return html`<main class="page">
      <div>
        <h1>${baseName(batch.title)}</h1>
        <p class="quiet">
          ${baseName(batch.title) === batch.title ? nothing : html`<span class="path">${batch.title}</span>, `}checked
          with
          <button class="link" type="button" @click=${() => this.session.openFile(batch.model)}>
            ${batch.modelName}
          </button>
        </p>
      </div>
      ${running ? this.#renderRunning(table) : this.#renderEnd(table, unbroken(finding), unbroken(chance))}
      <p class="visually-hidden" aria-live="polite">${running ? '' : unbroken(finding)}</p>
      ${this.#renderBar(table, order)}
      <ll-check-table
        .table=${table}
        .order=${order}
        .sort=${this.sort}
        .channels=${channels}
        .selection=${this.selection}
        .current=${this.current}
        .thumbnails=${this.session.table.thumbnails}
        .arrived=${this.session.table.thumbnails.arrived.value}
        @table-sort=${({ detail }: CustomEvent<CheckSort>) => (this.sort = detail)}
        @table-select=${this.#select}
        @table-report=${({ detail }: CustomEvent<number>) => this.session.act([detail], 'report')}
        @table-copy=${() => this.#copy()}
      ></ll-check-table>
      ${savedLine(this.#saving.said)} ${skippedFiles(batch.skipped, batch.skippedCount)}
    </main>`;
  }

  #renderRunning({ batch, tally }: TableState): unknown {
    const found =
      tally.anomalous === 0 ? 'none anomalous so far' : `${formatCount(tally.anomalous)} anomalous so far`;
    return html`<div class="running">
      <ll-progress
        label=${`Checking: ${found}`}
        unit="images"
        .done=${tally.checked + tally.failed}
        .total=${batch.names.length}
      ></ll-progress>
      <vscode-button secondary @click=${() => this.session.table.stop()}>Stop</vscode-button>
    </div>`;
  }

  #renderEnd({ batch, tally, end }: TableState, finding: string, chance: string): unknown {
    const left = tally.images - tally.checked - tally.failed;
    return html`<div>
        <p class="finding">${finding}</p>
        ${chance === '' ? nothing : html`<p class="quiet">${chance}</p>`}
        ${
          batch.cut === null
            ? nothing
            : html`<p class="quiet">
                ${formatCount(batch.cut.limit)} of ${countOf(batch.cut.found, 'image')} were taken, evenly
                spaced, as the setting latentLens.maxImages asks.
              </p>`
        }
      </div>
      ${
        end?.error
          ? html`<ll-error .error=${end.error} @show-log=${() => this.session.showLog()}></ll-error>`
          : nothing
      }
      <div class="bar">
        ${
          left === 0
            ? nothing
            : html`<vscode-button @click=${() => this.session.continueBatch(batch.id)}
                >Check the Other ${formatCount(left)}</vscode-button
              >`
        }
        <vscode-button secondary @click=${() => this.session.repeatBatch(batch.id)}
          >Check All Again</vscode-button
        >
        ${
          end?.error && curedByModel(end.error)
            ? html`<vscode-button secondary @click=${() => this.session.chooseModel()}
                >Choose Model…</vscode-button
              >`
            : nothing
        }
      </div>`;
  }

  #renderBar(table: TableState, order: Uint32Array): unknown {
    const chosen = this.#chosen;
    const [first] = chosen;
    const action = (label: string, run: () => void, enabled: boolean): unknown =>
      html`<vscode-button secondary ?disabled=${!enabled} @click=${run}>${label}</vscode-button>`;
    const one = chosen.length === 1 && first !== undefined;
    return html`<div class="bar">
        <input
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          .value=${this.filter.text}
          @input=${(event: Event) =>
            (this.filter = { ...this.filter, text: (event.target as HTMLInputElement).value })}
        />
        <select aria-label="Filter by verdict" @change=${this.#chooseVerdict}>
          ${verdictFilters.map(
            (verdict) =>
              html`<option value=${verdict} ?selected=${this.filter.verdict === verdict}>
                ${filterNames[verdict]}
              </option>`,
          )}
        </select>
        <span class="quiet number">${countOf(order.length, 'row')}</span>
      </div>
      <div class="bar" role="toolbar" aria-label="Selected images">
        ${action('Open Report', () => one && this.session.act([first], 'report'), one)}
        ${action('Open Image', () => one && this.session.act([first], 'open'), one)}
        ${action('Reveal', () => one && this.session.act([first], 'reveal'), one)}
        ${action(chosen.length > 1 ? `Copy ${formatCount(chosen.length)} Paths` : 'Copy Path', () => this.#copy(), chosen.length > 0)}
        <span class="space"></span>
        ${action('Export CSV…', () => void this.#export(table, order, 'csv'), order.length > 0)}
        ${action('Export JSON…', () => void this.#export(table, order, 'json'), order.length > 0)}
      </div>`;
  }

  /** The selected rows that are listed, in the order of the table. */
  get #chosen(): readonly number[] {
    return this.selection.size === 0
      ? []
      : Array.from(this.#ordered?.order ?? []).filter((index) => this.selection.has(index));
  }

  #copy(): void {
    const chosen = this.#chosen;
    if (chosen.length > 0) this.session.act(chosen, 'copyPaths');
  }

  readonly #chooseVerdict = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const verdict = verdictFilters.find((each) => each === value) ?? 'all';
    this.filter = { ...this.filter, verdict };
  };

  readonly #select = ({ detail }: CustomEvent<Selected>): void => {
    this.selection = new Set(detail.selection);
    this.current = detail.current;
  };

  /** What is listed, as it is listed. */
  async #export(table: TableState, order: Uint32Array, type: 'csv' | 'json'): Promise<void> {
    const rows = Array.from(order)
      .map((index) => table.rows[index])
      .filter((row): row is BatchRow => row !== undefined);
    const exported = { ...table, rows, channels: channelsOf(table.rows) };
    const text = type === 'csv' ? tableCsv(exported) : tableJson(exported);
    const name = `${baseName(table.batch.title).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'check'}-anomalies.${type}`;
    const saved = `${countOf(rows.length, 'row')} saved`;
    await this.#saving.attempt(
      () => this.#saving.file(name, new TextEncoder().encode(text), saved),
      this.session.report,
    );
  }

  /** Ordered anew when rows came, or when something else is wanted. */
  #order(table: TableState): { readonly order: Uint32Array; readonly channels: readonly string[] } {
    const { batch, rows, version } = table;
    const key = [batch, rows, version, this.filter, this.sort];
    const before = this.#ordered;
    if (before && key.every((part, at) => part === before.key[at])) return before;
    const order = tableOrder(rows, batch.names, this.filter, this.sort);
    const now = { key, order, channels: channelsOf(rows) };
    this.#ordered = now;
    return now;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-table-page': LensTablePage;
  }
}
