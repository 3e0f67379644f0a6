/** Icons that the codicons do not have: what a selection's line looks like. */
import { svg, type TemplateResult } from 'lit';

const drawn = (shape: TemplateResult): TemplateResult =>
  svg`<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

/** A loop with its loose end. */
export const lassoIcon = drawn(
  svg`<path stroke-dasharray="2.4 1.9" d="M5 10.2C2.9 9.4 1.7 8 1.7 6.4C1.7 3.8 4.5 2 8 2S14.3 3.8 14.3 6.4S11.5 10.8 8 10.8C7.4 10.8 6.9 10.8 6.4 10.7" /><circle cx="5.4" cy="11" r="1.3" /><path d="M5.2 12.3C5.2 13.5 4.4 14.2 3.2 14.4" />`,
);

export const boxIcon = drawn(svg`<path stroke-dasharray="2.2 1.8" d="M2 3H14V13H2Z" />`);
