/** `ll-error`: what went wrong in one sentence, and the way to the log. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WireError } from '../../shared/errors.ts';
import { baseStyles } from '../shared/styles.ts';
import './elements.ts';

/** Fires `show-log` when the log is asked for. */
@customElement('ll-error')
export class LensErrorView extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .box {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 10px;
        padding: 12px 14px;
        border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder));
        border-radius: 4px;
        background: var(--vscode-inputValidation-errorBackground);
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
      }
      .box > div {
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      vscode-icon {
        color: var(--vscode-errorForeground);
      }
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) error: WireError | undefined;

  protected override render(): unknown {
    if (this.error === undefined) return nothing;
    return html`
      <div class="box" role="alert">
        <vscode-icon name="error"></vscode-icon>
        <div>
          <p>${this.error.message}</p>
          <slot></slot>
          <button class="link" type="button" @click=${this.#showLog}>Show Log</button>
        </div>
      </div>
    `;
  }

  #showLog(): void {
    this.dispatchEvent(new CustomEvent('show-log', { bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-error': LensErrorView;
  }
}
