/** The looks of the table of points. */
import { css } from 'lit';

/** Of every row, the heading's included, in CSS pixels. */
export const tableRowHeight = 28;

export const pointTableStyles = css`
  :host {
    display: block;
    min-height: 0;
  }
  .scroll {
    height: 100%;
    overflow: auto;
    position: relative;
  }
  .scroll:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .header {
    position: sticky;
    top: 0;
    z-index: 1;
    min-width: 470px;
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .all {
    position: relative;
    min-width: 470px;
  }
  .row {
    height: ${tableRowHeight}px;
    display: grid;
    grid-template-columns: minmax(96px, 3fr) minmax(44px, 1fr) 66px 84px 112px;
    align-items: center;
    padding: 0 10px;
    gap: 10px;
  }
  .row:not(.class) {
    grid-template-columns: minmax(96px, 3fr) 66px 84px 112px;
  }
  .row:not(.verdict) {
    grid-template-columns: minmax(96px, 3fr) minmax(44px, 1fr) 66px 84px;
  }
  .row:not(.class):not(.verdict) {
    grid-template-columns: minmax(96px, 3fr) 66px 84px;
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
    /* High contrast has no colour for it. */
    box-shadow: inset 3px 0 0 var(--vscode-focusBorder);
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
    min-width: 0;
  }
  .cell.name,
  .cell.verdict {
    display: flex;
    align-items: center;
    gap: 7px;
    /* For the edge of the picture, which lies outside of it. */
    padding: 1px;
  }
  .cell.name .text {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .cell.score {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .cell.name ll-image,
  .blank {
    flex: none;
    width: 22px;
    height: 22px;
  }
  .blank {
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
