/** How well the model's verdict tells good images from bad ones that the user knows to be such. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { countOf, formatCount } from '../../../shared/count.ts';
import { skippedFiles } from '../../components/skipped.ts';
import { StoreController } from '../../shared/store.ts';
import type { ModelView } from '../model-view.ts';
import './evaluate/result-view.ts';
import type { Chosen, EvaluationState, KeptEvaluation } from './evaluate/evaluation.ts';
import { scoresCsv, type ListedImages } from './evaluate/result.ts';
import type { EvaluationView } from './evaluate/view.ts';
import { ModelPageBase } from './model-page-base.ts';

@customElement('ll-evaluate-page')
export class LensEvaluatePage extends ModelPageBase {
  static override styles = [
    ...ModelPageBase.styles,
    css`
      ll-progress {
        max-width: 560px;
      }
    `,
  ];

  protected readonly heading = 'Evaluate';

  #evaluated: StoreController<EvaluationState> | undefined;
  #viewed: StoreController<EvaluationView> | undefined;

  protected override takeModel(): void {
    this.#evaluated ??= new StoreController(this, this.session.evaluation.store);
    this.#viewed ??= new StoreController(this, this.session.evaluationView);
  }

  protected override renderModel(view: ModelView, uri: string): unknown {
    if (view.card.calibration === null)
      return html`${this.renderHead('How well the verdict tells good images from bad ones.')}
        <p>This model has no calibration yet, so it gives no verdict. Finish its training first.</p>`;
    const { session } = this;
    const { evaluation } = session;
    const { chosen, run, result, pictures, error } = evaluation.store.value;
    return html`
      ${this.renderHead(
        'How well the verdict tells good images from bad ones that you know. Nothing is learned from them.',
      )}
      ${this.#renderSources(view, run !== null, chosen !== null, result !== null)}
      ${chosen === null ? this.#renderKept(uri) : this.#renderChosen(chosen, run !== null)}
      ${
        run === null
          ? nothing
          : html`<ll-progress
                label=${run.failed === 0 ? 'Evaluating' : `Evaluating, ${countOf(run.failed, 'image')} not read`}
                unit="images"
                .done=${run.done}
                .total=${run.total}
              ></ll-progress>
              <div class="actions">
                <vscode-button secondary @click=${() => evaluation.stop()}>Stop</vscode-button>
              </div>`
      }
      ${error === null ? nothing : html`<ll-error .error=${error} @show-log=${() => this.session.host.showLog()}></ll-error>`}
      ${
        result === null || pictures === null || run !== null
          ? nothing
          : html`<ll-evaluation-result
              .result=${result}
              .pictures=${pictures}
              .view=${session.evaluationView.value}
              .saved=${this.saving.said}
              .components=${view.card.calibration.pca?.components ?? null}
              @view=${({ detail }: CustomEvent<Partial<EvaluationView>>) => session.viewEvaluation(detail)}
              @open-image=${({ detail }: CustomEvent<{ folder: number; path: string }>) => {
                const root = chosen?.folders[detail.folder]?.folder.root;
                if (root !== undefined) session.host.openEvaluated(root, detail.path);
              }}
              @export-csv=${({ detail }: CustomEvent<ListedImages>) =>
                void this.attempt(view, async () => {
                  const bytes = new TextEncoder().encode(scoresCsv(result, detail));
                  const saved = `${countOf(detail.rows.length, 'row')} saved`;
                  await this.saving.file(`${view.card.name}-evaluation.csv`, bytes, saved);
                })}
            ></ll-evaluation-result>`
      }
    `;
  }

  #renderSources({ card, points }: ModelView, busy: boolean, chosen: boolean, evaluated: boolean): unknown {
    const { evaluation } = this.session;
    const own = points !== null && card.dataset.kind === 'folder';
    return html`<section aria-labelledby="sources">
      <h2 id="sources">Images to evaluate on</h2>
      ${
        evaluated
          ? nothing
          : html`<p class="quiet prose">
              One folder with sub-folders: <em>good</em> or <em>normal</em> holds good images, every other one
              a kind of defect; a <em>test</em> folder beside <em>ground_truth</em> brings its masks. Or one
              folder of good and one of bad images.
              ${own ? html`Without bad images, defects are drawn into good ones for an estimate.` : nothing}
            </p>`
      }
      <div class="actions">
        <vscode-button
          ?secondary=${chosen}
          ?disabled=${busy}
          @click=${() => void evaluation.choose('labelled')}
          >Labelled Folder…</vscode-button
        >
        <vscode-button secondary ?disabled=${busy} @click=${() => void evaluation.choose('good')}
          >Good Folder…</vscode-button
        >
        <vscode-button secondary ?disabled=${busy} @click=${() => void evaluation.choose('bad')}
          >Bad Folder…</vscode-button
        >
        ${
          own
            ? html`<vscode-button
                secondary
                ?disabled=${busy}
                @click=${() => void evaluation.chooseCalibration(points)}
                >Calibration Images</vscode-button
              >`
            : nothing
        }
      </div>
    </section>`;
  }

  /** What was evaluated before the window was reloaded. */
  #renderKept(model: string): unknown {
    const kept: KeptEvaluation | null = this.session.keptEvaluation;
    if (kept?.model !== model) return nothing;
    const names = kept.folders.map(({ name }) => `“${name}”`).join(' and ');
    return html`<p>
      Evaluated on ${names} before this window was reloaded; the scores are not kept.
      <button class="link" type="button" @click=${() => void this.session.evaluation.chooseAgain(kept)}>
        Choose ${names} again
      </button>
    </p>`;
  }

  #renderChosen({ folders, sets, trainedOn, calibration }: Chosen, busy: boolean): unknown {
    const { evaluation } = this.session;
    const { good, bad, kinds, masks, images, unused } = sets;
    const counted = kinds.map(
      (kind) => `${kind} ${formatCount(images.filter((image) => image.kind === kind).length)}`,
    );
    const skipped = folders.flatMap(({ folder }) => folder.skipped);
    const skippedCount = folders.reduce((sum, { folder }) => sum + folder.skippedCount, 0);
    return html`<section aria-labelledby="chosen">
      <h2 id="chosen">${folders.map(({ folder }) => folder.name).join(' and ')}</h2>
      <p class="prose">
        ${countOf(good, 'good image')}${calibration === null || calibration === good ? nothing : ` of ${formatCount(calibration)}`},
        ${bad === 0 ? 'none bad' : html`${countOf(bad, 'bad image')} (${counted.join(', ')})`}${
          masks === 0 ? nothing : `, ${countOf(masks, 'mask')}`
        }.
        ${unused.map(({ count, why }) => html`<span class="quiet">${countOf(count, 'image')} left out, ${why}.</span> `)}
        ${folders.map(({ folder: { cut, name } }) =>
          cut === null
            ? nothing
            : html`<span class="quiet"
                >“${name}” holds ${formatCount(cut.found)}; the setting <em>maxImages</em> takes
                ${formatCount(cut.limit)}.</span
              >`,
        )}
      </p>
      ${skippedFiles(skipped, skippedCount)}
      ${
        trainedOn === 0
          ? nothing
          : this.#warning(
              `The model was trained on at least ${formatCount(trainedOn)} of these images, so the figures flatter it. Choose images that it never saw.`,
            )
      }
      ${
        calibration === null
          ? nothing
          : html`<p class="quiet prose">
              These are the images that set the threshold: that it flags few of them says nothing new.
            </p>`
      }
      ${
        good === 0
          ? html`<p>Choose a folder of good images too: without them there is nothing to compare with.</p>`
          : html`${
                bad > 0
                  ? nothing
                  : html`<p class="prose">
                      There are no bad images. Squares, scratches, blobs and rotations are drawn into the good
                      ones instead: an estimate for plain defects, not a measurement of yours.
                    </p>`
              }
              <div class="actions">
                <vscode-button ?disabled=${busy} @click=${() => void evaluation.evaluate()}
                  >${bad > 0 ? 'Evaluate' : 'Evaluate on Synthetic Defects'}</vscode-button
                >
              </div>`
      }
    </section>`;
  }

  #warning(text: string): unknown {
    return html`<div class="warning">
      <vscode-icon name="warning" aria-hidden="true"></vscode-icon>
      <p>${text}</p>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-evaluate-page': LensEvaluatePage;
  }
}
