/** `ll-place-card`: beside the pointer, the image that lies there, or what the decoder makes of an empty place. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/image.ts';
import type { Picture } from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';
import type { Point, Size } from './plane.ts';
import './point-details.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';

/** Pixels from the pointer, and from the map's border. */
const [away, margin] = [18, 4];

@customElement('ll-place-card')
export class LensPlaceCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        position: absolute;
        z-index: 2;
        top: 0;
        left: 0;
        display: block;
        width: 232px;
        max-width: calc(100% - 8px);
        padding: 8px;
        pointer-events: none;
        color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
        background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
        border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder));
        border-radius: 4px;
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      :host([decoded]) {
        width: 128px;
        display: grid;
        gap: 4px;
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;
  /** The image that is told of, where no place is decoded. */
  @property({ type: Number }) point = -1;
  /** A place is decoded. */
  @property({ type: Boolean, reflect: true }) decoded = false;
  /** Undefined until the decoder has answered. */
  @property({ attribute: false }) picture: Picture | undefined;
  /** The pointer, or the place that is decoded, on the map. */
  @property({ attribute: false }) at: Point = { x: 0, y: 0 };
  @property({ attribute: false }) room: Size = { width: 0, height: 0 };

  protected override render(): unknown {
    if (!this.decoded) {
      const { session, model, point } = this;
      return html`<ll-point-details .session=${session} .model=${model} .point=${point}></ll-point-details>`;
    }
    return html`${
        this.picture === undefined
          ? nothing
          : html`<ll-image
              id="probe"
              .picture=${this.picture}
              label="What the decoder makes of this place"
            ></ll-image>`
      } <span class="quiet">No image here: decoded</span>`;
  }

  /** Beside the place, and inside the map. */
  protected override updated(): void {
    const { at, room, offsetWidth, offsetHeight } = this;
    const beside = (place: number, own: number, all: number): number => {
      const after = place + away + own <= all ? place + away : place - away - own;
      return Math.round(Math.min(Math.max(margin, after), Math.max(margin, all - own - margin)));
    };
    const left = beside(at.x, offsetWidth, room.width);
    const top = beside(at.y, offsetHeight, room.height);
    this.style.transform = `translate(${left}px, ${top}px)`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-place-card': LensPlaceCard;
  }
}
