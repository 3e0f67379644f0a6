/** Rows of judged images, on top of what long tables have in common: picture and name, figures, the verdict. */
import { css, html, type TemplateResult } from 'lit';
import './elements.ts';

/** Of every row, the heading's included, in CSS pixels. */
export const imageRowHeight = 32;

export const imageRowStyles = css`
  :host {
    container-type: inline-size;
  }
  .scroll {
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .header,
  .all {
    min-width: fit-content;
  }
  .row {
    height: ${imageRowHeight}px;
    display: flex;
    gap: 12px;
  }
  .row.selected {
    /* High contrast has no background for it. */
    box-shadow: inset 3px 0 0 var(--vscode-contrastActiveBorder, transparent);
  }
  .cell {
    flex: none;
  }
  .cell.name {
    display: flex;
    align-items: center;
    gap: 8px;
    /* The pictures' edges lie outside their boxes; the text cuts itself. */
    overflow: visible;
    flex: 1 1 160px;
    min-width: 150px;
    max-width: 640px;
  }
  /* Where there is little room, the file's own name is what stays. */
  .cell.name .text {
    display: flex;
  }
  .folder,
  .file {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .folder {
    flex-shrink: 1000;
  }
  .cell.verdict {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 118px;
  }
  .cell.figure {
    width: 76px;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .header .cell.figure button {
    width: 100%;
    justify-content: end;
  }
  .anomalous .cell.verdict vscode-icon {
    color: var(--vscode-charts-red);
  }
  .anomalous .cell.verdict {
    font-weight: 600;
  }
  .row.selected .quiet,
  .row.selected .cell.verdict vscode-icon {
    color: inherit;
  }
  .cell.name ll-image,
  .blank {
    flex: none;
    width: 26px;
  }
  .blank {
    height: 26px;
  }
  /* Of the table: its host is the container. */
  @container (max-width: 400px) {
    .row {
      gap: 6px;
      padding-inline: 6px;
    }
    .cell.name {
      min-width: 76px;
      gap: 4px;
    }
    .cell.figure.score {
      width: 56px;
    }
    /* To be heard still. */
    .folder {
      flex: 0 0 0;
    }
  }
`;

/** A file by its path: the folders quietly before its own name. */
export function rowName(path: string): TemplateResult {
  const at = path.lastIndexOf('/') + 1;
  return html`<span class="text"
    ><span class="folder quiet">${path.slice(0, at)}</span><span class="file">${path.slice(at)}</span></span
  >`;
}

/** Of an image without a verdict. */
export const noVerdictSign = (words: string): TemplateResult =>
  html`<vscode-icon name="circle-slash" size="14"></vscode-icon>${words}`;

/** Why an image has none, in place of what other images have in so many columns. */
export const reasonCell = (reason: string, columns: number): TemplateResult =>
  html`<div class="cell reason quiet" role="gridcell" aria-colspan=${columns}>${reason}</div>`;

/** Sign and words, so that colour is not alone. */
export const verdictSign = (anomalous: boolean): TemplateResult =>
  anomalous
    ? html`<vscode-icon name="warning" size="14"></vscode-icon>anomalous`
    : html`<vscode-icon name="pass" size="14"></vscode-icon>not anomalous`;
