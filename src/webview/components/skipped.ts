/** What was left out, and why: closed at first, complete inside. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SkippedFile } from '../../shared/dataset.ts';
import { countOf, formatCount } from '../shared/format.ts';

export function skippedFiles(
  skipped: readonly SkippedFile[],
  count: number,
): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  const more = count - skipped.length;
  return html`<details>
    <summary>${countOf(count, 'file')} left out</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Files left out">
      <table>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${skipped.map(
            ({ path, reason }) =>
              html`<tr>
                <td class="path">${path}</td>
                <td>${reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${more > 0 ? html`<p class="quiet">and ${formatCount(more)} more, counted only.</p>` : nothing}
    </div>
  </details>`;
}
