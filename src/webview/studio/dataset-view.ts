/** What was found in the data set: shown before anything is trained. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { DatasetSummary, DatasetSurvey } from '../../shared/dataset.ts';
import { facts, type Fact } from '../components/facts.ts';
import { skippedFiles } from '../components/skipped.ts';
import { splitTable } from '../components/split-table.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { formatBytes } from '../../shared/bytes.ts';
import { rateWarning } from '../shared/words.ts';

export const datasetStyles = css`
  .dataset {
    display: grid;
    gap: 14px 48px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
    align-items: start;
  }
  .classes {
    list-style: none;
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(132px, 1fr));
    gap: 2px 24px;
    margin: 0;
    padding: 0;
  }
  .classes li {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 10%, transparent);
  }
  .classes span:first-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

const shownClasses = 24;

export const warning = (text: string): TemplateResult =>
  html`<p class="warning"><vscode-icon name="warning"></vscode-icon><span>${text}</span></p>`;

function sizeWords({ sizes, sampled, images }: DatasetSurvey): string {
  const [first, ...others] = sizes;
  if (first === undefined) return '–';
  const list = sizes
    .slice(0, 4)
    .map(({ height, width }) => `${height} × ${width}`)
    .join(', ');
  const more = others.length > 3 ? ` and ${others.length - 3} more sizes` : '';
  const looked = sampled < images ? ` (of ${formatCount(sampled)} looked at)` : '';
  return others.length === 0 ? `all ${list}${looked}` : `${list}${more}${looked}`;
}

function classList(classes: readonly { readonly name: string; readonly count: number }[]): unknown {
  if (classes.length < 2) return nothing;
  const rows = (some: typeof classes): TemplateResult =>
    html`<ul class="classes">
      ${some.map(
        ({ name, count }) =>
          html`<li>
            <span title=${name}>${name}</span><span class="number quiet">${formatCount(count)}</span>
          </li>`,
      )}
    </ul>`;
  const rest = classes.slice(shownClasses);
  return html`<div>
    <h3>${countOf(classes.length, 'class', 'classes')}</h3>
    ${rows(classes.slice(0, shownClasses))}
    ${
      rest.length === 0
        ? nothing
        : html`<details>
            <summary>${countOf(rest.length, 'more class', 'more classes')}</summary>
            ${rows(rest)}
          </details>`
    }
  </div>`;
}

/**
 * Warnings first, then facts, split and classes, then what was left out.
 * @param rate the false-alarm rate that is asked for
 * @param counted see {@link rateWarning}
 */
export function datasetView(
  dataset: DatasetSummary,
  survey: DatasetSurvey,
  rate: number,
  counted: number,
): TemplateResult {
  const list: Fact[] = [
    { term: 'Images', value: formatCount(survey.images) },
    { term: 'Sizes', value: sizeWords(survey), note: survey.sizes.length > 0 ? 'height × width' : undefined },
    { term: 'Colour', value: survey.colour ? 'in colour' : 'gray' },
  ];
  if (dataset.bytes !== null) list.splice(1, 0, { term: 'On disk', value: formatBytes(dataset.bytes) });
  const rateText = rateWarning(survey.split.calibration, rate, counted);
  return html`
    ${
      dataset.cut === null
        ? nothing
        : warning(
            `${formatCount(dataset.cut.found)} images were found; only ${formatCount(dataset.cut.limit)} are used. ` +
              'The setting “latentLens.maxImages” says how many.',
          )
    }
    ${rateText === null ? nothing : warning(rateText)}
    <div class="dataset">${facts(list)} ${splitTable(survey.split)}</div>
    ${classList(survey.classes)}
    ${skippedFiles([...dataset.skipped, ...survey.skipped], dataset.skippedCount + survey.skipped.length)}
  `;
}
