/** The way from one image to another through the latent space: strip, slider, animation, files. */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  defaultSteps,
  interpolate,
  interpolations,
  maxSteps,
  minSteps,
  type Interpolation,
} from '../../../shared/interpolation.ts';
import { pointName } from '../../../shared/map-points.ts';
import type { LatentChoice } from '../../../shared/protocol/studio.ts';
import '../../components/image.ts';
import { encodeApng, encodePng, enlarged, fileEnlargement, strip } from '../../shared/export/png.ts';
import { baseName } from '../../shared/format.ts';
import { latestOnly } from '../../shared/latest.ts';
import { pictureOf, type Picture } from '../../shared/pixels.ts';
import { savedLine } from '../../shared/saving.ts';
import { prefersReducedMotion } from '../../shared/theme.ts';
import type { ModelView } from '../model-view.ts';
import { drawPoints, latentsOf, shortName, thumbnailOf } from './draw.ts';
import { ModelPageBase } from './model-page-base.ts';

/** Milliseconds that a step is shown in the animation. */
const stepTime = 120;
/** Gap of the exported strip, in pixels. */
const stripGap = 8;

type Side = 'from' | 'to';
const sides: Readonly<Record<Side, string>> = { from: 'Start', to: 'End' };

interface End {
  readonly name: string;
  /** The name where there is little room, with the class where it has one. */
  readonly caption: string;
  readonly latent: Float32Array;
  /** The image itself, where it is known; a latent has none. */
  readonly picture: Picture | undefined;
}

interface Request {
  readonly view: ModelView;
  readonly latents: Float32Array;
  readonly steps: number;
}

@customElement('ll-interpolate-page')
export class LensInterpolatePage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    css`
      .stage {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1.5fr) minmax(0, 1fr);
        gap: 20px 32px;
        align-items: center;
        max-width: 820px;
      }
      .end {
        display: grid;
        gap: 6px;
        justify-items: start;
        min-width: 0;
      }
      .end ll-image,
      .middle ll-image {
        width: 100%;
      }
      .end ll-image,
      .none {
        max-width: 140px;
      }
      .none {
        width: 100%;
        aspect-ratio: 1;
        border: 1px dashed var(--vscode-descriptionForeground);
        display: grid;
        place-items: center;
        color: var(--vscode-descriptionForeground);
      }
      .name {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .middle {
        display: grid;
        gap: 8px;
        min-width: 0;
      }
      .play {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
      }
      .strip {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        /* Ten in a row, as many steps as there are at first; fewer where the page is narrow. */
        grid-template-columns: repeat(auto-fill, minmax(max(40px, calc((100% - 54px) / 10)), 1fr));
        gap: 6px;
      }
      .strip button {
        display: block;
        width: 100%;
        padding: 3px;
        background: none;
        border: 0;
        border-bottom: 2px solid transparent;
        cursor: pointer;
      }
      .strip button[aria-current='true'] {
        border-bottom-color: var(--vscode-focusBorder);
      }
      .steps {
        max-width: 100%;
      }
      @media (max-width: 560px) {
        .stage {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .middle {
          grid-column: 1 / -1;
          grid-row: 1;
        }
      }
    `,
  ];

  protected readonly heading = 'Interpolate';

  @state() private ends: Readonly<Record<Side, End | null>> = { from: null, to: null };
  @state() private steps = defaultSteps;
  @state() private how: Interpolation = 'linear';
  @state() private pictures: readonly Picture[] = [];
  @state() private step = 0;
  @state() private playing = false;

  #draws = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #forward = true;
  readonly #update = latestOnly<Request>((request) => this.#decode(request));

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#pause();
  }

  protected override takeModel(view: ModelView): void {
    this.#pause();
    this.pictures = [];
    this.step = 0;
    this.ends = { from: null, to: null };
    if (view.points === null) return;
    const [from, to] = drawPoints(view.points, 2, view.card.training.seed, this.#draws++);
    if (from === undefined || to === undefined) return;
    this.ends = { from: pointEnd(view, from), to: pointEnd(view, to) };
    this.#ask();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { view } = this;
    const handed = this.session.handedOver.value;
    if (view === undefined || handed === null) return;
    this.session.handedOver.set(null);
    this.ends = { from: chosenEnd(view, handed.from), to: chosenEnd(view, handed.to) };
    this.#ask();
  }

  protected override renderModel(view: ModelView): unknown {
    const complete = this.pictures.length > 0;
    return html`
      ${this.renderHead(
        'Two images become two latents; the decoder shows what lies between them.',
        complete
          ? html`
              <vscode-button secondary icon="save" @click=${() => void this.#save(view, 'strip')}
                >Save Strip…</vscode-button
              >
              <vscode-button secondary icon="save" @click=${() => void this.#save(view, 'animation')}
                >Save Animation…</vscode-button
              >
            `
          : nothing,
      )}
      ${savedLine(this.saving.said)} ${this.#renderControls()}
      <div class="stage">
        ${this.#renderEnd(view, 'from')} ${this.#renderMiddle()} ${this.#renderEnd(view, 'to')}
      </div>
      ${complete ? this.#renderStrip() : nothing}
    `;
  }

  #renderControls(): unknown {
    return html`<div class="controls">
      <div class="control steps">
        <label for="steps">Steps</label>
        <div class="range">
          <input
            id="steps"
            type="range"
            min=${minSteps}
            max=${maxSteps}
            step="1"
            .value=${String(this.steps)}
            @input=${(event: Event) => {
              this.steps = (event.target as HTMLInputElement).valueAsNumber;
              this.#ask();
            }}
          />
          <span class="number">${this.steps}</span>
        </div>
      </div>
      <fieldset class="control">
        <legend>Path</legend>
        <div class="choices">
          ${interpolations.map(
            (how) =>
              html`<label>
                <input
                  type="radio"
                  name="how"
                  .checked=${this.how === how}
                  @change=${() => {
                    this.how = how;
                    this.#ask();
                  }}
                />${how === 'linear' ? 'Linear' : 'Spherical'}
              </label>`,
          )}
        </div>
      </fieldset>
    </div>`;
  }

  #renderEnd(view: ModelView, side: Side): unknown {
    const end = this.ends[side];
    const title = sides[side];
    return html`<section class="end" aria-label=${title}>
      <h2>${title}</h2>
      ${
        end?.picture === undefined
          ? html`<div class="none">${end === null ? 'none yet' : 'no image'}</div>`
          : html`<ll-image .picture=${end.picture} label="${title}: ${end.name}"></ll-image>`
      }
      <span class="quiet name" title=${end?.name ?? ''}
        >${end === null ? 'Choose an image' : end.caption}</span
      >
      <div class="actions">
        ${
          view.points === null
            ? nothing
            : html`<vscode-button
                secondary
                aria-label="Random image as ${title.toLowerCase()}"
                @click=${() => this.#random(view, side)}
                >Random</vscode-button
              >`
        }
        <vscode-button
          secondary
          aria-label="Choose a file as ${title.toLowerCase()}"
          @click=${() => void this.#pick(view, side)}
          >File…</vscode-button
        >
      </div>
    </section>`;
  }

  #renderMiddle(): unknown {
    const { pictures, step } = this;
    const shown = pictures[step];
    if (shown === undefined) return html`<div class="middle"></div>`;
    return html`<div class="middle">
      <ll-image .picture=${shown} label="Step ${step + 1} of ${pictures.length}"></ll-image>
      <div class="play">
        ${
          prefersReducedMotion()
            ? html`<span></span>`
            : html`<vscode-button
                secondary
                icon=${this.playing ? 'debug-pause' : 'play'}
                aria-label=${this.playing ? 'Pause' : 'Play'}
                @click=${() => (this.playing ? this.#pause() : this.#play())}
              ></vscode-button>`
        }
        <input
          type="range"
          min="0"
          max=${pictures.length - 1}
          step="1"
          .value=${String(step)}
          aria-label="Step"
          aria-valuetext="${step + 1} of ${pictures.length}"
          @input=${(event: Event) => {
            this.#pause();
            this.step = (event.target as HTMLInputElement).valueAsNumber;
          }}
        />
        <span class="number">${step + 1} / ${pictures.length}</span>
      </div>
    </div>`;
  }

  #renderStrip(): unknown {
    return html`<ol class="strip" aria-label="All steps">
      ${this.pictures.map(
        (picture, index) =>
          html`<li>
            <button
              type="button"
              aria-current=${index === this.step ? 'true' : 'false'}
              aria-label="Show step ${index + 1}"
              @click=${() => {
                this.#pause();
                this.step = index;
              }}
            >
              <ll-image .picture=${picture} label="Step ${index + 1}"></ll-image>
            </button>
          </li>`,
      )}
    </ol>`;
  }

  #random(view: ModelView, side: Side): void {
    if (view.points === null) return;
    const [point] = drawPoints(view.points, 1, view.card.training.seed, this.#draws++);
    if (point === undefined) return;
    this.ends = { ...this.ends, [side]: pointEnd(view, point) };
    this.#ask();
  }

  async #pick(view: ModelView, side: Side): Promise<void> {
    await this.attempt(view, async () => {
      const [file] = await this.session.host.pickImages(false);
      if (file === undefined) return;
      const { view: seen, latent } = await this.session.forward.run(view, (worker) =>
        worker.call('encodeFile', file),
      );
      if (view !== this.view) return;
      const end: End = {
        name: file.name,
        caption: baseName(file.name),
        latent,
        picture: pictureOf(seen, view.card.spec),
      };
      this.ends = { ...this.ends, [side]: end };
      this.#ask();
    });
  }

  #ask(): void {
    const { view, ends, steps, how } = this;
    if (view === undefined || ends.from === null || ends.to === null) return;
    this.saving.forget();
    this.#update({ view, latents: interpolate(ends.from.latent, ends.to.latent, steps, how), steps });
  }

  async #decode({ view, latents, steps }: Request): Promise<void> {
    await this.attempt(view, async () => {
      const { images } = await this.session.forward.run(view, (worker) =>
        worker.call('decode', { latents, count: steps }),
      );
      if (view !== this.view) return;
      this.pictures = Array.from({ length: steps }, (_, index) => pictureOf(images, view.card.spec, index));
      this.step = Math.min(this.step, steps - 1);
    });
  }

  #play(): void {
    this.playing = true;
    this.#timer = setInterval(() => {
      const last = this.pictures.length - 1;
      if (this.step >= last) this.#forward = false;
      if (this.step <= 0) this.#forward = true;
      this.step = Math.min(last, Math.max(0, this.step + (this.#forward ? 1 : -1)));
    }, stepTime);
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  async #save(view: ModelView, what: 'strip' | 'animation'): Promise<void> {
    await this.attempt(view, async () => {
      const [first] = this.pictures;
      if (first === undefined) return;
      const times = fileEnlargement(first);
      const frames = this.pictures.map((picture) => enlarged(picture, times));
      // There and back, each end once.
      const round = [...frames, ...frames.slice(1, -1).reverse()];
      const bytes = what === 'strip' ? encodePng(strip(frames, stripGap)) : encodeApng(round, stepTime);
      await this.saving.file(`${view.card.name} interpolation ${what}.png`, bytes);
    });
  }
}

function pointEnd(view: ModelView, point: number): End | null {
  const { points, card } = view;
  if (points === null || point < 0 || point >= points.count) return null;
  const { kind, classes } = card.dataset;
  const title = classes[points.labels[point] ?? -1]?.name;
  const short = shortName(points, point, kind);
  return {
    name: pointName(points, point, kind),
    caption: title === undefined ? short : `${short} · ${title}`,
    latent: latentsOf(points, [point]),
    picture: thumbnailOf(points, point),
  };
}

function chosenEnd(view: ModelView, choice: LatentChoice): End | null {
  if ('point' in choice) return pointEnd(view, choice.point);
  if (choice.latent.length !== view.card.spec.latent) return null;
  const name = 'a place on the map';
  return { name, caption: name, latent: choice.latent, picture: undefined };
}

declare global {
  interface HTMLElementTagNameMap {
    'll-interpolate-page': LensInterpolatePage;
  }
}
