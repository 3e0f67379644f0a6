/** The field of a seed: any whole number of 32 bits; what is none is taken back. */
import { html, type TemplateResult } from 'lit';

const largest = 0xffffffff;

/** @param id of the input, for its label */
export const seedField = (id: string, seed: number, take: (seed: number) => void): TemplateResult =>
  html`<input
    id=${id}
    type="number"
    min="0"
    max=${largest}
    step="1"
    .value=${String(seed)}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.checkValidity() && !Number.isNaN(input.valueAsNumber)) take(input.valueAsNumber);
      else input.value = String(seed);
    }}
  />`;
