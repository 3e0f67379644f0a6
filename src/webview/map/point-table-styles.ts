/** The looks of the table of points, on top of what such tables have in common. */
import { css } from 'lit';

/** Of every row, the heading's included, in CSS pixels. */
export const tableRowHeight = 28;

export const pointTableStyles = css`
  .header,
  .all {
    min-width: 470px;
  }
  .row {
    height: ${tableRowHeight}px;
    display: grid;
    grid-template-columns: minmax(96px, 3fr) minmax(44px, 1fr) 66px 84px 112px;
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
  .row.selected {
    /* High contrast has no colour for it. */
    box-shadow: inset 3px 0 0 var(--vscode-focusBorder);
  }
  .cell {
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
`;
