/** `ll-studio`: the Studio's pages, and the way between them once there is a model to look at. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { keepChosenInSight, tabRowStyles } from '../components/tab-row.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import './pages/denoise-page.ts';
import './pages/evaluate-page.ts';
import './pages/generate-page.ts';
import './pages/interpolate-page.ts';
import './pages/losses-page.ts';
import { pageIds, pageTitles, type PageId } from './pages/names.ts';
import './pages/reconstructions-page.ts';
import type { StudioSession } from './session.ts';
import { shownModel, type StudioState } from './state.ts';
import './train-page.ts';

/** A page joins by an entry here and one in {@link pageTitles}. */
const renderers: Readonly<Record<PageId, (session: StudioSession) => unknown>> = {
  train: (session) => html`<ll-train-page .session=${session}></ll-train-page>`,
  reconstructions: (session) => html`<ll-reconstructions-page .session=${session}></ll-reconstructions-page>`,
  losses: (session) => html`<ll-losses-page .session=${session}></ll-losses-page>`,
  evaluate: (session) => html`<ll-evaluate-page .session=${session}></ll-evaluate-page>`,
  interpolate: (session) => html`<ll-interpolate-page .session=${session}></ll-interpolate-page>`,
  denoise: (session) => html`<ll-denoise-page .session=${session}></ll-denoise-page>`,
  generate: (session) => html`<ll-generate-page .session=${session}></ll-generate-page>`,
};

@customElement('ll-studio')
export class LensStudio extends LitElement {
  static override styles = [
    baseStyles,
    tabRowStyles,
    css`
      :host {
        display: block;
      }
      nav {
        max-width: 1180px;
        margin: 0 auto;
        padding: 12px 28px 0;
      }
      .tab-row {
        gap: 18px;
      }
      .tab-row button {
        padding-inline: 2px;
      }
      @media (max-width: 480px) {
        nav {
          padding: 8px 16px 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;

  #page: StoreController<PageId> | undefined;
  #state: StoreController<StudioState> | undefined;

  constructor() {
    super();
    keepChosenInSight(this);
  }

  protected override willUpdate(): void {
    this.#page ??= new StoreController(this, this.session.page);
    this.#state ??= new StoreController(this, this.session.store);
  }

  protected override render(): unknown {
    const { session } = this;
    // Without a model there is one page; its others would all say the same.
    const several = shownModel(session.store.value) !== null;
    const shown = several ? session.page.value : 'train';
    return html`${several ? this.#renderNavigation(shown) : nothing} ${renderers[shown](session)}`;
  }

  #renderNavigation(shown: PageId): unknown {
    return html`<nav aria-label="Studio">
      <ul class="tab-row">
        ${pageIds.map(
          (id) =>
            html`<li>
              <button
                type="button"
                aria-current=${id === shown ? 'page' : 'false'}
                @click=${() => this.session.openPage(id)}
              >
                ${pageTitles[id]}
              </button>
            </li>`,
        )}
      </ul>
    </nav>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-studio': LensStudio;
  }
}
