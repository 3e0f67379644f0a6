/** `ll-distribution`: a histogram of many values with named lines: means, medians, thresholds. */
import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatScore } from '../../shared/verdict.ts';
import { baseStyles } from '../shared/styles.ts';
import { binsOf, type Axis } from './distribution-bins.ts';

export interface DistributionLine {
  readonly label: string;
  readonly value: number;
  readonly style: 'solid' | 'dashed' | 'faint';
}

const top = 6;
const height = 110;
const bottom = 18;

@customElement('ll-distribution')
export class LensDistribution extends LitElement {
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
        overflow: visible;
      }
      .bar {
        fill: color-mix(in srgb, var(--vscode-charts-blue) 62%, transparent);
      }
      .yellow .bar {
        fill: color-mix(in srgb, var(--vscode-charts-yellow) 62%, transparent);
      }
      .plain .bar {
        fill: color-mix(in srgb, var(--vscode-foreground) 38%, transparent);
      }
      .plain .bar.over {
        fill: color-mix(in srgb, var(--vscode-foreground) 72%, transparent);
      }
      .axis {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
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
      text {
        fill: var(--vscode-descriptionForeground);
        font-size: 11px;
        font-variant-numeric: tabular-nums;
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
  @property() color: 'blue' | 'yellow' | 'plain' = 'plain';
  /** Begins what a screen reader hears: `Histogram of 31 training batch losses`. */
  @property() label = '';
  /** Bars beyond this value are drawn stronger; null for none. */
  @property({ attribute: false }) over: number | null = null;
  /** Names the lines below the drawing. */
  @property({ type: Boolean }) legend = false;

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
    const { values, axis, width, lines, over } = this;
    const wanted = Math.min(Math.floor(width / 7), Math.ceil(Math.sqrt(values.length) * 2));
    const bins = Math.max(8, Math.min(72, wanted));
    const counts = binsOf(values, axis, bins);
    const peak = Math.max(1, ...counts);
    const bin = width / bins;
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
        ${counts.map((count, index) => {
          if (count === 0) return nothing;
          const tall = Math.max(1.5, (count / peak) * height);
          const beyond = over !== null && (index + 0.5) * bin > at(over);
          return svg`<rect class=${beyond ? 'bar over' : 'bar'} x=${index * bin + 0.5} y=${floor - tall}
            width=${Math.max(1, bin - 1)} height=${tall} />`;
        })}
        <line class="axis" x1="0" x2=${width} y1=${floor + 0.5} y2=${floor + 0.5} />
        ${lines.map(
          ({ value, style }) =>
            svg`<line class=${style} x1=${at(value)} x2=${at(value)} y1=${top - 4} y2=${floor} />`,
        )}
        <text x="0" y=${floor + 14}>${formatScore(Number(axis.low.toPrecision(2)))}</text>
        <text x=${width} y=${floor + 14} text-anchor="end">
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
