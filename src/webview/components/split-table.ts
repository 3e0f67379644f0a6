/** The three disjoint sets, and what stays unseen. */
import { html, type TemplateResult } from 'lit';
import type { SplitCounts } from '../../shared/dataset.ts';
import { formatCount } from '../../shared/count.ts';
import { splitRows } from '../shared/words.ts';

export const splitTable = (split: SplitCounts): TemplateResult =>
  html`<table>
    <thead class="visually-hidden">
      <tr>
        <th scope="col">Set</th>
        <th scope="col">Images</th>
        <th scope="col">Use</th>
      </tr>
    </thead>
    <tbody>
      ${splitRows(split)
        .filter(({ name, count }) => count > 0 || name !== 'Test')
        .map(
          ({ name, count, use }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="number">${formatCount(count)}</td>
              <td class="quiet">${use}</td>
            </tr>`,
        )}
    </tbody>
  </table>`;
