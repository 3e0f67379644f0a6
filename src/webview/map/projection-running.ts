/** `ll-projection-running`: how far the t-SNE is that is being computed, and the way to stop it. No room where none runs. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import '../components/elements.ts';
import { Announcer } from '../shared/announcer.ts';
import { formatTimeLeft } from '../shared/format.ts';
import { projectionProgress } from '../shared/projection-words.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import type { MapSession } from './session.ts';

@customElement('ll-projection-running')
export class LensProjectionRunning extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .running {
        display: grid;
        gap: 8px 14px;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        padding: 6px 10px;
        border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        font-variant-numeric: tabular-nums;
      }
      progress {
        appearance: none;
        width: 100%;
        height: 3px;
        border: 0;
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
      }
      progress::-webkit-progress-bar {
        background: transparent;
      }
      progress::-webkit-progress-value {
        background: var(--vscode-progressBar-background);
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;

  #subscription: StoreController<ProjectionStatus | null> | undefined;
  #wasRunning = false;
  readonly #announcer = new Announcer(this);

  protected override willUpdate(): void {
    const { running } = this.session;
    this.#subscription ??= new StoreController(this, running);
    this.#speak(running.value);
  }

  protected override render(): unknown {
    const { value: running } = this.session.running;
    return html`${running === null ? nothing : this.#renderRunning(running)}
      <p class="visually-hidden" aria-live="polite">${this.#announcer.spoken}</p>`;
  }

  #renderRunning(running: ProjectionStatus): unknown {
    const { share, secondsLeft, stopping, phase } = running;
    const known = phase === 'neighbours' || phase === 'embedding';
    return html`<div class="running">
      <div>
        <p class="line" title=${running.engine ?? nothing}>
          <span>t-SNE · ${projectionProgress(running)}</span>
          ${
            secondsLeft === null
              ? nothing
              : html`<span class="quiet">${formatTimeLeft(secondsLeft)} left</span>`
          }
        </p>
        <progress aria-label="t-SNE" max="1" value=${known ? share : nothing}></progress>
      </div>
      <vscode-button
        secondary
        icon="debug-stop"
        ?disabled=${stopping}
        @click=${() => this.session.calls.send('stopProjection', {})}
        >${stopping ? 'Stopping…' : 'Stop'}</vscode-button
      >
    </div>`;
  }

  #speak(running: ProjectionStatus | null): void {
    if (running !== null) this.#announcer.push(`t-SNE: ${projectionProgress(running)}.`);
    else if (this.#wasRunning) this.#announcer.now('The t-SNE has ended.');
    this.#wasRunning = running !== null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-projection-running': LensProjectionRunning;
  }
}
