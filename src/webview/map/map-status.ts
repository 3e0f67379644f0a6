/** `ll-map-status`: how many of how many images, what the projection is worth, the last check; and where images are missed. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles } from '../shared/styles.ts';
import type { Mark } from './session.ts';
import type { MapModel } from './state.ts';
import type { ProjectionWords } from './words.ts';

/** Fires `relink` where the user wants to say where the images are now. */
@customElement('ll-map-status')
export class LensMapStatus extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .status {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        padding: 3px 10px 5px;
        font-size: 0.92em;
        border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      }
      .status.short,
      .status.short span,
      .status.short strong {
        white-space: nowrap;
      }
      .status.short {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        padding: 1px 8px 2px;
      }
      .status.short > * {
        margin-inline-end: 10px;
      }
      .measures {
        font-variant-numeric: tabular-nums;
      }
      .notice {
        display: flex;
        gap: 2px 10px;
        align-items: center;
        padding: 4px 10px;
        background: var(--vscode-inputValidation-warningBackground, transparent);
        color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
        border: 1px solid var(--vscode-inputValidation-warningBorder, transparent);
      }
      .notice .path {
        flex: 1 1 0;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .notice button.link {
        color: inherit;
      }
    `,
  ];

  @property({ attribute: false }) shown!: MapModel['shown'];
  @property({ attribute: false }) words!: ProjectionWords;
  @property({ attribute: false }) mark: Mark | null = null;
  /** One line, whose whole text is its title. */
  @property({ type: Boolean }) short = false;

  protected override render(): unknown {
    const { words, mark, short } = this;
    const checked =
      mark === null ? null : `Checked: ${mark.name}, ${mark.anomalous ? 'anomalous' : 'not anomalous'}`;
    const whole = [words.count, words.measures, words.warning, checked].filter(Boolean).join(' · ');
    return html`${this.#renderNotice()}
      <p class="status ${short ? 'short' : ''}" title=${short ? whole : nothing}>
        <strong class="number">${words.count}</strong>
        <span class="quiet measures">${words.measures}</span>
        ${words.warning === null ? nothing : html`<span>${words.warning}</span>`}
        ${checked === null ? nothing : html`<span>${checked}</span>`}
      </p>`;
  }

  #renderNotice(): unknown {
    const { dataset, location } = this.shown;
    if (dataset !== 'missing') return nothing;
    const text = `The images are not at ${location}: pictures come from the model alone.`;
    return html`<p class="notice">
      <span class="path" title=${text}>${text}</span>
      <button class="link" type="button" @click=${() => this.dispatchEvent(new CustomEvent('relink'))}>
        Re-link…
      </button>
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-map-status': LensMapStatus;
  }
}
