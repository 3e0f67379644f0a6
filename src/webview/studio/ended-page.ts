/** A job that has ended: well, stopped, or not well; and what to do next. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import { factsStyles, tiles, type Fact } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/examples-strip.ts';
import '../components/loss-chart.ts';
import { resultFacts, secondsInTraining } from '../components/model-facts.ts';
import '../components/progress.ts';
import { formatCount } from '../../shared/count.ts';
import { formatDuration } from '../shared/format.ts';
import { baseStyles, endedStyles, pageStyles } from '../shared/styles.ts';
import { progressWords } from '../shared/words.ts';
import './model-details.ts';
import type { StudioSession } from './session.ts';
import type { RunningJob, ShownModel } from './state.ts';

@customElement('ll-ended-page')
export class LensEndedPage extends LitElement {
  static override styles = [baseStyles, pageStyles, factsStyles, endedStyles];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) job!: RunningJob;
  @property({ attribute: false }) outcome!: JobOutcome;
  @property({ attribute: false }) uri: string | null = null;
  @property({ attribute: false }) model: ShownModel | null = null;

  protected override render(): unknown {
    const { job, outcome, session } = this;
    return html`
      <main class="page" tabindex="-1">
        <div class="head">
          <div>
            <p class="title ${outcome.state}" role="status">
              <vscode-icon name=${icons[outcome.state]}></vscode-icon>${this.#headline()}
            </p>
            <h1>${job.name}</h1>
            ${this.#renderSaved()}
            ${outcome.resumeNote === null ? nothing : html`<p class="quiet">${outcome.resumeNote}</p>`}
          </div>
        </div>
        ${
          outcome.error === null
            ? nothing
            : html`<ll-error .error=${outcome.error} @show-log=${() => session.host.showLog()}>
                <p>${this.#whatIsKept()}</p>
              </ll-error>`
        }
        <div class="actions">${this.#renderActions()}</div>
        ${outcome.state === 'failed' ? nothing : tiles(this.#figures())} ${this.#renderModel()}
      </main>
    `;
  }

  #headline(): string {
    const { outcome } = this;
    if (outcome.state === 'failed') return 'The training failed';
    if (outcome.state === 'finished') return 'Training finished';
    return outcome.card === null
      ? 'Stopped before training began'
      : progressWords(outcome.card.progress, outcome.card.training.epochs);
  }

  #renderSaved(): unknown {
    const { savedAs } = this.outcome;
    const { uri } = this;
    if (savedAs === null) return html`<p class="quiet">Nothing was saved.</p>`;
    return html`<p class="path">
      ${this.outcome.state === 'failed' ? 'Last checkpoint: ' : 'Saved as '}
      ${
        uri === null
          ? savedAs
          : html`<button class="link" type="button" @click=${() => this.session.host.reveal(uri)}>
              ${savedAs}
            </button>`
      }
    </p>`;
  }

  #whatIsKept(): string {
    return this.outcome.savedAs === null
      ? 'No checkpoint had been saved yet; start the training again when the cause is gone.'
      : 'The last checkpoint is kept. Resume when the cause is gone.';
  }

  #renderActions(): unknown {
    const { outcome, uri, session } = this;
    const finished = outcome.state === 'finished';
    return html`
      ${
        finished
          ? html`<vscode-button icon="search" @click=${() => session.host.checkImage()}
              >Check an Image…</vscode-button
            >`
          : nothing
      }
      ${
        !finished && uri !== null
          ? html`<vscode-button icon="debug-continue" @click=${() => session.host.resumeModel(uri)}
              >Resume</vscode-button
            >`
          : nothing
      }
      ${
        uri === null
          ? nothing
          : html`<vscode-button secondary @click=${() => session.host.reveal(uri)}
              >Show Model File</vscode-button
            >`
      }
      <vscode-button ?secondary=${finished || uri !== null} @click=${() => session.host.chooseDataset()}
        >Train on Other Images…</vscode-button
      >
    `;
  }

  #figures(): readonly Fact[] {
    const card = this.outcome.card;
    if (card === null) return [];
    const list = resultFacts(card);
    if (card.calibration !== null)
      list.push({
        term: 'Calibration images',
        value: calibrationImages(card.calibration.images, card.dataset.split.calibration),
      });
    const seconds = secondsInTraining(card);
    if (seconds > 0) list.push({ term: 'Time in training', value: formatDuration(seconds) });
    return list;
  }

  /** The saved file, read back; until then, and where there is none, what was last seen. */
  #renderModel(): unknown {
    const { model, job, session } = this;
    if (model?.kind === 'read') {
      return html`<ll-model-details
        .view=${model.view}
        @open-image=${(event: CustomEvent<string>) => session.host.openImage(model.uri, event.detail)}
      ></ll-model-details>`;
    }
    const snapshot = job.snapshot;
    return html`
      ${
        model?.kind === 'failed'
          ? html`<ll-error .error=${model.error} @show-log=${() => session.host.showLog()}></ll-error>`
          : nothing
      }
      ${
        snapshot?.examples
          ? html`<ll-examples
              .examples=${snapshot.examples}
              .reconstructions=${snapshot.reconstructions}
              .classes=${job.classes}
            ></ll-examples>`
          : nothing
      }
      ${
        snapshot && snapshot.history.length > 0
          ? html`<ll-loss-chart
              .history=${snapshot.history}
              .trace=${job.trace}
              .epochs=${Math.max(1, job.epochs)}
              ?variational=${snapshot.card?.spec.variant === 'variational'}
            ></ll-loss-chart>`
          : nothing
      }
    `;
  }
}

/** `60`; `12 of 60` where near-duplicates count once. */
const calibrationImages = (counted: number, setAside: number): string =>
  counted < setAside ? `${formatCount(counted)} of ${formatCount(setAside)}` : formatCount(counted);

const icons: Readonly<Record<JobOutcome['state'], string>> = {
  finished: 'pass',
  stopped: 'debug-pause',
  failed: 'error',
};

declare global {
  interface HTMLElementTagNameMap {
    'll-ended-page': LensEndedPage;
  }
}
