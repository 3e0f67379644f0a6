/** The last epoch's batch losses, as in the notebook, and the per-image scores that thresholds are about. */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { formatScore } from '../../../shared/verdict.ts';
import { calibrationView } from '../../components/calibration.ts';
import '../../components/distribution.ts';
import { axisOf, type Axis } from '../../components/histogram-bins.ts';
import type { DistributionLine } from '../../components/distribution.ts';
import { factsStyles, tiles } from '../../components/facts.ts';
import { countOf } from '../../../shared/count.ts';
import { formatPercent, unbroken } from '../../shared/format.ts';
import { chartStyles, tableStyles } from '../../shared/styles.ts';
import type { ModelView } from '../model-view.ts';
import { ModelPageBase } from './model-page-base.ts';
import {
  meanOf,
  medianOf,
  ruleDataOf,
  ruleScores,
  rulesOf,
  type Rule,
  type RuleId,
  type RuleScore,
} from './rules.ts';

@customElement('ll-losses-page')
export class LensLossesPage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    tableStyles,
    factsStyles,
    chartStyles,
    css`
      figcaption .quiet {
        font-weight: normal;
      }
      table label {
        margin-inline-end: 10px;
        display: inline-flex;
        gap: 8px;
        align-items: center;
        cursor: pointer;
      }
      td,
      th {
        padding-block: 4px;
      }
      tbody th {
        color: var(--vscode-foreground);
      }
      tr.chosen td,
      tr.chosen th {
        font-weight: 600;
      }
      input[type='number'] {
        width: 8ch;
      }
    `,
  ];

  protected readonly heading = 'Losses';

  @state() private score: RuleScore = 'error';
  @state() private rule: RuleId = 'calibrated';
  @state() private deviations = 2;
  /** Percent. */
  @state() private quantile = 99;

  protected override takeModel(view: ModelView): void {
    this.score = 'error';
    this.rule = view.card.calibration === null ? 'deviation' : 'calibrated';
  }

  protected override renderModel(view: ModelView, uri: string): unknown {
    const { calibration, dataset, history } = view.card;
    return html`
      ${this.renderHead(
        'How wrong the model still is: by batch, as the notebook looks at it, and by image, which is what a verdict is about.',
        calibration === null
          ? nothing
          : html`<vscode-button secondary @click=${() => this.session.host.recalibrateModel(uri)}
              >Recalibrate…</vscode-button
            >`,
      )}
      ${this.#renderBaseline(view)} ${this.#renderBatches(view, history.at(-1)?.epoch)}
      ${this.#renderScores(view)}
      ${
        calibration === null
          ? nothing
          : html`<section class="prose" aria-labelledby="calibration">
              <h2 id="calibration">Calibration</h2>
              ${calibrationView(calibration, dataset.split.calibration)}
            </section>`
      }
    `;
  }

  #renderBaseline({ card, validationScores }: ModelView): unknown {
    const { pcaBaseline: baseline, spec } = card;
    if (baseline === null || validationScores.length === 0) return nothing;
    const { components, validation } = baseline;
    if (validation === null)
      return html`<p class="quiet prose">
        Not compared with principal components: ${baseline.skipped ?? 'not computed'}.
      </p>`;
    const own = meanOf(validationScores);
    return html`<section aria-labelledby="baseline">
      <h2 id="baseline">Beside principal components</h2>
      ${tiles([
        { term: `This model, latent ${spec.latent}`, value: formatScore(own) },
        { term: `PCA, ${countOf(components, 'component')}`, value: formatScore(validation) },
        // A figure more than elsewhere: a linear model comes within a few thousandths.
        { term: 'Of PCA’s error', value: unbroken(`${Number(((own / validation) * 100).toPrecision(4))} %`) },
      ])}
      <p class="quiet prose">
        Mean squared errors of ${countOf(validationScores.length, 'validation image')}.
        ${
          spec.variant === 'linear'
            ? 'A linear autoencoder can do no better than principal components: the two should nearly agree.'
            : 'What the activations are worth: as many principal components are the best that a linear model can do.'
        }
      </p>
    </section>`;
  }

  #renderBatches(view: ModelView, epoch: number | undefined): unknown {
    const { trainBatchLosses: train, validationBatchLosses: validation } = view;
    if (train.length === 0 && validation.length === 0)
      return html`<p class="quiet">No epoch is complete yet, so there are no batch losses to show.</p>`;
    const axis = axisOf([train, validation], []);
    return html`<section>
      <h2>Batch losses of epoch ${epoch ?? '–'}</h2>
      <div class="two">
        ${this.#renderSeries('Training', 'train', train, axis)}
        ${this.#renderSeries('Validation', 'validation', validation, axis)}
      </div>
    </section>`;
  }

  #renderSeries(title: string, color: 'train' | 'validation', values: Float64Array, axis: Axis): unknown {
    if (values.length === 0) return nothing;
    const lines: readonly DistributionLine[] = [
      { label: 'mean', value: meanOf(values), style: 'solid' },
      { label: 'median', value: medianOf(values), style: 'dashed' },
    ];
    const batches = countOf(values.length, 'batch', 'batches');
    return html`<figure>
      <figcaption>${title} <span class="quiet">· ${batches}</span></figcaption>
      <ll-distribution
        .values=${values}
        .axis=${axis}
        .lines=${lines}
        color=${color}
        legend
        label="Histogram of the losses of ${batches}, ${title.toLowerCase()}"
      ></ll-distribution>
    </figure>`;
  }

  #renderScores(view: ModelView): unknown {
    const data = ruleDataOf(view);
    const shown = data[this.score] ?? data.error;
    if (shown === null)
      return html`<section>
        <h2>Scores of single images</h2>
        <p class="quiet">This file holds none yet: they are computed when a training ends.</p>
      </section>`;
    const { scores, calibration } = shown;
    const rules = rulesOf({ ...shown, deviations: this.deviations, quantile: this.quantile / 100 });
    const chosen = rules.find(({ id }) => id === this.rule) ?? rules[0];
    const lines = rules.map(({ id, threshold }): DistributionLine => ({
      label: this.#ruleName(id),
      value: threshold,
      style: id === chosen?.id ? 'solid' : 'faint',
    }));
    return html`<section>
      <h2>Scores of ${countOf(scores.length, 'validation image')}</h2>
      ${data.verdict === null ? nothing : this.#renderChoice()}
      <p class="quiet prose">
        ${scoreLead[this.score]} All of these images are ordinary and none was trained on: every one right of
        the line would be a false alarm.
      </p>
      <ll-distribution
        .values=${scores}
        .axis=${axisOf(
          [scores],
          lines.map(({ value }) => value),
        )}
        .lines=${lines}
        .over=${chosen?.threshold ?? null}
        label="Histogram of the scores of ${countOf(scores.length, 'validation image')}"
      ></ll-distribution>
      ${this.#renderRules(rules, chosen, calibration.length)}
      ${
        chosen === undefined
          ? nothing
          : html`<p role="status">${this.#sentence(chosen, scores.length, calibration.length)}</p>`
      }
    </section>`;
  }

  #renderChoice(): unknown {
    return html`<fieldset>
      <legend class="visually-hidden">Score</legend>
      <div class="choices">
        ${ruleScores.map(
          (score) =>
            html`<label>
              <input
                type="radio"
                name="score"
                .checked=${score === this.score}
                @change=${() => (this.score = score)}
              />${scoreNames[score]}
            </label>`,
        )}
      </div>
    </fieldset>`;
  }

  #renderRules(rules: readonly Rule[], chosen: Rule | undefined, calibrationImages: number): unknown {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Rules for a threshold">
      <table>
        <caption class="visually-hidden">
          Rules for a threshold
        </caption>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" class="number">Threshold</th>
            <th scope="col" class="number">Flags</th>
            ${
              calibrationImages === 0
                ? nothing
                : html`<th scope="col" class="number">Of calibration images</th>`
            }
          </tr>
        </thead>
        <tbody>
          ${rules.map(
            (rule) =>
              html`<tr class=${rule === chosen ? 'chosen' : ''}>
                <th scope="row">
                  <label>
                    <input
                      type="radio"
                      name="rule"
                      .checked=${rule === chosen}
                      @change=${() => (this.rule = rule.id)}
                    />${this.#ruleName(rule.id)}
                  </label>
                  ${this.#renderParameter(rule.id)}
                </th>
                <td class="number">${formatScore(rule.threshold)}</td>
                <td class="number">${shareWords(rule.flagged)}</td>
                ${
                  calibrationImages === 0
                    ? nothing
                    : html`<td class="number">${shareWords(rule.flaggedCalibration)}</td>`
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #renderParameter(id: RuleId): unknown {
    if (id === 'deviation')
      return this.#number('k', this.deviations, 0, 10, 0.5, (value) => (this.deviations = value));
    if (id === 'quantile')
      return this.#number('Percent', this.quantile, 50, 99.9, 0.1, (value) => (this.quantile = value));
    return nothing;
  }

  #number(
    label: string,
    value: number,
    low: number,
    high: number,
    step: number,
    take: (value: number) => void,
  ): unknown {
    return html`<input
      type="number"
      aria-label=${label}
      min=${low}
      max=${high}
      step=${step}
      .value=${String(value)}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const next = input.valueAsNumber;
        if (next >= low && next <= high) take(next);
        else input.value = String(value);
      }}
    />`;
  }

  #ruleName(id: RuleId): string {
    switch (id) {
      case 'calibrated':
        return 'Calibrated';
      case 'deviation':
        return `Mean + ${this.deviations} standard deviations`;
      case 'quantile':
        return `${this.quantile}\u00a0% quantile`;
      case 'notebook':
        return 'Notebook: mean + deviation of the batches';
    }
  }

  /** A rate counts where the images had no part in the rule. */
  #sentence({ id, flagged, flaggedCalibration }: Rule, images: number, calibrationImages: number): string {
    const result = `it flags ${shareWords(flagged)} of ${countOf(images, 'ordinary image')}`;
    const apart =
      flaggedCalibration === null
        ? ''
        : `, and ${shareWords(flaggedCalibration)} of ${countOf(calibrationImages, 'calibration image')}, which had no part in it`;
    switch (id) {
      case 'calibrated': {
        const promised = this.view?.card.calibration?.promisedRate;
        const promise = promised === undefined ? '' : `, which promises at most ${formatPercent(promised)}`;
        return `The threshold comes from a calibration set of its own${promise}: here ${result}.`;
      }
      case 'deviation':
        return `Scores are not normally distributed, so k promises nothing: here ${result}${apart}.`;
      case 'quantile':
        return `Taken from the very images that it is counted on: ${result}${apart}.`;
      case 'notebook':
        return `The mean of a batch strays far less than single images do, so the line lies low: ${result}${apart}.`;
    }
  }
}

const scoreNames: Readonly<Record<RuleScore, string>> = {
  error: 'Mean squared error',
  verdict: 'The verdict’s score',
};

const scoreLead: Readonly<Record<RuleScore, string>> = {
  error: 'A score is the mean squared error of one image.',
  verdict: 'A score is the sum of the channels, which the verdict is about.',
};

const shareWords = (share: number | null): string => (share === null ? '–' : formatPercent(share));

declare global {
  interface HTMLElementTagNameMap {
    'll-losses-page': LensLossesPage;
  }
}
