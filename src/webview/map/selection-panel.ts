/** `ll-selection-panel`: the selected images as a list, and what can be done with all of them. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatPercent } from '../../shared/verdict.ts';
import '../components/elements.ts';
import '../components/progress.ts';
import { countOf } from '../../shared/count.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { tally, type PointChecks } from './checks.ts';
import type { PointPictures } from './pictures.ts';
import { panelHead } from './panel-head.ts';
import { panelPartStyles, panelStyles } from './panel-styles.ts';
import './point-list.ts';
import type { ListedPoint } from './point-list.ts';
import type { MapModel } from './state.ts';

/**
 * Fires `selection-change` with other points, `copy-paths`, `save-csv`; from the list `point-current` and `point-open`.
 */
@customElement('ll-selection-panel')
export class LensSelectionPanel extends LitElement {
  static override styles = [baseStyles, panelStyles, panelPartStyles];

  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) checks!: PointChecks;
  @property({ attribute: false }) selection: readonly number[] = [];
  @property({ attribute: false }) pictures: PointPictures | null = null;
  @property({ type: Number }) current = -1;
  @property({ type: Number }) arrived = 0;

  #subscribed: PointChecks | undefined;
  #listed: { readonly of: readonly number[]; readonly list: readonly ListedPoint[] } | undefined;

  protected override willUpdate(): void {
    if (this.#subscribed === this.checks) return;
    this.#subscribed = this.checks;
    new StoreController(this, this.checks.store);
  }

  protected override render(): unknown {
    const { selection, model, checks } = this;
    if (this.#listed?.of !== selection)
      this.#listed = { of: selection, list: selection.map((point) => ({ point })) };
    const { running, results } = checks.store.value;
    return html`
      ${panelHead(`${countOf(selection.length, 'image')} selected`, 'Clear the selection', () => this.#select([]))}
      <div class="actions">
        ${
          running || !this.#checkable
            ? nothing
            : html`<vscode-button secondary @click=${() => void checks.start(selection)}
                >Check All</vscode-button
              >`
        }
        <vscode-button secondary @click=${() => this.dispatchEvent(new CustomEvent('copy-paths'))}
          >Copy Paths</vscode-button
        >
        <vscode-button secondary @click=${() => this.dispatchEvent(new CustomEvent('save-csv'))}
          >Export CSV…</vscode-button
        >
      </div>
      ${this.#renderChecks()}
      <ll-point-list
        class="rows"
        .model=${model}
        .pictures=${this.pictures}
        .points=${this.#listed.list}
        .results=${results}
        .current=${this.current}
        .arrived=${this.arrived}
        label="Selected images"
        @point-current=${this.#again}
        @point-open=${this.#again}
      ></ll-point-list>
    `;
  }

  #renderChecks(): unknown {
    const { running, done, total, results } = this.checks.store.value;
    if (running) {
      return html`<div class="checks">
        <ll-progress label="Checking" unit="images" .done=${done} .total=${total}></ll-progress>
        <vscode-button secondary @click=${() => this.checks.stop()}>Stop</vscode-button>
      </div>`;
    }
    const { checked, failed, anomalous } = tally(results, this.selection);
    if (checked + failed === 0) return nothing;
    const rate = this.model.card.calibration?.promisedRate;
    const verdict = anomalous.length === 0 ? 'none is anomalous' : `${anomalous.length} anomalous`;
    return html`<p role="status">
        ${countOf(checked, 'image')} checked: <strong>${verdict}</strong>${
          rate === undefined ? nothing : html` at a false-alarm rate of ${formatPercent(rate)}`
        }.
        ${failed === 0 ? nothing : `${countOf(failed, 'image')} could not be checked.`}
      </p>
      ${
        anomalous.length === 0 || anomalous.length === this.selection.length
          ? nothing
          : html`<div class="actions">
              <vscode-button secondary @click=${() => this.#select(anomalous)}
                >Select the Anomalous</vscode-button
              >
            </div>`
      }`;
  }

  /** An image of an IDX file is no file of its own, and without calibration there is no verdict. */
  get #checkable(): boolean {
    const { card, shown } = this.model;
    return card.dataset.kind === 'folder' && shown.dataset === 'found' && card.calibration !== null;
  }

  #select(points: readonly number[]): void {
    this.dispatchEvent(new CustomEvent('selection-change', { detail: points }));
  }

  /** Events of the list do not leave this element's tree by themselves. */
  readonly #again = ({ type, detail }: CustomEvent<number>): void => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'll-selection-panel': LensSelectionPanel;
  }
}
