/** `ll-comparison-panel`: outliers or near-duplicates as a list, and how far looking for them is. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/progress.ts';
import { baseStyles } from '../shared/styles.ts';
import type { ComparisonState, Listing } from './comparison.ts';
import { panelHead } from './panel-head.ts';
import { panelPartStyles, panelStyles } from './panel-styles.ts';
import type { PointPictures } from './pictures.ts';
import './point-list.ts';
import type { MapModel } from './state.ts';

const closing = 'Close the list';

/**
 * Fires `panel-close`, which also ends what runs; `selection-change` with the list's points, ascending; from the list
 * `point-current` and `point-open`.
 */
@customElement('ll-comparison-panel')
export class LensComparisonPanel extends LitElement {
  static override styles = [baseStyles, panelStyles, panelPartStyles];

  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) comparison: ComparisonState = { kind: 'none' };
  @property({ attribute: false }) pictures: PointPictures | null = null;
  @property({ type: Number }) current = -1;
  @property({ type: Number }) arrived = 0;

  protected override render(): unknown {
    const { comparison } = this;
    switch (comparison.kind) {
      case 'none':
        return nothing;
      case 'running':
        return html`<div class="checks">
          <ll-progress
            label="Comparing all images"
            .done=${comparison.done}
            .total=${comparison.total}
          ></ll-progress>
          <vscode-button secondary @click=${this.#close}>Stop</vscode-button>
        </div>`;
      case 'failed':
        return html`${panelHead('Comparison', closing, this.#close)}
          <p role="alert">${comparison.message}</p>`;
      case 'listed':
        return this.#renderListing(comparison.listing);
    }
  }

  #renderListing({ title, note, points }: Listing): unknown {
    const all = points.map(({ point }) => point).sort((a, b) => a - b);
    return html`${panelHead(title, closing, this.#close)}
      <p class="quiet">${note}</p>
      <div class="actions">
        <vscode-button
          secondary
          @click=${() => this.dispatchEvent(new CustomEvent('selection-change', { detail: all }))}
          >Select These</vscode-button
        >
      </div>
      <ll-point-list
        class="rows"
        .model=${this.model}
        .pictures=${this.pictures}
        .points=${points}
        .current=${this.current}
        .arrived=${this.arrived}
        label=${title}
        @point-current=${this.#again}
        @point-open=${this.#again}
      ></ll-point-list>`;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('panel-close'));
  };

  /** Events of the list do not leave this element's tree by themselves. */
  readonly #again = ({ type, detail }: CustomEvent<number>): void => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'll-comparison-panel': LensComparisonPanel;
  }
}
