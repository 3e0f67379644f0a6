/** Facts as a list of terms and values; figures aligned. */
import { css, html, nothing, type TemplateResult } from 'lit';

export interface Fact {
  readonly term: string;
  readonly value: unknown;
  /** A quiet explanation after the value. */
  readonly note?: unknown;
}

export const factsStyles = css`
  dl.facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 5px 20px;
    align-items: baseline;
  }
  dl.facts dt {
    color: var(--vscode-descriptionForeground);
  }
  dl.facts dd {
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .note::before {
    content: '· ';
  }
  dl.tiles {
    display: flex;
    flex-wrap: wrap;
    gap: 14px 36px;
  }
  dl.tiles > div {
    display: flex;
    flex-direction: column-reverse;
    min-width: 84px;
  }
  dl.tiles dt {
    color: var(--vscode-descriptionForeground);
  }
  dl.tiles dd {
    font-size: 1.4em;
    line-height: 1.3;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  @media (max-width: 400px) {
    dl.facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    dl.facts dd {
      margin-bottom: 8px;
    }
  }
`;

export const facts = (list: readonly Fact[]): TemplateResult =>
  html`<dl class="facts">
    ${list.map(
      ({ term, value, note }) =>
        html`<dt>${term}</dt>
          <dd>${value}${note === undefined ? nothing : html` <span class="quiet note">${note}</span>`}</dd>`,
    )}
  </dl>`;

/** Few large numbers side by side. */
export const tiles = (list: readonly Omit<Fact, 'note'>[]): TemplateResult =>
  html`<dl class="tiles">
    ${list.map(
      ({ term, value }) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
