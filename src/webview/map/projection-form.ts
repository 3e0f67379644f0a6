/** `ll-projection-form`: what t-SNE to compute of the map's images. No room while it is closed; keeps what was filled in. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  continuationOf,
  defaultChoices,
  fewestPoints,
  isStopped,
  lastTsneOf,
  refusalOfChoice,
  type choiceLimits,
  type ProjectionChoices,
} from '../../shared/projection-choices.ts';
import '../components/elements.ts';
import { formatCount } from '../../shared/count.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles, fieldStyles } from '../shared/styles.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';

type Field = keyof typeof choiceLimits;

const fields: readonly { readonly name: Field; readonly label: string; readonly help: string }[] = [
  {
    name: 'perplexity',
    label: 'Perplexity',
    help: 'about how many neighbours each image keeps; at most a third of the images',
  },
  { name: 'iterations', label: 'Iterations', help: 'steps of the descent' },
  { name: 'seed', label: 'Seed', help: 'the same seed gives the same map' },
];

@customElement('ll-projection-form')
export class LensProjectionForm extends LitElement {
  static override styles = [
    baseStyles,
    fieldStyles,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        gap: 8px 14px;
        grid-template-columns: minmax(0, 1fr);
        padding: 8px 10px 10px;
        border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        max-height: 55vh;
        overflow-y: auto;
      }
      .fields {
        display: grid;
        gap: 8px 16px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 190px), 1fr));
        align-items: start;
      }
      .field {
        display: grid;
        gap: 2px;
        min-width: 0;
      }
      .field > label {
        font-weight: 600;
      }
      .help {
        font-size: 0.92em;
      }
      /* In a side bar the explanations would push the map away. */
      @media (max-width: 420px) {
        .fields {
          grid-template-columns: repeat(3, minmax(0, 1fr));
          gap: 6px 8px;
        }
        .field.wide {
          grid-column: 1 / -1;
        }
        .help.quiet {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;

  /** What stands in the fields; null until one of them was changed. */
  @state() private values: Readonly<Record<Field, string>> | null = null;
  @state() private points: ProjectionChoices['points'] | null = null;

  #subscriptions: readonly unknown[] | undefined;
  #wasOpen = false;

  protected override willUpdate(): void {
    const { running, choosing } = this.session;
    this.#subscriptions ??= [new StoreController(this, running), new StoreController(this, choosing)];
  }

  protected override updated(): void {
    const open = this.#open;
    if (open && !this.#wasOpen) this.renderRoot.querySelector('select')?.focus();
    this.#wasOpen = open;
  }

  protected override render(): unknown {
    return this.#open ? this.#renderForm() : nothing;
  }

  get #open(): boolean {
    const { running, choosing } = this.session;
    return choosing.value && running.value === null;
  }

  #renderForm(): unknown {
    const { points, card } = this.model;
    const further = continuationOf(card);
    const stored = lastTsneOf(card);
    const { heldOut, count, total } = points;
    const of = (some: number): string => `${formatCount(some)} of ${formatCount(total)}`;
    return html`<form
      aria-label="Compute t-SNE"
      @submit=${(event: Event) => event.preventDefault()}
      @keydown=${this.#key}
    >
      <div class="fields">
        <div class="field wide">
          <label for="points">Images</label>
          <select
            id="points"
            @change=${(event: Event) => {
              this.points = (event.target as HTMLSelectElement).value as ProjectionChoices['points'];
            }}
          >
            <option
              value="held-out"
              ?selected=${this.#points === 'held-out'}
              ?disabled=${heldOut < fewestPoints}
            >
              Never trained on (${of(heldOut)})
            </option>
            <option value="all" ?selected=${this.#points === 'all'}>All (${of(count)})</option>
          </select>
          <span class="help quiet">time grows a little faster than their number</span>
        </div>
        ${fields.map((field) => this.#renderField(field))}
      </div>
      <div class="actions">
        <vscode-button type="button" @click=${() => this.#compute()}>Compute</vscode-button>
        ${
          further && stored
            ? html`<vscode-button secondary icon="debug-continue" @click=${() => this.#continue()}
                >${
                  isStopped(stored)
                    ? `Continue from ${formatCount(stored.iterations)} of ${formatCount(stored.planned)}`
                    : `Continue to ${formatCount(further.iterations)}`
                }</vscode-button
              >`
            : nothing
        }
        <vscode-button secondary @click=${() => this.#close()}>Cancel</vscode-button>
      </div>
    </form>`;
  }

  #renderField({ name, label, help }: (typeof fields)[number]): unknown {
    const text = this.#values[name];
    const refusal = refusalOfText(name, text);
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <input
        id=${name}
        inputmode="decimal"
        autocomplete="off"
        .value=${text}
        aria-invalid=${refusal !== null}
        aria-describedby="${name}-help"
        @input=${(event: Event) => {
          this.values = { ...this.#values, [name]: (event.target as HTMLInputElement).value };
        }}
      />
      <span id="${name}-help" class="help ${refusal === null ? 'quiet' : 'error'}"
        >${refusal === null ? nothing : html`<vscode-icon name="error"></vscode-icon>`}<span
          >${refusal ?? help}</span
        ></span
      >
    </div>`;
  }

  get #values(): Readonly<Record<Field, string>> {
    const { perplexity, iterations, seed } = defaultChoices;
    return (
      this.values ?? { perplexity: String(perplexity), iterations: String(iterations), seed: String(seed) }
    );
  }

  get #points(): ProjectionChoices['points'] {
    const possible = this.model.points.heldOut >= fewestPoints ? defaultChoices.points : 'all';
    return this.points ?? possible;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#close();
    // Without a button of its own kind a form of several fields does not take Enter.
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.#compute();
  };

  #compute(): void {
    const values = this.#values;
    const wrong = fields.find(({ name }) => refusalOfText(name, values[name]) !== null);
    if (wrong) {
      this.renderRoot.querySelector<HTMLInputElement>(`#${wrong.name}`)?.focus();
      return;
    }
    const choices = {
      points: this.#points,
      perplexity: Number(values.perplexity),
      iterations: Number(values.iterations),
      seed: Number(values.seed),
    };
    this.session.calls.send('project', { model: this.model.shown.uri, choices });
    this.#close();
  }

  #continue(): void {
    this.session.calls.send('continueProjection', { model: this.model.shown.uri });
    this.#close();
  }

  #close(): void {
    this.session.choosing.set(false);
  }
}

const refusalOfText = (name: Field, text: string): string | null =>
  refusalOfChoice(name, text.trim() === '' ? Number.NaN : Number(text));

declare global {
  interface HTMLElementTagNameMap {
    'll-projection-form': LensProjectionForm;
  }
}
