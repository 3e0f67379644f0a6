/** What the pages about one model have in common: which model, its states, work in the worker and its failures. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { isCancelled, toWireError, type WireError } from '../../../shared/errors.ts';
import '../../components/elements.ts';
import '../../components/error.ts';
import '../../components/progress.ts';
import { Saving } from '../../shared/saving.ts';
import { StoreController } from '../../shared/store.ts';
import { baseStyles, fieldStyles, noticeStyles, pageStyles } from '../../shared/styles.ts';
import type { ModelView } from '../model-view.ts';
import type { StudioSession } from '../session.ts';
import { shownModel, type ShownModel, type StudioState } from '../state.ts';

/** Fields and rows of controls, the same on every page. */
export const controlStyles = css`
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 28px;
    align-items: start;
  }
  .control {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  .control > span:first-child,
  .control > label,
  legend {
    font-weight: 600;
    padding: 0;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  /* A fieldset's grid leaves its legend out. */
  legend {
    margin-bottom: 4px;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    min-height: 26px;
    align-items: center;
  }
  .choices label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    cursor: pointer;
  }
  input[type='radio'] {
    margin: 0;
  }
  input[type='radio'] {
    accent-color: var(--vscode-focusBorder);
  }
  input[type='range'] {
    width: 100%;
  }
  .range {
    display: grid;
    grid-template-columns: minmax(120px, 220px) 5ch;
    gap: 10px;
    align-items: center;
    min-height: 26px;
  }
  input[type='number'] {
    width: 11ch;
  }
  .lead {
    max-width: 76ch;
    margin-top: 4px;
  }
  .prose {
    max-width: 76ch;
  }
`;

export abstract class ModelPageBase extends LitElement {
  static override styles = [baseStyles, pageStyles, noticeStyles, fieldStyles, controlStyles];

  @property({ attribute: false }) session!: StudioSession;

  /** Why the last work failed; null while all is well. */
  @state() protected failure: WireError | null = null;

  protected abstract readonly heading: string;
  /** A page that saves files shows its {@link savedLine}. */
  protected readonly saving = new Saving(this, (name, bytes) => this.session.host.saveFile(name, bytes));

  #subscription: StoreController<StudioState> | undefined;
  #view: ModelView | undefined;

  /** Called once for every model that the page comes to show. */
  protected abstract takeModel(view: ModelView): void;
  protected abstract renderModel(view: ModelView, uri: string): unknown;

  protected get view(): ModelView | undefined {
    return this.#view;
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.#subscription ??= new StoreController(this, this.session.store);
    const model = shownModel(this.session.store.value);
    const view = model?.kind === 'read' ? model.view : undefined;
    if (view === this.#view) return;
    this.#view = view;
    this.failure = null;
    this.saving.forget();
    if (view !== undefined) this.takeModel(view);
  }

  protected override render(): unknown {
    const model = shownModel(this.session.store.value);
    return html`<main class="page" tabindex="-1">
      ${
        model?.kind === 'read'
          ? html`${this.renderModel(model.view, model.uri)}
            ${
              this.failure === null
                ? nothing
                : html`<ll-error
                    .error=${this.failure}
                    @show-log=${() => this.session.host.showLog()}
                  ></ll-error>`
            }`
          : html`<h1>${this.heading}</h1>
              ${this.#renderMissing(model)}`
      }
    </main>`;
  }

  protected renderHead(lead: unknown, actions: unknown = nothing): unknown {
    return html`<div class="head">
      <div>
        <h1>${this.heading}</h1>
        <p class="quiet lead">${lead}</p>
      </div>
      <div class="actions">${actions}</div>
    </div>`;
  }

  /** Does something for the model shown; what it throws is shown, what comes too late for another model is dropped. */
  protected async attempt(view: ModelView, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (view === this.#view) this.failure = null;
    } catch (error) {
      if (isCancelled(error) || view !== this.#view) return;
      this.failure = toWireError(error);
      this.session.host.report(error, this.heading);
    }
  }

  #renderMissing(model: Exclude<ShownModel, { kind: 'read' }> | null): unknown {
    const { session } = this;
    if (model?.kind === 'reading') return html`<ll-progress label="Reading “${model.name}”"></ll-progress>`;
    if (model?.kind === 'failed')
      return html`<ll-error .error=${model.error} @show-log=${() => session.host.showLog()}></ll-error>`;
    if (session.store.value.kind === 'running')
      return html`<p class="quiet">A model is in training. When it is saved, this page shows it.</p>`;
    return html`
      <p class="quiet">This page needs a model: open one from the Models view, or train one.</p>
      <div class="actions">
        <vscode-button @click=${() => session.host.chooseDataset()}>Choose Images…</vscode-button>
      </div>
    `;
  }
}
