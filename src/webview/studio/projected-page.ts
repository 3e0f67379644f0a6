/** `ll-projected-page`: a t-SNE that has ended: how good the map is, and what to do next. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ProjectionCard } from '../../shared/model-card.ts';
import { continuationOf, isStopped, lastTsneOf } from '../../shared/projection-choices.ts';
import type { ProjectionEnd } from '../../shared/protocol/projection.ts';
import { factsStyles, tiles } from '../components/facts.ts';
import '../components/elements.ts';
import '../components/error.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { iterationsDone, projectionMeasures, recallWarning } from '../shared/projection-words.ts';
import { baseStyles, endedStyles, noticeStyles, pageStyles } from '../shared/styles.ts';
import type { RunningProjection } from './projection-state.ts';
import type { StudioSession } from './session.ts';

@customElement('ll-projected-page')
export class LensProjectedPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    noticeStyles,
    factsStyles,
    endedStyles,
    css`
      .prose {
        max-width: 76ch;
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) projection!: RunningProjection;
  @property({ attribute: false }) end!: ProjectionEnd;

  protected override render(): unknown {
    const { end, session, projection } = this;
    const { name } = projection.proposal;
    const card = end.card ? lastTsneOf(end.card) : undefined;
    return html`
      <main class="page" tabindex="-1">
        <div>
          <p class="title ${end.state}" role="status">
            <vscode-icon name=${icons[end.state]}></vscode-icon>${this.#headline(card)}
          </p>
          <h1>${name}</h1>
          <p class="quiet path">${this.#where(card)}</p>
        </div>
        ${
          end.error === null
            ? nothing
            : html`<ll-error .error=${end.error} @show-log=${() => session.host.showLog()}>
                <p>The model is as it was last saved.</p>
              </ll-error>`
        }
        <div class="actions">${this.#renderActions(card)}</div>
        ${card ? this.#renderMeasures(card) : nothing}
      </main>
    `;
  }

  #headline(card: ProjectionCard | undefined): string {
    const { state } = this.end;
    if (state === 'failed') return 'The t-SNE failed';
    if (state === 'finished') return 't-SNE finished';
    return card ? `t-SNE stopped after ${iterationsDone(card)}` : 't-SNE stopped before its first iteration';
  }

  #where(card: ProjectionCard | undefined): string {
    const { savedAs } = this.end;
    if (!card || savedAs === null) return 'The model’s file was not changed.';
    const total = this.end.card?.points?.total ?? card.count;
    return `A map of ${formatCount(card.count)} of ${countOf(total, 'image')}, saved in ${savedAs}.`;
  }

  #renderActions(card: ProjectionCard | undefined): unknown {
    const { session, projection, end } = this;
    const { model } = projection.proposal;
    const further = end.card !== null && continuationOf(end.card) !== null;
    const stopped = card !== undefined && isStopped(card);
    return html`
      <vscode-button icon="map" @click=${() => session.host.showMap(model)}>Show Map</vscode-button>
      ${
        further
          ? html`<vscode-button
              secondary
              icon="debug-continue"
              @click=${() => session.host.continueProjection(model)}
              >${stopped ? 'Continue' : 'Continue for 500 Iterations'}</vscode-button
            >`
          : nothing
      }
      ${
        session.hasFormAside
          ? html`<vscode-button secondary @click=${() => session.backToForm()}
              >Back to the Training Form</vscode-button
            >`
          : nothing
      }
    `;
  }

  #renderMeasures(card: ProjectionCard): unknown {
    const warning = recallWarning(card);
    return html`
      ${tiles(projectionMeasures(card).map(({ name, value }) => ({ term: name, value })))}
      ${
        warning === null
          ? nothing
          : html`<p class="warning">
              <vscode-icon name="warning"></vscode-icon>
              <span>${warning} Look at the lists of nearest images rather than at distances on it.</span>
            </p>`
      }
      <p class="quiet prose">
        KL is how much of the neighbourhoods the plane cannot show: less is better, and comparable only among
        maps of the same images. 10-NN recall is the share of a point’s ten nearest latents that are among its
        ten nearest on the map${card.recall === null ? '; it was not measured, as the run was stopped' : ''}.
        Trustworthiness is near 1 where hardly anything far away was drawn near.
      </p>
    `;
  }
}

const icons: Readonly<Record<ProjectionEnd['state'], string>> = {
  finished: 'pass',
  stopped: 'debug-pause',
  failed: 'error',
};

declare global {
  interface HTMLElementTagNameMap {
    'll-projected-page': LensProjectedPage;
  }
}
