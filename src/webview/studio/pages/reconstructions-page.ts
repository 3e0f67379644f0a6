/** The same images at several epochs, as in the notebook, and others at random. */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { pointName, type MapPoints } from '../../../shared/map-points.ts';
import { formatScore } from '../../../shared/verdict.ts';
import '../../components/image.ts';
import { pictureOf, type Picture } from '../../shared/pixels.ts';
import type { ModelView } from '../model-view.ts';
import { drawPoints, evenly, latentsOf, shortName, thumbnailOf } from './draw.ts';
import { ModelPageBase } from './model-page-base.ts';
import { pictureTableStyles } from './picture-table.ts';

/** Rows of the grid while not all epochs are asked for. */
const mostRows = 9;
const othersAtOnce = 8;

interface Row {
  readonly title: string;
  readonly pictures: readonly Picture[];
}

interface Other {
  readonly point: number;
  readonly input: Picture | undefined;
  readonly reconstruction: Picture;
}

@customElement('ll-reconstructions-page')
export class LensReconstructionsPage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    pictureTableStyles,
    css`
      table {
        min-width: 460px;
      }
      th {
        color: var(--vscode-descriptionForeground);
        text-align: center;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      thead th {
        padding-bottom: 6px;
      }
      th[scope='row'],
      thead td {
        width: 76px;
        text-align: start;
        font-variant-numeric: tabular-nums;
      }
      tbody td {
        padding: 3px 5px;
      }
      .input td {
        padding-bottom: 12px;
      }
      .input th {
        padding-bottom: 9px;
        color: var(--vscode-foreground);
      }
      ul {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(88px, 1fr));
        gap: 18px 14px;
      }
      li {
        display: grid;
        gap: 3px;
        min-width: 0;
        align-content: start;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 3px;
      }
      .name {
        display: block;
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  protected readonly heading = 'Reconstructions';

  @state() private all = false;
  @state() private others: readonly Other[] = [];
  @state() private drawing = false;

  #draws = 0;
  #rows: { readonly of: ModelView; readonly all: boolean; readonly rows: readonly Row[] } | undefined;

  protected override takeModel(view: ModelView): void {
    this.others = [];
    this.#draws = 0;
    if (view.points !== null) void this.#draw(view, view.points);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { view, all } = this;
    if (view === undefined || (this.#rows?.of === view && this.#rows.all === all)) return;
    this.#rows = { of: view, all, rows: rowsOf(view, all ? Number.POSITIVE_INFINITY : mostRows) };
  }

  protected override renderModel(view: ModelView, uri: string): unknown {
    return html`
      ${this.renderHead(
        'Images that the model was not trained on, and what it makes of them after so many epochs. What comes back sharp, the latent has room for.',
      )}
      ${this.#renderGrid(view)} ${view.points === null ? nothing : this.#renderOthers(view, view.points, uri)}
    `;
  }

  #renderGrid(view: ModelView): unknown {
    const { examples, card, reconstructions } = view;
    if (examples === null)
      return html`<p class="quiet">This file holds no example images: its training ended too early.</p>`;
    const columns = Array.from(examples.labels, (label) => card.dataset.classes[label]?.name ?? '');
    const titled = columns.some((name) => name !== '');
    return html`<section>
      <div class="scroll" tabindex="0" role="region" aria-label="Reconstructions by epoch">
        <table>
          ${
            titled
              ? html`<thead>
                  <tr>
                    <td></td>
                    ${columns.map((name) => html`<th scope="col" title=${name}>${name}</th>`)}
                  </tr>
                </thead>`
              : nothing
          }
          <tbody>
            ${this.#rows?.rows.map(
              ({ title, pictures }, row) =>
                html`<tr class=${row === 0 ? 'input' : ''}>
                  <th scope="row">${title}</th>
                  ${pictures.map(
                    (picture, column) =>
                      html`<td>
                        <ll-image
                          .picture=${picture}
                          label=${`${title}, image ${column + 1}${columns[column] ? ` (${columns[column]})` : ''}`}
                        ></ll-image>
                      </td>`,
                  )}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        reconstructions.length <= mostRows - 1
          ? nothing
          : html`<button class="link" type="button" @click=${() => (this.all = !this.all)}>
              ${this.all ? 'Show fewer epochs' : `Show all ${reconstructions.length} epochs`}
            </button>`
      }
    </section>`;
  }

  #renderOthers(view: ModelView, points: MapPoints, uri: string): unknown {
    const { kind, classes } = view.card.dataset;
    return html`<section aria-labelledby="others">
      <div class="head">
        <div>
          <h2 id="others">Others, drawn at random</h2>
          <p class="quiet lead">
            ${points.heldOut > 0 ? 'Held out from the training.' : 'From the map’s images.'} Left the image,
            right its reconstruction, below their mean squared error.
          </p>
        </div>
        <div class="actions">
          <vscode-button
            secondary
            icon="refresh"
            ?disabled=${this.drawing}
            @click=${() => void this.#draw(view, points)}
            >Draw Others</vscode-button
          >
        </div>
      </div>
      <ul>
        ${this.others.map(({ point, input, reconstruction }) => {
          const name = pointName(points, point, kind);
          const title = classes[points.labels[point] ?? -1]?.name;
          return html`<li>
            <div class="pair">
              ${input === undefined ? nothing : html`<ll-image .picture=${input} label="Image ${name}"></ll-image>`}
              <ll-image .picture=${reconstruction} label="Its reconstruction"></ll-image>
            </div>
            ${
              kind === 'folder'
                ? html`<button
                    class="link name"
                    type="button"
                    title="Open ${name}"
                    @click=${() => this.session.host.openImage(uri, name)}
                  >
                    ${shortName(points, point, kind)}
                  </button>`
                : html`<span class="name" title=${name}>${shortName(points, point, kind)}</span>`
            }
            <span class="quiet number name"
              >${formatScore(points.scores[point] ?? Number.NaN)}${title === undefined ? '' : ` · ${title}`}</span
            >
          </li>`;
        })}
      </ul>
    </section>`;
  }

  async #draw(view: ModelView, points: MapPoints): Promise<void> {
    const which = drawPoints(points, othersAtOnce, view.card.training.seed, this.#draws++);
    this.drawing = true;
    await this.attempt(view, async () => {
      const latents = latentsOf(points, which);
      const { images } = await this.session.forward.run(view, (worker) =>
        worker.call('decode', { latents, count: which.length }),
      );
      if (view !== this.view) return;
      this.others = which.map((point, index) => ({
        point,
        input: thumbnailOf(points, point),
        reconstruction: pictureOf(images, view.card.spec, index),
      }));
    });
    this.drawing = false;
  }
}

/** The inputs, then what the model made of them at chosen epochs, the first and last among them. */
function rowsOf({ examples, reconstructions }: ModelView, most: number): readonly Row[] {
  if (examples === null) return [];
  const pictures = (images: Uint8Array): readonly Picture[] =>
    Array.from({ length: examples.count }, (_, index) => pictureOf(images, examples, index));
  const chosen = evenly(reconstructions.length, Math.min(most - 1, reconstructions.length));
  return [
    { title: 'Input', pictures: pictures(examples.inputs) },
    ...chosen.flatMap((index) => {
      const at = reconstructions[index];
      return at === undefined ? [] : [{ title: `Epoch ${at.epoch}`, pictures: pictures(at.images) }];
    }),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'll-reconstructions-page': LensReconstructionsPage;
  }
}
