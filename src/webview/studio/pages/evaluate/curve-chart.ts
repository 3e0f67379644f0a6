/** `ll-curve-chart`: curves over the unit square, such as ROC and precision–recall, with the threshold's place on them. */
import uPlot from 'uplot';
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { curvePoints } from '../../../../shared/protocol/evaluate.ts';
import { faint, uPlotStyles } from '../../../components/plot-styles.ts';
import { followSize } from '../../../shared/follow-size.ts';
import { seriesColors, trainingColor, validationColor } from '../../../shared/series-colors.ts';
import { baseStyles } from '../../../shared/styles.ts';
import { ThemeController, themeColor } from '../../../shared/theme.ts';

export interface Curve {
  readonly label: string;
  /** F64 `[curvePoints]`, in 0–1: values at even steps from 0 to 1. */
  readonly values: Float64Array;
}

const height = 230;
const grid = Array.from({ length: curvePoints }, (_, step) => step / (curvePoints - 1));
const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3]];

@customElement('ll-curve-chart')
export class LensCurveChart extends LitElement {
  static override styles = [
    baseStyles,
    uPlotStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
        min-width: 0;
        grid-template-columns: minmax(0, 1fr);
      }
      .plot {
        min-height: 230px;
        overflow: hidden;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 18px;
      }
      .keys span {
        display: inline-flex;
        gap: 7px;
        align-items: center;
      }
      svg {
        width: 24px;
        height: 10px;
        flex: none;
      }
      line {
        stroke: ${trainingColor};
        stroke-width: 2;
      }
      .series-1 {
        stroke: ${validationColor};
        stroke-dasharray: 6 4;
      }
      .series-2 {
        stroke: var(--vscode-foreground);
        stroke-dasharray: 2 3;
      }
    `,
  ];

  /** At most three, the verdict’s first. */
  @property({ attribute: false }) curves: readonly Curve[] = [];
  @property() xLabel = '';
  @property() yLabel = '';
  /** What a screen reader hears. */
  @property() label = '';
  /** Where the threshold stands: x and y in 0–1; null for nowhere. */
  @property({ attribute: false }) mark: readonly [number, number] | null = null;

  @query('.plot') private plotBox!: HTMLElement;

  readonly #theme = new ThemeController(this);
  #plot: uPlot | undefined;
  #built: unknown[] = [];

  constructor() {
    super();
    followSize(this, () => this.#resize());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#discard();
  }

  protected override render(): unknown {
    return html`
      <div class="plot" role="img" aria-label=${this.label}></div>
      <div class="keys">
        ${this.curves.map(
          ({ label }, index) =>
            html`<span
              ><svg viewBox="0 0 24 10" aria-hidden="true">
                <line class="series-${index}" x1="0" y1="5" x2="24" y2="5" /></svg
              >${label}</span
            >`,
        )}
      </div>
    `;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const built = [this.#theme.version, this.curves];
    if (this.#plot === undefined || built.some((each, i) => each !== this.#built[i])) {
      this.#discard();
      this.#built = built;
      const data = [grid, ...this.curves.map(({ values }) => Array.from(values))];
      this.#plot = new uPlot(this.#options(), data as uPlot.AlignedData, this.plotBox);
    } else {
      // The mark is drawn over the curves.
      this.#plot.redraw(false);
    }
  }

  #discard(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #resize(): void {
    const width = this.plotBox?.clientWidth ?? 0;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height });
  }

  #options(): uPlot.Options {
    const foreground = themeColor('--vscode-descriptionForeground', '--vscode-foreground');
    const text = themeColor('--vscode-foreground', '--vscode-editor-foreground');
    const lines = themeColor('--vscode-charts-lines', '--vscode-foreground');
    const { training, validation } = seriesColors();
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = {
      ...{ stroke: foreground, font, labelFont: font, labelGap: 2, labelSize: 18 },
      ticks: { show: false },
      grid: { stroke: faint(lines), width: 1 },
      splits: [0, 0.2, 0.4, 0.6, 0.8, 1],
    } satisfies Partial<uPlot.Axis>;
    const unit = { time: false, range: (): [number, number] => [0, 1] };
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    return {
      width: Math.max(this.plotBox.clientWidth, 120),
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      hooks: { draw: [(plot) => this.#drawMark(plot, text)] },
      scales: { x: unit, y: unit },
      axes: [
        { ...axis, label: this.xLabel, size: 24 },
        { ...axis, label: this.yLabel, size: 34 },
      ],
      series: [
        {},
        ...this.curves.map((_, index): uPlot.Series => ({
          stroke: [training, validation, text][index] ?? text,
          width: 2,
          dash: [...(dashes[index] ?? [])],
          points: { show: false },
          ...(stepped ? { paths: stepped } : {}),
        })),
      ],
    };
  }

  #drawMark(plot: uPlot, color: string): void {
    if (this.mark === null) return;
    const [x, y] = this.mark;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const { ctx } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.arc(plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true), 5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fillStyle = themeColor('--vscode-editor-background', '--vscode-editorWidget-background');
    ctx.strokeStyle = color;
    ctx.lineWidth = 2 * devicePixelRatio;
    // The last curve's dashes are still set.
    ctx.setLineDash([]);
    ctx.fill();
    ctx.stroke();
    ctx.restore();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-curve-chart': LensCurveChart;
  }
}
