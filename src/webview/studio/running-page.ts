/** A job at work: how far, how fast, how well; and the way to stop it. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobSnapshot } from '../../shared/protocol/engine.ts';
import { formatScore } from '../../shared/verdict.ts';
import { facts, factsStyles, tiles, type Fact } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/examples-strip.ts';
import '../components/loss-chart.ts';
import { engineFact, recipeFact, trainingFact } from '../components/model-facts.ts';
import '../components/progress.ts';
import { skippedFiles } from '../components/skipped.ts';
import { formatCount } from '../../shared/count.ts';
import { Announcer } from '../shared/announcer.ts';
import { formatTimeLeft } from '../shared/format.ts';
import { baseStyles, pageStyles, tableStyles } from '../shared/styles.ts';
import { phaseNames, phaseUnits, specWords } from '../shared/words.ts';
import { announcementOf } from './announce.ts';
import type { StudioSession } from './session.ts';
import type { RunningJob } from './state.ts';

@customElement('ll-running-page')
export class LensRunningPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    tableStyles,
    factsStyles,
    css`
      dl.tiles {
        min-height: 3.2em;
      }
      .below {
        display: grid;
        gap: 24px 48px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) job!: RunningJob;

  readonly #announcer = new Announcer(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('job')) this.#announcer.push(announcementOf(this.job));
  }

  protected override render(): unknown {
    const { job, session } = this;
    const { snapshot } = job;
    return html`
      <main class="page" tabindex="-1">
        <div class="head">
          <div>
            <h1>${job.name}</h1>
            <p class="quiet">${this.#subtitle()}</p>
          </div>
          <vscode-button
            secondary
            icon="debug-stop"
            ?disabled=${job.stopping}
            @click=${() => void session.stop()}
            >${job.stopping ? 'Stopping…' : 'Stop'}</vscode-button
          >
        </div>
        ${this.#renderProgress()}
        <p class="visually-hidden" aria-live="polite">${this.#announcer.spoken}</p>
        ${
          snapshot?.warning
            ? html`<ll-error .error=${snapshot.warning} @show-log=${() => session.host.showLog()}>
                <p>The training goes on; the next checkpoint is tried again.</p>
              </ll-error>`
            : nothing
        }
        ${snapshot === null ? nothing : this.#renderSnapshot(snapshot)}
      </main>
    `;
  }

  #subtitle(): string {
    const { job } = this;
    if (job.stopping) return 'Stopping after the batch under way; the model is saved first.';
    if (job.resumed) return 'Resumed from its last checkpoint.';
    return 'You can go on working; the training goes on when this tab is hidden.';
  }

  #renderProgress(): unknown {
    const { snapshot, before } = this.job;
    if (snapshot === null) {
      return html`<ll-progress
        label=${before.text}
        .done=${before.done}
        .total=${before.total}
      ></ll-progress>`;
    }
    return html`<ll-progress
      label=${phaseNames[snapshot.phase]}
      unit=${phaseUnits[snapshot.phase]}
      .done=${snapshot.done}
      .total=${snapshot.total}
    ></ll-progress>`;
  }

  #renderSnapshot(snapshot: JobSnapshot): unknown {
    const { job } = this;
    const trained = snapshot.history.length > 0 || snapshot.phase !== 'reading';
    return html`
      ${trained ? tiles(this.#figures(snapshot)) : nothing}
      ${
        snapshot.examples === null
          ? nothing
          : html`<section>
              <h2>
                Eight images and what the model makes of them<span class="quiet"
                  >${this.#reconstructedAt(snapshot)}</span
                >
              </h2>
              <ll-examples
                .examples=${snapshot.examples}
                .reconstructions=${snapshot.reconstructions}
                .classes=${job.classes}
              ></ll-examples>
            </section>`
      }
      ${
        trained
          ? html`<section>
              <h2>Loss</h2>
              <ll-loss-chart
                .history=${snapshot.history}
                .trace=${job.trace}
                .epochs=${Math.max(1, job.epochs)}
                ?variational=${snapshot.card?.spec.variant === 'variational'}
              ></ll-loss-chart>
            </section>`
          : nothing
      }
      <section aria-label="Details">
        ${facts(detailsOf(snapshot))} ${skippedFiles(snapshot.skipped, snapshot.skippedCount)}
      </section>
    `;
  }

  #reconstructedAt({ reconstructions, history }: JobSnapshot): string {
    if (reconstructions === null) return '';
    return history.length === 0 ? ' · before training' : ` · after epoch ${history.length}`;
  }

  #figures(snapshot: JobSnapshot): readonly Fact[] {
    const { epochs } = this.job;
    const { history, imagesPerSecond, secondsLeft } = snapshot;
    const last = history.at(-1);
    const epoch = Math.min(history.length + 1, Math.max(1, epochs));
    const list: Fact[] = [
      { term: 'Epoch', value: `${formatCount(epoch)} of ${formatCount(epochs)}` },
      { term: 'Time left', value: secondsLeft === null ? '–' : formatTimeLeft(secondsLeft) },
      { term: 'Images/s', value: imagesPerSecond === null ? '–' : formatCount(imagesPerSecond) },
      { term: 'Training loss', value: last === undefined ? '–' : formatScore(last.train) },
    ];
    if (last === undefined || last.validation !== null) {
      list.push({
        term: 'Validation loss',
        value:
          last?.validation === undefined || last.validation === null ? '–' : formatScore(last.validation),
      });
    }
    return list;
  }
}

function detailsOf({ engine, card }: JobSnapshot): readonly Fact[] {
  const list: Fact[] = [];
  if (engine !== null) list.push(engineFact(engine));
  if (card !== null) {
    const { spec, training } = card;
    list.push({ term: 'Model', value: specWords(spec) }, recipeFact(spec), trainingFact(training));
  }
  return list;
}

declare global {
  interface HTMLElementTagNameMap {
    'll-running-page': LensRunningPage;
  }
}
