/** The looks of the map's page: the map is all of it, the rest makes room. */
import { css } from 'lit';

export const explorerStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    grid-template-columns: minmax(0, 1fr);
    height: 100%;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 6px 10px;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .group {
    display: inline-flex;
    align-items: center;
    gap: 2px;
  }
  .tool {
    display: inline-flex;
    padding: 3px;
    border: 1px solid transparent;
    border-radius: 5px;
    background: none;
    color: var(--vscode-icon-foreground, var(--vscode-foreground));
    cursor: pointer;
  }
  .tool:hover {
    background: var(--vscode-toolbar-hoverBackground);
    border-color: var(--vscode-contrastActiveBorder, transparent);
  }
  .tool[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
    color: var(--vscode-inputOption-activeForeground);
  }
  select,
  input[type='search'] {
    font: inherit;
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
    border-radius: 2px;
    padding: 2px 4px;
    min-width: 0;
  }
  input[type='search'] {
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border-color: var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    width: 150px;
    flex: 0 1 150px;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 5px;
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
  .legend {
    padding: 4px 8px;
    max-height: 92px;
    overflow-y: auto;
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
  .panel .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  .body.with-panel {
    grid-template-rows: minmax(0, 1fr) minmax(0, min(46%, 420px));
  }
  .rows {
    height: 236px;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 0 14px;
    padding: 3px 10px 5px;
    font-size: 0.92em;
    border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .measures {
    font-variant-numeric: tabular-nums;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 10px;
    align-items: center;
    padding: 4px 10px;
    background: var(--vscode-inputValidation-warningBackground, transparent);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    border: 1px solid var(--vscode-inputValidation-warningBorder, transparent);
  }
  .notice .path {
    flex: 1 1 160px;
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
