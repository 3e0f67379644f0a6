/** `ll-pictures`: input, where it departs, reconstruction and their difference, side by side. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { CheckResult } from '../../shared/protocol/forward.ts';
import { formatScore } from '../../shared/verdict.ts';
import '../components/color-scale.ts';
import '../components/image.ts';
import { channelWords } from '../shared/channel-words.ts';
import { divergingColor, sequentialColor } from '../shared/color-maps.ts';
import {
  differencePicture,
  heatPicture,
  largestMagnitude,
  pictureOf,
  type Picture,
} from '../shared/pixels.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, isDark } from '../shared/theme.ts';
import { heatOverlay, heatScale, isOutlined, overlayTimes, type HeatLayer } from './heat-overlay.ts';
import { heatWords } from './words.ts';

type Mode = 'signed' | 'squared';

@customElement('ll-pictures')
export class LensPictures extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .side {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 16px;
        align-items: start;
      }
      figure {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 6px;
      }
      figcaption {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
      }
      fieldset label {
        display: inline-flex;
        gap: 6px;
        align-items: center;
        cursor: pointer;
      }
      input {
        margin: 0;
        accent-color: var(--vscode-focusBorder);
      }
      .side.four {
        grid-template-columns: repeat(4, minmax(0, 1fr));
      }
      .opacity {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px;
        align-items: center;
      }
      input[type='range'] {
        width: 100%;
        min-width: 0;
      }
      @container (max-width: 640px) {
        .side.four {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      @container (max-width: 420px) {
        .side {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .side:not(.four) figure:last-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) result!: CheckResult;

  @state() private mode: Mode = 'signed';
  @state() private opacity = 0.8;

  readonly #theme = new ThemeController(this);
  #drawn: { input: Picture; reconstruction: Picture } | undefined;
  #layer: HeatLayer | undefined;
  #heat: { opacity: number; of: CheckResult; picture: Picture } | undefined;
  #difference: { key: string; of: CheckResult; picture: Picture } | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('result')) return;
    const { result } = this;
    this.#drawn = {
      input: pictureOf(result.input, result),
      reconstruction: pictureOf(result.reconstruction, result),
    };
    const { heat } = result;
    this.#layer = heat
      ? {
          values: heat.values,
          threshold: heat.threshold,
          scale: heatScale(heat.values, heat.threshold),
        }
      : undefined;
  }

  protected override render(): unknown {
    const scale = largestMagnitude(this.result.difference);
    return html`<div class="side ${this.#layer ? 'four' : ''}">
      <figure>
        <ll-image .picture=${this.#drawn?.input} label="What the model saw of the image"></ll-image>
        <figcaption>Input</figcaption>
      </figure>
      ${this.#layer ? this.#renderHeat(this.#layer) : nothing}
      <figure>
        <ll-image .picture=${this.#drawn?.reconstruction} label="What the model made of it"></ll-image>
        <figcaption>Reconstruction</figcaption>
      </figure>
      <figure>
        <ll-image .picture=${this.#differencePicture(scale)} label=${this.#differenceLabel(scale)}></ll-image>
        <figcaption>Difference</figcaption>
        ${this.#renderLegend(scale)}
        <fieldset>
          <legend class="visually-hidden">Show the difference</legend>
          ${this.#choice('signed', 'signed')} ${this.#choice('squared', 'squared')}
        </fieldset>
      </figure>
    </div>`;
  }

  #renderHeat(layer: HeatLayer): unknown {
    const { heat } = this.result;
    if (!heat) return nothing;
    const { title } = channelWords[heat.channel];
    const outlined = isOutlined(layer);
    return html`<figure>
      <ll-image
        .picture=${this.#heatPicture(layer)}
        label=${`Where the image departs, by ${title.toLowerCase()}; ${outlined ? 'a region is outlined' : 'nothing is outlined'}`}
      ></ll-image>
      <figcaption>Heat: ${title.toLowerCase()}</figcaption>
      <label class="opacity"
        >Opacity
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          .value=${String(this.opacity)}
          @input=${(event: Event) => (this.opacity = Number((event.target as HTMLInputElement).value))}
        />
      </label>
      <ll-color-scale .color=${sequentialColor} .labels=${['0', formatScore(layer.scale)]}></ll-color-scale>
      <p class="quiet">${heatWords(this.result, outlined)}</p>
    </figure>`;
  }

  #heatPicture(layer: HeatLayer): Picture | undefined {
    const { result, opacity } = this;
    const input = this.#drawn?.input;
    if (!input) return undefined;
    if (this.#heat?.of === result && this.#heat.opacity === opacity) return this.#heat.picture;
    const picture = heatOverlay(input, layer, opacity, overlayTimes(input));
    this.#heat = { of: result, opacity, picture };
    return picture;
  }

  #choice(mode: Mode, label: string): unknown {
    return html`<label>
      <input
        type="radio"
        name="mode"
        .checked=${this.mode === mode}
        @change=${() => (this.mode = mode)}
      />${label}
    </label>`;
  }

  #renderLegend(scale: number): unknown {
    const dark = isDark();
    if (this.mode === 'signed') {
      return html`<ll-color-scale
          .color=${(share: number) => divergingColor(share * 2 - 1, dark)}
          .labels=${[`−${formatScore(scale)}`, '0', `+${formatScore(scale)}`]}
        ></ll-color-scale>
        <p class="quiet">Blue: brighter than the model expects. Orange: darker.</p>`;
    }
    return html`<ll-color-scale
        .color=${sequentialColor}
        .labels=${['0', formatScore(scale ** 2)]}
      ></ll-color-scale>
      <p class="quiet">The error is the mean of these.</p>`;
  }

  #differenceLabel(scale: number): string {
    const what = this.mode === 'signed' ? 'Reconstruction minus input' : 'Squared difference';
    return `${what}; the largest difference of a pixel is ${formatScore(scale)} of full brightness`;
  }

  #differencePicture(scale: number): Picture {
    const { result, mode } = this;
    const key = `${mode} ${this.#theme.version}`;
    if (this.#difference?.key === key && this.#difference.of === result) return this.#difference.picture;
    const picture =
      mode === 'signed'
        ? differencePicture(result.difference, result, scale, isDark())
        : heatPicture(
            result.difference.map((value) => value ** 2),
            result,
            scale ** 2,
          );
    this.#difference = { key, of: result, picture };
    return picture;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-pictures': LensPictures;
  }
}
