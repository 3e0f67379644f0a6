/** The looks of the map's page: the map is all of it, the rest makes room. */
import { css } from 'lit';

export const explorerStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    grid-template-columns: minmax(0, 1fr);
    height: 100%;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr) auto;
    min-height: 0;
  }
  .stage {
    position: relative;
    overflow: hidden;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr) auto;
  }
  .card {
    position: absolute;
    z-index: 2;
    top: 0;
    left: 0;
    width: 232px;
    max-width: calc(100% - 8px);
    padding: 8px;
    pointer-events: none;
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder));
    border-radius: 4px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .card.probe {
    width: 128px;
    display: grid;
    gap: 4px;
    grid-template-columns: minmax(0, 1fr);
  }
  .stage > ll-point-table,
  .stage > ll-map-canvas {
    grid-row: 1;
    grid-column: 1;
    min-height: 0;
  }
  .legend {
    grid-row: 2;
    padding: 4px 8px;
    max-height: 92px;
    overflow-y: auto;
  }
  .legend.folded {
    /* Of the whole stage: its own row is of no height. */
    grid-row: 1 / 3;
    grid-column: 1;
    position: absolute;
    inset-inline-start: 4px;
    bottom: 4px;
    max-width: calc(100% - 8px);
    max-height: min(220px, calc(100% - 8px));
    padding: 0;
    display: flex;
    overflow: visible;
    z-index: 1;
  }
  /* Rows are not covered. */
  .legend.folded.below {
    grid-row: 2;
    position: static;
    padding: 2px 4px;
    max-height: 220px;
  }
  .panel {
    display: grid;
    gap: 16px;
    align-content: start;
    grid-template-columns: minmax(0, 1fr);
    padding: 10px 12px 16px;
    overflow-y: auto;
    min-height: 0;
    border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .panel:empty {
    display: none;
  }
  .panel section {
    display: grid;
    gap: 8px;
    grid-template-columns: minmax(0, 1fr);
  }
  .body.with-panel {
    grid-template-rows: minmax(0, 1fr) minmax(0, min(46%, 420px));
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 0 14px;
    padding: 3px 10px 5px;
    font-size: 0.92em;
    border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .status.short,
  .status.short span,
  .status.short strong {
    white-space: nowrap;
  }
  .status.short {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    padding: 1px 8px 2px;
  }
  .status.short > * {
    margin-inline-end: 10px;
  }
  .measures {
    font-variant-numeric: tabular-nums;
  }
  .notice {
    display: flex;
    gap: 2px 10px;
    align-items: center;
    padding: 4px 10px;
    background: var(--vscode-inputValidation-warningBackground, transparent);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    border: 1px solid var(--vscode-inputValidation-warningBorder, transparent);
  }
  .notice .path {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .notice button.link {
    color: inherit;
  }
  @media (min-width: 720px) {
    .body.with-panel {
      grid-template-columns: minmax(0, 1fr) 300px;
      grid-template-rows: minmax(0, 1fr);
    }
    .panel {
      border-top: 0;
      border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    }
  }
`;
