/** `ll-map-legend`: what the colours mean; each entry shows and hides its points. */
import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import type { Group, Grouping } from './groups.ts';

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
    `,
  ];

  @property({ attribute: false }) grouping!: Grouping;
  @property({ attribute: false }) hiddenGroups: readonly string[] = [];

  protected override render(): unknown {
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
