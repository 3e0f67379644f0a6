/** The looks of a list of pictures, each a button with its words below. */
import { css } from 'lit';

/** For `ul.pictures` of buttons; `--picture-room` is the least width of one. */
export const pictureButtonStyles = css`
  .pictures {
    list-style: none;
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(var(--picture-room), 1fr));
    gap: 10px;
  }
  .pictures button {
    display: grid;
    width: 100%;
    padding: 6px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    grid-template-columns: minmax(0, 1fr);
  }
  .pictures button:enabled {
    cursor: pointer;
  }
  .pictures button:enabled:hover {
    background: var(--vscode-list-hoverBackground);
    border-color: var(--vscode-contrastActiveBorder, transparent);
  }
  .pictures span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
`;
