/** What drawings of histograms have in common: their width, their bars, their axis. */
import { LitElement, css, nothing, svg } from 'lit';
import { state } from 'lit/decorators.js';
import { followSize } from '../shared/follow-size.ts';

/** Where bars are drawn, in pixels: `floor` is the axis, `tall` the height of the tallest above it. */
export interface BarBox {
  readonly floor: number;
  readonly tall: number;
}

const smallestWidth = 120;

export abstract class HistogramBase extends LitElement {
  static override styles = [
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
        fill: color-mix(in srgb, var(--vscode-foreground) 38%, transparent);
      }
      .bar.over {
        fill: color-mix(in srgb, var(--vscode-foreground) 68%, transparent);
      }
      .axis {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
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

  /** Of the drawing, in CSS pixels. */
  @state() protected width = 320;

  constructor() {
    super();
    followSize(this, (entry) => {
      this.width = Math.max(smallestWidth, Math.round(entry?.contentRect.width ?? this.width));
    });
  }

  /**
   * Bars over the whole width, and the axis below them.
   * @param over bars whose middle lies right of it, in pixels, are drawn stronger; null for none
   */
  protected renderBars(counts: readonly number[], { floor, tall }: BarBox, over: number | null): unknown {
    const { width } = this;
    const bin = width / counts.length;
    const peak = Math.max(1, ...counts);
    return svg`
      ${counts.map((count, index) => {
        if (count === 0) return nothing;
        // A single image among thousands must still be seen.
        const height = Math.max(1.5, (count / peak) * tall);
        const beyond = over !== null && (index + 0.5) * bin > over;
        return svg`<rect class=${beyond ? 'bar over' : 'bar'} x=${index * bin + 0.5} y=${floor - height}
          width=${Math.max(1, bin - 1)} height=${height} />`;
      })}
      <line class="axis" x1="0" x2=${width} y1=${floor + 0.5} y2=${floor + 0.5} />
    `;
  }
}
