/** `ll-report`: the verdict on one image, its pictures, and where it stands; or the table of many. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/progress.ts';
import { baseName } from '../shared/format.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import './image-report.ts';
import type { ReportSession } from './session.ts';
import { curedByModel, type Face, type ReportState, type TableState } from './state.ts';
import './table-page.ts';
import { verdictWords } from './words.ts';

@customElement('ll-report')
export class LensReport extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    css`
      .page {
        max-width: 860px;
      }
      .name {
        margin-bottom: 2px;
      }
      .back {
        display: inline-flex;
        gap: 4px;
        align-items: center;
        justify-self: start;
        margin-bottom: -12px;
      }
    `,
  ];

  @property({ attribute: false }) session!: ReportSession;

  #subscription: StoreController<ReportState> | undefined;
  #face: StoreController<Face> | undefined;
  #table: StoreController<TableState | null> | undefined;

  protected override willUpdate(): void {
    this.#subscription ??= new StoreController(this, this.session.store);
    this.#face ??= new StoreController(this, this.session.face);
    this.#table ??= new StoreController(this, this.session.table.store);
  }

  protected override render(): unknown {
    const state = this.session.store.value;
    // The table stays as it is, scrolled and filtered, while one of its images is looked at.
    const table = this.session.face.value === 'table';
    return html`
      <ll-table-page .session=${this.session} ?hidden=${!table}></ll-table-page>
      ${table ? nothing : this.#renderImage(state)}
    `;
  }

  #renderImage(state: ReportState): unknown {
    return html`
      <main class="page">
        ${this.#renderBack()}
        <p class="visually-hidden" aria-live="polite">${spoken(state)}</p>
        ${this.#renderState(state)}
      </main>
    `;
  }

  #renderBack(): unknown {
    const table = this.session.table.store.value;
    if (table === null) return nothing;
    return html`<button class="link back" type="button" @click=${() => this.session.turnTo('table')}>
      <vscode-icon name="arrow-left" size="14"></vscode-icon>${
        table.running ? 'To the images that are being checked' : `All of ${baseName(table.batch.title)}`
      }
    </button>`;
  }

  #renderState(state: ReportState): unknown {
    switch (state.kind) {
      case 'waiting':
        return html`
          <h1>Check an image</h1>
          <p>Right-click an image and choose <strong>Check for Anomaly</strong>; its report appears here.</p>
          ${this.#modelActions(true)}
        `;
      case 'checking':
        return html`
          ${this.#title(state.request.name, state.request.image)}
          <ll-progress label="Checking with ${state.request.modelName}"></ll-progress>
        `;
      case 'failed':
        return html`
          ${this.#title(state.name, state.request?.image ?? null)}
          <ll-error .error=${state.error} @show-log=${() => this.session.showLog()}></ll-error>
          ${curedByModel(state.error) ? this.#modelActions(false) : nothing}
        `;
      case 'checked':
        return html`
          ${this.#title(state.request.name, state.request.image)}
          <ll-image-report .session=${this.session} .checked=${state}></ll-image-report>
        `;
    }
  }

  #title(name: string, image: string | null): unknown {
    const short = baseName(name);
    return html`<div>
      <h1 class="name">${short}</h1>
      ${
        image === null
          ? html`<p class="quiet path">${name}</p>`
          : html`<button class="link" type="button" @click=${() => this.session.openFile(image)}>
              ${name}
            </button>`
      }
    </div>`;
  }

  #modelActions(trainFirst: boolean): unknown {
    return html`<div class="actions">
      <vscode-button ?secondary=${trainFirst} @click=${() => this.session.chooseModel()}
        >Choose Model…</vscode-button
      >
      <vscode-button ?secondary=${!trainFirst} @click=${() => this.session.train()}
        >Train a Model…</vscode-button
      >
    </div>`;
  }
}

/** What a screen reader hears when the state changes; errors speak for themselves. */
function spoken(state: ReportState): string {
  if (state.kind === 'checking') return `Checking ${baseName(state.request.name)}.`;
  if (state.kind !== 'checked') return '';
  const { conclusion, evidence } = verdictWords(state.result.verdict);
  return `${baseName(state.request.name)}: ${conclusion} ${evidence}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'll-report': LensReport;
  }
}
