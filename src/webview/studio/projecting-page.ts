/** `ll-projecting-page`: a t-SNE at work: how far, how good, and the way to stop it. The picture is on the map. */
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { factsStyles, tiles, type Fact } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/progress.ts';
import { formatCount } from '../../shared/count.ts';
import { Announcer } from '../shared/announcer.ts';
import { formatTimeLeft } from '../shared/format.ts';
import { projectionPhases } from '../shared/projection-words.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import { projectionAnnouncement } from './announce.ts';
import { secondsLeft, type RunningProjection } from './projection-state.ts';
import type { StudioSession } from './session.ts';

@customElement('ll-projecting-page')
export class LensProjectingPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    factsStyles,
    css`
      dl.tiles {
        min-height: 3.2em;
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) projection!: RunningProjection;

  readonly #announcer = new Announcer(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('projection')) this.#announcer.push(projectionAnnouncement(this.projection));
  }

  protected override render(): unknown {
    const { projection, session } = this;
    const { proposal, stopping } = projection;
    return html`
      <main class="page" tabindex="-1">
        <div class="head">
          <div>
            <h1>t-SNE of ${proposal.name}</h1>
            <p class="quiet">
              ${
                stopping
                  ? 'Stopping after the iteration under way; the map is saved first.'
                  : 'The map shows it as it goes; it goes on when this tab is hidden.'
              }
            </p>
          </div>
          <div class="actions">
            <vscode-button icon="map" @click=${() => session.host.showMap(proposal.model)}
              >Show Map</vscode-button
            >
            <vscode-button
              secondary
              icon="debug-stop"
              ?disabled=${stopping}
              @click=${() => void session.stop()}
              >${stopping ? 'Stopping…' : 'Stop'}</vscode-button
            >
          </div>
        </div>
        ${this.#renderProgress()}
        <p class="visually-hidden" aria-live="polite">${this.#announcer.spoken}</p>
        ${tiles(this.#figures())}
      </main>
    `;
  }

  #renderProgress(): unknown {
    const { snapshot } = this.projection;
    if (snapshot === null) return html`<ll-progress label="Reading the model"></ll-progress>`;
    const { phase, share, iteration, of } = snapshot;
    const counts =
      phase === 'embedding'
        ? { done: iteration, total: of, unit: 'iterations' }
        : // Of the exact divergence and of a save nobody knows how far they are.
          { done: Math.floor(100 * share), total: phase === 'neighbours' ? 100 : 0, unit: '%' };
    return html`<ll-progress
      label=${projectionPhases[phase]}
      unit=${counts.unit}
      .done=${counts.done}
      .total=${counts.total}
    ></ll-progress>`;
  }

  #figures(): readonly Fact[] {
    const { snapshot, proposal } = this.projection;
    if (snapshot === null) return [];
    const { iteration, of, count, total, kl } = snapshot;
    const left = secondsLeft(this.projection, performance.now());
    return [
      { term: 'Iteration', value: `${formatCount(iteration)} of ${formatCount(of)}` },
      { term: 'Time left', value: left === null ? '–' : formatTimeLeft(left) },
      { term: 'KL divergence', value: kl === null ? '–' : kl.toFixed(2) },
      { term: 'Images', value: `${formatCount(count)} of ${formatCount(total)}` },
      { term: 'Perplexity', value: formatCount(proposal.perplexity) },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-projecting-page': LensProjectingPage;
  }
}
