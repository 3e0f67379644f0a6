/** The head of a part of the panel: what it is, and the button that closes it. */
import { html, type TemplateResult } from 'lit';
import '../components/elements.ts';

/** Needs `panelStyles`. @param closing what the button does, for its title */
export const panelHead = (title: string, closing: string, close: () => void): TemplateResult =>
  html`<div class="head">
    <h2>${title}</h2>
    <button class="tool" type="button" title=${closing} aria-label=${closing} @click=${close}>
      <vscode-icon name="close"></vscode-icon>
    </button>
  </div>`;
