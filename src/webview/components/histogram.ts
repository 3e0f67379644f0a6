/** `ll-histogram`: the calibration scores, the threshold, and where this image stands. */
import { css, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatScore } from '../../shared/verdict.ts';
import { countOf } from '../../shared/count.ts';
import { baseStyles } from '../shared/styles.ts';
import { HistogramBase } from './histogram-base.ts';
import { histogramOf, placeOf } from './histogram-bins.ts';

const height = 92;
const top = 20;
const bottom = 20;

@customElement('ll-histogram')
export class LensHistogram extends HistogramBase {
  static override styles = [
    baseStyles,
    ...HistogramBase.styles,
    css`
      svg {
        height: 132px;
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
    `,
  ];

  @property({ attribute: false }) scores: ArrayLike<number> = [];
  @property({ type: Number }) threshold = 0;
  /** This image's score; null draws the calibration scores alone. */
  @property({ attribute: false }) mark: number | null = null;

  protected override render(): unknown {
    const { scores, threshold, mark, width } = this;
    const histogram = histogramOf(scores, threshold, mark, Math.max(16, Math.min(64, Math.floor(width / 8))));
    const line = top + height;
    const thresholdAt = placeOf(histogram, threshold) * width;
    return html`
      <svg
        viewBox="0 0 ${width} ${line + bottom}"
        role="img"
        aria-label=${this.#summary()}
        class=${mark !== null && mark > threshold ? 'anomalous' : ''}
      >
        ${this.renderBars(histogram.counts, { floor: line, tall: height }, thresholdAt)}
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
