/** What a model keeps of the hygiene of its images: clusters of near-duplicates and empty images, by name. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { DatasetCard } from '../../shared/model-card.ts';
import { countOf, formatCount } from '../../shared/count.ts';

export const datasetNotesStyles = css`
  ul.named {
    margin: 6px 0 0;
    padding-inline-start: 1.4em;
    display: grid;
    gap: 4px;
  }
  ul.named li {
    overflow-wrap: anywhere;
  }
`;

type Open = (path: string) => void;

/** Names with their files a click away; of images within IDX files, which no editor opens, the names alone. */
function names(list: readonly string[], count: number, open: Open | null): TemplateResult {
  const more = count - list.length;
  return html`${list.map(
    (name, n) =>
      html`${n === 0 ? nothing : ', '}${
        open === null
          ? name
          : html`<button class="link" type="button" @click=${() => open(name)}>${name}</button>`
      }`,
  )}${more > 0 ? ` and ${formatCount(more)} more` : nothing}`;
}

/** @param open opens an image by its path; null where there is no way to */
export function datasetNotes(
  { kind, images, nearDuplicates, empty }: DatasetCard,
  open: Open | null,
): TemplateResult {
  const opens = kind === 'idx' ? null : open;
  const named = nearDuplicates?.named ?? [];
  const unnamed = (nearDuplicates?.clusters ?? 0) - named.length;
  return html`
    ${
      nearDuplicates === undefined || nearDuplicates.clusters === 0
        ? nothing
        : html`<details>
            <summary>
              ${formatCount(nearDuplicates.images)} of ${countOf(images, 'image')} in
              ${countOf(nearDuplicates.clusters, 'cluster')} of near-duplicates
            </summary>
            <ul class="named">
              ${named.map((cluster) => html`<li>${names(cluster.names, cluster.images, opens)}</li>`)}
            </ul>
            ${unnamed > 0 ? html`<p class="quiet">and ${countOf(unnamed, 'cluster')} more, counted only.</p>` : nothing}
          </details>`
    }
    ${
      empty === undefined
        ? nothing
        : html`<details>
            <summary>${countOf(empty.images, 'image')} constant or nearly empty</summary>
            <p>${names(empty.names, empty.images, opens)}</p>
          </details>`
    }
  `;
}
