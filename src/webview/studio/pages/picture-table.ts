/** Looks of tables whose cells are small images: they scroll sideways where the page is narrow. */
import { css } from 'lit';

export const pictureTableStyles = css`
  .scroll {
    overflow-x: auto;
    /* Room for the focus ring, which the overflow would cut. */
    padding: 2px;
    margin: -2px;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
    width: 100%;
  }
  th {
    padding: 0;
    font-weight: normal;
  }
`;
