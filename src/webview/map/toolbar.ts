/** `ll-map-toolbar`: the map's tools in one row; what there is no room for, in a panel behind “More”. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ProjectionName } from '../../shared/model-card.ts';
import '../components/elements.ts';
import { baseStyles } from '../shared/styles.ts';
import { possibleColorings } from './derive.ts';
import type { Coloring } from './groups.ts';
import { iconButtonStyles } from './panel-styles.ts';
import type { Look, MapModel } from './state.ts';
import type { Tool } from './surface.ts';
import { boxIcon, lassoIcon } from './tool-icons.ts';
import { toolbarStyles } from './toolbar-styles.ts';
import { coloringNames, projectionTitle } from './words.ts';

export type Extreme = 'largest' | 'smallest';

/** What a tool asks for. */
export type MapCommand =
  | { readonly do: 'tool'; readonly tool: Tool }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'fit' }
  | { readonly do: 'look'; readonly change: Partial<Look> }
  | { readonly do: 'color'; readonly coloring: Coloring }
  | { readonly do: 'project'; readonly projection: ProjectionName }
  | { readonly do: 'search'; readonly text: string }
  | { readonly do: 'list'; readonly which: Extreme }
  | { readonly do: 'save'; readonly as: 'png' | 'csv' }
  | { readonly do: 'open-in-editor' };

const tools: readonly { readonly tool: Tool; readonly icon: unknown; readonly title: string }[] = [
  { tool: 'move', icon: icon('move'), title: 'Move the map; Shift and drag selects a box' },
  { tool: 'lasso', icon: lassoIcon, title: 'Select by drawing around images' },
  { tool: 'box', icon: boxIcon, title: 'Select a box' },
  { tool: 'decode', icon: icon('eye'), title: 'Show what the decoder makes of any place' },
];

function icon(name: string): unknown {
  return html`<vscode-icon name=${name}></vscode-icon>`;
}

/** Below this width in CSS pixels a compact row has no room for zooming. */
const roomForZoom = 280;

/** Fires `map-command` with a {@link MapCommand}. The slot `projection` stands beside the choice of the projection. */
@customElement('ll-map-toolbar')
export class LensMapToolbar extends LitElement {
  static override styles = [baseStyles, iconButtonStyles, toolbarStyles];

  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) look!: Look;
  @property() tool: Tool = 'move';
  /** Only the tools themselves are in the row. */
  @property({ type: Boolean, reflect: true }) compact = false;
  /** Width in CSS pixels. */
  @property({ type: Number }) width = 0;
  /** Whether this is the map in an editor already. */
  @property({ type: Boolean }) large = false;
  /** The map's measures, in words, for the panel. */
  @property() about = '';

  @state() private open = false;

  @query('.toggle') private toggle!: HTMLElement;
  @query('.more') private more!: HTMLElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pointerdown', this.#outside);
    window.addEventListener('blur', this.#close);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('pointerdown', this.#outside);
    window.removeEventListener('blur', this.#close);
  }

  protected override render(): unknown {
    const { compact, look } = this;
    return html`<div class="row" role="toolbar" aria-label="Map" @focusout=${this.#left}>
        ${look.table ? nothing : this.#renderTools()}
        ${compact ? nothing : [this.#renderColoring(), this.#renderProjection(), this.#renderSearch(), this.#renderList()]}
        <span class="group end">
          ${this.#button('table', 'Show the images as a table', { do: 'look', change: { table: !look.table } }, look.table)}
          <button
            class="tool toggle"
            type="button"
            title="More"
            aria-label="More"
            aria-expanded=${this.open}
            aria-controls="more"
            @click=${this.#flip}
          >
            ${icon('ellipsis')}
          </button>
        </span>
      </div>
      ${this.open ? this.#renderMore() : nothing}`;
  }

  #renderTools(): unknown {
    const { compact, look } = this;
    return html`<span class="group">
        ${tools.map(({ tool, icon, title }) => this.#tool(icon, title, { do: 'tool', tool }, this.tool === tool))}
      </span>
      <span class="group">
        ${compact && this.width < roomForZoom ? nothing : this.#renderZoom()}
        ${this.#button('screen-full', 'Fit the map', { do: 'fit' })}
        ${compact ? nothing : this.#button('file-media', 'Show images where there is room', { do: 'look', change: { pictures: !look.pictures } }, look.pictures)}
      </span>`;
  }

  #renderZoom(): unknown {
    return [
      this.#button('zoom-in', 'Zoom in', { do: 'zoom', factor: 1.6 }),
      this.#button('zoom-out', 'Zoom out', { do: 'zoom', factor: 1 / 1.6 }),
    ];
  }

  #renderMore(): unknown {
    const { compact, look, large } = this;
    return html`<div
      class="more"
      id="more"
      role="dialog"
      aria-label="More of the map"
      @focusout=${this.#left}
      @keydown=${this.#key}
    >
      ${
        compact
          ? html`${this.#renderColoring()}${this.#renderProjection()}
              <div class="pair">${this.#renderSearch()}${this.#renderList()}</div>`
          : nothing
      }
      ${
        look.table
          ? nothing
          : html`<label
                >Point size
                <input
                  type="range"
                  min="0.5"
                  max="3"
                  step="0.25"
                  .value=${String(look.dotSize)}
                  @input=${(event: Event) =>
                    this.#ask({ do: 'look', change: { dotSize: Number(valueOf(event)) } })}
              /></label>
              ${compact ? this.#renderViewing() : nothing}`
      }
      <hr />
      <div class="acts">
        ${look.table ? nothing : this.#named('device-camera', 'Save the map as PNG…', { do: 'save', as: 'png' })}
        ${this.#named('save-as', 'Export all as CSV…', { do: 'save', as: 'csv' })}
        ${large ? nothing : this.#named('link-external', 'Open in an editor', { do: 'open-in-editor' })}
      </div>
      ${this.about === '' ? nothing : html`<p class="about quiet">${this.about}</p>`}
    </div>`;
  }

  #renderViewing(): unknown {
    return html`<div class="line">
      <label class="tick" title="Show images where there is room"
        ><input
          type="checkbox"
          .checked=${this.look.pictures}
          @change=${(event: Event) =>
            this.#ask({
              do: 'look',
              change: { pictures: (event.target as HTMLInputElement).checked },
            })}
        />Show images</label
      >
      ${this.width < roomForZoom ? html`<span class="group">${this.#renderZoom()}</span>` : nothing}
    </div>`;
  }

  #renderColoring(): unknown {
    return html`<label
      >Colour
      <select @change=${(event: Event) => this.#ask({ do: 'color', coloring: valueOf(event) as Coloring })}>
        ${possibleColorings(this.model).map(
          (one) =>
            html`<option value=${one} ?selected=${one === this.look.coloring}>${coloringNames[one]}</option>`,
        )}
      </select>
    </label>`;
  }

  #renderProjection(): unknown {
    const { projections } = this.model;
    return html`${
        projections.length < 2
          ? nothing
          : html`<label
              >Projection
              <select
                @change=${(event: Event) =>
                  this.#ask({ do: 'project', projection: valueOf(event) as ProjectionName })}
              >
                ${projections.map(
                  (one) =>
                    html`<option value=${one.name} .selected=${one.name === this.look.projection}>
                      ${projectionTitle(one)}
                    </option>`,
                )}
              </select>
            </label>`
      }<slot name="projection"></slot>`;
  }

  #renderSearch(): unknown {
    return html`<input
      type="search"
      placeholder="File name"
      aria-label="Search by file name"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter') this.#ask({ do: 'search', text: valueOf(event) });
      }}
    />`;
  }

  #renderList(): unknown {
    return html`<select
      class="list"
      aria-label="List"
      .value=${''}
      @change=${(event: Event) => {
        const which = valueOf(event) as Extreme | '';
        (event.target as HTMLSelectElement).value = '';
        if (which === '') return;
        if (this.compact) this.#closeToToggle();
        this.#ask({ do: 'list', which });
      }}
    >
      <option value="">List…</option>
      <option value="largest">Outliers</option>
      <option value="smallest">Near-duplicates</option>
    </select>`;
  }

  #button(name: string, title: string, command: MapCommand, pressed?: boolean): unknown {
    return this.#tool(icon(name), title, command, pressed);
  }

  #tool(icon: unknown, title: string, command: MapCommand, pressed?: boolean): unknown {
    return html`<button
      class="tool"
      type="button"
      title=${title}
      aria-label=${title}
      aria-pressed=${pressed ?? nothing}
      @click=${() => this.#ask(command)}
    >
      ${icon}
    </button>`;
  }

  /** An entry of the panel, which closes it. */
  #named(name: string, title: string, command: MapCommand): unknown {
    return html`<button
      class="tool named"
      type="button"
      @click=${() => {
        this.#closeToToggle();
        this.#ask(command);
      }}
    >
      ${icon(name)}${title}
    </button>`;
  }

  #ask(command: MapCommand): void {
    this.dispatchEvent(new CustomEvent('map-command', { detail: command }));
  }

  // — the panel —

  readonly #flip = async (): Promise<void> => {
    this.open = !this.open;
    if (!this.open) return;
    await this.updateComplete;
    this.more?.querySelector<HTMLElement>('select, input, button')?.focus();
  };

  readonly #close = (): void => {
    this.open = false;
  };

  #closeToToggle(): void {
    this.open = false;
    this.toggle.focus();
  }

  readonly #outside = (event: PointerEvent): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false;
  };

  /** Closes when the focus goes somewhere else. */
  readonly #left = ({ relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node)) return;
    const inside = this.renderRoot.contains(relatedTarget) || this.contains(relatedTarget);
    if (!inside && relatedTarget !== this) this.open = false;
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#closeToToggle();
  };
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

declare global {
  interface HTMLElementTagNameMap {
    'll-map-toolbar': LensMapToolbar;
  }
}
