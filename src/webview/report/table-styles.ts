/** The looks of the table of many images. */
import { css } from 'lit';

/** Of every row, the heading's included, in CSS pixels. */
export const tableRowHeight = 32;

export const checkTableStyles = css`
  :host {
    display: block;
    min-height: 0;
  }
  .scroll {
    height: 100%;
    overflow: auto;
    position: relative;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .scroll:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .header {
    position: sticky;
    top: 0;
    z-index: 1;
    background-color: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .header,
  .all {
    min-width: fit-content;
  }
  .all {
    position: relative;
  }
  .row {
    height: ${tableRowHeight}px;
    display: flex;
    align-items: center;
    padding: 0 10px;
    gap: 12px;
  }
  .all .row {
    position: absolute;
    inset-inline: 0;
    cursor: pointer;
  }
  .all .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row.selected {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    /* High contrast has no background for it. */
    box-shadow: inset 3px 0 0 var(--vscode-contrastActiveBorder, transparent);
  }
  .row.active {
    outline: 1px dotted var(--vscode-contrastActiveBorder, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .scroll:focus-visible .row.selected {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
  }
  .scroll:focus-visible .row.active {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .cell {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
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
  .cell.name .text {
    overflow: hidden;
    text-overflow: ellipsis;
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
    background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
  }
  .header button {
    display: inline-flex;
    align-items: center;
    gap: 3px;
    padding: 2px 0;
    border: 0;
    background: none;
    font: inherit;
    font-weight: 600;
    color: inherit;
    cursor: pointer;
  }
`;
