/** `ll-image`: one small image, enlarged crisply. */
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Picture } from '../shared/pixels.ts';

/**
 * Draws a picture into the box it is given: its width is the element's, its height follows. Enlarged, every pixel is a
 * whole number of device pixels wide and stays sharp; reduced, it is smoothed.
 */
@customElement('ll-image')
export class LensImage extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      place-items: center;
      min-width: 0;
      aspect-ratio: var(--ratio, 1);
    }
    canvas {
      display: block;
      min-width: 0;
      min-height: 0;
      width: var(--drawn-width, 100%);
      height: var(--drawn-height, 100%);
      image-rendering: pixelated;
    }
    canvas.reduced {
      image-rendering: auto;
    }
  `;

  @property({ attribute: false }) picture: Picture | undefined;
  /** What the image shows, for those who do not see it. */
  @property() label = '';

  @query('canvas') private canvas!: HTMLCanvasElement;

  #observer: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override render(): unknown {
    return html`<canvas role="img" aria-label=${this.label}></canvas>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const picture = this.picture;
    if (!changed.has('picture') || picture === undefined) return;
    this.style.setProperty('--ratio', `${picture.width} / ${picture.height}`);
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.canvas
      .getContext('2d')
      ?.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
    this.#fit();
  }

  #fit(): void {
    const { picture } = this;
    const available = this.clientWidth;
    if (picture === undefined || available === 0) return;
    const drawn = drawnWidth(picture.width, available, devicePixelRatio);
    this.canvas.style.setProperty('--drawn-width', `${drawn}px`);
    this.canvas.style.setProperty('--drawn-height', `${(drawn * picture.height) / picture.width}px`);
    this.canvas.classList.toggle('reduced', drawn < picture.width);
  }
}

/** The largest width in CSS pixels, at most `available`, at which every pixel is a whole number of device pixels. */
export function drawnWidth(pixels: number, available: number, ratio: number): number {
  const times = Math.floor((available * ratio) / pixels);
  return times >= 1 ? (times * pixels) / ratio : available;
}

declare global {
  interface HTMLElementTagNameMap {
    'll-image': LensImage;
  }
}
