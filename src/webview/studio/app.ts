/** `ll-studio`: the Studio's pages, and the way between them once there are several. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { baseStyles } from '../shared/styles.ts';
import type { StudioSession } from './session.ts';
import './train-page.ts';

interface StudioPage {
  readonly id: string;
  readonly title: string;
  render(session: StudioSession): unknown;
}

/** A page joins by an entry here; the navigation shows from the second on. */
const pages: readonly [StudioPage, ...StudioPage[]] = [
  {
    id: 'train',
    title: 'Train',
    render: (session) => html`<ll-train-page .session=${session}></ll-train-page>`,
  },
];

@customElement('ll-studio')
export class LensStudio extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
        padding: 10px 28px 0;
      }
      nav button {
        font: inherit;
        color: var(--vscode-foreground);
        background: none;
        border: 0;
        border-bottom: 2px solid transparent;
        padding: 4px 0;
        cursor: pointer;
      }
      nav button[aria-current='page'] {
        border-bottom-color: var(--vscode-focusBorder);
      }
    `,
  ];

  @property({ attribute: false }) session!: StudioSession;

  @state() private shown: string = pages[0].id;

  protected override render(): unknown {
    const page = pages.find(({ id }) => id === this.shown) ?? pages[0];
    return html`
      ${
        pages.length === 1
          ? nothing
          : html`<nav aria-label="Studio">
              ${pages.map(
                ({ id, title }) =>
                  html`<button
                    type="button"
                    aria-current=${id === page.id ? 'page' : 'false'}
                    @click=${() => (this.shown = id)}
                  >
                    ${title}
                  </button>`,
              )}
            </nav>`
      }
      ${page.render(this.session)}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-studio': LensStudio;
  }
}
