/** Images that no camera took: samples of a variational model's prior, and sliders through the latent space. */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PrincipalDirections } from '../../../shared/protocol/forward.ts';
import '../../components/image.ts';
import { latestOnly } from '../../shared/latest.ts';
import { pictureOf, type Picture } from '../../shared/pixels.ts';
import type { ModelView } from '../model-view.ts';
import { latentAlong } from './directions.ts';
import { ModelPageBase } from './model-page-base.ts';
import { seedField } from './seed-field.ts';

const samplesAtOnce = 32;
const mostDirections = 8;
/** Standard deviations to either side. */
const reach = 3;

interface Walk {
  readonly view: ModelView;
  readonly directions: PrincipalDirections;
  readonly at: readonly number[];
}

@customElement('ll-generate-page')
export class LensGeneratePage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    css`
      .samples {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(76px, 1fr));
        gap: 10px;
      }
      .walk {
        display: grid;
        grid-template-columns: minmax(160px, 300px) minmax(0, 1fr);
        gap: 24px 40px;
        align-items: start;
      }
      .sliders {
        display: grid;
        gap: 6px;
      }
      .sliders label {
        display: grid;
        grid-template-columns: 11ch minmax(0, 1fr) 8ch;
        gap: 12px;
        align-items: center;
      }
      .sliders .number {
        text-align: end;
      }
      @media (max-width: 620px) {
        .walk {
          grid-template-columns: minmax(0, 1fr);
        }
        .sliders label {
          grid-template-columns: 3ch minmax(0, 1fr) 8ch;
        }
        .word {
          display: none;
        }
      }
    `,
  ];

  protected readonly heading = 'Generate';

  @state() private seed = 1;
  @state() private samples: readonly Picture[] = [];
  @state() private directions: PrincipalDirections | null = null;
  @state() private at: readonly number[] = [];
  @state() private walked: Picture | undefined;

  readonly #walk = latestOnly<Walk>((walk) => this.#decode(walk));
  readonly #sample = latestOnly<{ view: ModelView; seed: number }>((asked) => this.#draw(asked));

  protected override takeModel(view: ModelView): void {
    this.samples = [];
    this.directions = null;
    this.at = [];
    this.walked = undefined;
    if (view.card.spec.variant === 'variational') this.#sample({ view, seed: this.seed });
    if (view.points !== null) void this.#findDirections(view);
  }

  protected override renderModel(view: ModelView): unknown {
    const variational = view.card.spec.variant === 'variational';
    return html`
      ${this.renderHead(
        variational
          ? 'The decoder makes an image of any latent: of one drawn from the normal distribution, or of one that you set.'
          : 'The decoder makes an image of any latent. This model’s latents follow no known distribution, so there is nothing to draw them from; a variational model has that.',
      )}
      ${variational ? this.#renderSamples(view) : nothing}
      ${
        view.points === null
          ? html`<p class="quiet">
              The directions of the latent space are known when the training has finished.
            </p>`
          : this.#renderWalk(view)
      }
    `;
  }

  #renderSamples(view: ModelView): unknown {
    return html`<section>
      <div class="head">
        <h2>Samples from the prior</h2>
        <div class="actions">
          <label for="seed">Seed</label>
          ${seedField('seed', this.seed, (seed) => this.#setSeed(view, seed))}
          <vscode-button secondary icon="refresh" @click=${() => this.#setSeed(view, this.seed + 1)}
            >Draw Others</vscode-button
          >
        </div>
      </div>
      <ul class="samples">
        ${this.samples.map(
          (picture, index) =>
            html`<li><ll-image .picture=${picture} label="Sample ${index + 1}"></ll-image></li>`,
        )}
      </ul>
    </section>`;
  }

  #renderWalk(view: ModelView): unknown {
    const { directions, at } = this;
    if (directions === null) return nothing;
    return html`<section>
      <div class="head">
        <div>
          <h2>Along the principal directions</h2>
          <p class="quiet lead">
            Each slider moves the mean latent along a direction in which the images differ most, up to
            ${reach} standard deviations σ to either side.
          </p>
        </div>
        <div class="actions">
          <vscode-button
            secondary
            icon="discard"
            ?disabled=${at.every((value) => value === 0)}
            @click=${() =>
              this.#move(
                view,
                at.map(() => 0),
              )}
            >Back to the Mean</vscode-button
          >
        </div>
      </div>
      <div class="walk">
        <ll-image .picture=${this.walked} label="The decoder’s image of this latent"></ll-image>
        <div class="sliders">
          ${at.map(
            (value, row) =>
              html`<label>
                <span><span class="word">Direction </span>${row + 1}</span>
                <input
                  type="range"
                  min=${-reach}
                  max=${reach}
                  step="0.05"
                  .value=${String(value)}
                  aria-label="Direction ${row + 1}"
                  aria-valuetext="${signed(value)} standard deviations"
                  @input=${(event: Event) => {
                    const next = (event.target as HTMLInputElement).valueAsNumber;
                    this.#move(
                      view,
                      this.at.map((old, index) => (index === row ? next : old)),
                    );
                  }}
                />
                <span class="number">${signed(value)} σ</span>
              </label>`,
          )}
        </div>
      </div>
    </section>`;
  }

  #setSeed(view: ModelView, seed: number): void {
    this.seed = seed % 2 ** 32;
    this.#sample({ view, seed: this.seed });
  }

  #move(view: ModelView, at: readonly number[]): void {
    this.at = at;
    if (this.directions !== null) this.#walk({ view, directions: this.directions, at });
  }

  async #draw({ view, seed }: { view: ModelView; seed: number }): Promise<void> {
    await this.attempt(view, async () => {
      const { images } = await this.session.forward.run(view, (worker) =>
        worker.call('samplePrior', { count: samplesAtOnce, seed }),
      );
      if (view !== this.view) return;
      this.samples = Array.from({ length: samplesAtOnce }, (_, index) =>
        pictureOf(images, view.card.spec, index),
      );
    });
  }

  async #findDirections(view: ModelView): Promise<void> {
    await this.attempt(view, async () => {
      const count = Math.min(mostDirections, view.card.spec.latent);
      const directions = await this.session.forward.run(view, (worker) =>
        worker.call('principalDirections', { count }),
      );
      if (view !== this.view) return;
      this.directions = directions;
      this.#move(view, new Array<number>(directions.deviations.length).fill(0));
    });
  }

  async #decode({ view, directions, at }: Walk): Promise<void> {
    await this.attempt(view, async () => {
      const latents = latentAlong(directions, at);
      const { images } = await this.session.forward.run(view, (worker) =>
        worker.call('decode', { latents, count: 1 }),
      );
      if (view === this.view) this.walked = pictureOf(images, view.card.spec);
    });
  }
}

const signed = (value: number): string =>
  value === 0 ? '0.00' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`;

declare global {
  interface HTMLElementTagNameMap {
    'll-generate-page': LensGeneratePage;
  }
}
