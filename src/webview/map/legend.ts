/** `ll-map-legend`: what the colours mean; each entry shows and hides its points. */
import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../components/elements.ts';
import { formatCount } from '../../shared/count.ts';
import { baseStyles } from '../shared/styles.ts';
import type { Group, Grouping } from './groups.ts';
import { coloringNames } from './words.ts';

/** So many marks speak for all of them on a folded legend. */
const mostMarks = 10;

/** Fires `hidden-change` with the ids that are hidden. */
@customElement('ll-map-legend')
export class LensMapLegend extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 4px;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        padding: 1px 7px 1px 5px;
        font: inherit;
        color: var(--vscode-foreground);
        background: none;
        border: 1px solid transparent;
        border-radius: 10px;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
      button[aria-pressed='false'] {
        text-decoration: line-through;
        color: var(--vscode-descriptionForeground);
      }
      button[aria-pressed='false'] svg {
        opacity: 0.35;
      }
      svg {
        width: 12px;
        height: 12px;
        flex: none;
      }
      :host([folded]) {
        display: flex;
        flex-direction: column;
        align-items: flex-start;
        max-height: 100%;
        background: var(--vscode-editor-background);
        border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 10px;
      }
      :host([folded]) ul {
        overflow-y: auto;
        min-height: 0;
        padding: 4px;
      }
      :host([folded]) .fold {
        flex: none;
        gap: 3px;
        padding: 0 7px 0 3px;
        font-size: 0.92em;
      }
      .fold svg {
        width: 8px;
        height: 8px;
      }
      .fold .title {
        margin-inline-end: 3px;
      }
    `,
  ];

  @property({ attribute: false }) grouping!: Grouping;
  @property({ attribute: false }) hiddenGroups: readonly string[] = [];
  /** One line of marks, which unfolds: for where there is little room. */
  @property({ type: Boolean, reflect: true }) folded = false;

  @state() private open = false;

  protected override render(): unknown {
    if (!this.folded) return this.#renderEntries();
    return html`${this.open ? this.#renderEntries() : nothing}${this.#renderFold()}`;
  }

  #renderFold(): unknown {
    const { coloring, groups } = this.grouping;
    const title = coloringNames[coloring];
    return html`<button
      class="fold"
      type="button"
      aria-expanded=${this.open}
      aria-label=${`Legend: ${title}`}
      title=${this.open ? 'Fold the legend' : 'What the colours mean'}
      @click=${() => (this.open = !this.open)}
    >
      <vscode-icon name=${this.open ? 'chevron-down' : 'chevron-up'} size="12"></vscode-icon>
      <span class="title">${title}</span>
      ${groups.slice(0, mostMarks).map((group) => mark(group))}${groups.length > mostMarks ? '…' : nothing}
    </button>`;
  }

  #renderEntries(): unknown {
    return html`<ul aria-label="Legend">
      ${this.grouping.groups.map((group) => html`<li>${this.#entry(group)}</li>`)}
    </ul>`;
  }

  #entry(group: Group): unknown {
    const shown = !this.hiddenGroups.includes(group.id);
    const count = formatCount(group.count);
    return html`<button
      type="button"
      aria-pressed=${shown}
      title=${`${group.name}: ${count}. Click to ${shown ? 'hide' : 'show'}; double-click to show ${group.name} alone.`}
      @click=${() => this.#toggle(group.id)}
      @dblclick=${() => this.#only(group.id)}
    >
      ${mark(group)}<span>${group.name}</span><span class="number quiet">${count}</span>
    </button>`;
  }

  #toggle(id: string): void {
    const { hiddenGroups } = this;
    this.#say(hiddenGroups.includes(id) ? hiddenGroups.filter((one) => one !== id) : [...hiddenGroups, id]);
  }

  /** Alone, or all again where it was alone already. */
  #only(id: string): void {
    const others = this.grouping.groups.map((group) => group.id).filter((one) => one !== id);
    const alone = others.every((one) => this.hiddenGroups.includes(one));
    this.#say(alone ? [] : others);
  }

  #say(hidden: readonly string[]): void {
    this.dispatchEvent(new CustomEvent('hidden-change', { detail: hidden }));
  }
}

const mark = ({ color: [red, green, blue], shape }: Group): unknown => {
  const fill = `rgb(${red} ${green} ${blue})`;
  return html`<svg viewBox="0 0 12 12" aria-hidden="true">
    ${
      shape === 'dot'
        ? svg`<circle cx="6" cy="6" r="4.5" fill=${fill} />`
        : svg`<path d="M6 0.5L11.5 6L6 11.5L0.5 6Z" fill=${fill} />`
    }
  </svg>`;
};

declare global {
  interface HTMLElementTagNameMap {
    'll-map-legend': LensMapLegend;
  }
}
