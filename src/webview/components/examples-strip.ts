/** `ll-examples`: the fixed images and, below each, what the model makes of it. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Examples } from '../../shared/protocol/engine.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';
import './image.ts';

@customElement('ll-examples')
export class LensExamples extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        gap: 12px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 4px;
        align-content: start;
      }
      .blank {
        aspect-ratio: var(--ratio, 1);
        border: 1px dashed var(--vscode-descriptionForeground);
        opacity: 0.5;
      }
      .label {
        text-align: center;
        font-size: 0.92em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 620px) {
        ul {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
    `,
  ];

  @property({ attribute: false }) examples: Examples | null = null;
  /** U8 `[count, H, W, C]`; null before the first epoch. */
  @property({ attribute: false }) reconstructions: Uint8Array | null = null;
  /** Names of the classes, by label. */
  @property({ attribute: false }) classes: readonly string[] = [];

  @state() private inputs: readonly Picture[] = [];
  @state() private outputs: readonly Picture[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { examples, reconstructions } = this;
    if (examples === null) return;
    const indices = Array.from({ length: examples.count }, (_, index) => index);
    if (changed.has('examples')) {
      this.inputs = indices.map((index) => pictureOf(examples.inputs, examples, index));
      this.style.setProperty('--ratio', `${examples.width} / ${examples.height}`);
    }
    if (changed.has('reconstructions') || changed.has('examples')) {
      this.outputs =
        reconstructions === null ? [] : indices.map((index) => pictureOf(reconstructions, examples, index));
    }
  }

  protected override render(): unknown {
    const { examples } = this;
    if (examples === null) return nothing;
    return html`
      <ul>
        ${this.inputs.map((input, index) => {
          const name = this.classes[examples.labels[index] ?? -1];
          const which = `image ${index + 1}${name === undefined ? '' : ` (${name})`}`;
          const output = this.outputs[index];
          return html`<li>
            <ll-image .picture=${input} label="Input, ${which}"></ll-image>
            ${
              output
                ? html`<ll-image .picture=${output} label="Reconstruction, ${which}"></ll-image>`
                : html`<div class="blank"></div>`
            }
            ${name === undefined ? nothing : html`<span class="label quiet" title=${name}>${name}</span>`}
          </li>`;
        })}
      </ul>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-examples': LensExamples;
  }
}
