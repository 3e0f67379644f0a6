/** `ll-progress`: what is being done, how far it is. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount } from '../../shared/count.ts';
import { baseStyles } from '../shared/styles.ts';
import './elements.ts';

@customElement('ll-progress')
export class LensProgress extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
        grid-template-columns: minmax(0, 1fr);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        justify-content: space-between;
      }
      vscode-progress-bar::part(track) {
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
      }
    `,
  ];

  @property() label = '';
  @property({ type: Number }) done = 0;
  /** 0 or less where it is not known. */
  @property({ type: Number }) total = 0;
  /** Said after the count, e.g. `images`. */
  @property() unit = '';

  protected override render(): unknown {
    const known = this.total > 0;
    const counts = `${formatCount(this.done)} of ${formatCount(this.total)} ${this.unit}`.trim();
    return html`
      <div class="line">
        <span>${this.label}</span>
        ${known ? html`<span class="number quiet">${counts}</span>` : nothing}
      </div>
      <vscode-progress-bar
        aria-label=${this.label || 'Progress'}
        .max=${known ? this.total : 100}
        .value=${known ? this.done : undefined}
        ?indeterminate=${!known}
      ></vscode-progress-bar>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-progress': LensProgress;
  }
}
