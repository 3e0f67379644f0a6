/** `ll-channels`: what each channel says of the image, and the simpler detectors beside the verdict. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChannelReading, CheckResult } from '../../shared/protocol/forward.ts';
import type { Verdict } from '../../shared/verdict.ts';
import '../components/elements.ts';
import { channelWords } from '../shared/channel-words.ts';
import { countOf } from '../../shared/count.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { besideWords, firedWords, formatZ } from './words.ts';

@customElement('ll-channels')
export class LensChannels extends LitElement {
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 10px;
        grid-template-columns: minmax(0, 1fr);
      }
      td:first-child {
        padding-inline-start: 0;
      }
      .fired {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        white-space: nowrap;
        vertical-align: bottom;
      }
      td .quiet {
        display: block;
        font-size: 0.92em;
      }
      .fired vscode-icon {
        color: var(--vscode-charts-red);
      }
      ul {
        list-style: none;
        display: grid;
        gap: 4px;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 7px;
        align-items: start;
      }
      li vscode-icon {
        margin-top: 2px;
      }
    `,
  ];

  @property({ attribute: false }) result!: CheckResult;

  protected override render(): unknown {
    const { readings, verdict, autoencoder, pca } = this.result;
    return html`
      ${readings.length === 0 ? nothing : this.#renderReadings(readings, verdict)}
      ${
        autoencoder === null && pca === null
          ? nothing
          : html`<div>
              <h3>Beside the verdict</h3>
              <ul>
                ${autoencoder === null ? nothing : beside('The autoencoder alone', autoencoder)}
                ${
                  pca === null
                    ? nothing
                    : beside(
                        `PCA with as many components (${countOf(pca.components, 'component')})`,
                        pca.verdict,
                      )
                }
              </ul>
            </div>`
      }
    `;
  }

  #renderReadings(readings: readonly ChannelReading[], { anomalous }: Verdict): unknown {
    return html`<p>${firedWords(readings, anomalous)}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Channels of the score">
        <table>
          <thead>
            <tr>
              <th scope="col">Channel</th>
              <th scope="col" class="number">z</th>
              <th scope="col" class="number" title="Above it a channel stands out by itself">limit</th>
            </tr>
          </thead>
          <tbody>
            ${readings.map(
              ({ name, z, threshold, fired, inSum }) =>
                html`<tr>
                  <td>
                    ${channelWords[name].title}
                    ${
                      fired
                        ? html`<strong class="fired"
                            ><vscode-icon name="warning" size="14"></vscode-icon>stands out</strong
                          >`
                        : nothing
                    }
                    <span class="quiet"
                      >${channelWords[name].what}${inSum ? '' : '; beside the score'},
                      ${channelWords[name].learned ? 'learned' : 'hand-made'}</span
                    >
                  </td>
                  <td class="number">${formatZ(z)}</td>
                  <td class="number">${formatZ(threshold)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}

const beside = (who: string, verdict: Verdict): unknown =>
  html`<li>
    <vscode-icon name=${verdict.anomalous ? 'warning' : 'pass'} size="14"></vscode-icon>
    <span>${who}: <strong>${besideWords(verdict)}</strong></span>
  </li>`;

declare global {
  interface HTMLElementTagNameMap {
    'll-channels': LensChannels;
  }
}
