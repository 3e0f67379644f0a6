/** A calibration in sentences, the same wherever a model is shown. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Calibration } from '../../shared/model-card.ts';
import {
  calibrationSourceWords,
  calibrationWords,
  previousWords,
  shiftWarning,
} from '../shared/calibration-words.ts';
import './elements.ts';

/**
 * Needs `noticeStyles` for its warning.
 * @param calibration null where there is none yet
 * @param setAside images of the data set that the training left for calibration
 */
export function calibrationView(calibration: Calibration | null, setAside: number): TemplateResult {
  if (calibration === null)
    return html`<p>Not calibrated yet: a model gives verdicts when its training has finished.</p>`;
  const previous = previousWords(calibration);
  const shift = shiftWarning(calibration);
  return html`
    <p>${calibrationWords(calibration)}</p>
    <p class="quiet">
      ${calibrationSourceWords(calibration, setAside)} Rule: split-conformal, on
      ${calibration.score === 'mse' ? 'the mean squared error' : 'the sum of the channels'}.
      ${previous ?? nothing}
    </p>
    ${
      shift === null
        ? nothing
        : html`<p class="warning"><vscode-icon name="warning"></vscode-icon><span>${shift}</span></p>`
    }
  `;
}
