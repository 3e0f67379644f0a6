/** Noise added to images, and what the model makes of them: the notebook's denoising, with both errors as numbers. */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Denoised } from '../../../shared/protocol/forward.ts';
import { formatScore } from '../../../shared/verdict.ts';
import '../../components/image.ts';
import { latestOnly } from '../../shared/latest.ts';
import { pictureOf } from '../../shared/pixels.ts';
import type { ModelView } from '../model-view.ts';
import { drawPoints } from './draw.ts';
import { ModelPageBase } from './model-page-base.ts';
import { pictureTableStyles } from './picture-table.ts';
import { meanOf } from './rules.ts';
import { seedField } from './seed-field.ts';

/** As in the notebook. */
const notebookSigma = 0.2;
const imagesAtOnce = 8;

interface Chosen {
  /** U8 `[count, H, W, C]`. */
  readonly images: Uint8Array;
  readonly names: readonly string[];
}

interface Result {
  readonly of: Chosen;
  readonly denoised: Denoised;
}

interface Request {
  readonly view: ModelView;
  readonly chosen: Chosen;
  readonly sigma: number;
  readonly seed: number;
}

@customElement('ll-denoise-page')
export class LensDenoisePage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    pictureTableStyles,
    css`
      table.many {
        min-width: 560px;
      }
      th {
        width: 84px;
        text-align: start;
        vertical-align: middle;
      }
      td {
        padding: 4px 5px;
        vertical-align: top;
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      td div {
        margin-top: 3px;
      }
      table.few {
        width: auto;
      }
      table.few td {
        width: 150px;
      }
      .better vscode-icon {
        color: var(--vscode-charts-green);
      }
      .worse vscode-icon {
        color: var(--vscode-editorWarning-foreground);
      }
      .verdict {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px;
        align-items: start;
        max-width: 84ch;
      }
    `,
  ];

  protected readonly heading = 'Denoise';

  @state() private sigma = notebookSigma;
  @state() private seed = 42;
  @state() private chosen: Chosen | null = null;
  @state() private result: Result | null = null;

  #draws = 0;
  readonly #update = latestOnly<Request>((request) => this.#denoise(request));

  protected override takeModel(view: ModelView): void {
    this.#draws = 0;
    this.result = null;
    this.seed = view.card.training.seed;
    this.chosen = examplesOf(view);
    this.#ask();
  }

  protected override renderModel(view: ModelView): unknown {
    const { chosen, result } = this;
    return html`
      ${this.renderHead(
        'Gaussian noise is added to clean images, and the model reconstructs what it sees. An image is denoised where the error falls.',
        html`
          ${
            canDraw(view)
              ? html`<vscode-button secondary icon="refresh" @click=${() => this.#draw(view)}
                  >Draw Others</vscode-button
                >`
              : nothing
          }
          <vscode-button secondary icon="folder-opened" @click=${() => void this.#pick(view)}
            >Choose Files…</vscode-button
          >
        `,
      )}
      <div class="controls">
        <div class="control">
          <label for="sigma">Noise σ</label>
          <div class="range">
            <input
              id="sigma"
              type="range"
              min="0"
              max="1"
              step="0.01"
              .value=${String(this.sigma)}
              aria-valuetext=${this.sigma.toFixed(2)}
              @input=${(event: Event) => {
                this.sigma = (event.target as HTMLInputElement).valueAsNumber;
                this.#ask();
              }}
            />
            <span class="number">${this.sigma.toFixed(2)}</span>
          </div>
        </div>
        <div class="control">
          <label for="seed">Seed</label>
          ${seedField('seed', this.seed, (seed) => {
            this.seed = seed;
            this.#ask();
          })}
        </div>
      </div>
      ${chosen === null ? html`<p class="quiet">This file holds no images; choose some.</p>` : nothing}
      ${result === null ? nothing : html`${this.#renderVerdict(view, result.denoised)} ${this.#renderTable(view, result)}`}
    `;
  }

  #renderVerdict(view: ModelView, { noisyErrors, denoisedErrors }: Denoised): unknown {
    const before = meanOf(noisyErrors);
    const after = meanOf(denoisedErrors);
    const better = after < before;
    const { noise } = view.card.spec.corruption;
    const numbers = `from ${formatScore(before)} to ${formatScore(after)}`;
    const trained =
      noise > 0
        ? `It was trained to repair noise of σ = ${noise}.`
        : 'It was not trained to denoise: it reproduces noise as well as it can, and loses detail besides. Train with noise on the input for that.';
    return html`<p class="verdict ${better ? 'better' : 'worse'}" role="status">
      <vscode-icon name=${better ? 'pass' : 'warning'}></vscode-icon>
      <span
        >${
          better
            ? `The model brings the mean squared error down ${numbers}.`
            : `The model makes it worse: the mean squared error goes up ${numbers}.`
        } <span class="quiet">${trained}</span></span
      >
    </p>`;
  }

  #renderTable(view: ModelView, { of, denoised }: Result): unknown {
    const { spec } = view.card;
    const count = of.names.length;
    const row = (title: string, images: Uint8Array, errors: Float64Array | null): unknown =>
      html`<tr>
        <th scope="row">${title}</th>
        ${of.names.map((name, index) => {
          const error = errors?.[index];
          return html`<td>
            <ll-image .picture=${pictureOf(images, spec, index)} label=${`${title}, ${name}`}></ll-image>
            ${error === undefined ? nothing : html`<div>${error.toFixed(4)}</div>`}
          </td>`;
        })}
      </tr>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Images, noisy and denoised">
      <table class=${count > 4 ? 'many' : 'few'}>
        <tbody>
          ${row('Input', of.images, null)} ${row('Noisy', denoised.noisy, denoised.noisyErrors)}
          ${row('Denoised', denoised.denoised, denoised.denoisedErrors)}
        </tbody>
      </table>
    </div>`;
  }

  #draw(view: ModelView): void {
    const { points } = view;
    const thumbnails = points?.thumbnails ?? null;
    if (points === null || thumbnails === null) return;
    const among = Math.min(thumbnails.count, points.heldOut > 0 ? points.heldOut : points.count);
    const seed = view.card.training.seed;
    const which = drawPoints({ count: among, heldOut: among }, imagesAtOnce, seed, this.#draws++);
    const size = thumbnails.height * thumbnails.width * thumbnails.channels;
    const images = new Uint8Array(which.length * size);
    which.forEach((point, index) =>
      images.set(thumbnails.pixels.subarray(point * size, (point + 1) * size), index * size),
    );
    this.chosen = { images, names: which.map((point) => `image ${point + 1}`) };
    this.#ask();
  }

  async #pick(view: ModelView): Promise<void> {
    await this.attempt(view, async () => {
      const files = (await this.session.host.pickImages(true)).slice(0, imagesAtOnce);
      if (files.length === 0) return;
      const views: Uint8Array[] = [];
      for (const file of files) {
        const seen = await this.session.forward.run(view, (worker) => worker.call('encodeFile', file));
        views.push(seen.view);
      }
      if (view !== this.view) return;
      const size = views[0]?.length ?? 0;
      const images = new Uint8Array(size * views.length);
      views.forEach((one, index) => images.set(one, index * size));
      this.chosen = { images, names: files.map(({ name }) => name) };
      this.#ask();
    });
  }

  #ask(): void {
    const { view, chosen, sigma, seed } = this;
    if (view !== undefined && chosen !== null) this.#update({ view, chosen, sigma, seed });
  }

  async #denoise({ view, chosen, sigma, seed }: Request): Promise<void> {
    await this.attempt(view, async () => {
      const { images, names } = chosen;
      const denoised = await this.session.forward.run(view, (worker) =>
        worker.call('denoise', { images, count: names.length, sigma, seed }),
      );
      if (view === this.view) this.result = { of: chosen, denoised };
    });
  }
}

const examplesOf = ({ examples }: ModelView): Chosen | null =>
  examples === null
    ? null
    : {
        images: examples.inputs,
        names: Array.from({ length: examples.count }, (_, index) => `image ${index + 1}`),
      };

/** The file's small pictures stand in for images only where they are as large as the model's. */
const canDraw = ({ points, card: { spec } }: ModelView): boolean =>
  points?.thumbnails?.height === spec.height && points.thumbnails.width === spec.width;

declare global {
  interface HTMLElementTagNameMap {
    'll-denoise-page': LensDenoisePage;
  }
}
