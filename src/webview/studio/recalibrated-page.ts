/** `ll-recalibrated-page`: how a calibration anew ended: the new threshold, what it promises, and what was before. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Calibration } from '../../shared/model-card.ts';
import type { RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import { formatScore } from '../../shared/verdict.ts';
import { calibrationView } from '../components/calibration.ts';
import { factsStyles, tiles } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/error.ts';
import { skippedFiles } from '../components/skipped.ts';
import { formatCount } from '../../shared/count.ts';
import { formatPercent } from '../shared/format.ts';
import { baseStyles, endedStyles, noticeStyles, pageStyles, tableStyles } from '../shared/styles.ts';
import type { RunningRecalibration } from './recalibration-job.ts';
import type { StudioSession } from './session.ts';

@customElement('ll-recalibrated-page')
export class LensRecalibratedPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    noticeStyles,
    tableStyles,
    factsStyles,
    endedStyles,
    css`
      p {
        max-width: 76ch;
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) recalibration!: RunningRecalibration;
  @property({ attribute: false }) outcome!: RecalibrationOutcome;

  protected override render(): unknown {
    const { outcome, session } = this;
    const { model, name } = this.recalibration.proposal;
    const { calibration } = outcome;
    return html`
      <main class="page" tabindex="-1">
        <div>
          <p class="title ${outcome.state}" role="status">
            <vscode-icon name=${icons[outcome.state]}></vscode-icon>${titles[outcome.state]}
          </p>
          <h1>${name}</h1>
          <p class="quiet path">
            ${
              outcome.savedAs === null
                ? 'The model’s file was not changed.'
                : `Saved in ${outcome.savedAs}; checks use it from now on.`
            }
          </p>
        </div>
        ${
          outcome.error === null
            ? nothing
            : html`<ll-error .error=${outcome.error} @show-log=${() => session.host.showLog()}></ll-error>`
        }
        <div class="actions">
          ${
            calibration === null
              ? html`<vscode-button @click=${() => session.host.recalibrateModel(model)}
                  >Choose Other Images…</vscode-button
                >`
              : html`<vscode-button icon="search" @click=${() => session.host.checkImage()}
                    >Check an Image…</vscode-button
                  >
                  <vscode-button secondary @click=${() => session.openPage('losses')}
                    >Show Losses</vscode-button
                  >`
          }
          ${
            session.hasFormAside
              ? html`<vscode-button secondary @click=${() => session.backToForm()}
                  >Back to the Training Form</vscode-button
                >`
              : nothing
          }
        </div>
        ${calibration === null ? nothing : this.#renderCalibration(calibration)}
      </main>
    `;
  }

  #renderCalibration(calibration: Calibration): unknown {
    const { threshold, promisedRate, images, previous, source } = calibration;
    return html`
      ${tiles([
        { term: 'Threshold', value: formatScore(threshold) },
        ...(previous ? [{ term: 'Before', value: formatScore(previous.threshold) }] : []),
        { term: 'False-alarm rate', value: formatPercent(promisedRate) },
        { term: 'Calibration images', value: formatCount(images) },
      ])}
      ${calibrationView(calibration, images)} ${skippedFiles(this.outcome.skipped, source?.skipped ?? 0)}
    `;
  }
}

const icons: Readonly<Record<RecalibrationOutcome['state'], string>> = {
  finished: 'pass',
  stopped: 'circle-slash',
  failed: 'error',
};

const titles: Readonly<Record<RecalibrationOutcome['state'], string>> = {
  finished: 'Calibrated anew',
  stopped: 'Calibration cancelled',
  failed: 'The calibration failed',
};

declare global {
  interface HTMLElementTagNameMap {
    'll-recalibrated-page': LensRecalibratedPage;
  }
}
