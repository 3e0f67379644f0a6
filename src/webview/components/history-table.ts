/** The losses by epoch as a table: the chart's numbers, for reading and for screen readers. */
import { html, nothing, type TemplateResult } from 'lit';
import type { EpochRecord } from '../../shared/model-card.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { alignedDecimals, formatDuration } from '../shared/format.ts';

export function historyTable(history: readonly EpochRecord[]): TemplateResult | typeof nothing {
  if (history.length === 0) return nothing;
  const values = history.flatMap(({ train, validation }) =>
    validation === null ? [train] : [train, validation],
  );
  const decimals = alignedDecimals(values);
  return html`<details>
    <summary>Losses of ${countOf(history.length, 'epoch')} as numbers</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Losses by epoch">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">Epoch</th>
            <th scope="col" class="number">Training</th>
            <th scope="col" class="number">Validation</th>
            <th scope="col" class="number">Time</th>
            <th scope="col" class="number">Images/s</th>
          </tr>
        </thead>
        <tbody>
          ${history.map(
            ({ epoch, train, validation, seconds, imagesPerSecond }) =>
              html`<tr>
                <td class="number">${epoch}</td>
                <td class="number">${train.toFixed(decimals)}</td>
                <td class="number">${validation === null ? '–' : validation.toFixed(decimals)}</td>
                <td class="number">${formatDuration(seconds)}</td>
                <td class="number">${formatCount(imagesPerSecond)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
