/** `ll-image`: one small image, enlarged crisply. */
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { followSize } from '../shared/follow-size.ts';
import type { Picture } from '../shared/pixels.ts';

/**
 * Draws a picture into the box it is given: its width is the element's, its height follows. Enlarged, pixels stay sharp
 * and all of one size: the picture is first repeated to the next whole multiple, then reduced to fit.
 */
@customElement('ll-image')
export class LensImage extends LitElement {
  static override styles = css`
    :host {
      display: block;
      min-width: 0;
      aspect-ratio: var(--ratio, 1);
    }
    canvas {
      display: block;
      width: 100%;
      height: 100%;
      /* An image as dark as the page still has an edge; high contrast gets its own. */
      outline: 1px solid
        var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 16%, transparent));
    }
  `;

  @property({ attribute: false }) picture: Picture | undefined;
  /** What the image shows, for those who do not see it. */
  @property() label = '';

  @query('canvas') private canvas!: HTMLCanvasElement;

  /** Repetition of the pixels as drawn last; 0 before. */
  #times = 0;

  constructor() {
    super();
    followSize(this, () => this.#draw());
  }

  protected override render(): unknown {
    return html`<canvas role="img" aria-label=${this.label}></canvas>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { picture } = this;
    if (!changed.has('picture') || picture === undefined) return;
    this.style.setProperty('--ratio', `${picture.width} / ${picture.height}`);
    this.#times = 0;
    this.#draw();
  }

  #draw(): void {
    const { picture, canvas } = this;
    if (picture === undefined) return;
    const times = enlargement(picture.width, this.clientWidth * devicePixelRatio);
    if (times === this.#times) return;
    this.#times = times;
    canvas.width = picture.width * times;
    canvas.height = picture.height * times;
    const context = canvas.getContext('2d');
    const data = new ImageData(picture.rgba, picture.width, picture.height);
    if (times === 1) {
      context?.putImageData(data, 0, 0);
      return;
    }
    const once = new OffscreenCanvas(picture.width, picture.height);
    once.getContext('2d')?.putImageData(data, 0, 0);
    if (context === null) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(once, 0, 0, canvas.width, canvas.height);
  }
}

/** Largest repetition of a pixel: beyond it the edge of a pixel is sharp enough. */
const mostTimes = 16;

/** How often each pixel is repeated along a side, so that at least `available` device pixels are filled. */
export const enlargement = (pixels: number, available: number): number =>
  Math.min(mostTimes, Math.max(1, Math.ceil(available / pixels)));

declare global {
  interface HTMLElementTagNameMap {
    'll-image': LensImage;
  }
}
