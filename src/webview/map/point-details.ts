/** `ll-point-details`: one point of the map: its image, what the model makes of it, and what is known of it. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../components/image.ts';
import '../components/elements.ts';
import { latestOnly } from '../shared/latest.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';
import { decodePoints } from './pictures.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';
import { pointWords } from './words.ts';

@customElement('ll-point-details')
export class LensPointDetails extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
        grid-template-columns: minmax(0, 1fr);
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 8px;
        max-width: 320px;
      }
      figure {
        display: grid;
        gap: 2px;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
      }
      figcaption {
        font-size: 0.92em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .empty {
        aspect-ratio: 1;
        background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
      }
      .name {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      .anomalous {
        display: inline-flex;
        gap: 4px;
        align-items: center;
        font-weight: 600;
      }
      .anomalous vscode-icon {
        color: var(--vscode-charts-red);
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;
  @property({ type: Number }) point = -1;
  /** The whole path instead of the name. */
  @property({ type: Boolean }) long = false;

  /** What the model saw, in full; until it is there the small picture stands for it. */
  @state() private full: { readonly point: number; readonly picture: Picture } | undefined;
  @state() private made: { readonly point: number; readonly picture: Picture } | undefined;

  readonly #load = latestOnly<number>(async (point) => {
    const { model, session } = this;
    const { spec } = model.card;
    try {
      const images = await decodePoints(model, session.forward, [point]);
      if (this.model.bytes !== model.bytes) return;
      this.made = { point, picture: pictureOf(images, spec) };
    } catch (error) {
      session.report(error, 'reconstruction');
    }
    if (point !== this.point || !this.#wantsFile()) return;
    try {
      const { path, name } = pointWords(model, point);
      const bytes = await session.readImage(model, path);
      const { view } = await session.forward.run(model, (worker) =>
        worker.call('encodeFile', { name, bytes }),
      );
      if (this.model.bytes === model.bytes) this.full = { point, picture: pictureOf(view, spec) };
    } catch (error) {
      // The small picture stays; the banner of the map says where the images are missed.
      session.report(error, 'image');
    }
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('point') || changed.has('model')) && this.point >= 0) {
      const before = changed.get('model');
      if (changed.has('model') && before?.bytes !== this.model.bytes) this.full = this.made = undefined;
      if (this.made?.point !== this.point || this.full?.point !== this.point) this.#load(this.point);
    }
  }

  /** The file is read where its small picture is smaller than what the model sees. */
  #wantsFile(): boolean {
    const { points, card, shown } = this.model;
    if (card.dataset.kind !== 'folder' || shown.dataset !== 'found') return false;
    const { thumbnails } = points;
    return thumbnails === null || this.point >= thumbnails.count || thumbnails.height < card.spec.height;
  }

  #small(): Picture | undefined {
    const { thumbnails } = this.model.points;
    if (thumbnails === null || this.point >= thumbnails.count) return undefined;
    return pictureOf(thumbnails.pixels, thumbnails, this.point);
  }

  protected override render(): unknown {
    if (this.point < 0) return nothing;
    const words = pointWords(this.model, this.point);
    const image = this.full?.point === this.point ? this.full.picture : this.#small();
    const made = this.made?.point === this.point ? this.made.picture : undefined;
    return html`<div class="pair">
        ${this.#figure('Image', image, `The image ${words.name}`)}
        ${this.#figure('Reconstruction', made, `What the model makes of ${words.name}`)}
      </div>
      <p class="name">${this.long ? words.path : words.name}</p>
      <p class="facts">
        ${words.className === null ? nothing : html`<span>${words.className}</span>`}
        <span class="number">score ${words.score}</span>
        <span class="quiet">${words.set}</span>
        ${
          words.verdict === null
            ? nothing
            : words.anomalous
              ? html`<span class="anomalous"
                  ><vscode-icon name="warning"></vscode-icon>${words.verdict}</span
                >`
              : html`<span class="quiet">${words.verdict}</span>`
        }
      </p>`;
  }

  #figure(title: string, picture: Picture | undefined, label: string): unknown {
    return html`<figure>
      ${
        picture === undefined
          ? html`<div class="empty"></div>`
          : html`<ll-image .picture=${picture} label=${label}></ll-image>`
      }
      <figcaption class="quiet">${title}</figcaption>
    </figure>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-point-details': LensPointDetails;
  }
}
