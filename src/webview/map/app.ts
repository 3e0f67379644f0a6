/** `ll-map`: the Latent Map's page: what to show when there is no map, and the map when there is one. */
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/progress.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import './explorer.ts';
import type { MapSession } from './session.ts';
import type { MapState } from './state.ts';

@customElement('ll-map')
export class LensMap extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        height: 100vh;
      }
      .message {
        display: grid;
        gap: 12px;
        padding: 16px 20px;
        max-width: 62ch;
        justify-items: start;
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  @property({ attribute: false }) session!: MapSession;

  #subscription: StoreController<MapState> | undefined;

  protected override willUpdate(): void {
    this.#subscription ??= new StoreController(this, this.session.store);
  }

  protected override render(): unknown {
    const state = this.session.store.value;
    if (state.kind === 'map')
      return html`<ll-map-explorer .session=${this.session} .model=${state.model}></ll-map-explorer>`;
    return html`<main class="message">${this.#renderMessage(state)}</main>`;
  }

  #renderMessage(state: Exclude<MapState, { kind: 'map' }>): unknown {
    const { session } = this;
    switch (state.kind) {
      case 'waiting':
        return html`<ll-progress label="Looking for a model"></ll-progress>`;
      case 'reading':
        return html`<ll-progress label="Reading ${state.name}"></ll-progress>`;
      case 'none':
        return html`
          <p>
            The map shows every image where the model sees it: alike images lie together.
            ${state.models > 0 ? 'Choose the model whose map you want to see.' : 'Train a model to see one.'}
          </p>
          ${
            state.models > 0
              ? html`<vscode-button @click=${() => session.calls.send('chooseModel', {})}
                  >Choose Model…</vscode-button
                >`
              : html`<vscode-button @click=${() => session.calls.send('train', {})}
                  >Train a Model…</vscode-button
                >`
          }
        `;
      case 'failed':
        return html`
          <ll-error .error=${state.error} @show-log=${() => session.calls.send('showLog', {})}></ll-error>
          <vscode-button secondary @click=${() => session.calls.send('chooseModel', {})}
            >Choose Model…</vscode-button
          >
        `;
      case 'pointless': {
        const finished = state.card.progress.state === 'finished';
        return html`
          <h1>${state.shown.name}</h1>
          <p>
            ${
              finished
                ? 'This model has no map: its file was written before maps were kept in it. Train it again to get one.'
                : 'This model has no map yet: the images are placed on it when the training has finished.'
            }
          </p>
          <div class="actions">
            ${
              finished
                ? html`<vscode-button @click=${() => session.calls.send('train', {})}
                    >Train a Model…</vscode-button
                  >`
                : html`<vscode-button
                    @click=${() => session.calls.send('openInStudio', { model: state.shown.uri })}
                    >Open in Studio</vscode-button
                  >`
            }
            <vscode-button secondary @click=${() => session.calls.send('chooseModel', {})}
              >Choose Model…</vscode-button
            >
          </div>
        `;
      }
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-map': LensMap;
  }
}
