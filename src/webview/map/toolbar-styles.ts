/** The looks of the map's toolbar: one row; what it has no room for opens below it. */
import { css } from 'lit';

export const toolbarStyles = css`
  :host {
    display: block;
    position: relative;
    z-index: 5;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 5px 10px;
  }
  :host([compact]) .row {
    flex-wrap: nowrap;
    gap: 4px;
    padding: 3px 6px;
  }
  .group {
    display: inline-flex;
    align-items: center;
    gap: 1px;
  }
  .end {
    margin-inline-start: auto;
  }
  .tool[aria-pressed='true'],
  .tool[aria-expanded='true'] {
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
    color: var(--vscode-inputOption-activeForeground);
  }
  .more {
    position: absolute;
    inset-inline-end: 4px;
    top: calc(100% + 2px);
    width: min(290px, calc(100% - 8px));
    max-height: calc(100vh - 84px);
    overflow-y: auto;
    display: grid;
    gap: 7px;
    grid-template-columns: minmax(0, 1fr);
    padding: 9px 10px;
    color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorWidget-background, var(--vscode-editor-background));
    border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 5px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 5px;
  }
  .more label {
    display: grid;
    grid-template-columns: 78px minmax(0, 1fr);
  }
  .more label.tick {
    grid-template-columns: auto minmax(0, 1fr);
  }
  .more .line {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
  }
  .more .tool.named {
    display: flex;
    gap: 7px;
    align-items: center;
    width: 100%;
    font: inherit;
    text-align: start;
    color: inherit;
  }
  .more .acts {
    display: grid;
    gap: 1px;
  }
  .more hr {
    width: 100%;
    margin: 0;
    border: 0;
    border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .more .about {
    font-size: 0.92em;
    overflow-wrap: anywhere;
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
    flex: 1 1 96px;
    max-width: 150px;
  }
  .row select.list {
    width: 78px;
  }
  .more .pair {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 6px;
  }
  .more .pair > * {
    max-width: none;
  }
  .more input[type='search'],
  .more select {
    width: 100%;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  input[type='range'] {
    width: 100%;
    min-width: 0;
    accent-color: var(--vscode-button-background);
  }
  input[type='checkbox'] {
    accent-color: var(--vscode-button-background);
    margin: 0;
  }
`;
