/** What the parts of the map's panel of chosen images share in looks. */
import { css } from 'lit';

/** A button that is an icon: of the toolbar, and of the heads of the panel. */
export const iconButtonStyles = css`
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
`;

/** A part of the panel that is an element of its own. */
export const panelPartStyles = css`
  :host {
    display: grid;
    gap: 8px;
    grid-template-columns: minmax(0, 1fr);
  }
`;

export const panelStyles = css`
  ${iconButtonStyles}
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  .rows {
    height: min(236px, var(--rows-height, 236px));
  }
  .checks {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 10px;
    align-items: center;
  }
`;
