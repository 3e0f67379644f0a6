/** `ll-projection-button` and `ll-projection-bar`: computing a t-SNE of the map's images, from asking to stopping. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  continuationOf,
  defaultChoices,
  fewestPoints,
  isStopped,
  refusalOfChoice,
  tsneOf,
  type choiceLimits,
  type ProjectionChoices,
} from '../../shared/projection-choices.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import '../components/elements.ts';
import '../components/progress.ts';
import { formatCount } from '../../shared/count.ts';
import { Announcer } from '../shared/announcer.ts';
import { formatTimeLeft } from '../shared/format.ts';
import { projectionProgress } from '../shared/projection-words.ts';
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

/** Opens the form for a t-SNE; beside the choice of the projection. */
@customElement('ll-projection-button')
export class LensProjectionButton extends LitElement {
  static override styles = [
    baseStyles,
    css`
      button {
        font: inherit;
        color: var(--vscode-textLink-foreground);
        background: none;
        border: 1px solid transparent;
        border-radius: 3px;
        padding: 2px 5px;
        cursor: pointer;
        white-space: nowrap;
      }
      button:hover {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
      button:disabled {
        color: var(--vscode-disabledForeground);
        cursor: default;
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;

  #subscribed = false;

  protected override willUpdate(): void {
    if (this.#subscribed) return;
    this.#subscribed = true;
    new StoreController(this, this.session.running);
    new StoreController(this, this.session.choosing);
  }

  protected override render(): unknown {
    const { running, choosing } = this.session;
    return html`<button
      type="button"
      aria-expanded=${choosing.value}
      ?disabled=${running.value !== null}
      @click=${() => choosing.set(!choosing.value)}
    >
      Compute t-SNE…
    </button>`;
  }
}

/** What to compute, or how far it is. Takes no room where neither is of interest. */
@customElement('ll-projection-bar')
export class LensProjectionBar extends LitElement {
  static override styles = [
    baseStyles,
    fieldStyles,
    css`
      :host {
        display: block;
      }
      form,
      .running {
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
      .running {
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        padding-block: 6px;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        font-variant-numeric: tabular-nums;
      }
      progress {
        appearance: none;
        width: 100%;
        height: 3px;
        border: 0;
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
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
      progress::-webkit-progress-bar {
        background: transparent;
      }
      progress::-webkit-progress-value {
        background: var(--vscode-progressBar-background);
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;

  /** What stands in the fields; null until one of them was changed. */
  @state() private values: Readonly<Record<Field, string>> | null = null;
  @state() private points: ProjectionChoices['points'] | null = null;

  #subscribed = false;
  #wasRunning = false;
  readonly #announcer = new Announcer(this);

  protected override willUpdate(): void {
    if (!this.#subscribed) {
      this.#subscribed = true;
      new StoreController(this, this.session.running);
      new StoreController(this, this.session.choosing);
    }
    this.#speak(this.session.running.value);
  }

  protected override updated(): void {
    if (this.session.choosing.value && !this.#opened) this.renderRoot.querySelector('select')?.focus();
    this.#opened = this.session.choosing.value;
  }
  #opened = false;

  protected override render(): unknown {
    const { running, choosing } = this.session;
    return html`${
        running.value !== null
          ? this.#renderRunning(running.value)
          : choosing.value
            ? this.#renderForm()
            : nothing
      }
      <p class="visually-hidden" aria-live="polite">${this.#announcer.spoken}</p>`;
  }

  // — how far —

  #renderRunning(running: ProjectionStatus): unknown {
    const { share, secondsLeft, stopping, phase } = running;
    const known = phase === 'neighbours' || phase === 'embedding';
    return html`<div class="running">
      <div>
        <p class="line" title=${running.engine ?? nothing}>
          <span>t-SNE · ${projectionProgress(running)}</span>
          ${
            secondsLeft === null
              ? nothing
              : html`<span class="quiet">${formatTimeLeft(secondsLeft)} left</span>`
          }
        </p>
        <progress aria-label="t-SNE" max="1" value=${known ? share : nothing}></progress>
      </div>
      <vscode-button
        secondary
        icon="debug-stop"
        ?disabled=${stopping}
        @click=${() => this.session.calls.send('stopProjection', {})}
        >${stopping ? 'Stopping…' : 'Stop'}</vscode-button
      >
    </div>`;
  }

  #speak(running: ProjectionStatus | null): void {
    if (running !== null) this.#announcer.push(`t-SNE: ${projectionProgress(running)}.`);
    else if (this.#wasRunning) this.#announcer.now('The t-SNE has ended.');
    this.#wasRunning = running !== null;
  }

  // — what —

  #renderForm(): unknown {
    const { points, card } = this.model;
    const further = continuationOf(card);
    const stored = tsneOf(card);
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
    'll-projection-button': LensProjectionButton;
    'll-projection-bar': LensProjectionBar;
  }
}
