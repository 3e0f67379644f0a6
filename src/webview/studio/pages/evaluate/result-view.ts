/** `ll-evaluation-result`: what an evaluation found, and what a threshold that is dragged would make of it. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ScoreMeasures } from '../../../../shared/protocol/evaluate.ts';
import { formatScore } from '../../../../shared/verdict.ts';
import { factsStyles, tiles } from '../../../components/facts.ts';
import { axisOf, type Axis } from '../../../components/histogram-bins.ts';
import { keepChosenInSight } from '../../../components/tab-row.ts';
import { tabId, tabs, tabStyles } from '../../../components/tabs.ts';
import { countOf, formatCount } from '../../../../shared/count.ts';
import { formatPercent } from '../../../shared/format.ts';
import type { Thumbnails } from '../../../shared/thumbnails.ts';
import { baseStyles, chartStyles, noticeStyles, pageStyles, tableStyles } from '../../../shared/styles.ts';
import { confusionAt, countAbove, justBelow, type Confusion } from './counts.ts';
import './curve-chart.ts';
import type { Curve } from './curve-chart.ts';
import './images-view.ts';
import { mistakePictures, mistakesStyles } from './mistakes.ts';
import { countedOutcome, type Outcome } from './outcome.ts';
import { promiseWarning } from './promise.ts';
import {
  setName,
  type EvaluationResult,
  type ListedImages,
  type Mistake,
  type Row,
  type ScoredImage,
} from './result.ts';
import './threshold-histogram.ts';
import { resultKey, resultTabs, thresholdOf, type EvaluationView, type ResultTab } from './view.ts';

const area = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : '–');
const share = (value: number): string => (Number.isFinite(value) ? formatPercent(value) : '–');

const tabTitles: Readonly<Record<ResultTab, string>> = {
  overview: 'Overview',
  threshold: 'Threshold',
  mistakes: 'Mistakes',
  images: 'Images',
};

/** Fires `view` with what changes of it, `open-image` with an image, and `export-csv` with what the table lists. */
@customElement('ll-evaluation-result')
export class LensEvaluationResult extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    factsStyles,
    noticeStyles,
    chartStyles,
    ...tabStyles,
    mistakesStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
        grid-template-columns: minmax(0, 1fr);
      }
      .prose {
        max-width: 76ch;
      }
      .confusion .link {
        text-align: end;
      }
      @media (max-width: 480px) {
        .confusion :is(th, td) {
          white-space: normal;
          padding-inline-end: 12px;
        }
      }
    `,
  ];

  @property({ attribute: false }) result!: EvaluationResult;
  @property({ attribute: false }) view!: EvaluationView;
  /** Of the result's images. */
  @property({ attribute: false }) pictures!: Thumbnails<ScoredImage>;
  /** What became of the table that was saved last, in words. */
  @property() saved = '';
  /** Of the PCA beside. */
  @property({ attribute: false }) components: number | null = null;

  /** Whether the tab that is shown next takes the focus. */
  #wantsFocus = false;
  #key = '';
  #promise: string | null = null;
  #axis: Axis = { low: 0, high: 1 };
  #roc: readonly Curve[] = [];
  #precision: readonly Curve[] = [];

  constructor() {
    super();
    keepChosenInSight(this);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('result')) return;
    const { good, bad, terms } = this.result;
    this.#key = resultKey(this.result);
    this.#promise = promiseWarning(terms, countAbove(good, terms.threshold), good.length);
    this.#axis = axisOf([good, bad], [terms.threshold]);
    const series = this.#series;
    this.#roc = series.map(({ name, measures }) => ({ label: name, values: measures.roc }));
    this.#precision = series.map(({ name, measures }) => ({ label: name, values: measures.precision }));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#wantsFocus || !changed.has('view')) return;
    this.#wantsFocus = false;
    this.renderRoot.querySelector<HTMLElement>(`#${tabId(this.view.tab)}`)?.focus();
  }

  protected override render(): unknown {
    const { result, threshold, view } = this;
    const confusion = confusionAt(result.good, result.bad, threshold);
    const content: Readonly<Record<ResultTab, () => unknown>> = {
      overview: () => [this.#renderOverview(confusion), this.#renderKinds(), this.#renderPixels()],
      threshold: () => [this.#renderThreshold(confusion), this.#renderCurves(confusion)],
      mistakes: () => this.#renderMistakes(),
      images: () =>
        html`<ll-evaluation-images
          .result=${result}
          .view=${view}
          .threshold=${threshold}
          .pictures=${this.pictures}
          .saved=${this.saved}
          @view=${({ detail }: CustomEvent<Partial<EvaluationView>>) => this.#say('view', detail)}
          @open-image=${({ detail }: CustomEvent<Row>) => this.#say('open-image', detail)}
          @export-csv=${({ detail }: CustomEvent<ListedImages>) => this.#say('export-csv', detail)}
        ></ll-evaluation-images>`,
    };
    return html`
      ${this.#renderHead()}
      ${tabs({
        label: 'Parts of the result',
        titles: tabTitles,
        order: resultTabs,
        chosen: view.tab,
        onChoose: (tab) => this.#say('view', { tab } satisfies Partial<EvaluationView>),
        content: content[view.tab](),
      })}
    `;
  }

  /** What images are flagged by, which may not be the calibrated one. */
  private get threshold(): number {
    return thresholdOf(this.view, this.result, this.#key);
  }

  #move(value: number | null): void {
    const threshold = value === null ? null : { value, of: this.#key };
    this.#say('view', { threshold } satisfies Partial<EvaluationView>);
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

  get #badImage(): string {
    return this.result.synthetic ? 'synthetic defect' : 'bad image';
  }

  /** `20 good images and 40 bad images` */
  #counted(): string {
    const { good, bad } = this.result;
    return `${countOf(good.length, 'good image')} and ${countOf(bad.length, this.#badImage)}`;
  }

  #renderHead(): unknown {
    const { title, synthetic, stopped, unread } = this.result;
    const states = [
      ...(stopped ? ['stopped before the end'] : []),
      ...(unread.length > 0 ? [`${countOf(unread.length, 'image')} not read, named under Images`] : []),
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
    </section>`;
  }

  #renderOverview(confusion: Confusion): unknown {
    const { measures, good, bad } = this.result;
    const { truePositives, falsePositives } = confusion;
    return html`<section aria-label="How well good and bad are told apart">
      ${
        measures === null
          ? html`<p>
              ${
                good.length === 0
                  ? 'No good image has a score, so there is nothing to compare with.'
                  : `No bad image has a score. At the threshold ${share(confusion.falsePositiveRate)} of the good ones are flagged.`
              }
            </p>`
          : html`${this.#renderFigures(measures.combined)}
              <p class="prose">
                At a threshold of <span class="number">${formatScore(this.threshold)}</span>,
                ${formatCount(truePositives)} of ${countOf(bad.length, this.#badImage)} are caught, with
                ${formatCount(falsePositives)} of ${countOf(good.length, 'good image')} flagged by mistake.
              </p>`
      }
      ${this.#renderPromise()}
    </section>`;
  }

  #renderPromise(): unknown {
    return this.#promise === null
      ? nothing
      : html`<p class="warning prose">
          <vscode-icon name="warning"></vscode-icon><span>${this.#promise}</span>
        </p>`;
  }

  #renderFigures({ auroc, interval, averagePrecision, bestF1, tprAt1Fpr }: ScoreMeasures): unknown {
    const others = this.#series.slice(1);
    const label = (term: string): string => (this.result.synthetic ? `${term}, synthetic` : term);
    return html`
      ${tiles([
        { term: label('AUROC'), value: area(auroc) },
        { term: '95 % interval', value: `${area(interval.low)} – ${area(interval.high)}` },
        { term: label('AUPR'), value: area(averagePrecision) },
        { term: 'Caught at 1 % false alarms', value: share(tprAt1Fpr) },
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
        @threshold=${({ detail }: CustomEvent<number>) => this.#move(detail)}
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
        <vscode-button secondary ?disabled=${threshold === calibrated} @click=${() => this.#move(null)}
          >Calibrated Threshold</vscode-button
        >
        ${
          measures === null
            ? nothing
            : html`<vscode-button
                secondary
                @click=${() => this.#move(justBelow(measures.combined.bestF1.threshold, good, bad))}
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
    const cell = (count: number, outcome: Outcome): unknown =>
      html`<button class="link" type="button" @click=${() => this.#showImages(outcome)}>
        ${countedOutcome(outcome, count)}
      </button>`;
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
          ${row(synthetic ? 'Synthetic' : 'Bad', bad.length, cell(truePositives, 'caught'), cell(falseNegatives, 'missed'))}
          ${row('Good', good.length, cell(falsePositives, 'falseAlarm'), cell(trueNegatives, 'passed'))}
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
              <th scope="col" class="number">Caught at the threshold</th>
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
                <th scope="row">${setName(this.result, kind)}</th>
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

  #renderMistakes(): unknown {
    const { falseAlarms, missed, synthetic } = this.result;
    const gallery = (id: string, title: string, mistakes: readonly Mistake[]): unknown =>
      mistakes.length === 0
        ? nothing
        : html`<section aria-labelledby=${id}>
            <h2 id=${id}>${title}</h2>
            ${mistakePictures(mistakes, this.threshold, (mistake) => this.#say('open-image', mistake))}
          </section>`;
    return [
      gallery('false-alarms', 'Good images with the highest scores', falseAlarms),
      gallery('missed', `${synthetic ? 'Synthetic defects' : 'Bad images'} with the lowest scores`, missed),
    ];
  }

  /** All images of one outcome; the focus goes along, for what had it is gone. */
  #showImages(outcome: Outcome): void {
    this.#wantsFocus = true;
    this.#say('view', { tab: 'images', outcome } satisfies Partial<EvaluationView>);
  }

  #say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-evaluation-result': LensEvaluationResult;
  }
}
