/** `ll-recalibrating-page`: a model being calibrated anew: how far, and the way out. */
import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/progress.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import type { RunningRecalibration } from './recalibration-job.ts';
import type { StudioSession } from './session.ts';

@customElement('ll-recalibrating-page')
export class LensRecalibratingPage extends LitElement {
  static override styles = [baseStyles, pageStyles];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) recalibration!: RunningRecalibration;

  protected override render(): unknown {
    const { proposal, progress, stopping } = this.recalibration;
    return html`
      <main class="page" tabindex="-1">
        <div class="head">
          <div>
            <h1>Calibration of ${proposal.name}</h1>
            <p class="quiet path">on good images of ${proposal.location}</p>
          </div>
          <div class="actions">
            <vscode-button secondary ?disabled=${stopping} @click=${() => void this.session.stop()}
              >${stopping ? 'Cancelling…' : 'Cancel'}</vscode-button
            >
          </div>
        </div>
        <ll-progress label=${progress.text} .done=${progress.done} .total=${progress.total}></ll-progress>
        <p class="visually-hidden" aria-live="polite">${progress.text}</p>
        <p class="quiet">The model’s file is changed at the end only; cancelled, it stays as it is.</p>
      </main>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-recalibrating-page': LensRecalibratingPage;
  }
}
