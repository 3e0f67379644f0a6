/** `ll-evaluation-result`: what an evaluation found, and what a threshold that is dragged would make of it. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ScoreMeasures } from '../../../../shared/protocol/evaluate.ts';
import { formatScore } from '../../../../shared/verdict.ts';
import { factsStyles, tiles } from '../../../components/facts.ts';
import { axisOf, type Axis } from '../../../components/histogram-bins.ts';
import '../../../components/image.ts';
import { reasonTable } from '../../../components/skipped.ts';
import { countOf, formatCount } from '../../../../shared/count.ts';
import { baseName, formatPercent } from '../../../shared/format.ts';
import { pictureOf } from '../../../shared/pixels.ts';
import { baseStyles, chartStyles, noticeStyles, pageStyles, tableStyles } from '../../../shared/styles.ts';
import { confusionAt, countAbove, justBelow, type Confusion } from './counts.ts';
import './curve-chart.ts';
import type { Curve } from './curve-chart.ts';
import type { EvaluationResult, Mistake } from './result.ts';
import './threshold-histogram.ts';

const area = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : '–');
const share = (value: number): string => (Number.isFinite(value) ? formatPercent(value) : '–');

/** Fires `open-image` with folder and path of an image, and `export-csv`. */
@customElement('ll-evaluation-result')
export class LensEvaluationResult extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    factsStyles,
    noticeStyles,
    chartStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
      .prose {
        max-width: 76ch;
      }
      .mistakes {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(96px, 1fr));
        gap: 10px;
      }
      .mistakes button {
        display: grid;
        gap: 4px;
        width: 100%;
        padding: 6px;
        border: 1px solid transparent;
        border-radius: 4px;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
        grid-template-columns: minmax(0, 1fr);
      }
      .mistakes button:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
      .mistakes span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      td .quiet {
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) result!: EvaluationResult;
  /** Of the PCA beside. */
  @property({ attribute: false }) components: number | null = null;

  @state() private threshold = 0;

  #axis: Axis = { low: 0, high: 1 };
  #roc: readonly Curve[] = [];
  #precision: readonly Curve[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('result')) return;
    const { good, bad, terms } = this.result;
    this.threshold = terms.threshold;
    this.#axis = axisOf([good, bad], [terms.threshold]);
    const series = this.#series;
    this.#roc = series.map(({ name, measures }) => ({ label: name, values: measures.roc }));
    this.#precision = series.map(({ name, measures }) => ({ label: name, values: measures.precision }));
  }

  protected override render(): unknown {
    const { result, threshold } = this;
    const confusion = confusionAt(result.good, result.bad, threshold);
    return html`
      ${this.#renderHead(confusion)} ${this.#renderThreshold(confusion)} ${this.#renderCurves(confusion)}
      ${this.#renderKinds()} ${this.#renderPixels()}
      ${this.#renderMistakes('Good images with the highest scores', result.falseAlarms, true)}
      ${this.#renderMistakes(
        result.synthetic ? 'Synthetic defects with the lowest scores' : 'Bad images with the lowest scores',
        result.missed,
        false,
      )}
      ${this.#renderUnread()}
    `;
  }

  /** The verdict's score first. */
  get #series(): readonly { readonly name: string; readonly measures: ScoreMeasures }[] {
    const { measures } = this.result;
    if (measures === null) return [];
    const all = [
      { name: 'Verdict', measures: measures.combined },
      { name: 'Autoencoder alone', measures: measures.autoencoder },
      {
        name: this.components === null ? 'PCA' : `PCA, ${countOf(this.components, 'component')}`,
        measures: measures.pca,
      },
    ];
    return all.flatMap(({ name, measures }) => (measures === null ? [] : [{ name, measures }]));
  }

  get #bad(): string {
    return this.result.synthetic ? 'synthetic' : 'bad';
  }

  /** `40 bad images` */
  #counted(): string {
    const { good, bad, synthetic } = this.result;
    const defects = synthetic ? countOf(bad.length, 'synthetic defect') : countOf(bad.length, 'bad image');
    return `${countOf(good.length, 'good image')} and ${defects}`;
  }

  #renderHead({ falsePositiveRate }: Confusion): unknown {
    const { result } = this;
    const { title, synthetic, measures, good, stopped, unread } = result;
    const states = [
      ...(stopped ? ['stopped before the end'] : []),
      ...(unread.length > 0 ? [`${countOf(unread.length, 'image')} not read, named below`] : []),
    ];
    return html`<section aria-labelledby="result">
      <h2 id="result">${synthetic ? 'Result, synthetic' : 'Result'}</h2>
      <p class="prose" role="status">
        ${this.#counted()} of ${title}${states.length === 0 ? '' : ` (${states.join('; ')})`}.
        ${
          synthetic
            ? html`<strong>Synthetic</strong>: the defects were drawn by Latent Lens, so this is an estimate.`
            : nothing
        }
      </p>
      ${
        measures === null
          ? html`<p>
              ${
                good.length === 0
                  ? 'No good image has a score, so there is nothing to compare with.'
                  : `No bad image has a score. At the threshold ${share(falsePositiveRate)} of the good ones are flagged.`
              }
            </p>`
          : this.#renderFigures(measures.combined)
      }
      <div class="actions">
        <vscode-button secondary @click=${() => this.dispatchEvent(new CustomEvent('export-csv'))}
          >Export CSV…</vscode-button
        >
      </div>
    </section>`;
  }

  #renderFigures({ auroc, interval, averagePrecision, bestF1, tprAt1Fpr }: ScoreMeasures): unknown {
    const others = this.#series.slice(1);
    const label = (term: string): string => (this.result.synthetic ? `${term}, synthetic` : term);
    return html`
      ${tiles([
        { term: label('AUROC'), value: area(auroc) },
        { term: '95 % interval', value: `${area(interval.low)} – ${area(interval.high)}` },
        { term: label('AUPR'), value: area(averagePrecision) },
        { term: 'Found at 1 % false alarms', value: share(tprAt1Fpr) },
        { term: `Best F1, at a score of ${formatScore(bestF1.threshold)}`, value: bestF1.f1.toFixed(3) },
      ])}
      <p class="quiet prose">
        ${
          others.length === 0
            ? nothing
            : html`Beside it:
              ${others.map(({ name, measures }) => `${name} ${area(measures.auroc)}`).join('; ')} (AUROC). `
        }
        The interval is a bootstrap over these images. The best F1 and its threshold are fitted on these very
        images; other images will do worse by it.
      </p>
    `;
  }

  #renderThreshold(confusion: Confusion): unknown {
    const { result, threshold } = this;
    const { good, bad, terms, measures } = result;
    const calibrated = terms.threshold;
    const outcome =
      `${formatCount(confusion.falsePositives)} of ${formatCount(good.length)} good and ` +
      `${formatCount(confusion.truePositives)} of ${formatCount(bad.length)} ${this.#bad} images are flagged`;
    return html`<section aria-labelledby="scores">
      <h2 id="scores">Scores and threshold</h2>
      <ll-threshold-histogram
        .good=${good}
        .bad=${bad}
        .axis=${this.#axis}
        .threshold=${threshold}
        .calibrated=${calibrated}
        .badName=${this.#bad}
        .outcome=${outcome}
        @threshold=${({ detail }: CustomEvent<number>) => (this.threshold = detail)}
      ></ll-threshold-histogram>
      <p class="quiet prose">
        Threshold <span class="number">${formatScore(threshold)}</span>${
          threshold === calibrated
            ? `, calibrated for at most ${formatPercent(terms.falsePositiveRate)} false alarms on ${countOf(terms.calibrationImages, 'image')}`
            : `; calibrated: ${formatScore(calibrated)} (dotted)`
        }.
        Drag it, or move it by the arrow keys; the model keeps its own.
      </p>
      <div class="actions">
        <vscode-button
          secondary
          ?disabled=${threshold === calibrated}
          @click=${() => (this.threshold = calibrated)}
          >Calibrated Threshold</vscode-button
        >
        ${
          measures === null
            ? nothing
            : html`<vscode-button
                secondary
                @click=${() => (this.threshold = justBelow(measures.combined.bestF1.threshold, good, bad))}
                >Best F1</vscode-button
              >`
        }
      </div>
      <div class="two">${this.#renderConfusion(confusion)} ${this.#renderRates(confusion)}</div>
    </section>`;
  }

  #renderConfusion({ truePositives, falsePositives, falseNegatives, trueNegatives }: Confusion): unknown {
    const row = (name: string, total: number, flagged: unknown, passed: unknown): unknown =>
      html`<tr>
        <th scope="row">${name}, ${formatCount(total)}</th>
        <td class="number">${flagged}</td>
        <td class="number">${passed}</td>
      </tr>`;
    const cell = (count: number, means: string): unknown =>
      html`${formatCount(count)} <span class="quiet">${means}</span>`;
    const { good, bad, synthetic } = this.result;
    return html`<div class="scroll">
      <table class="confusion">
        <caption class="visually-hidden">
          Images by what they are and what the threshold says
        </caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col" class="number">Flagged</th>
            <th scope="col" class="number">Not flagged</th>
          </tr>
        </thead>
        <tbody>
          ${row(synthetic ? 'Synthetic' : 'Bad', bad.length, cell(truePositives, 'found'), cell(falseNegatives, 'missed'))}
          ${row('Good', good.length, cell(falsePositives, 'false alarms'), cell(trueNegatives, 'passed'))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRates({ falsePositiveRate, truePositiveRate, precision }: Confusion): unknown {
    return tiles([
      { term: 'False-positive rate', value: share(falsePositiveRate) },
      { term: 'True-positive rate', value: share(truePositiveRate) },
      { term: 'Precision', value: share(precision) },
    ]);
  }

  #renderCurves({ falsePositiveRate, truePositiveRate, precision }: Confusion): unknown {
    const { measures } = this.result;
    if (measures === null) return nothing;
    const areas = this.#series.map(({ name, measures }) => `${name} ${area(measures.auroc)}`).join(', ');
    const precisions = this.#series
      .map(({ name, measures }) => `${name} ${area(measures.averagePrecision)}`)
      .join(', ');
    return html`<section aria-labelledby="curves">
      <h2 id="curves">Curves of ${this.#counted()}</h2>
      <div class="two">
        <figure>
          <figcaption>ROC</figcaption>
          <ll-curve-chart
            .curves=${this.#roc}
            .mark=${[falsePositiveRate, truePositiveRate]}
            xLabel="False-positive rate"
            yLabel="True-positive rate"
            label="ROC curves; area: ${areas}"
          ></ll-curve-chart>
        </figure>
        <figure>
          <figcaption>Precision and recall</figcaption>
          <ll-curve-chart
            .curves=${this.#precision}
            .mark=${[truePositiveRate, precision]}
            xLabel="Recall"
            yLabel="Precision"
            label="Precision–recall curves; average precision: ${precisions}"
          ></ll-curve-chart>
        </figure>
      </div>
      <p class="quiet">The circle is the threshold above.</p>
    </section>`;
  }

  #renderKinds(): unknown {
    const { kinds, measures, images, synthetic } = this.result;
    if (measures === null) return nothing;
    return html`<section aria-labelledby="kinds">
      <h2 id="kinds">By kind of ${synthetic ? 'synthetic defect' : 'defect'}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="kinds">
        <table class="kinds">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" class="number">Images</th>
              <th scope="col" class="number">AUROC</th>
              <th scope="col" class="number">At 1 % false alarms</th>
              <th scope="col" class="number">Found at the threshold</th>
            </tr>
          </thead>
          <tbody>
            ${kinds.map((kind, index) => {
              const own = Float64Array.from(
                images.filter((image) => image.kind === kind),
                ({ score }) => score,
              ).sort();
              const { auroc, tprAt1Fpr } = measures.kinds[index] ?? { auroc: NaN, tprAt1Fpr: NaN };
              const found = countAbove(own, this.threshold);
              return html`<tr>
                <th scope="row">${synthetic ? `${kind} (synthetic)` : kind}</th>
                <td class="number">${formatCount(own.length)}</td>
                <td class="number">${area(auroc)}</td>
                <td class="number">${share(tprAt1Fpr)}</td>
                <td class="number">${formatCount(found)}, ${share(found / own.length)}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  #renderPixels(): unknown {
    const { pixels } = this.result;
    if (pixels === null) return nothing;
    return html`<section aria-labelledby="places">
      <h2 id="places">Places of the defects</h2>
      ${tiles([
        { term: 'Pixel AUROC', value: area(pixels.auroc) },
        { term: 'AUPRO, up to 30 % false-positive pixels', value: area(pixels.aupro) },
      ])}
      <p class="quiet prose">
        The heat maps of ${countOf(pixels.masked, 'image')} with a mask and
        ${countOf(pixels.good, 'good image')}, pixel by pixel.
      </p>
    </section>`;
  }

  #renderMistakes(title: string, mistakes: readonly Mistake[], good: boolean): unknown {
    if (mistakes.length === 0) return nothing;
    const word = (score: number): string => {
      const flagged = score > this.threshold;
      if (good) return flagged ? 'false alarm' : 'passed';
      return flagged ? 'found' : 'missed';
    };
    const id = good ? 'false-alarms' : 'missed';
    return html`<section aria-labelledby=${id}>
      <h2 id=${id}>${title}</h2>
      <ul class="mistakes">
        ${mistakes.map(
          ({ folder, path, kind, score, thumbnail }) =>
            html`<li>
              <button
                type="button"
                title="Open ${path}"
                @click=${() =>
                  this.dispatchEvent(new CustomEvent('open-image', { detail: { folder, path } }))}
              >
                <ll-image aria-hidden="true" .picture=${pictureOf(thumbnail.pixels, thumbnail)}></ll-image>
                <span>${kind === null ? nothing : `${kind}, `}${baseName(path)}</span>
                <span class="quiet">${formatScore(score)}, ${word(score)}</span>
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #renderUnread(): unknown {
    const { unread } = this.result;
    if (unread.length === 0) return nothing;
    return html`<section aria-labelledby="unread">
      <h2 id="unread">${countOf(unread.length, 'image')} not read</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="unread">
        ${reasonTable(unread.slice(0, 200))}
      </div>
      ${unread.length > 200 ? html`<p class="quiet">The CSV names the others too.</p>` : nothing}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-evaluation-result': LensEvaluationResult;
  }
}
