/** `ll-projection-button`: opens the form for a t-SNE; beside the choice of the projection. */
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import type { MapSession } from './session.ts';

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

  #subscriptions: readonly unknown[] | undefined;

  protected override willUpdate(): void {
    const { running, choosing } = this.session;
    this.#subscriptions ??= [new StoreController(this, running), new StoreController(this, choosing)];
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

declare global {
  interface HTMLElementTagNameMap {
    'll-projection-button': LensProjectionButton;
  }
}
