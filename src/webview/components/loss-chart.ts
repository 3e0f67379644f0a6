/** `ll-loss-chart`: training and validation loss by epoch, single batches faintly behind them. */
import uPlot from 'uplot';
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { EpochRecord } from '../../shared/model-card.ts';
import { formatScore } from '../../shared/verdict.ts';
import { followSize } from '../shared/follow-size.ts';
import { baseStyles } from '../shared/styles.ts';
import { seriesColors, trainingColor, validationColor } from '../shared/series-colors.ts';
import { ThemeController, themeColor } from '../shared/theme.ts';
import {
  emptyTrace,
  hasPositive,
  lossColumns,
  lossRange,
  type BatchTrace,
  type LossColumns,
} from './loss-series.ts';
import { faint, uPlotStyles } from './plot-styles.ts';

const chartHeight = 230;

const variationalWords =
  'The training loss includes the divergence from the normal distribution, weighted by β; the validation loss is the ' +
  'mean squared error alone.';

@customElement('ll-loss-chart')
export class LensLossChart extends LitElement {
  static override styles = [
    baseStyles,
    uPlotStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
        align-items: center;
        margin-bottom: 8px;
      }
      .key {
        display: inline-flex;
        gap: 7px;
        align-items: center;
      }
      .key svg {
        width: 24px;
        height: 10px;
        flex: none;
        overflow: visible;
      }
      .key line {
        stroke-width: 2;
      }
      .train {
        stroke: ${trainingColor};
      }
      .validation {
        stroke: ${validationColor};
      }
      .key .validation line {
        stroke-dasharray: 5 3;
      }
      .value {
        display: inline-block;
        min-width: 7ch;
      }
      .toggle {
        margin-inline-start: auto;
        display: inline-flex;
        align-items: center;
        gap: 6px;
        cursor: pointer;
      }
      .toggle input {
        accent-color: var(--vscode-focusBorder);
        margin: 0;
      }
      .note {
        margin-top: 4px;
        max-width: 64ch;
      }
      .plot {
        min-height: 230px;
        overflow: hidden;
      }
      .empty {
        display: grid;
        place-items: center;
        height: 230px;
        border: 1px dashed color-mix(in srgb, var(--vscode-foreground) 25%, transparent);
        border-radius: 4px;
      }
    `,
  ];

  @property({ attribute: false }) history: readonly EpochRecord[] = [];
  @property({ attribute: false }) trace: BatchTrace = emptyTrace;
  /** The whole run's length: the axis does not move while training. */
  @property({ type: Number }) epochs = 1;

  /** Of a variational model, whose training loss is more than the error: the chart says so. */
  @property({ type: Boolean }) variational = false;

  @state() private logarithmic = false;
  /** Epoch under the pointer. */
  @state() private hovered: EpochRecord | undefined;

  @query('.plot') private plotBox!: HTMLElement;

  readonly #theme = new ThemeController(this);
  #plot: uPlot | undefined;
  /** What the current plot was built with; a change builds a new one. */
  #built = '';

  constructor() {
    super();
    followSize(this, () => this.#resize());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#discard();
  }

  protected override render(): unknown {
    const shown = this.hovered ?? this.history.at(-1);
    const hasValidation = this.history.some(({ validation }) => validation !== null);
    const empty = this.history.length === 0 && this.trace.at.length === 0;
    return html`
      <div class="top">
        ${this.#key('train', 'Training', shown?.train)}
        ${hasValidation ? this.#key('validation', 'Validation', shown?.validation ?? undefined) : nothing}
        ${shown ? html`<span class="quiet number">epoch ${shown.epoch}</span>` : nothing}
        <label class="toggle">
          <input type="checkbox" .checked=${this.logarithmic} @change=${this.#toggle} /> Logarithmic
        </label>
      </div>
      <div class="plot" role="img" aria-label=${this.#summary()} ?hidden=${empty}></div>
      ${this.variational ? html`<p class="quiet note">${variationalWords}</p>` : nothing}
      ${empty ? html`<div class="empty quiet">The curve begins with the first batches.</div>` : nothing}
    `;
  }

  #key(kind: 'train' | 'validation', name: string, value: number | undefined): unknown {
    return html`<span class="key">
      <svg class=${kind} viewBox="0 0 24 10" aria-hidden="true">
        <line x1="0" y1="5" x2="24" y2="5" />
      </svg>
      ${name} <span class="number value">${value === undefined ? '–' : formatScore(value)}</span>
    </span>`;
  }

  #summary(): string {
    const last = this.history.at(-1);
    if (!last) return 'Loss curve: no epoch is complete yet.';
    const first = this.history[0] ?? last;
    const validation = last.validation === null ? '' : `, validation ${formatScore(last.validation)}`;
    return (
      `Loss curve over ${last.epoch} of ${this.epochs} epochs: training loss from ${formatScore(first.train)} ` +
      `to ${formatScore(last.train)}${validation}.`
    );
  }

  #toggle(event: Event): void {
    this.logarithmic = (event.target as HTMLInputElement).checked;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const columns = lossColumns(this.history, this.trace);
    if (columns[0].length === 0) {
      this.#discard();
      return;
    }
    const key = `${this.logarithmic} ${this.epochs} ${this.#theme.version}`;
    if (this.#plot === undefined || key !== this.#built) {
      this.#discard();
      this.#built = key;
      this.#plot = new uPlot(this.#options(), columns as unknown as uPlot.AlignedData, this.plotBox);
    } else {
      this.#plot.setData(columns as unknown as uPlot.AlignedData);
    }
  }

  #discard(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #resize(): void {
    const width = this.plotBox?.clientWidth ?? 0;
    if (this.#plot && width > 0 && width !== this.#plot.width) {
      this.#plot.setSize({ width, height: chartHeight });
    }
  }

  #options(): uPlot.Options {
    const foreground = themeColor('--vscode-descriptionForeground', '--vscode-foreground');
    const lines = themeColor('--vscode-charts-lines', '--vscode-foreground');
    const { training, validation } = seriesColors();
    const background = themeColor('--vscode-editor-background', '--vscode-editorWidget-background');
    const body = getComputedStyle(document.body);
    const font = `11px ${body.fontFamily}`;
    const axis = {
      stroke: foreground,
      font,
      labelFont: font,
      labelGap: 2,
      ticks: { show: false },
    } satisfies Partial<uPlot.Axis>;
    const columns = (): LossColumns => lossColumns(this.history, this.trace);
    const logarithmic = this.logarithmic && hasPositive(columns());
    const point = (color: string): uPlot.Series.Points => ({
      show: this.epochs <= 60,
      size: 5,
      stroke: color,
      fill: background,
      width: 1.5,
    });
    return {
      width: Math.max(this.plotBox.clientWidth, 120),
      height: chartHeight,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { setCursor: [(plot) => this.#hover(plot)] },
      scales: {
        x: { time: false, range: () => [0, this.epochs] },
        y: { distr: logarithmic ? 3 : 1, range: () => lossRange(columns(), logarithmic) },
      },
      axes: [
        {
          ...axis,
          label: 'Epoch',
          labelSize: 18,
          size: 24,
          grid: { show: false },
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
        },
        {
          ...axis,
          size: (_plot, values) => axisWidth(values),
          grid: { stroke: faint(lines), width: 1 },
          values: (_plot, splits) => splits.map((value) => (value === null ? '' : formatScore(value))),
        },
      ],
      series: [
        {},
        { stroke: faint(training), width: 1, points: { show: false }, spanGaps: true },
        { stroke: training, width: 2, points: point(training), spanGaps: true },
        { stroke: validation, width: 2, dash: [6, 4], points: point(validation), spanGaps: true },
      ],
    };
  }

  #hover(plot: uPlot): void {
    const left = plot.cursor.left ?? -1;
    const epoch = left < 0 ? Number.NaN : Math.round(plot.posToVal(left, 'x'));
    this.hovered = this.history.find((record) => record.epoch === epoch);
  }
}

/** Room for the widest of an axis's labels in its 11 px font, in pixels; the first layout has no labels yet. */
const axisWidth = (labels: readonly string[] | null): number =>
  labels === null ? 62 : Math.max(40, 16 + 7 * Math.max(...labels.map(({ length }) => length)));

declare global {
  interface HTMLElementTagNameMap {
    'll-loss-chart': LensLossChart;
  }
}
