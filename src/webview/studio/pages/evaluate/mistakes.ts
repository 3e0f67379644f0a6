/** The worst mistakes as pictures, each the way to its file. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatScore } from '../../../../shared/verdict.ts';
import '../../../components/image.ts';
import { pictureButtonStyles } from '../../../components/picture-buttons.ts';
import { baseName } from '../../../shared/format.ts';
import { pictureOf } from '../../../shared/pixels.ts';
import { outcomeOf, outcomeWords } from './outcome.ts';
import type { Mistake } from './result.ts';

export const mistakesStyles = [
  pictureButtonStyles,
  css`
    .pictures {
      --picture-room: 112px;
    }
    .pictures button {
      gap: 2px;
    }
  `,
];

/** @param threshold what they are called mistakes by, if they are */
export const mistakePictures = (
  mistakes: readonly Mistake[],
  threshold: number,
  open: (mistake: Mistake) => void,
): TemplateResult =>
  html`<ul class="pictures">
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
