/** `ll-threshold-histogram`: scores of good images above, of bad ones below, and a threshold to drag between them. */
import { css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatScore } from '../../../../shared/verdict.ts';
import { HistogramBase } from '../../../components/histogram-base.ts';
import { binsOf, placeOf, type Axis } from '../../../components/histogram-bins.ts';
import { formatCount } from '../../../../shared/count.ts';
import { trainingColor, validationColor } from '../../../shared/series-colors.ts';
import { baseStyles } from '../../../shared/styles.ts';

const half = 84;
const top = 18;
const middle = top + half;
const height = middle + half + 20;

/** Share of the axis that a key moves the threshold by. */
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -0.005,
  ArrowDown: -0.005,
  ArrowRight: 0.005,
  ArrowUp: 0.005,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Fires `threshold` with the new one. */
@customElement('ll-threshold-histogram')
export class LensThresholdHistogram extends HistogramBase {
  static override styles = [
    baseStyles,
    ...HistogramBase.styles,
    css`
      svg {
        height: 206px;
        touch-action: none;
      }
      .good .bar {
        fill: color-mix(in srgb, ${trainingColor} 70%, transparent);
      }
      .bad .bar {
        fill: color-mix(in srgb, ${validationColor} 70%, transparent);
      }
      .bar.over {
        stroke: var(--vscode-foreground);
        stroke-width: 1;
      }
      .handle {
        cursor: ew-resize;
        outline: none;
      }
      .handle line {
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
      }
      .handle .grip {
        fill: var(--vscode-foreground);
      }
      .handle .reach {
        fill: transparent;
      }
      .handle:focus-visible line,
      .handle:focus-visible .grip {
        stroke: var(--vscode-focusBorder);
        stroke-width: 3;
      }
      .calibrated {
        stroke: color-mix(in srgb, var(--vscode-foreground) 60%, transparent);
        stroke-dasharray: 2 3;
      }
    `,
  ];

  /** Scores, any order. */
  @property({ attribute: false }) good: Float64Array = new Float64Array();
  @property({ attribute: false }) bad: Float64Array = new Float64Array();
  @property({ attribute: false }) axis: Axis = { low: 0, high: 1 };
  @property({ type: Number }) threshold = 0;
  @property({ type: Number }) calibrated = 0;
  /** What bad images are called: synthetic ones are named as such. */
  @property() badName = 'bad';
  /** What the threshold makes of the images, in words. */
  @property() outcome = '';

  protected override render(): unknown {
    const { good, bad, axis, width, threshold, calibrated } = this;
    const bins = Math.max(12, Math.min(72, Math.floor(width / 8)));
    const at = placeOf(axis, threshold) * width;
    const start = placeOf(axis, calibrated) * width;
    const inside = Math.min(width - 1, Math.max(1, at));
    return html`<svg
      viewBox="0 0 ${width} ${height}"
      role="group"
      aria-label="Histograms of ${formatCount(good.length)} good and ${formatCount(bad.length)} ${this.badName} images by score"
      @pointerdown=${this.#grab}
      @pointermove=${this.#drag}
    >
      <g class="good" aria-hidden="true">
        ${this.renderBars(binsOf(good, axis, bins), { floor: middle, tall: half - 8 }, at)}
      </g>
      <g class="bad" aria-hidden="true" transform="translate(0 ${2 * middle + 1}) scale(1 -1)">
        ${this.renderBars(binsOf(bad, axis, bins), { floor: middle, tall: half - 8 }, at)}
      </g>
      <g aria-hidden="true">
        <text x="0" y="12">good, ${formatCount(good.length)}</text>
        <text x="0" y=${height - 4}>${this.badName}, ${formatCount(bad.length)}</text>
        <text class="quiet" x=${width} y="12" text-anchor="end">score →</text>
        ${svg`<line class="calibrated" x1=${start} x2=${start} y1=${top} y2=${middle + half} />`}
      </g>
      <g
        class="handle"
        role="slider"
        tabindex="0"
        aria-label="Threshold"
        aria-valuemin=${axis.low}
        aria-valuemax=${axis.high}
        aria-valuenow=${threshold}
        aria-valuetext="${formatScore(threshold)}: ${this.outcome}"
        @keydown=${this.#key}
      >
        ${svg`
          <rect class="reach" x=${inside - 10} y=${top} width="20" height=${2 * half} />
          <line x1=${inside} x2=${inside} y1=${top - 2} y2=${middle + half + 2} />
          <circle class="grip" cx=${inside} cy=${middle} r="5" />
        `}
      </g>
    </svg>`;
  }

  readonly #grab = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const drawing = event.currentTarget as SVGSVGElement;
    drawing.setPointerCapture(event.pointerId);
    drawing.querySelector<SVGElement>('.handle')?.focus();
    event.preventDefault();
    this.#moveTo(event);
  };

  readonly #drag = (event: PointerEvent): void => {
    const drawing = event.currentTarget as SVGSVGElement;
    if (drawing.hasPointerCapture(event.pointerId)) this.#moveTo(event);
  };

  #moveTo({ clientX }: PointerEvent): void {
    const { left, width } = this.getBoundingClientRect();
    this.#move((clientX - left) / width);
  }

  readonly #key = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { low, high } = this.axis;
    this.#move((this.threshold - low) / (high - low) + step * (event.shiftKey ? 0.2 : 1));
  };

  /** @param place along the axis, cut to 0–1 */
  #move(place: number): void {
    const { low, high } = this.axis;
    const detail = low + (high - low) * Math.min(1, Math.max(0, place));
    this.dispatchEvent(new CustomEvent('threshold', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-threshold-histogram': LensThresholdHistogram;
  }
}
