/** `ll-train-page`: the Studio's page for training; which of its faces is shown follows from the session's state. */
import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { StoreController } from '../shared/store.ts';
import './empty-page.ts';
import './ended-page.ts';
import './model-page.ts';
import './projected-page.ts';
import './projecting-page.ts';
import './proposal-page.ts';
import './recalibrated-page.ts';
import './recalibrating-page.ts';
import './running-page.ts';
import type { StudioSession } from './session.ts';
import type { StudioState } from './state.ts';

@customElement('ll-train-page')
export class LensTrainPage extends LitElement {
  @property({ attribute: false }) session!: StudioSession;

  #subscription: StoreController<StudioState> | undefined;

  protected override willUpdate(): void {
    this.#subscription ??= new StoreController(this, this.session.store);
  }

  /** The face shown last. */
  #shown: StudioState['kind'] = 'empty';

  protected override updated(): void {
    const { kind } = this.session.store.value;
    if (kind === this.#shown) return;
    this.#shown = kind;
    scrollTo(0, 0);
    void this.#keepFocus();
  }

  /** A face that goes takes the focus with it: whoever works by the keyboard goes on in the next one. */
  async #keepFocus(): Promise<void> {
    if (!document.hasFocus() || document.activeElement !== document.body) return;
    const face = this.renderRoot.firstElementChild;
    if (!(face instanceof LitElement)) return;
    await face.updateComplete;
    face.renderRoot.querySelector('main')?.focus({ preventScroll: true });
  }

  protected override render(): unknown {
    const { session } = this;
    const state = session.store.value;
    switch (state.kind) {
      case 'empty':
        return html`<ll-empty-page .session=${session} .interrupted=${state.interrupted}></ll-empty-page>`;
      case 'proposal':
        return html`<ll-proposal-page
          .session=${session}
          .proposal=${state.proposal}
          .survey=${state.survey}
        ></ll-proposal-page>`;
      case 'running':
        return html`<ll-running-page .session=${session} .job=${state.job}></ll-running-page>`;
      case 'ended':
        return html`<ll-ended-page
          .session=${session}
          .job=${state.job}
          .outcome=${state.outcome}
          .uri=${state.uri}
          .model=${state.model}
        ></ll-ended-page>`;
      case 'projecting':
        return html`<ll-projecting-page
          .session=${session}
          .projection=${state.projection}
        ></ll-projecting-page>`;
      case 'projected':
        return html`<ll-projected-page
          .session=${session}
          .projection=${state.projection}
          .end=${state.end}
        ></ll-projected-page>`;
      case 'recalibrating':
        return html`<ll-recalibrating-page
          .session=${session}
          .recalibration=${state.recalibration}
        ></ll-recalibrating-page>`;
      case 'recalibrated':
        return html`<ll-recalibrated-page
          .session=${session}
          .recalibration=${state.recalibration}
          .outcome=${state.outcome}
        ></ll-recalibrated-page>`;
      case 'model':
        return html`<ll-model-page .session=${session} .model=${state.model}></ll-model-page>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-train-page': LensTrainPage;
  }
}
