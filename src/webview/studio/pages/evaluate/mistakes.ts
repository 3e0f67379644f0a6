/** The worst mistakes as pictures, each the way to its file. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatScore } from '../../../../shared/verdict.ts';
import '../../../components/image.ts';
import { baseName } from '../../../shared/format.ts';
import { pictureOf } from '../../../shared/pixels.ts';
import { outcomeOf, outcomeWords } from './outcome.ts';
import type { Mistake } from './result.ts';

export const mistakesStyles = css`
  .mistakes {
    list-style: none;
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(112px, 1fr));
    gap: 10px;
  }
  .mistakes button {
    display: grid;
    gap: 2px;
    width: 100%;
    padding: 6px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
    grid-template-columns: minmax(0, 1fr);
  }
  .mistakes button:hover {
    background: var(--vscode-list-hoverBackground);
    border-color: var(--vscode-contrastActiveBorder, transparent);
  }
  .mistakes span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
`;

/** @param threshold what they are called mistakes by, if they are */
export const mistakePictures = (
  mistakes: readonly Mistake[],
  threshold: number,
  open: (mistake: Mistake) => void,
): TemplateResult =>
  html`<ul class="mistakes">
    ${mistakes.map((mistake) => {
      const { path, kind, score, thumbnail } = mistake;
      return html`<li>
        <button type="button" title="Open ${path}" @click=${() => open(mistake)}>
          <ll-image aria-hidden="true" .picture=${pictureOf(thumbnail.pixels, thumbnail)}></ll-image>
          <span>${kind === null ? nothing : `${kind}, `}${baseName(path)}</span>
          <span class="quiet number">${formatScore(score)}</span>
          <span class="quiet">${outcomeWords[outcomeOf(mistake, threshold)]}</span>
        </button>
      </li>`;
    })}
  </ul>`;
