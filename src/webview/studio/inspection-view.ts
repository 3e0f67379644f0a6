/** `ll-inspection`: what a look at all images found, each of them one click from its file. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DatasetInspection, InspectedImage, InspectedList } from '../../shared/dataset.ts';
import '../components/elements.ts';
import '../components/image.ts';
import { skippedFiles } from '../components/skipped.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { formatPercent } from '../shared/format.ts';
import { pictureOf } from '../shared/pixels.ts';
import { baseStyles, noticeStyles, tableStyles } from '../shared/styles.ts';

/** Clusters in sight at first; the rest unfolds. */
const shownClusters = 6;
const shownImages = 24;

/** Fires `open-file` with the path of an image, relative to the data set. */
@customElement('ll-inspection')
export class LensInspection extends LitElement {
  static override styles = [
    baseStyles,
    noticeStyles,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
        grid-template-columns: minmax(0, 1fr);
      }
      section {
        display: grid;
        gap: 8px;
        grid-template-columns: minmax(0, 1fr);
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      ul.images {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 210px), 1fr));
        gap: 4px 14px;
      }
      ul.clusters {
        display: grid;
        gap: 14px;
      }
      ul.images li {
        display: grid;
        grid-template-columns: 32px minmax(0, 1fr);
        gap: 8px;
        align-items: center;
        min-height: 36px;
      }
      .name {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      details ul.clusters {
        margin-top: 14px;
      }
      p {
        max-width: 76ch;
      }
    `,
  ];

  @property({ attribute: false }) inspection!: DatasetInspection;
  @property({ attribute: false }) kind: 'folder' | 'idx' = 'folder';

  protected override render(): unknown {
    const { images, empty, oddSizes, skipped, skippedCount, clusters } = this.inspection;
    const clean = clusters === 0 && empty.count === 0 && oddSizes.count === 0;
    return html`
      <p role="status">
        ${clean ? `Nothing stands out among ${countOf(images, 'image')}.` : this.#summary()}
      </p>
      ${this.#renderTwins()} ${this.#renderList('Constant or nearly empty', emptyRule, empty)}
      ${this.#renderList('Odd sizes', oddRule, oddSizes)} ${skippedFiles(skipped, skippedCount)}
    `;
  }

  #summary(): string {
    const { images, twins, copies, empty, oddSizes } = this.inspection;
    const parts = [
      twins === 0 ? '' : `${formatCount(twins)} with a near-duplicate`,
      copies === 0 ? '' : `${countOf(copies, 'exact copy', 'exact copies')}`,
      empty.count === 0 ? '' : `${formatCount(empty.count)} nearly empty`,
      oddSizes.count === 0 ? '' : `${formatCount(oddSizes.count)} of odd size`,
    ].filter((part) => part !== '');
    return `Of ${countOf(images, 'image')}: ${parts.join(', ')}.`;
  }

  #renderTwins(): unknown {
    const { images, clusters, twins, units, largest } = this.inspection;
    if (clusters === 0) return nothing;
    const most = 2 * twins > images;
    const sentence =
      `${formatCount(twins)} of ${countOf(images, 'image')} (${formatPercent(twins / images)}) have a near-duplicate: ` +
      `promises count ${formatCount(units)}.`;
    const rest = largest.slice(shownClusters);
    const unnamed = clusters - largest.length;
    return html`<section aria-labelledby="twins">
      <h3 id="twins">Near-duplicates: ${countOf(clusters, 'cluster')}</h3>
      ${
        most
          ? html`<p class="warning"><vscode-icon name="warning"></vscode-icon><span>${sentence}</span></p>`
          : html`<p>${sentence}</p>`
      }
      <p class="quiet">
        A cluster stays in one set, so that no image is judged by its own twin, and counts once in every
        promise. Remove copies to train faster; more kinds of images make a lower rate possible.
      </p>
      ${this.#renderClusters(largest.slice(0, shownClusters), 0)}
      ${
        rest.length === 0
          ? nothing
          : html`<details>
              <summary>${countOf(rest.length, 'more cluster')}</summary>
              ${this.#renderClusters(rest, shownClusters)}
            </details>`
      }
      ${unnamed > 0 ? html`<p class="quiet">and ${formatCount(unnamed)} more, counted only.</p>` : nothing}
    </section>`;
  }

  #renderClusters(clusters: DatasetInspection['largest'], before: number): TemplateResult {
    return html`<ul class="clusters">
      ${clusters.map(
        ({ identical, ...list }, n) =>
          html`<li>
            <h4 id="cluster-${before + n}">
              ${countOf(list.count, 'image')}${identical ? ', pixel by pixel the same' : ''}
            </h4>
            ${this.#renderImages(list, `cluster-${before + n}`)}
          </li>`,
      )}
    </ul>`;
  }

  #renderList(title: string, rule: string, list: InspectedList): unknown {
    if (list.count === 0) return nothing;
    const id = title.split(' ')[0]?.toLowerCase() ?? title;
    const rest = { count: list.count - shownImages, images: list.images.slice(shownImages) };
    const first = { count: Math.min(shownImages, list.count), images: list.images.slice(0, shownImages) };
    return html`<section aria-labelledby=${id}>
      <h3 id=${id}>${title}: ${formatCount(list.count)}</h3>
      <p class="quiet">${rule}</p>
      ${this.#renderImages(first, id)}
      ${
        rest.count <= 0
          ? nothing
          : html`<details>
              <summary>${countOf(rest.count, 'more image')}</summary>
              ${this.#renderImages(rest, id)}
            </details>`
      }
    </section>`;
  }

  #renderImages({ count, images }: InspectedList, labelledBy: string): TemplateResult {
    const more = count - images.length;
    return html`<ul class="images" aria-labelledby=${labelledBy}>
        ${images.map((image) => html`<li>${this.#renderImage(image)}</li>`)}
      </ul>
      ${more > 0 ? html`<p class="quiet">and ${formatCount(more)} more</p>` : nothing}`;
  }

  #renderImage({ path, number, size, picture }: InspectedImage): TemplateResult {
    return html`<ll-image aria-hidden="true" .picture=${pictureOf(picture.pixels, picture)}></ll-image>
      <span class="name">
        ${
          this.kind === 'idx'
            ? html`${path} #${number}`
            : html`<button class="link" type="button" @click=${() => this.#open(path)}>${path}</button>`
        }
        ${size === null ? nothing : html`<span class="quiet">${size.height} × ${size.width}</span>`}
      </span>`;
  }

  #open(path: string): void {
    this.dispatchEvent(new CustomEvent<string>('open-file', { detail: path }));
  }
}

const emptyRule =
  'At least 99.9 % of the pixels of each lie within three neighbouring levels of 255. Learned as ordinary, they make a missing part ordinary.';
const oddRule =
  'Shape more than 1.5 times off the median, or sides more than twice or less than half of it, unless a tenth of the images share the size. Fitted to the model’s size, they are padded, cut or squeezed more than the others.';

declare global {
  interface HTMLElementTagNameMap {
    'll-inspection': LensInspection;
  }
}
