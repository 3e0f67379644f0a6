/** What was left out, and why. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SkippedFile } from '../../shared/dataset.ts';
import { countOf, formatCount } from '../../shared/count.ts';

/** Files, each with its reason. */
const reasonTable = (files: readonly { readonly path: string; readonly reason: string }[]): TemplateResult =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">File</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      ${files.map(
        ({ path, reason }) =>
          html`<tr>
            <td class="path">${path}</td>
            <td>${reason}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

/** Closed at first, complete inside. */
export function skippedFiles(
  skipped: readonly SkippedFile[],
  count: number,
): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  const more = count - skipped.length;
  return html`<details>
    <summary>${countOf(count, 'file')} left out</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Files left out">
      ${reasonTable(skipped)}
      ${more > 0 ? html`<p class="quiet">and ${formatCount(more)} more, counted only.</p>` : nothing}
    </div>
  </details>`;
}
