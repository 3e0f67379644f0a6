/** `ll-nearest`: training images that are nearest by latent, to open. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ModelCard } from '../../shared/model-card.ts';
import type { NearImage } from '../../shared/protocol/forward.ts';
import { formatScore } from '../../shared/verdict.ts';
import '../components/image.ts';
import { pictureButtonStyles } from '../components/picture-buttons.ts';
import { baseName } from '../shared/format.ts';
import { pictureOf } from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';

/** Fires `open-near` with the path of an image. */
@customElement('ll-nearest')
export class LensNearest extends LitElement {
  static override styles = [
    baseStyles,
    pictureButtonStyles,
    css`
      :host {
        display: block;
      }
      .pictures {
        --picture-room: 84px;
      }
      .pictures button {
        gap: 4px;
      }
      .pictures span {
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) images: readonly NearImage[] = [];
  @property({ attribute: false }) data!: ModelCard['dataset'];

  protected override render(): unknown {
    const { classes, kind } = this.data;
    return html`<ul class="pictures">
      ${this.images.map(({ path, position, label, distance, thumbnail }) => {
        const name = kind === 'idx' ? `#${position + 1}` : baseName(path);
        const className = classes[label]?.name;
        return html`<li>
          <button
            type="button"
            ?disabled=${kind === 'idx'}
            title=${kind === 'idx' ? path : `Open ${path}`}
            @click=${() => this.dispatchEvent(new CustomEvent('open-near', { detail: path }))}
          >
            <ll-image aria-hidden="true" .picture=${pictureOf(thumbnail.pixels, thumbnail)}></ll-image>
            <span>${name}</span>
            <span class="quiet"
              >${className === undefined ? nothing : `${className} · `}<span class="visually-hidden"
                >distance </span
              >${formatScore(distance)}</span
            >
          </button>
        </li>`;
      })}
    </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-nearest': LensNearest;
  }
}
