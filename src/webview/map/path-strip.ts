/** `ll-path-strip`: what the decoder shows on the way from one place of the map to another. */
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/image.ts';
import type { Picture } from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';

@customElement('ll-path-strip')
export class LensPathStrip extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(28px, 88px);
        gap: 4px;
        overflow-x: auto;
      }
    `,
  ];

  @property({ attribute: false }) pictures: readonly Picture[] = [];

  protected override render(): unknown {
    const { pictures } = this;
    return html`<ol tabindex="0" aria-label="Interpolation">
      ${pictures.map(
        (picture, step) =>
          html`<li>
            <ll-image .picture=${picture} label=${`Step ${step + 1} of ${pictures.length}`}></ll-image>
          </li>`,
      )}
    </ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-path-strip': LensPathStrip;
  }
}
