/** `ll-histogram`: the calibration scores, the threshold, and where this image stands. */
import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatScore } from '../../shared/verdict.ts';
import { countOf } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import { histogramOf, placeOf } from './histogram-bins.ts';

const height = 92;
const top = 20;
const bottom = 20;

@customElement('ll-histogram')
export class LensHistogram extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      svg {
        display: block;
        width: 100%;
        height: 132px;
        overflow: visible;
      }
      .bar {
        fill: color-mix(in srgb, var(--vscode-foreground) 38%, transparent);
      }
      .bar.over {
        fill: color-mix(in srgb, var(--vscode-foreground) 62%, transparent);
      }
      .axis {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
      }
      .threshold {
        stroke: var(--vscode-foreground);
        stroke-dasharray: 4 3;
      }
      .mark {
        stroke: var(--vscode-charts-blue);
        stroke-width: 2;
      }
      .mark-head {
        fill: var(--vscode-charts-blue);
      }
      .anomalous .mark {
        stroke: var(--vscode-charts-red);
      }
      .anomalous .mark-head {
        fill: var(--vscode-charts-red);
      }
      text {
        fill: var(--vscode-foreground);
        font-size: 11px;
        font-variant-numeric: tabular-nums;
      }
      text.quiet {
        fill: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property({ attribute: false }) scores: ArrayLike<number> = [];
  @property({ type: Number }) threshold = 0;
  /** This image's score; null draws the calibration scores alone. */
  @property({ attribute: false }) mark: number | null = null;

  @state() private width = 320;

  #observer: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(([entry]) => {
      this.width = Math.max(120, Math.round(entry?.contentRect.width ?? 320));
    });
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override render(): unknown {
    const { scores, threshold, mark, width } = this;
    const histogram = histogramOf(scores, threshold, mark, Math.max(16, Math.min(64, Math.floor(width / 8))));
    const bin = width / histogram.counts.length;
    const line = top + height;
    const thresholdAt = placeOf(histogram, threshold) * width;
    return html`
      <svg
        viewBox="0 0 ${width} ${line + bottom}"
        role="img"
        aria-label=${this.#summary()}
        class=${mark !== null && mark > threshold ? 'anomalous' : ''}
      >
        ${histogram.counts.map((count, index) => {
          if (count === 0) return nothing;
          const tall = Math.max(1.5, (count / histogram.peak) * height);
          const over = (index + 0.5) * bin > thresholdAt;
          return svg`<rect class=${over ? 'bar over' : 'bar'} x=${index * bin + 0.5} y=${line - tall}
            width=${Math.max(1, bin - 1)} height=${tall} />`;
        })}
        <line class="axis" x1="0" x2=${width} y1=${line + 0.5} y2=${line + 0.5} />
        <line class="threshold" x1=${thresholdAt} x2=${thresholdAt} y1=${top} y2=${line} />
        ${this.#text(thresholdAt, line + 14, `threshold ${formatScore(threshold)}`, 'quiet', width)}
        ${mark === null ? nothing : this.#renderMark(placeOf(histogram, mark) * width, histogram.markBeyond)}
      </svg>
    `;
  }

  #renderMark(at: number, beyond: 'left' | 'right' | null): unknown {
    const { width } = this;
    const inside = Math.min(width - 5, Math.max(5, at));
    const arrow = beyond === 'right' ? ' →' : '';
    const arrowLeft = beyond === 'left' ? '← ' : '';
    const label = `${arrowLeft}this image ${formatScore(this.mark ?? 0)}${arrow}`;
    return svg`
      <line class="mark" x1=${inside} x2=${inside} y1=${top} y2=${top + height} />
      <path class="mark-head" d="M${inside - 5} ${top - 4} h10 l-5 8 z" />
      ${this.#text(inside, 10, label, '', width)}
    `;
  }

  /** Text around `x`, pushed inside the drawing. */
  #text(x: number, y: number, text: string, kind: string, width: number): unknown {
    const half = text.length * 3;
    const anchor = x < half ? 'start' : x > width - half ? 'end' : 'middle';
    const at = anchor === 'start' ? 0 : anchor === 'end' ? width : x;
    return svg`<text class=${kind} x=${at} y=${y} text-anchor=${anchor}>${text}</text>`;
  }

  #summary(): string {
    const of = `Histogram of ${countOf(this.scores.length, 'calibration score')}; threshold ${formatScore(this.threshold)}`;
    if (this.mark === null) return `${of}.`;
    const side = this.mark > this.threshold ? 'above' : 'not above';
    return `${of}; this image’s score ${formatScore(this.mark)} is ${side} it.`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-histogram': LensHistogram;
  }
}
