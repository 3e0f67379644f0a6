/** A model opened in the Studio from its file. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/progress.ts';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import { isUnfinished, progressWords } from '../shared/words.ts';
import './model-details.ts';
import type { StudioSession } from './session.ts';
import type { ShownModel } from './state.ts';

@customElement('ll-model-page')
export class LensModelPage extends LitElement {
  static override styles = [baseStyles, pageStyles];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) model!: ShownModel;

  protected override render(): unknown {
    return html`<main class="page" tabindex="-1">${this.#renderModel()}</main>`;
  }

  #renderModel(): unknown {
    const { model, session } = this;
    switch (model.kind) {
      case 'reading':
        return html`<h1>${model.name}</h1>
          <ll-progress label="Reading the model"></ll-progress>`;
      case 'failed':
        return html`<h1>${model.name}</h1>
          <ll-error .error=${model.error} @show-log=${() => session.host.showLog()}></ll-error>
          <div class="actions">
            <vscode-button @click=${() => session.host.chooseDataset()}>Choose Images…</vscode-button>
          </div>`;
      case 'read': {
        const { card } = model.view;
        return html`
          <div class="head">
            <div>
              <h1>${card.name}</h1>
              <p class="quiet">${progressWords(card.progress, card.training.epochs)}</p>
            </div>
            <div class="actions">
              ${
                isUnfinished(card)
                  ? html`<vscode-button
                      icon="debug-continue"
                      @click=${() => session.host.resumeModel(model.uri)}
                      >Resume</vscode-button
                    >`
                  : nothing
              }
              ${
                card.calibration === null
                  ? nothing
                  : html`<vscode-button icon="search" @click=${() => session.host.checkImage()}
                      >Check an Image…</vscode-button
                    >`
              }
              <vscode-button secondary @click=${() => session.host.chooseDataset()}
                >Train on Other Images…</vscode-button
              >
            </div>
          </div>
          <ll-model-details
            .view=${model.view}
            @open-image=${(event: CustomEvent<string>) => session.host.openImage(model.uri, event.detail)}
          ></ll-model-details>
        `;
      }
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-model-page': LensModelPage;
  }
}
