/** The looks of the table of many images, on top of what such tables have in common. */
import { css } from 'lit';

/** Of every row, the heading's included, in CSS pixels. */
export const tableRowHeight = 32;

export const checkTableStyles = css`
  .scroll {
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .header,
  .all {
    min-width: fit-content;
  }
  .row {
    height: ${tableRowHeight}px;
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
  .cell.verdict {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 118px;
  }
  .cell.score,
  .cell.p,
  .cell.channel {
    width: 76px;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .cell.channel {
    width: 88px;
  }
  .header .cell.score button,
  .header .cell.p button,
  .header .cell.channel button {
    width: 100%;
    justify-content: end;
  }
  .cell.reason {
    flex: 0 1 auto;
    min-width: 164px;
    max-width: 420px;
  }
  .anomalous .cell.verdict vscode-icon {
    color: var(--vscode-charts-red);
  }
  .anomalous .cell.verdict {
    font-weight: 600;
  }
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
`;
