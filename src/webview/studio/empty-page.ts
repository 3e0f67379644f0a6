/** The Studio before anything was chosen: what this is, and the way in. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles, pageStyles } from '../shared/styles.ts';
import '../components/elements.ts';
import type { StudioSession } from './session.ts';
import type { Interrupted } from './state.ts';

@customElement('ll-empty-page')
export class LensEmptyPage extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    css`
      .page {
        max-width: 640px;
        padding-top: 9vh;
      }
      ol {
        margin: 0;
        padding-inline-start: 1.6em;
        display: grid;
        gap: 8px;
      }
      .notice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 10px;
        padding: 10px 14px;
        border: 1px solid var(--vscode-inputValidation-infoBorder, var(--vscode-contrastBorder));
        background: var(--vscode-inputValidation-infoBackground);
        color: var(--vscode-inputValidation-infoForeground, var(--vscode-foreground));
        border-radius: 4px;
      }
      .notice > div {
        display: grid;
        gap: 10px;
        justify-items: start;
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;
  @property({ attribute: false }) interrupted: Interrupted | null = null;

  protected override render(): unknown {
    return html`
      <main class="page" tabindex="-1">
        ${this.#renderInterrupted()}
        <h1>Train an autoencoder on your images</h1>
        <p>
          It learns what your ordinary images look like by squeezing each through a few numbers and drawing it
          again. An image that it cannot redraw is unlike them, and you learn how unlike, and where.
        </p>
        <ol>
          <li>Choose a folder of images, or an IDX file such as MNIST’s.</li>
          <li>Look over what was found, and start the training.</li>
          <li>Right-click any image and choose <strong>Check for Anomaly</strong>.</li>
        </ol>
        <div class="actions">
          <vscode-button @click=${() => this.session.host.chooseDataset()}>Choose Images…</vscode-button>
        </div>
        <p class="quiet">Everything is computed in this window. Nothing is uploaded.</p>
      </main>
    `;
  }

  #renderProjection(name: string, uri: string | null): unknown {
    return html`<div class="notice" role="status">
      <vscode-icon name="info"></vscode-icon>
      <div>
        <p>The t-SNE of “${name}” was cut off when this page closed. What it had saved is kept.</p>
        ${
          uri === null
            ? nothing
            : html`<span class="actions">
                <vscode-button icon="debug-continue" @click=${() => this.session.host.continueProjection(uri)}
                  >Continue t-SNE</vscode-button
                >
                <vscode-button secondary @click=${() => this.session.host.showMap(uri)}
                  >Show Map</vscode-button
                >
              </span>`
        }
      </div>
    </div>`;
  }

  #renderInterrupted(): unknown {
    if (this.interrupted === null) return nothing;
    const { kind, name, uri } = this.interrupted;
    if (kind === 'projection') return this.#renderProjection(name, uri);
    return html`<div class="notice" role="status">
      <vscode-icon name="info"></vscode-icon>
      <div>
        <p>
          The training of “${name}” was cut off when this page closed.
          ${uri === null ? 'Nothing had been saved yet.' : 'It can go on from its last checkpoint.'}
        </p>
        ${
          uri === null
            ? nothing
            : html`<vscode-button icon="debug-continue" @click=${() => this.session.host.resumeModel(uri)}
                >Resume</vscode-button
              >`
        }
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-empty-page': LensEmptyPage;
  }
}
