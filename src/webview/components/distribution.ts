/** `ll-distribution`: a histogram of many values with named lines: means, medians, thresholds. */
import { css, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatScore } from '../../shared/verdict.ts';
import { baseStyles } from '../shared/styles.ts';
import { trainingColor, validationColor } from '../shared/series-colors.ts';
import { HistogramBase } from './histogram-base.ts';
import { binsOf, type Axis } from './histogram-bins.ts';

export interface DistributionLine {
  readonly label: string;
  readonly value: number;
  readonly style: 'solid' | 'dashed' | 'faint';
}

const top = 6;
const height = 110;
const bottom = 18;

@customElement('ll-distribution')
export class LensDistribution extends HistogramBase {
  static override styles = [
    baseStyles,
    ...HistogramBase.styles,
    css`
      .train .bar {
        fill: color-mix(in srgb, ${trainingColor} 62%, transparent);
      }
      .validation .bar {
        fill: color-mix(in srgb, ${validationColor} 62%, transparent);
      }
      .solid,
      .dashed {
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
      }
      .dashed {
        stroke-dasharray: 4 3;
      }
      .faint {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
        stroke-dasharray: 1 3;
      }
      .lines {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 18px;
      }
      .lines span {
        display: inline-flex;
        gap: 6px;
        align-items: center;
      }
      .lines svg {
        width: 20px;
        height: 8px;
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) values: ArrayLike<number> = [];
  @property({ attribute: false }) lines: readonly DistributionLine[] = [];
  @property({ attribute: false }) axis: Axis = { low: 0, high: 1 };
  @property() color: 'train' | 'validation' | 'plain' = 'plain';
  /** Begins what a screen reader hears: `Histogram of 31 training batch losses`. */
  @property() label = '';
  /** Bars beyond this value are drawn stronger; null for none. */
  @property({ attribute: false }) over: number | null = null;
  /** Names the lines below the drawing. */
  @property({ type: Boolean }) legend = false;

  protected override render(): unknown {
    const { values, axis, width, lines, over } = this;
    const wanted = Math.min(Math.floor(width / 7), Math.ceil(Math.sqrt(values.length) * 2));
    const bins = Math.max(8, Math.min(72, wanted));
    const counts = binsOf(values, axis, bins);
    const floor = top + height;
    const at = (value: number): number => ((value - axis.low) / (axis.high - axis.low)) * width;
    return html`
      <svg
        viewBox="0 0 ${width} ${floor + bottom}"
        height=${floor + bottom}
        role="img"
        aria-label=${this.#summary()}
        class=${this.color}
      >
        ${this.renderBars(counts, { floor, tall: height }, over === null ? null : at(over))}
        ${lines.map(
          ({ value, style }) =>
            svg`<line class=${style} x1=${at(value)} x2=${at(value)} y1=${top - 4} y2=${floor} />`,
        )}
        <text class="quiet" x="0" y=${floor + 14}>${formatScore(Number(axis.low.toPrecision(2)))}</text>
        <text class="quiet" x=${width} y=${floor + 14} text-anchor="end">
          ${formatScore(Number(axis.high.toPrecision(2)))}
        </text>
      </svg>
      ${this.legend ? this.#renderLegend() : nothing}
    `;
  }

  #renderLegend(): unknown {
    return html`<div class="lines">
      ${this.lines.map(
        ({ label, value, style }) =>
          html`<span>
            <svg viewBox="0 0 20 8" aria-hidden="true">
              <line class=${style} x1="0" x2="20" y1="4" y2="4" />
            </svg>
            <span class="quiet">${label}</span> <span class="number">${formatScore(value)}</span>
          </span>`,
      )}
    </div>`;
  }

  #summary(): string {
    const named = this.lines.map(({ label, value }) => `${label} ${formatScore(value)}`).join(', ');
    return named === '' ? `${this.label}.` : `${this.label}; ${named}.`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-distribution': LensDistribution;
  }
}
