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
