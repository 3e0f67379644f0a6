/** `ll-point-panel`: the current image, what can be done with it, and its neighbours by latent. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import { baseStyles } from '../shared/styles.ts';
import { lastOf } from '../shared/last-of.ts';
import { neighboursOf } from './neighbours.ts';
import { panelHead } from './panel-head.ts';
import { panelPartStyles, panelStyles } from './panel-styles.ts';
import type { PointPictures } from './pictures.ts';
import './point-details.ts';
import './point-list.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';
import { pointWords } from './words.ts';

/** Neighbours listed of a point. */
const neighbourCount = 10;

/** Fires `panel-close`; from the list of neighbours `point-current` and `point-open`. */
@customElement('ll-point-panel')
export class LensPointPanel extends LitElement {
  static override styles = [baseStyles, panelStyles, panelPartStyles];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) pictures: PointPictures | null = null;
  @property({ type: Number }) point = 0;
  /** Number of points on the map. */
  @property({ type: Number }) count = 0;
  @property({ type: Number }) arrived = 0;

  readonly #neighbours = lastOf((points: MapModel['points'], count: number, point: number) =>
    neighboursOf(points, count, point, neighbourCount),
  );

  protected override render(): unknown {
    const { model, session, point } = this;
    return html`
      ${panelHead('Image', 'Close the image', () => this.dispatchEvent(new CustomEvent('panel-close')))}
      <ll-point-details long .session=${session} .model=${model} .point=${point}></ll-point-details>
      ${this.#renderActions()}
      <h3>Nearest by latent <span class="quiet">· distance</span></h3>
      <ll-point-list
        class="rows"
        .model=${model}
        .pictures=${this.pictures}
        .points=${this.#neighbours(model.points, this.count, point)}
        .current=${point}
        .arrived=${this.arrived}
        label="Nearest images"
        @point-current=${this.#again}
        @point-open=${this.#again}
      ></ll-point-list>
    `;
  }

  /** Only files that are there can be opened. */
  #renderActions(): unknown {
    const { model, session, point } = this;
    if (model.card.dataset.kind !== 'folder' || model.shown.dataset !== 'found') return nothing;
    const address = { model: model.shown.uri, path: pointWords(model, point).path };
    return html`<div class="actions">
      <vscode-button secondary @click=${() => session.calls.send('openImage', address)}>Open</vscode-button>
      <vscode-button secondary @click=${() => session.calls.send('revealImage', address)}
        >Reveal</vscode-button
      >
      <vscode-button secondary @click=${() => session.calls.send('checkImage', address)}>Check</vscode-button>
    </div>`;
  }

  /** Events of the list do not leave this element's tree by themselves. */
  readonly #again = ({ type, detail }: CustomEvent<number>): void => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'll-point-panel': LensPointPanel;
  }
}
