/** What the tables whose rows are drawn only in sight have in common; widths and cells are each one's own. */
import { css } from 'lit';

export const gridStyles = css`
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
    background-color: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .all {
    position: relative;
  }
  .row {
    align-items: center;
    padding: 0 10px;
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
  }
  .cell.name .text {
    overflow: hidden;
    text-overflow: ellipsis;
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
