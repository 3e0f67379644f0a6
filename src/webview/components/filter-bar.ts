/** The looks of what stands above a long table: its filters, and what can be done with its rows. */
import { css } from 'lit';

export const filterBarStyles = css`
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .bar .space {
    flex: 1 1 0;
  }
  input,
  select {
    font: inherit;
    height: 26px;
    min-width: 0;
    padding: 2px 6px;
    border-radius: 4px;
  }
  input {
    flex: 1 1 140px;
    max-width: 320px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  select {
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
  }
`;
