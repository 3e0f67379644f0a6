/** `ll-color-scale`: the legend of a colour map. */
import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Rgb } from '../shared/color-maps.ts';
import { baseStyles } from '../shared/styles.ts';

const stops = 24;

@customElement('ll-color-scale')
export class LensColorScale extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: 3px;
        font-size: 0.92em;
      }
      svg {
        display: block;
        width: 100%;
        height: 10px;
        outline: 1px solid color-mix(in srgb, var(--vscode-foreground) 30%, transparent);
      }
      .ends {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 12px;
      }
      .ends > span:nth-child(2):last-child,
      .ends > span:nth-child(3) {
        text-align: end;
      }
    `,
  ];

  /** Colour at 0 … 1 along the scale. */
  @property({ attribute: false }) color: (share: number) => Rgb = () => [0, 0, 0];
  /** From left to right, evenly spread. */
  @property({ attribute: false }) labels: readonly string[] = [];

  protected override render(): unknown {
    const at = Array.from({ length: stops + 1 }, (_, index) => index / stops);
    return html`
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <linearGradient id="scale">
          ${at.map((share) => {
            const [red, green, blue] = this.color(share);
            return svg`<stop offset=${share} stop-color=${`rgb(${red} ${green} ${blue})`} />`;
          })}
        </linearGradient>
        <rect width="100" height="10" fill="url(#scale)" />
      </svg>
      <div class="ends">${this.labels.map((label) => html`<span class="number">${label}</span>`)}</div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-color-scale': LensColorScale;
  }
}
